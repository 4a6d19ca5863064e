"""What waits for whom, from the first draft to the last duty."""

from foedus.decisions import outcomes, rules, standpoints
from foedus.decisions.consultations import Consultation
from foedus.decisions.events import Duty, Stance
from foedus.decisions.states import Decision
from foedus.decisions.waiting import consulted, wanted
from tests.decisions.stories import BEL, DEU, FRA, LABEL, MDA, NATO, Story, text


def words(decision: Decision, nation: str) -> str:
    found = wanted(decision, nation)  # type: ignore[arg-type]  # codes of the stories
    return "" if found is None else found.words


def test_a_draft_waits_for_the_chair_and_its_proposer_alone() -> None:
    draft = Story(text(), proposer=BEL).decision

    assert words(draft, BEL) == "Your draft: lay it before the nations."
    assert words(draft, NATO).startswith("A draft")
    assert words(draft, FRA) == ""


def test_under_silence_each_nation_that_decides_is_waited_for_until_its_end() -> None:
    story = Story().circulate(96)
    ends = story.decision.deadline
    assert ends is not None

    found = wanted(story.decision, FRA)

    assert found is not None
    assert (found.until_ms, found.answered) == (ends.at_ms, False)
    assert found.words.startswith("Read it")
    assert words(story.read_by(FRA).decision, FRA).startswith("Break silence")
    assert words(story.decision, MDA) == ""


def test_a_nation_that_waits_for_its_capital_is_reminded_of_that_hour() -> None:
    story = Story().circulate(96)
    until_ms = story.in_(24).at_ms
    story.add(
        standpoints.take_position(
            story.decision,
            story.speaker(FRA),
            Stance.AD_REFERENDUM,
            text="Paris",
            until_ms=until_ms,
        )
    )

    found = wanted(story.decision, FRA)

    assert found is not None
    assert (found.until_ms, found.answered) == (until_ms, True)


def test_after_a_break_its_author_and_then_the_chair_are_waited_for() -> None:
    story = Story(proposer=DEU).circulate(96).break_by(FRA)

    assert words(story.decision, FRA).startswith("Your break stands")
    assert words(story.decision, DEU).startswith("Silence was broken")
    assert words(story.decision, BEL) == words(story.decision, NATO) == ""
    story.by(FRA, standpoints.lift, "")
    assert words(story.decision, NATO).startswith("Every break was taken back")


def test_at_a_meeting_and_while_comments_are_taken_everybody_is_asked() -> None:
    story = Story().chair(rules.table, Story().table)
    assert words(story.decision, FRA) == "Comment, or take a position."

    story.chair(rules.put_to_meeting, story.table)

    assert words(story.decision, FRA) == "Say your position."
    assert words(story.decision, NATO).startswith("State that the meeting")


def test_what_is_held_or_stopped_waits_for_the_chair() -> None:
    held = Story().circulate(96).wait(hours=97).expire(outcomes.Circumstances())
    stopped = Story().circulate(96).chair(rules.suspend, "a holiday")

    assert words(held.decision, NATO).startswith("Silence is held")
    assert words(stopped.decision, NATO).startswith("The clock is stopped")
    assert words(held.decision, FRA) == words(stopped.decision, FRA) == ""


def test_what_was_adopted_waits_for_how_each_nation_applies_it() -> None:
    story = Story().circulate(96).wait(hours=97).expire()

    assert words(story.decision, FRA) == "Adopted: say how you apply it."
    story.by(FRA, standpoints.state_duty, Duty.ACCEPTED)
    assert words(story.decision, FRA) == ""


def test_what_waits_for_its_condition_waits_for_the_chair() -> None:
    story = Story(text(condition="from abroad")).circulate(96).wait(hours=97).expire()

    assert words(story.decision, NATO).startswith("Adopted: record it")
    assert words(story.decision, FRA) == ""


def consultation(**more: object) -> Consultation:
    fields = {
        "id": "consultation--1",
        "article": "Article 4",
        "title": "-",
        "concern": "-",
        "chair": NATO,
        "electorate": (BEL, FRA),
        "label": LABEL,
        "nations": (BEL,),
        "asked_ms": 0,
    }
    return Consultation(**{**fields, **more})  # type: ignore[arg-type]


def test_a_consultation_waits_for_the_chair_and_for_who_has_not_joined() -> None:
    opened, met = consultation(), consultation(met_ms=(1,))

    answers = {each: consulted(opened, each) for each in (NATO, BEL, FRA, MDA)}

    assert answers[NATO] is not None
    assert "Bring them together" in answers[NATO].words
    assert answers[BEL] is not None
    assert answers[BEL].answered
    assert answers[FRA] is not None
    assert not answers[FRA].answered
    assert answers[MDA] is None
    found = consulted(met, NATO)
    assert found is not None
    assert "close it" in found.words
    assert consulted(consultation(closed=True), NATO) is None
