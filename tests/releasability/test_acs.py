"""ACS markings: the cases of the extension's own examples, and every other rule.

What a marking permits is worked out a second time below, nation by nation and without
labels, and compared.
"""

from collections.abc import Iterable
from datetime import date

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.alliance.records import Pack
from foedus.alliance.vocabulary import Acs, AcsLevel
from foedus.errors import LabelError
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.acs import label_of_acs
from foedus.releasability.join import fix
from foedus.releasability.labels import print_label
from foedus.stix.markings import AcsDefinition, AcsPrivilege, AcsScope, AcsSharing
from tests.releasability.strategies import NATO

NU = "NATO UNCLASSIFIED // "
TODAY = date(2026, 11, 23)
ALL = ("ALL",)
ANYBODY = AcsScope(
    permitted_nationalities=ALL,
    permitted_organizations=ALL,
    shareability=ALL,
    entity=ALL,
)


def policy(seeing: str, sharing: str) -> tuple[str, ...]:
    """Give the policy that has these two defaults."""
    return (f"urn:isa:policy:acs:ns:v3.0?privdefault={seeing}&sharedefault={sharing}",)


OPEN = policy("permit", "permit")
SHUT = policy("deny", "permit")


def marking(**parts: object) -> AcsDefinition:
    """Make a marking that permits whatever the parts do not restrict."""
    whole: dict[str, object] = {"classification": "U", "policies": OPEN, **parts}
    return AcsDefinition(**whole)  # type: ignore[arg-type]  # as the test says


def to(*nations: str, bodies: Iterable[str] | None = None) -> AcsScope:
    """Make a scope of nationalities, or of organizations, or of both."""
    return AcsScope(
        permitted_nationalities=nations or None,
        permitted_organizations=None if bodies is None else tuple(bodies),
    )


def rule(action: str, effect: str, scope: AcsScope = ANYBODY) -> AcsPrivilege:
    return AcsPrivilege(
        privilege_action=action, rule_effect=effect, privilege_scope=scope
    )


def printed(acs: AcsDefinition, alliance: Alliance = NATO) -> str:
    return print_label(label_of_acs(acs, alliance), alliance)


def refusal(acs: AcsDefinition, alliance: Alliance = NATO) -> LabelError:
    with pytest.raises(LabelError) as refused:
        label_of_acs(acs, alliance)
    return refused.value


USE_CASES = {
    "1: top secret, some kinds of person": marking(
        classification="TS",
        scope=AcsScope(entity=("GOV", "CTR", "MIL")),
        policies=policy("deny", "deny"),
        responsible=("USA.NSA",),
    ),
    "2: official use only, shown to all": marking(
        determinations=("FOUO",),
        privileges=tuple(
            rule(each, "permit") for each in ("INTEL", "DSPLY", "REQUEST")
        ),
        policies=SHUT,
        responsible=("USA.DOJ.FBI",),
    ),
    "3: a secret portion": marking(
        classification="S", policies=SHUT, responsible=("USA.DHS",)
    ),
    "3: a portion released to the public": marking(
        determinations=("PUBREL",), responsible=("USA.DHS",)
    ),
    "4: organizations, and machines": marking(
        scope=AcsScope(
            permitted_organizations=("USA.USG",),
            entity=("MIL", "CTR", "GOV", "SVR", "SVC", "DEV", "NET"),
        ),
        responsible=("USA.DOD.DC3",),
    ),
    "5: law enforcement": marking(
        scope=AcsScope(
            permitted_organizations=("USA.USG", "USA.SLTT"),
            entity=("MIL", "CTR", "GOV"),
        ),
        responsible=("USA.DOJ.FBI",),
        unread=("sensitivity",),
    ),
}
"""The use cases of the ACS specification, as its STIX examples give them."""


@pytest.mark.parametrize(
    ("case", "canonical"),
    [
        ("2: official use only, shown to all", NU + "PUBLIC // NO ONWARD RELEASE"),
        ("3: a portion released to the public", NU + "PUBLIC"),
    ],
)
def test_a_use_case_that_a_label_can_say_is_mapped(case: str, canonical: str) -> None:
    assert printed(USE_CASES[case]) == canonical


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("1: top secret, some kinds of person", "entity GOV, CTR, MIL"),
        ("3: a secret portion", "permits nobody to be shown it"),
        ("4: organizations, and machines", "entity MIL"),
        ("5: law enforcement", "sensitivity"),
    ],
)
def test_a_use_case_that_no_label_can_say_is_refused_by_name(
    case: str, names: str
) -> None:
    refused = refusal(USE_CASES[case])
    assert refused.code == "unsupported_marking"
    assert names in refused.detail


@pytest.mark.parametrize("classification", ["C", "S", "TS", "R", "u", None])
def test_a_national_classification_is_not_the_alliance_s(
    classification: str | None,
) -> None:
    assert "classification" in refusal(marking(classification=classification)).detail


def test_a_pack_may_accept_a_classification() -> None:
    alliance = with_acs(
        Acs(classifications=(AcsLevel(value="S", level="SECRET"),)),
    )
    assert printed(marking(classification="S"), alliance) == "NATO SECRET // PUBLIC"
    assert "U is not accepted" in refusal(marking(), alliance).detail


