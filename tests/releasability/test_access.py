from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.events import StatusChanged
from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.ids import AccountId, NationCode
from foedus.releasability.access import VIEW_CLASSES_MAX, Access
from foedus.releasability.join import FixedLabel, fix, public
from foedus.releasability.labels import parse_label
from foedus.releasability.viewers import Role, Viewer
from tests.releasability import strategies
from tests.releasability.strategies import BODY, NATIONS, NATO, TODAY

ACCESS = Access(NATO, TODAY)
POL, FIN, SWE = (NationCode(each) for each in ("POL", "FIN", "SWE"))
NOWHERE = NationCode("QQQ")

nation_sets = st.frozensets(st.sampled_from([*NATIONS, BODY]))
levels = st.integers(0, 4)


def viewer(nation: NationCode, clearance: int = 0) -> Viewer:
    return Viewer(
        nation=nation,
        clearance=clearance,
        roles=frozenset({Role.READER}),
        account=AccountId("account--1"),
    )


def read(text: str, originator: NationCode = POL, alliance: Alliance = NATO) -> (
    FixedLabel
):  # fmt: skip
    return fix(parse_label(text, alliance), alliance, on=TODAY, originator=originator)


@given(nation_sets, nation_sets, levels)
def test_masks_of_sets_of_nations_behave_as_sets(
    a: frozenset[NationCode], b: frozenset[NationCode], level: int
) -> None:
    mask = ACCESS.mask
    assert mask(a | b, level) == mask(a, level) | mask(b, level)
    assert mask(a & b, level) == mask(a, level) & mask(b, level)
    assert mask(a - b, level) == mask(a, level) & ~mask(b, level)


@given(nation_sets, levels, levels)
def test_a_mask_of_a_higher_level_is_part_of_that_of_a_lower(
    nations: frozenset[NationCode], a: int, b: int
) -> None:
    low, high = ACCESS.mask(nations, min(a, b)), ACCESS.mask(nations, max(a, b))
    assert high & ~low == 0


@given(nation_sets, levels, st.sampled_from([*NATIONS, BODY]), levels)
def test_a_mask_holds_exactly_the_cleared_classes_of_its_nations(
    nations: frozenset[NationCode], level: int, nation: NationCode, clearance: int
) -> None:
    held = ACCESS.mask(nations, level) & ACCESS.bit(viewer(nation, clearance))
    assert bool(held) == (nation in nations and clearance >= level)


@given(
    strategies.originators.flatmap(
        lambda nation: st.tuples(st.just(nation), strategies.fixed_labels(nation))
    ),
    st.sampled_from([*NATIONS, BODY]),
    levels,
)
def test_a_viewer_sees_by_standing_clearance_and_audience_alone(
    thing: tuple[NationCode, FixedLabel], nation: NationCode, clearance: int
) -> None:
    originator, label = thing
    assert ACCESS.may_see(viewer(nation, clearance), label, originator) == (
        ACCESS.standing(nation)
        and clearance >= label.level
        and (nation == originator or nation in ACCESS.audience(label))
    )


def test_every_class_has_a_bit_of_its_own() -> None:
    bits = {
        ACCESS.place(nation, clearance)
        for nation in ACCESS.everybody
        for clearance in range(5)
    }
    assert len(bits) == len(ACCESS.everybody) * 5
    assert max(bits) < VIEW_CLASSES_MAX


def test_the_originating_nation_sees_its_own_if_cleared() -> None:
    label = read("NATO SECRET // REL TO FIN")
    assert ACCESS.may_see(viewer(POL, 3), label, POL)
    assert not ACCESS.may_see(viewer(POL, 2), label, POL)


def test_a_suspended_nation_sees_nothing_not_even_its_own() -> None:
    suspended = NATO.with_change(
        StatusChanged(nation=POL, status=Status.SUSPENDED, since=TODAY)
    )
    access = Access(suspended, TODAY)
    assert not access.standing(POL)
    assert not access.may_see(viewer(POL, 4), public(), POL)


def test_a_suspension_takes_no_class_out_of_a_mask() -> None:
    suspended = NATO.with_change(
        StatusChanged(nation=POL, status=Status.SUSPENDED, since=TODAY)
    )
    for text in ("NU // PUBLIC", "NU // REL TO NATO 2024-03-07", "NU // REL TO NATO+"):
        label = read(text, FIN)
        assert Access(suspended, TODAY).entitled(label, FIN) == ACCESS.entitled(
            label, FIN
        )


def test_a_nation_that_the_pack_does_not_know_sees_nothing() -> None:
    assert not ACCESS.standing(NOWHERE)
    assert ACCESS.bit(viewer(NOWHERE)) == 0
    assert ACCESS.mask([NOWHERE], 0) == 0
    assert not ACCESS.may_see(viewer(NOWHERE), public(), NOWHERE)


def test_the_alliance_s_body_always_has_standing() -> None:
    assert ACCESS.standing(BODY)
    assert ACCESS.may_see(viewer(BODY, 1), read("NR // REL TO NATO"), POL)
    assert not ACCESS.may_see(viewer(BODY, 1), read("NR // REL TO FIN, SWE"), POL)


def test_a_day_decides_who_is_in_an_open_community() -> None:
    label = read("NU // REL TO NATO+")
    assert SWE not in Access(NATO, date(2024, 3, 6)).audience(label)
    assert SWE in Access(NATO, date(2024, 3, 7)).audience(label)


def test_all_clauses_of_an_audience_must_hold() -> None:
    label = read("NU // REL TO NATO+ // REL TO PFP+, FIN // REL TO FIN, SWE, MDA")
    assert ACCESS.audience(label) == {FIN}
