import time
from datetime import date
from itertools import combinations

import msgspec
import pytest

from foedus.readiness.interoperability import rate_interoperability
from foedus.readiness.ratings import NO_EVIDENCE, WITHHELD, Stock
from foedus.readiness.reading import Held
from foedus.readiness.records import Report, Unit
from tests.readiness.making import (
    adopted,
    certified,
    evaluated,
    exercise,
    reported,
    requirement,
    silent,
    stock,
    tried,
)

BOTH = ("POL", "SWE")
ASKS = requirement(
    contributors=list(BOTH),
    standards=["stanag_4774"],
    modules=["labels_and_binding"],
)
LIGHTS = exercise()


def whole(**changes: object) -> Stock:
    """Everything shown, but for what is changed."""
    found = stock(asks=ASKS)
    parts: dict[str, object] = {
        "adoptions": tuple(adopted(each) for each in BOTH),
        "tests": (tried(*BOTH),),
        "completions": tuple(certified(each) for each in BOTH),
        "exercises": {LIGHTS.record: LIGHTS},
        "evaluations": (evaluated(LIGHTS),),
        **changes,
    }
    return msgspec.structs.replace(found, **parts)


def test_what_is_shown_in_every_part_is_excellent() -> None:
    found = rate_interoperability(whole())

    assert (found.word, found.uncertainty) == ("Excellent", "Excellent in every part.")
    assert len(found.rests_on) == 6


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"adoptions": (adopted("POL"),)}, "Good"),
        ({"completions": (certified("POL"),)}, "Good"),
        ({"tests": (tried(*BOTH, "limited"),)}, "Good"),
        ({"tests": (tried(*BOTH, "issue"),)}, "Poor"),
        ({"tests": ()}, "Good"),
        ({"evaluations": ()}, "Good"),
        ({"evaluations": (evaluated(LIGHTS, "not-achieved"),)}, "Poor"),
        ({"evaluations": (evaluated(LIGHTS, day="2025-11-01"),)}, "Very Good"),
        ({"evaluations": (evaluated(LIGHTS, day="2024-11-01"),)}, "Good"),
        ({"tests": (tried(*BOTH, day="2024-11-01"),)}, "Good"),
    ],
)
def test_the_lowest_part_is_the_answer(changes: dict[str, object], word: str) -> None:
    assert rate_interoperability(whole(**changes)).word == word


def test_of_a_pair_the_last_test_decides() -> None:
    tests = (tried(*BOTH), tried(*BOTH, "issue", day="2026-01-01"))

    found = rate_interoperability(whole(tests=tests))

    assert found.word == "Excellent"
    assert "POL and SWE would pass again in about 5 of 10" in found.steps[1]


def test_a_later_success_with_something_else_hides_no_failed_link() -> None:
    failed = tried(*BOTH, "issue", day="2026-01-01", subject="Data link")
    trivial = tried(*BOTH, subject="voice")
    mended = tried("SWE", "POL", day="2026-09-02", subject="data  link")

    broken = rate_interoperability(whole(tests=(trivial, failed)))
    works = rate_interoperability(whole(tests=(mended, trivial, failed)))

    assert broken.word == "Poor"
    assert "A successful test between POL and SWE." in broken.would_change
    assert {each.text for each in broken.rests_on} >= {
        "POL and SWE, voice: success: test 4",
        "POL and SWE, Data link: issue: test 4",
    }
    assert works.word == "Excellent"


def test_the_tests_of_all_pairs_are_looked_through_once() -> None:
    # Forty nations make 780 pairs; each pair looking through all tests takes minutes.
    nations = [f"A{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(40)]
    asks = requirement(contributors=nations)
    tests = tuple(tried(*pair) for pair in combinations(nations, 2)) * 20

    began = time.process_time()
    found = rate_interoperability(
        msgspec.structs.replace(whole(tests=tests), requirement=asks)
    )

    assert time.process_time() - began < 2
    assert "780 of 780 pairs work" in " ".join(found.steps)


def test_a_pair_that_was_never_tried_does_not_hold() -> None:
    three = requirement(contributors=["NOR", *BOTH])
    found = rate_interoperability(
        msgspec.structs.replace(
            whole(tests=(tried(*BOTH), tried("NOR", "POL"))), requirement=three
        )
    )

    assert found.word == "Good"
    assert "A successful test between NOR and SWE." in found.would_change


def test_objectives_about_something_else_tell_nothing_here() -> None:
    other = exercise("readiness")

    found = rate_interoperability(
        whole(exercises={other.record: other}, evaluations=(evaluated(other),))
    )

    assert found.word == "Good"


def test_without_evidence_the_answer_is_that_there_is_none() -> None:
    alone = stock(reported("POL"), asks=requirement())

    assert rate_interoperability(alone).word == NO_EVIDENCE
    assert rate_interoperability(stock(asks=ASKS)).word == NO_EVIDENCE
    assert rate_interoperability(Stock(on=date(2026, 1, 1))).word == NO_EVIDENCE


def test_where_a_named_nation_shows_nothing_it_is_withheld() -> None:
    three = requirement(contributors=["NOR", *BOTH], standards=["stanag_4774"])

    found = rate_interoperability(msgspec.structs.replace(whole(), requirement=three))

    assert (found.word, found.rests_on) == (WITHHELD, ())
    assert found.basis == "nothing of NOR is before you"


def test_what_names_no_evidence_counts_for_nothing() -> None:
    bare = adopted("SWE")
    silent_one = msgspec.structs.replace(
        bare, content=msgspec.structs.replace(bare.content, evidence=" ")
    )

    found = rate_interoperability(whole(adoptions=(adopted("POL"), silent_one)))

    assert (found.word, found.basis) == ("Good", "1 of 2 standards applied")


def test_a_unit_without_evidence_makes_its_nation_no_contributor() -> None:
    open_one = requirement(standards=["stanag_4774"])
    units = (reported("POL"), reported("SWE", name="Other"))

    def rated(*more: tuple[Held[Unit], tuple[Held[Report], ...]]) -> str:
        found = stock(*units, *more, asks=open_one)
        shown = msgspec.structs.replace(
            found,
            adoptions=tuple(adopted(each) for each in BOTH),
            tests=(tried(*BOTH),),
        )
        return rate_interoperability(shown).word

    assert rated() == rated(silent("NOR", 500)) == "Good"