def test_a_level_that_the_alliance_does_not_have_is_refused() -> None:
    levels = tuple(
        msgspec.structs.replace(each, name=each.name.lower(), policy_value="")
        for each in NATO.levels
    )
    pack = msgspec.structs.replace(NATO.pack, levels=levels)
    assert refusal(marking(), Alliance.from_pack(pack)).code == "unsupported_marking"


@pytest.mark.parametrize("words", [None, "no acs"])
def test_where_the_pack_gives_no_meaning_all_are_refused(words: str | None) -> None:
    pack = load_pack("nato")
    plain = msgspec.structs.replace(pack, markings=None)
    alliance = Alliance.from_pack(plain) if words is None else with_acs(None)
    assert "no meaning" in refusal(marking(), alliance).detail


def with_acs(acs: Acs | None) -> Alliance:
    """Make NATO with other ACS words."""
    pack: Pack = load_pack("nato")
    assert pack.markings is not None, "NATO marks"
    words = msgspec.structs.replace(pack.markings, acs=acs)
    return Alliance.from_pack(msgspec.structs.replace(pack, markings=words))


@pytest.mark.parametrize(
    ("scope", "audience"),
    [
        (AcsScope(), "PUBLIC"),
        (ANYBODY, "PUBLIC"),
        (to("USA", "GBR"), "REL TO GBR, USA"),
        (to(bodies=["NATO"]), "REL TO NATO"),
        (to("USA", "MDA", bodies=["NATO"]), "REL TO MDA, USA // REL TO NATO"),
    ],
)
def test_a_scope_limits_alike_as_control_and_as_permission(
    scope: AcsScope, audience: str
) -> None:
    assert printed(marking(scope=scope)) == NU + audience
    for action in ("DSPLY", "ALL"):
        for policies in (OPEN, SHUT):
            given = msgspec.structs.replace(scope, shareability=ALL)
            permitted = marking(
                privileges=(rule(action, "permit", given),), policies=policies
            )
            assert printed(permitted) == NU + audience


def test_control_and_permission_both_limit() -> None:
    acs = marking(
        scope=to(bodies=["NATO"]),
        privileges=(rule("DSPLY", "permit", to("USA", "MDA")),),
    )
    assert printed(acs) == NU + "REL TO MDA, USA // REL TO NATO"


def test_of_several_permissions_any_permits() -> None:
    several = marking(
        privileges=(
            rule("DSPLY", "permit", to("MDA")),
            rule("ALL", "permit", to(bodies=["NATO"])),
        )
    )
    assert printed(several) == NU + "REL TO NATO, MDA"
    wide = (*several.privileges, rule("DSPLY", "permit"))
    assert printed(msgspec.structs.replace(several, privileges=wide)) == NU + "PUBLIC"


def test_of_several_permissions_none_may_limit_twice() -> None:
    twice = marking(
        privileges=(
            rule("DSPLY", "permit", to("MDA")),
            rule("DSPLY", "permit", to("USA", bodies=["NATO"])),
        )
    )
    assert "several privileges" in refusal(twice).detail


def test_a_default_to_deny_shows_it_to_nobody_but_those_it_is_permitted() -> None:
    permitted = rule("DSPLY", "permit", to("USA"))
    for acs in (
        marking(policies=SHUT),
        marking(policies=()),
        marking(policies=(*OPEN, *SHUT)),
        marking(privileges=(rule("ALL", "deny"),)),
        marking(privileges=(rule("DSPLY", "deny"), rule("NETDEF", "permit"))),
    ):
        assert "DSPLY" in refusal(acs).detail
        allowed = msgspec.structs.replace(acs, privileges=(*acs.privileges, permitted))
        assert printed(allowed).startswith(NU + "REL TO USA")


@pytest.mark.parametrize("action", ["ANONYMOUSACCESS", "REQUEST"])
def test_a_denial_that_holds_anyway_changes_nothing(action: str) -> None:
    assert printed(marking(privileges=(rule(action, "deny"),))) == NU + "PUBLIC"


@pytest.mark.parametrize("action", ["NETDEF", "LEGAL", "TEARLINE", "IDSRC", "NEW"])
def test_a_denial_of_what_readers_do_is_refused(action: str) -> None:
    refused = refusal(marking(privileges=(rule(action, "deny"),)))
    assert f"denial of {action}" in refused.detail


def test_a_denial_for_some_is_refused() -> None:
    for action in ("DSPLY", "ALL"):
        acs = marking(privileges=(rule(action, "deny", to("FRA")),))
        assert f"denial of {action}" in refusal(acs).detail


