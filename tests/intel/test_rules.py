from datetime import date

import msgspec
import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    LabelError,
    NotFoundError,
    RuleViolationError,
)
from foedus.ids import CollectionId, NationCode, Position, StixId
from foedus.intel import rules
from foedus.intel.events import Rights
from foedus.intel.reading import Stored
from foedus.intel.rules import TITLE_LENGTH_MAX, Opening
from foedus.releasability.access import Access
from foedus.releasability.join import public
from foedus.releasability.viewers import Role, Viewer
from tests.intel.world import report, viewer

NATO = Alliance.from_pack(load_pack("nato"))
BODY = viewer("NATO0", Role.OPERATOR)
HERE = CollectionId("11111111-1111-4111-8111-111111111111")
POL = NationCode("POL")
POLAND = viewer("POL2")
DAY = date(2026, 11, 23)
NOT_THERE = "no such object of your nation's; check the id"


def opened(**terms: object) -> rules.CollectionOpened:
    opening = Opening(**{"alias": "a", "title": "T", **terms})
    return rules.open_collection(opening, BODY, NATO)


def lane(*instants: int) -> list[Stored]:
    return [
        Stored(
            key=key,
            collection=1,
            collection_id=HERE,
            id=StixId(report(1)),
            nation=POL,
            type="report",
            version="",
            modified_us=instant,
            label=public(),
            arrival_ms=0,
            information_ms=0,
            waits=False,
            position=Position(key),
            held=True,
        )
        for key, instant in enumerate(instants, start=1)
    ]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SECRETARIAT])
def test_operators_and_secretariat_of_the_body_open_collections(role: Role) -> None:
    opening = Opening(alias="a", title="T")
    event = rules.open_collection(opening, viewer("NATO0", role), NATO)
    assert (event.read.communities, event.write) == (("NATO",), Rights())
    assert event.default_label is None


@pytest.mark.parametrize(
    ("name", "role"), [("POL0", Role.OPERATOR), ("NATO0", Role.AUDITOR)]
)
def test_nobody_else_opens_a_collection(name: str, role: Role) -> None:
    with pytest.raises(ForbiddenError) as refusal:
        rules.open_collection(Opening(alias="a", title="T"), viewer(name, role), NATO)
    assert str(refusal.value) == "only the alliance's own body opens collections"


@pytest.mark.parametrize(
    "alias", ["", "A", "a b", "a/b", "ä", "a" * 65, ".", "..", str(HERE)]
)
def test_an_alias_is_a_short_name_in_lower_case(alias: str) -> None:
    assert opened(alias="a" * 64).alias == "a" * 64
    with pytest.raises(InvalidInputError):
        opened(alias=alias)


def test_a_title_has_a_length() -> None:
    assert opened(title="T" * TITLE_LENGTH_MAX).title
    for title in ("", "T" * (TITLE_LENGTH_MAX + 1)):
        with pytest.raises(InvalidInputError):
            opened(title=title)


def test_an_id_is_a_uuid_as_it_is_usually_written() -> None:
    assert opened(id=HERE).collection == HERE
    lettered = HERE.replace("1", "a")
    assert opened(id=lettered).collection == lettered
    assert opened(id=lettered.upper()).collection == lettered
    for text in ("1", HERE.replace("-", ""), "{" + HERE + "}"):
        with pytest.raises(InvalidInputError):
            opened(id=text)


def test_a_default_label_is_kept_in_its_canonical_text() -> None:
    event = opened(default_label="tlp:amber")
    assert event.default_label == "NATO UNCLASSIFIED // REL TO NATO+"
    with pytest.raises(LabelError):
        opened(default_label="NATO TOP SECRET")


def test_rights_are_nations_communities_and_roles() -> None:
    assert rules.parse_rights("POL, fin,MEMBERS,PUBLIC,planner,", NATO) == Rights(
        nations=("POL", "FIN"), communities=("NATO", "PUBLIC"), roles=("planner",)
    )
    assert rules.parse_rights("", NATO) == Rights()
    with pytest.raises(InvalidInputError):
        rules.parse_rights("POL,QQQ", NATO)


def test_the_body_may_be_named_where_its_code_is_no_community() -> None:
    communities = tuple(
        msgspec.structs.replace(each, code="ALLIES", aliases=("MEMBERS",))
        if each.code == "NATO"
        else each
        for each in load_pack("nato").communities
        if each.code in {"NATO", "MD"}
    )
    pack = msgspec.structs.replace(load_pack("nato"), communities=communities)
    other = Alliance.from_pack(pack)
    assert rules.parse_rights("NATO", other).nations == ("NATO",)


