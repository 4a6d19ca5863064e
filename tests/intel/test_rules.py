import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.errors import ForbiddenError, InvalidInputError, LabelError, NotFoundError
from foedus.ids import CollectionId, NationCode, Position, StixId
from foedus.intel import rules
from foedus.intel.events import Rights
from foedus.intel.reading import Stored
from foedus.intel.rules import TITLE_LENGTH_MAX, Opening
from foedus.releasability.join import public
from foedus.releasability.viewers import Role
from tests.intel.world import report, viewer

NATO = Alliance.from_pack(load_pack("nato"))
BODY = viewer("NATO0", Role.OPERATOR)
HERE = CollectionId("11111111-1111-4111-8111-111111111111")
POL = NationCode("POL")
POLAND = viewer("POL2")


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
    with pytest.raises(ForbiddenError):
        rules.open_collection(Opening(alias="a", title="T"), viewer(name, role), NATO)


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
    assert opened(id=HERE.upper()).collection == HERE
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
    import msgspec  # noqa: PLC0415 - of this test alone

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
    with pytest.raises(NotFoundError):
        rules.withdraw(lane(*instants), terms, collection=HERE, viewer=POLAND)


def test_writing_needs_the_right() -> None:
    rules.check_writable(True, can_read=False)
    with pytest.raises(ForbiddenError):
        rules.check_writable(False, can_read=True)
    with pytest.raises(NotFoundError):
        rules.check_writable(False, can_read=False)
