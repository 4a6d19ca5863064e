import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.nations import Alliance
from foedus.errors import LabelError
from foedus.ids import CommunityCode, NationCode
from foedus.releasability.labels import (
    LABEL_LENGTH_MAX,
    ORIGINATOR,
    Clause,
    Closed,
    Label,
    canonical_clauses,
    clause,
    is_settled,
    originator_only,
    parse_label,
    print_label,
)
from tests.releasability import strategies
from tests.releasability.strategies import NATO

POL, FRA = NationCode("POL"), NationCode("FRA")
MEMBERS, PARTNERS = CommunityCode("NATO"), CommunityCode("PARTNERSHIP")


@given(strategies.labels)
def test_what_was_printed_is_read_as_the_same_label(label: Label) -> None:
    assert parse_label(print_label(label, NATO), NATO) == label


@given(strategies.labels, st.data())
def test_case_and_blanks_do_not_matter(label: Label, data: st.DataObject) -> None:
    text = print_label(label, NATO)
    blank = data.draw(st.sampled_from([" ", "  ", "\t", " \n "]))
    assert parse_label(text.lower().replace(" ", blank), NATO) == label


@given(st.text(max_size=60) | st.lists(
    st.sampled_from(["NATO SECRET", "//", "REL TO", "NATO", "FRA", "+", ",", "PUBLIC",
                     "ORIGINATOR", "CONTROLLED", "BY", "NO ONWARD RELEASE", " "]),
    max_size=12,
).map(" ".join))  # fmt: skip
def test_any_text_is_refused_as_no_label_or_read_as_it_prints(text: str) -> None:
    label = None
    with contextlib.suppress(LabelError):
        label = parse_label(text, NATO)
    assert label is None or parse_label(print_label(label, NATO), NATO) == label


@given(st.lists(strategies.clauses(), max_size=5))
def test_clauses_in_any_order_are_one_audience(clauses: list[Clause]) -> None:
    forwards = canonical_clauses(clauses)
    assert forwards == canonical_clauses(reversed(clauses))
    assert forwards == canonical_clauses(forwards)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("nato unclassified//public", "NATO UNCLASSIFIED // PUBLIC"),
        ("NU // PUBLIC", "NATO UNCLASSIFIED // PUBLIC"),
        ("NR // REL TO SWE, NATO", "NATO RESTRICTED // REL TO NATO, SWE"),
        ("NR // REL TO MEMBERS", "NATO RESTRICTED // REL TO NATO"),
        ("NS // REL TO members+", "NATO SECRET // REL TO NATO+"),
        ("NS // ORIGINATOR ONLY", "NATO SECRET // REL TO ORIGINATOR"),
        ("NU // REL TO FRA, FRA", "NATO UNCLASSIFIED // REL TO FRA"),
        ("NU // REL TO USA // REL TO FRA, USA", "NATO UNCLASSIFIED // REL TO USA"),
        (
            "NU // PUBLIC // ORIGINATOR CONTROLLED",
            "NATO UNCLASSIFIED // PUBLIC // ORIGINATOR CONTROLLED",
        ),
        (
            "NU // NO ONWARD RELEASE // REL TO NATO 2024-03-07",
            "NATO UNCLASSIFIED // REL TO NATO 2024-03-07 // NO ONWARD RELEASE",
        ),
    ],
)
def test_a_label_has_one_canonical_text(text: str, canonical: str) -> None:
    assert print_label(parse_label(text, NATO), NATO) == canonical


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "unknown_marking"),
        ("NATO TOP SECRET // PUBLIC", "unknown_marking"),
        ("NATO SECRET", "missing_audience"),
        ("NATO SECRET // NO ONWARD RELEASE", "missing_audience"),
        ("NATO SECRET // PUBLIC // REL TO FRA", "missing_audience"),
        ("NATO SECRET // REL TO", "empty_release_list"),
        ("NATO SECRET // REL TO FRA,", "empty_release_list"),
        ("NATO SECRET // REL TO FRA, , USA", "empty_release_list"),
        ("NATO SECRET // REL TO XYZ", "unknown_entity"),
        ("NATO SECRET // REL TO XYZ+", "unknown_entity"),
        ("NATO SECRET // REL TO FRA+", "unknown_entity"),
        ("NATO SECRET // REL TO FRA 2024-03-07", "unknown_entity"),
        ("NATO SECRET // REL TO NATO 2024-13-07", "unknown_entity"),
        ("NATO SECRET // REL TO NATO 24-03-07", "unknown_entity"),
        ("NATO SECRET // REL TOFRA", "unknown_caveat"),
        ("NATO SECRET // REL TO FRA // EYES ONLY", "unknown_caveat"),
        ("NATO SECRET // REL TO FRA //", "unknown_caveat"),
        ("NATO SECRET // PUBLIC // ORIGINATOR CONTROLLED FRA", "unknown_caveat"),
        ("NATO SECRET // PUBLIC // ORIGINATOR CONTROLLEDBY FRA", "unknown_caveat"),
        ("NATO SECRET // PUBLIC // ORIGINATOR CONTROLLED BY XYZ", "unknown_entity"),
        ("NATO SECRET // PUBLIC // ORIGINATOR CONTROLLED BY PFP", "unknown_entity"),
        ("NATO SECRET // PUBLIC // ORIGINATOR CONTROLLED BY ", "unknown_caveat"),
    ],
)
def test_what_is_not_canonical_is_refused_with_a_code(text: str, code: str) -> None:
    with pytest.raises(LabelError) as refusal:
        parse_label(text, NATO)
    assert refusal.value.code == code


