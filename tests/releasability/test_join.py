from datetime import date, timedelta
from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.events import StatusChanged
from foedus.alliance.statuses import Status
from foedus.errors import LabelError
from foedus.ids import CommunityCode, NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import (
    FixedLabel,
    decode_label,
    encode_label,
    fix,
    fixed_originator_only,
    join,
    join_all,
    open_members,
    public,
)
from foedus.releasability.labels import (
    Clause,
    Closed,
    Label,
    clause,
    parse_label,
    print_label,
)
from tests.releasability import strategies
from tests.releasability.strategies import BODY, NATO, TODAY

POL, FIN, SWE, RUS = (NationCode(each) for each in ("POL", "FIN", "SWE", "RUS"))
MEMBERS = CommunityCode("NATO")
SWEDEN_JOINS = date(2024, 3, 7)
ACCESS = Access(NATO, TODAY)


def read(text: str, *, on: date = TODAY, originator: NationCode = POL) -> FixedLabel:
    return fix(parse_label(text, NATO), NATO, on=on, originator=originator)


def allowed(label: FixedLabel, originator: NationCode = POL) -> int:
    return ACCESS.entitled(label, originator)


@st.composite
def several(draw: st.DrawFn) -> tuple[NationCode, list[FixedLabel]]:
    originator = draw(strategies.originators)
    one = strategies.fixed_labels(originator)
    return originator, draw(st.lists(one, min_size=3, max_size=3))


@given(several())
def test_a_join_allows_the_same_in_any_order(
    given: tuple[NationCode, list[FixedLabel]],
) -> None:
    originator, labels = given
    found = {
        allowed(join_all(order, originator=originator), originator)
        for order in permutations(labels)
    }
    assert len(found) == 1


@given(several())
def test_a_join_allows_the_same_however_it_is_grouped(
    given: tuple[NationCode, list[FixedLabel]],
) -> None:
    originator, (a, b, c) = given
    left = join(join(a, b, originator=originator), c, originator=originator)
    right = join(a, join(b, c, originator=originator), originator=originator)
    assert allowed(left, originator) == allowed(right, originator)


@given(several())
def test_a_join_allows_whom_both_allow_and_nobody_else(
    given: tuple[NationCode, list[FixedLabel]],
) -> None:
    originator, (a, b, _) = given
    joined = join(a, b, originator=originator)
    both = allowed(a, originator) & allowed(b, originator)
    assert allowed(joined, originator) == both


@given(several())
def test_joining_again_changes_nothing(
    given: tuple[NationCode, list[FixedLabel]],
) -> None:
    originator, (a, b, _) = given
    joined = join(a, b, originator=originator)
    for each in (a, b, joined):
        assert join(joined, each, originator=originator) == joined


@given(several())
def test_a_join_keeps_every_caveat(
    given: tuple[NationCode, list[FixedLabel]],
) -> None:
    originator, labels = given
    joined = join_all(labels, originator=originator)
    assert joined.level == max(each.level for each in labels)
    assert set(joined.controllers) == {n for each in labels for n in each.controllers}
    assert joined.no_onward == any(each.no_onward for each in labels)


@given(several(), st.integers(0, 4_000))
def test_the_text_of_a_join_means_the_same_on_any_later_day(
    given: tuple[NationCode, list[FixedLabel]], later: int
) -> None:
    originator, labels = given
    joined = join_all(labels, originator=originator)
    text = print_label(joined.label, NATO)
    again = fix(
        parse_label(text, NATO),
        NATO,
        on=TODAY + timedelta(days=later),
        originator=NationCode("ISL"),
    )
    assert ACCESS.audience(again) == ACCESS.audience(joined)
    assert msgspec.structs.replace(
        again, closed=None, closed_terms=None, open=()
    ) == msgspec.structs.replace(joined, closed=None, closed_terms=None, open=())


@given(strategies.originators.flatmap(strategies.fixed_labels))
def test_a_fixed_label_is_written_and_read_back(label: FixedLabel) -> None:
    assert decode_label(encode_label(label)) == label


def test_a_closed_community_is_that_of_the_day_of_arrival() -> None:
    eve = read("NU // REL TO NATO", on=SWEDEN_JOINS - timedelta(days=1))
    day = read("NU // REL TO NATO", on=SWEDEN_JOINS)
    assert SWE not in ACCESS.audience(eve)
    assert ACCESS.audience(day) - ACCESS.audience(eve) == {SWE}
    assert print_label(day.label, NATO).endswith("REL TO NATO 2024-03-07")
    assert print_label(eve.label, NATO).endswith("REL TO NATO 2023-04-04")


def test_a_dated_community_stays_that_of_its_day() -> None:
    assert SWE not in ACCESS.audience(read("NU // REL TO NATO 2023-04-04"))


def test_a_community_of_the_future_is_that_of_today() -> None:
    assert read("NU // REL TO NATO 2099-01-01") == read("NU // REL TO NATO")


def test_an_open_community_is_that_of_today() -> None:
    label = read("NU // REL TO NATO+", on=SWEDEN_JOINS - timedelta(days=1))
    assert SWE in ACCESS.audience(label)