@pytest.mark.parametrize(
    ("terms", "gone"),
    [
        (("all",), (1, 2, 3)),
        (("last",), (3,)),
        (("first",), (1,)),
        ((2,), (2,)),
        ((2, "last"), (2, 3)),
        ((9, 1), (1,)),
    ],
)
def test_versions_to_withdraw_are_chosen_by_place_or_instant(
    terms: tuple[str | int, ...], gone: tuple[int, ...]
) -> None:
    event = rules.withdraw(lane(2, 1, 3), terms, collection=HERE, viewer=POLAND)
    assert (event.versions, event.nation, event.clearance) == (gone, POL, 2)


@pytest.mark.parametrize(
    ("instants", "terms"), [((), ("all",)), ((1,), (9,)), ((1,), ())]
)
def test_nothing_to_withdraw_is_not_found(
    instants: tuple[int, ...], terms: tuple[int, ...]
) -> None:
    with pytest.raises(NotFoundError) as refusal:
        rules.withdraw(lane(*instants), terms, collection=HERE, viewer=POLAND)
    assert str(refusal.value) == NOT_THERE


def test_writing_needs_the_right() -> None:
    rules.check_writable(True, can_read=False)
    with pytest.raises(ForbiddenError) as forbidden:
        rules.check_writable(False, can_read=True)
    assert str(forbidden.value) == ("you may read this collection but not write to it")
    with pytest.raises(NotFoundError) as unseen:
        rules.check_writable(False, can_read=False)
    assert str(unseen.value) == (
        "no such collection; list those that are there for you"
    )


def test_for_a_nation_without_standing_its_owner_is_the_body_that_withdraws() -> None:
    access = Access(NATO, DAY)
    gone = NationCode("BLR")

    assert rules.owner(POLAND, None, access) == POLAND
    assert rules.owner(POLAND, POL, access) == POLAND
    for role in sorted(rules.OPENERS):
        body = viewer("NATO1", role)
        assert rules.owner(body, gone, access) == msgspec.structs.replace(
            body, nation=gone
        )
    with pytest.raises(RuleViolationError) as refusal:
        rules.owner(BODY, POL, access)
    assert str(refusal.value) == (
        "POL has standing and withdraws its own itself; ask it to"
    )


@pytest.mark.parametrize(
    "stranger",
    [
        viewer("POL2", Role.OPERATOR),
        viewer("NATO1", *(frozenset(Role) - rules.OPENERS)),
    ],
)
@pytest.mark.parametrize("nation", ["BLR", "FIN"])
def test_to_anybody_else_what_another_nation_has_is_not_there(
    stranger: Viewer, nation: str
) -> None:
    with pytest.raises(NotFoundError) as refusal:
        rules.owner(stranger, NationCode(nation), Access(NATO, DAY))
    assert str(refusal.value) == NOT_THERE


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (
            {"alias": "A"},
            "an alias is 1 to 64 characters of a-z, 0-9, '.', '_' and '-'",
        ),
        ({"alias": ".."}, "an alias is a word of its own, no UUID and no dots"),
        ({"title": ""}, "a title has 1 to 200 characters"),
        (
            {"hold_minutes": 1441},
            "references are held for 1 to 1440 minutes, or 0 for not",
        ),
        ({"id": "1"}, "'1' is no UUID"),
        ({"id": "{" + HERE + "}"}, f"write the id as {HERE}"),
        (
            {"read": "QQQ"},
            (
                "'QQQ' is no nation, community or role of North Atlantic Treaty "
                "Organization; list the nations, or the communities"
            ),
        ),
    ],
)
def test_what_a_collection_cannot_be_is_refused_in_words(
    terms: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        opened(**terms)
    assert str(refusal.value) == said


def test_what_is_opened_is_what_was_asked_for() -> None:
    event = opened(
        description="D",
        read="POL",
        write="FIN,planner",
        tear_lines=True,
        hold_minutes=rules.HOLD_MINUTES_MAX,
    )

    assert (event.alias, event.title, event.description) == ("a", "T", "D")
    assert (event.read, event.write) == (
        Rights(nations=("POL",)),
        Rights(nations=("FIN",), roles=("planner",)),
    )
    assert (event.tear_lines, event.hold_minutes) == (True, 1440)
    assert not opened().tear_lines
    assert opened(hold_minutes=1).hold_minutes == 1


def test_a_default_label_goes_up_to_the_ceiling_of_the_hub() -> None:
    opening = Opening(
        alias="a", title="T", default_label="NATO RESTRICTED // REL TO NATO"
    )

    assert rules.open_collection(opening, BODY, NATO, ceiling=1).default_label
    with pytest.raises(LabelError):
        rules.open_collection(opening, BODY, NATO, ceiling=0)


def test_why_versions_were_withdrawn_is_kept() -> None:
    event = rules.withdraw(
        lane(1), ("all",), collection=HERE, viewer=POLAND, reason="wrong"
    )

    assert (event.collection, event.id, event.reason) == (HERE, report(1), "wrong")
