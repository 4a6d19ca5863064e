"""When a thing fulfils an activation rule; pure."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.releasability.join import FixedLabel
from foedus.response.triggers import (
    Evidence,
    Piece,
    Thing,
    Trigger,
    check_trigger,
    confidence_of,
    judge,
    score_of,
    subject_of,
)

BOOK = "playbook--00000000-0000-4000-8000-000000000001"
DAY_MS = 86_400_000
NOW_MS = 100 * DAY_MS
PUBLIC = FixedLabel(level=0)
ALLIES = "NATO UNCLASSIFIED // REL TO NATO"


def trigger(**terms: Any) -> Trigger:  # noqa: ANN401
    return Trigger(name="a rule", playbook=BOOK, **terms)


def evidence(nation: str = "POL", confidence: int | None = None) -> Evidence:
    return Evidence(
        id=f"indicator--{nation}",
        version="1",
        type="indicator",
        nation=NationCode(nation),
        confidence=confidence,
    )


def piece(nation: str = "POL", *, days_ago: int = 0, **more: int) -> Piece:
    return Piece(
        evidence=evidence(nation, **more),
        label=PUBLIC,
        modified_ms=NOW_MS - days_ago * DAY_MS,
    )


def thing(*sightings: Piece, **document: object) -> Thing:
    return Thing(
        id="indicator--1",
        document={
            "type": "indicator",
            "pattern": "[domain-name:value = 'lure.example']",
            "pattern_type": "stix",
            **document,
        },
        printed="NATO UNCLASSIFIED // PUBLIC",
        own=piece(),
        sightings=sightings,
    )


def test_a_pattern_is_looked_for_in_what_an_indicator_names() -> None:
    asks = trigger(pattern="[domain-name:value LIKE '%.example']")
    other = trigger(pattern="[domain-name:value = 'other.example']")

    assert judge(asks, thing(), NOW_MS) is not None
    assert judge(other, thing(), NOW_MS) is None


@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        ({"types": ("indicator",)}, True),
        ({"types": ("malware",)}, False),
        ({"words": ("phishing", "spam")}, True),
        ({"words": ("spam",)}, False),
        ({"labels": ("NATO UNCLASSIFIED // PUBLIC",)}, True),
        ({"labels": ("NATO RESTRICTED // REL TO POL",)}, False),
        ({"confidence_min": 60}, True),
        ({"confidence_min": 61}, False),
    ],
)
def test_what_a_rule_is_about(terms: dict[str, Any], *, fits: bool) -> None:
    found = thing(labels=["phishing"], confidence=60)

    assert (judge(trigger(**terms), found, NOW_MS) is not None) is fits


def test_an_object_without_confidence_has_not_the_least_that_is_asked() -> None:
    assert judge(trigger(confidence_min=1), thing(), NOW_MS) is None


def test_what_is_revoked_proposes_nothing() -> None:
    asks = trigger(pattern="[domain-name:value LIKE '%']")

    assert judge(asks, thing(revoked=False), NOW_MS) is not None
    assert judge(asks, thing(revoked=True), NOW_MS) is None


def test_a_label_fits_with_the_days_of_its_terms_and_without() -> None:
    dated = msgspec.structs.replace(thing(), printed=f"{ALLIES} 2024-03-07")

    assert judge(trigger(labels=(ALLIES,)), dated, NOW_MS) is not None
    assert judge(trigger(labels=(f"{ALLIES} 2024-03-07",)), dated, NOW_MS) is not None
    assert judge(trigger(labels=(f"{ALLIES} 2020-01-01",)), dated, NOW_MS) is None


def test_so_many_nations_must_have_sighted_it_each_counted_once() -> None:
    asks = trigger(sighted_by=2)

    alone = judge(asks, thing(piece("FIN"), piece("FIN")), NOW_MS)
    found = judge(asks, thing(piece("FIN"), piece("EST")), NOW_MS)

    assert alone is None
    assert found is not None
    assert found.sighted_by == ("EST", "FIN")


def test_a_sighting_that_is_too_old_does_not_count() -> None:
    asks = trigger(sighted_by=1, within="P7D")

    assert judge(asks, thing(piece("FIN", days_ago=8)), NOW_MS) is None
    assert judge(asks, thing(piece("FIN", days_ago=7)), NOW_MS) is not None


def test_a_score_must_be_reached() -> None:
    asks = trigger(score_min=75)

    assert judge(asks, thing(), NOW_MS) is None
    found = judge(asks, thing(piece("FIN")), NOW_MS)
    assert found is not None
    assert found.score == 75


def test_each_nation_speaks_once_by_its_best_confidence() -> None:
    said = [evidence("POL", 20), evidence("POL", 60), evidence("FIN", 50)]

    assert score_of(said) == 80
    assert score_of([]) == 0


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(0, 100))))
def test_more_evidence_never_makes_less_sure(said: list[tuple[str, int]]) -> None:
    pieces = [evidence(nation, confidence) for nation, confidence in said]

    scores = [score_of(pieces[:end]) for end in range(len(pieces) + 1)]

    assert scores == sorted(scores)
    assert scores[-1] <= 100


def test_a_sighting_is_about_what_was_sighted() -> None:
    sighting = {"type": "sighting", "id": "s", "sighting_of_ref": "indicator--1"}

    assert subject_of(sighting) == "indicator--1"
    assert subject_of({"type": "tool", "id": "tool--1"}) == "tool--1"
    assert subject_of({"type": "sighting", "sighting_of_ref": 5}) == ""


@pytest.mark.parametrize("labels", [[{"a": 1}], [["lure"], 5, None], {"lure": 1}])
def test_labels_that_are_no_words_fit_no_rule(labels: object) -> None:
    assert judge(trigger(words=("lure",)), thing(labels=labels), NOW_MS) is None


@pytest.mark.parametrize(
    ("written", "read"), [(40, 40), (-1, 0), (200, 100), (True, None), ("9", None)]
)
def test_a_confidence_is_a_number_of_a_hundred(
    written: object, read: int | None
) -> None:
    assert confidence_of({"confidence": written}) == read


def test_a_rule_that_would_propose_at_everything_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="every object"):
        check_trigger(trigger(types=("indicator",)))


@pytest.mark.parametrize(
    "terms", [{"pattern": "[x"}, {"sighted_by": 1, "within": "P"}, {"pattern": "x"}]
)
def test_a_rule_that_cannot_be_judged_is_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        check_trigger(trigger(**terms))
