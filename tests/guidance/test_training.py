from datetime import date

from foedus.alliance.nations import Alliance
from foedus.guidance.training import EXERCISES_MAX, training
from foedus.ids import NationCode
from tests.guidance.conftest import TODAY


def told(alliance: Alliance, nation: str, on: date = TODAY) -> list[str]:
    return [each.text for each in training(alliance, NationCode(nation), on)]


def test_it_says_first_that_there_is_no_evidence(nato: Alliance) -> None:
    assert told(nato, "POL")[0].startswith("No evidence: this hub holds no measurement")


def test_exercises_are_told_latest_first_and_none_that_was_to_come(
    nato: Alliance,
) -> None:
    def exercises(on: date) -> list[str]:
        return [text for text in told(nato, "POL", on) if text.startswith("Exercise ")]

    assert exercises(TODAY)[0].startswith("Exercise Steadfast Dart 26 (January-March")
    assert len(exercises(TODAY)) == EXERCISES_MAX
    assert [text.split(" (")[0] for text in exercises(date(2018, 10, 1))] == [
        "Exercise Rapid Trident 2018"
    ]
    assert exercises(date(2000, 1, 1)) == []


def test_a_nation_outside_is_told_to_ask_the_host(nato: Alliance) -> None:
    asking = [
        text for text in told(nato, "MDA") if "ask the host whether the next" in text
    ]

    assert len(asking) == EXERCISES_MAX
    assert not any("ask the host" in text for text in told(nato, "POL"))


def test_standards_named_for_newcomers_are_told_with_their_dates(
    nato: Alliance,
) -> None:
    def standards(on: date) -> list[str]:
        return [text for text in told(nato, "FIN", on) if text.startswith("Standard ")]

    label = "Standard STANAG 4774 Ed 1, 2017-12-20"
    assert any(text.startswith(label) for text in standards(TODAY))
    assert not any(text.startswith(label) for text in standards(date(2017, 12, 19)))
    assert any("date unknown" in text for text in standards(TODAY))


def test_tools_are_offered_to_those_outside_with_what_they_do_not_promise(
    nato: Alliance,
) -> None:
    tools = [text for text in told(nato, "CHE") if text.startswith("Ask for ")]

    assert any("Operational Capabilities Concept" in text for text in tools)
    assert all("does not promise collective defence" in text for text in tools)
    assert not any(text.startswith("Ask for ") for text in told(nato, "NOR"))


def test_a_pack_without_training_says_that_nothing_is_recorded(
    harbour: Alliance,
) -> None:
    texts = told(harbour, "QMA")

    assert "No exercise up to this day is in the records." in texts
    assert any(text.startswith("No standard that is named") for text in texts)