@pytest.mark.parametrize(
    "parts",
    [
        {"determinations": ("NF",)},
        {"determinations": ("PUBREL", "PII-NECESSARY-TO-UNDERSTAND-THREAT")},
        {"caveats": ("FISA",)},
        {"caveats": ("POSSIBLEPII",)},
        {"unread": ("sci_controls",)},
        {"scope": AcsScope(shareability=("NCC",))},
        {"scope": AcsScope(entity=("MIL",))},
        {"scope": AcsScope(permitted_nationalities=())},
        {"scope": AcsScope(permitted_organizations=())},
        {"scope": AcsScope(permitted_nationalities=("ALL", "USA"))},
        {"privileges": (rule("DSPLY", "permit", AcsScope(entity=("MIL",))),)},
        {"privileges": (rule("DSPLY", "permit", AcsScope()),)},
        {"privileges": (rule("DSPLY", "allow"),)},
        {"sharing": (AcsSharing(rule_effect="deny", sharing_scope=("FOREIGNGOV",)),)},
        {"policies": (*OPEN, "urn:isa:policy:other")},
        {"policies": ("urn:isa:policy:acs:ns:v4.0?privdefault=permit",)},
    ],
    ids=str,
)
def test_what_restricts_and_cannot_be_said_is_refused(parts: dict[str, object]) -> None:
    assert refusal(marking(**parts)).code == "unsupported_marking"


@pytest.mark.parametrize(
    "scope", [to("QQQ"), to("NATO"), to(bodies=["USA.DHS"]), to(bodies=["FIN"])]
)
def test_whom_nobody_knows_is_refused_and_no_sector_is_a_nation(
    scope: AcsScope,
) -> None:
    assert refusal(marking(scope=scope)).code == "unknown_entity"


def test_what_may_not_be_passed_on_is_not_released_onward() -> None:
    permit = AcsSharing(rule_effect="permit", sharing_scope=("SECTOR",))
    onward = NU + "PUBLIC // NO ONWARD RELEASE"
    assert printed(marking(policies=policy("permit", "deny"))) == onward
    assert (
        printed(marking(policies=policy("permit", "deny"), sharing=(permit,))) == onward
    )
    assert printed(marking(sharing=(permit,))) == NU + "PUBLIC"


def test_originator_controlled_names_the_publisher_and_who_is_responsible() -> None:
    acs = marking(caveats=("ORCON",), responsible=("USA.DHS", "NONFED", "FR.X"))
    assert printed(acs) == NU + "PUBLIC // ORIGINATOR CONTROLLED BY ORIGINATOR, USA"
    assert (
        printed(marking(caveats=("ORCON",))) == NU + "PUBLIC // ORIGINATOR CONTROLLED"
    )
    assert printed(marking(responsible=("USA.DHS",))) == NU + "PUBLIC"


NATIONS = st.lists(st.sampled_from(["USA", "GBR", "MDA", "CHE"]), min_size=1).map(tuple)
BODIES = st.lists(st.sampled_from(["NATO", "PFP", "FVEY"]), min_size=1).map(tuple)
SCOPES = st.builds(
    AcsScope,
    permitted_nationalities=st.one_of(st.none(), st.just(ALL), NATIONS),
    permitted_organizations=st.one_of(st.none(), st.just(ALL), BODIES),
    entity=st.one_of(st.none(), st.just(ALL)),
)
MARKINGS = st.builds(
    AcsDefinition,
    classification=st.just("U"),
    scope=SCOPES,
    privileges=st.lists(
        st.builds(
            AcsPrivilege,
            privilege_action=st.sampled_from(["DSPLY", "ALL", "NETDEF"]),
            rule_effect=st.sampled_from(["permit", "permit", "permit", "deny"]),
            privilege_scope=SCOPES,
        ),
        max_size=3,
    ).map(tuple),
    policies=st.lists(st.sampled_from([*OPEN, *SHUT]), max_size=2).map(tuple),
)


def within(nation: NationCode, scope: AcsScope) -> bool:
    """Work out whether a scope is for a nation."""
    nations = scope.permitted_nationalities or ALL
    bodies = scope.permitted_organizations or ALL
    return (nations == ALL or nation in nations) and (
        bodies == ALL
        or any(nation in NATO.members_of(NATO.communities[each].code, TODAY)
               for each in bodies)
    )  # fmt: skip


def permitted(nation: NationCode, acs: AcsDefinition) -> bool:
    """Work out whether a marking lets a nation be shown what bears it."""
    seeing = [each for each in acs.privileges if each.privilege_action != "NETDEF"]
    permits = [each for each in seeing if each.rule_effect == "permit"]
    if permits:
        shown = any(within(nation, each.privilege_scope) for each in permits)
    else:
        shown = len(seeing) == 0 and set(acs.policies) == set(OPEN)
    return shown and within(nation, acs.scope)


@given(acs=MARKINGS)
def test_exactly_those_may_see_whom_the_marking_permits(acs: AcsDefinition) -> None:
    try:
        label = label_of_acs(acs, NATO)
    except LabelError as refused:
        event(f"refused: {refused.code}")
        return
    event("mapped")
    publisher = NationCode("ISL")
    fixed = fix(label, NATO, on=TODAY, originator=publisher)
    found = Access(NATO, TODAY).audience(fixed) - {NationCode(NATO.code), publisher}
    expected = {each for each in NATO.nations if permitted(each, acs)} - {publisher}
    assert found == expected