def test_a_label_as_long_as_allowed_is_read_and_a_longer_one_is_not() -> None:
    text = "NATO SECRET // REL TO FRA"
    longest = text + " " * (LABEL_LENGTH_MAX - len(text))
    assert parse_label(longest, NATO) == parse_label(text, NATO)
    with pytest.raises(LabelError) as refusal:
        parse_label(longest + " ", NATO)
    assert refusal.value.code == "too_long"


def test_every_nation_of_a_pack_by_name_fits_into_a_label() -> None:
    every = Label(level=4, audience=(clause(nations=NATO.nations),))
    assert parse_label(print_label(every, NATO), NATO) == every


def test_all_who_are_named_as_controllers_control() -> None:
    text = (
        "NU // PUBLIC // ORIGINATOR CONTROLLED BY FRA // ORIGINATOR CONTROLLED BY USA"
    )
    assert parse_label(text, NATO).controllers == ("FRA", "USA")


def test_the_alliance_s_own_body_is_not_taken_for_its_members(nato: Alliance) -> None:
    staff = Label(level=0, audience=(clause(nations=[NationCode("NATO")]),))
    assert print_label(staff, nato) == "NATO UNCLASSIFIED // REL TO NATO STAFF"
    members = parse_label("NATO UNCLASSIFIED // REL TO NATO", nato)
    assert members.audience == (clause(closed=[Closed(MEMBERS)]),)


def test_a_community_may_be_closed_dated_and_open_in_one_clause() -> None:
    label = parse_label("NU // REL TO NATO, NATO 2023-04-04, PARTNERSHIP+, POL", NATO)
    since = date(2023, 4, 4)
    assert label.audience == (
        clause(
            closed=[Closed(MEMBERS), Closed(MEMBERS, since)],
            open=[PARTNERS],
            nations=[POL],
        ),
    )


def test_originator_only_names_nobody_else() -> None:
    label = originator_only(2)
    assert (label.level, label.audience) == (2, (clause(nations=[ORIGINATOR]),))


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("NATO UNCLASSIFIED // PUBLIC", True),
        ("NATO UNCLASSIFIED // REL TO NATO 2024-03-07, UKR", True),
        ("NATO UNCLASSIFIED // REL TO NATO+", True),
        ("NATO UNCLASSIFIED // REL TO NATO, UKR", False),
        ("NATO UNCLASSIFIED // REL TO ORIGINATOR", False),
        ("NATO UNCLASSIFIED // PUBLIC // ORIGINATOR CONTROLLED", False),
        ("NATO UNCLASSIFIED // PUBLIC // ORIGINATOR CONTROLLED BY FRA", True),
    ],
)
def test_a_label_is_settled_when_everybody_reads_the_same(
    text: str, *, settled: bool
) -> None:
    assert is_settled(parse_label(text, NATO)) is settled
