from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.readiness.capability import grade, rate_capability
from foedus.readiness.ratings import MORE_TROOPS, NO_EVIDENCE, WITHHELD, Stock
from foedus.readiness.records import Need
from tests.readiness.making import a_unit, held, reported, requirement, silent, stock


@pytest.mark.parametrize(
    ("available", "word"),
    [(0.0, "None"), (0.1, "Low"), (0.5, "Medium"), (0.84, "Medium"), (0.85, "High")],
)
def test_the_lower_end_of_the_fill_gives_the_grade(available: float, word: str) -> None:
    found = rate_capability(stock(reported(available=available)))

    assert (found.word, found.low) == (word, available)


def test_between_two_grades_the_lower_is_said_and_the_other_named() -> None:
    found = rate_capability(stock(reported(available=0.8, available_to=0.9)))

    assert (found.word, found.low, found.high) == ("Medium", 0.8, 0.9)
    assert found.uncertainty == "Between Medium and High; the lower is said."


def test_where_nations_differ_too_much_it_varies() -> None:
    found = rate_capability(
        stock(
            reported("NOR", 4, available=0.9),
            reported("SWE", 6, available=0.2),
        )
    )

    assert found.word == "Variable"
    assert (found.low, found.high) == (0.2, 0.9)


def test_where_the_fill_itself_is_unsure_it_varies() -> None:
    found = rate_capability(stock(reported(available=0.2, available_to=0.9)))

    assert found.word == "Variable"


def test_plenty_of_one_type_makes_up_for_none_of_another() -> None:
    needs = (Need(type="company", amount=10), Need(type="ship", amount=1))
    asks = requirement()
    asks = held(msgspec.structs.replace(asks.content, needs=needs))

    found = rate_capability(stock(reported(size=100), asks=asks))

    assert found.word == "None"
    assert "scarcest is ship" in found.steps[-1]


def test_without_evidence_the_answer_is_that_there_is_none() -> None:
    for found in (
        rate_capability(stock()),
        rate_capability(stock(silent())),
        rate_capability(stock(reported(evidence=" "))),
        rate_capability(stock(reported(), asks=requirement(0))),
        rate_capability(Stock(on=date(2026, 1, 1))),
    ):
        assert found.word == NO_EVIDENCE
        assert found.low is None
        assert found.would_change


def test_what_expired_counts_no_more_and_the_day_is_said() -> None:
    found = rate_capability(
        stock(reported(), reported("POL", 90, "Old", valid_until="2026-11-23"))
    )

    assert found.low == 1.0
    (left,) = found.not_counted
    assert left.why == "its report expired on 2026-11-23"


def test_where_a_named_nation_shows_nothing_it_is_withheld() -> None:
    asks = requirement(contributors=["NOR", "POL", "SWE"])

    found = rate_capability(stock(reported("POL"), silent("NOR"), asks=asks))

    assert found.word == WITHHELD
    assert found.basis == "nothing of NOR, SWE is before you"
    assert found.rests_on == ()
    assert found.low is None


def test_where_no_named_nation_shows_anything_there_is_no_evidence() -> None:
    asks = requirement(contributors=["NOR", "POL"])

    assert rate_capability(stock(silent("NOR"), asks=asks)).word == NO_EVIDENCE


def test_a_nation_that_is_not_named_adds_nothing() -> None:
    asks = requirement(contributors=["POL"])

    found = rate_capability(
        stock(reported("POL", 5), reported("SWE", 5, "Other"), asks=asks)
    )

    assert found.low == 0.5
    assert found.not_counted[0].why == "the requirement names no contribution of SWE"


@given(
    sizes=st.lists(st.tuples(st.floats(0.1, 100), st.floats(0, 1)), max_size=4),
    troops=st.lists(
        st.tuples(st.sampled_from(["POL", "SWE", "FIN"]), st.floats(0.1, 1_000)),
        max_size=3,
    ),
)
def test_more_troops_without_evidence_change_nothing(
    sizes: list[tuple[float, float]], troops: list[tuple[str, float]]
) -> None:
    there = [reported(size=size, available=share) for size, share in sizes]
    before = rate_capability(stock(*there))

    after = rate_capability(stock(*there, *(silent(n, size) for n, size in troops)))

    assert (after.word, after.low, after.high) == (before.word, before.low, before.high)
    assert after.rests_on == before.rests_on
    assert MORE_TROOPS in after.would_change


def test_more_troops_with_evidence_raise_it() -> None:
    found = rate_capability(stock(reported(size=4), reported(size=5, name="New")))

    assert (found.word, found.low) == ("High", 0.9)


def test_what_would_change_it_is_said() -> None:
    found = rate_capability(
        stock(reported(size=6, valid_until="2026-12-31"), silent(size=2))
    )

    assert found.would_change[0].startswith("2.5 more of company, reported with")
    assert found.would_change[1] == (
        "The report on First expires on 2026-12-31; without it there would be no "
        "evidence."
    )
    assert found.would_change[2].startswith("A valid report with evidence on Silent")


def test_made_up_evidence_marks_the_rating() -> None:
    unit, (report,) = reported()
    shown = msgspec.structs.replace(report, illustrative=True)

    assert rate_capability(stock((unit, (shown,)))).illustrative
    assert not rate_capability(stock((unit, (report,)))).illustrative


def test_grades_have_their_thresholds() -> None:
    assert [grade(each) for each in (0, 0.01, 0.49, 0.5, 0.849, 2)] == [
        "None", "Low", "Low", "Medium", "Medium", "High",
    ]  # fmt: skip


def test_a_unit_of_a_type_nobody_needs_fills_nothing() -> None:
    other = (a_unit(type_="band"), reported()[1])

    assert rate_capability(stock(other)).word == "None"