def test_a_closed_community_leaves_suspended_nations_out_and_an_open_one_does_not() -> (
    None
):
    suspended = NATO.with_change(
        StatusChanged(nation=FIN, status=Status.SUSPENDED, since=TODAY)
    )
    label = parse_label("NU // REL TO NATO", suspended)
    closed = fix(label, suspended, on=TODAY, originator=POL)
    opened = fix(
        parse_label("NU // REL TO NATO+", suspended),
        suspended,
        on=TODAY,
        originator=POL,
    )
    access = Access(suspended, TODAY)
    assert FIN not in access.audience(closed)
    assert FIN in access.audience(opened)


def test_a_community_whose_nations_are_unknown_is_refused() -> None:
    for text in ("NU // REL TO KFOR", "NU // REL TO KFOR+"):
        with pytest.raises(LabelError) as refusal:
            read(text)
        assert refusal.value.code == "unknown_membership"


def test_the_originator_takes_the_place_of_its_name() -> None:
    label = read("NU // ORIGINATOR ONLY // ORIGINATOR CONTROLLED", originator=FIN)
    assert (label.closed, label.controllers) == (frozenset([FIN]), (FIN,))
    assert label == msgspec.structs.replace(
        fixed_originator_only(0, NATO, on=TODAY, originator=FIN), controllers=(FIN,)
    )


def test_what_the_body_publishes_for_itself_is_not_for_all_members() -> None:
    label = fixed_originator_only(0, NATO, on=TODAY, originator=BODY)
    again = read(print_label(label.label, NATO))
    assert ACCESS.audience(again) == {BODY}


def test_of_two_audiences_without_a_common_nation_the_originator_is_left() -> None:
    joined = join(read("NU // REL TO FIN"), read("NR // REL TO SWE"), originator=POL)
    assert (joined.level, joined.closed) == (1, frozenset([POL]))


def test_an_audience_without_a_name_is_printed_as_its_nations() -> None:
    joined = join(
        read("NU // REL TO FIN, SWE, POL"),
        read("NU // REL TO FIN, SWE, FRA"),
        originator=POL,
    )
    assert print_label(joined.label, NATO) == "NATO UNCLASSIFIED // REL TO FIN, SWE"


def test_of_two_texts_for_one_audience_the_one_with_a_community_is_kept() -> None:
    named = read("NU // REL TO FVEY")
    listed = read("NU // REL TO AUS, CAN, GBR, NZL, USA")
    assert named.closed == listed.closed
    assert join(listed, named, originator=POL) == named
    assert join(named, listed, originator=POL) == named


def test_many_open_audiences_join_to_a_short_one() -> None:
    labels = [
        read(f"NU // REL TO NATO+, {nation}")
        for nation in NATO.nations
        if nation not in NATO.members_of(MEMBERS, TODAY)
    ]
    joined = join_all(labels, originator=POL)
    assert print_label(joined.label, NATO) == "NATO UNCLASSIFIED // REL TO NATO+"


def test_of_open_audiences_the_narrower_is_kept() -> None:
    wide, narrow = read("NU // REL TO NATO+, MDA, UKR"), read("NU // REL TO NATO+, MDA")
    either = read("NU // REL TO NATO+, PFP+, MDA")
    assert join_all([wide, either, narrow], originator=POL) == narrow


def test_what_a_community_meant_at_arrival_stays_after_a_correction() -> None:
    corrected = NATO.with_change(
        StatusChanged(nation=FIN, status=Status.NONE, since=date(2024, 1, 1))
    )
    text = parse_label("NU // REL TO PFP+, NATO 2024-03-07", NATO)
    before = fix(text, NATO, on=TODAY, originator=POL)
    after = fix(text, corrected, on=TODAY, originator=POL)
    for labels in ([before, after], [after, before]):
        assert ACCESS.audience(join_all(labels, originator=POL)) == (
            ACCESS.audience(before) & ACCESS.audience(after)
        )


def test_only_an_unmarked_label_of_the_lowest_level_is_public() -> None:
    assert public().is_public
    assert read("NU // PUBLIC") == public()
    for text in (
        "NR // PUBLIC",
        "NU // REL TO NATO",
        "NU // REL TO NATO+",
        "NU // PUBLIC // ORIGINATOR CONTROLLED",
        "NU // PUBLIC // NO ONWARD RELEASE",
    ):
        assert not read(text).is_public


def test_the_label_as_printed_has_all_its_clauses() -> None:
    fixed = read("NU // REL TO NATO 2024-03-07 // REL TO PARTNERSHIP+ // REL TO FVEY+")
    printed = print_label(fixed.label, NATO)
    assert printed == (
        "NATO UNCLASSIFIED // REL TO FVEY+ // REL TO PARTNERSHIP+ "
        "// REL TO NATO 2024-03-07"
    )


def test_the_members_of_an_open_clause_are_those_of_a_day() -> None:
    (part,) = read("NU // REL TO NATO+, RUS").open
    eve = open_members(part, NATO, on=SWEDEN_JOINS - timedelta(days=1))
    day = open_members(part, NATO, on=SWEDEN_JOINS)
    assert day - eve == {SWE}
    assert {BODY, RUS} <= eve


def test_a_clause_may_be_partly_open() -> None:
    label = Label(level=0, audience=(clause(closed=[Closed(MEMBERS)], open=[MEMBERS]),))
    (part,) = fix(label, NATO, on=TODAY, originator=POL).open
    assert part.terms == Clause(
        closed=(Closed(MEMBERS, SWEDEN_JOINS),), open=(MEMBERS,)
    )
