"""Two scenarios of record, replayed to their outcome.

Source: `response` reference, section 4.1, golden scenarios 1 and 2.
"""

from datetime import UTC, datetime

import pytest

from foedus.decisions import consultations, outcomes, rules, standpoints
from foedus.decisions.consultations import Asking, fold_consultation
from foedus.decisions.deadlines import parse_deadline
from foedus.decisions.events import Stance
from foedus.decisions.states import Phase
from foedus.decisions.texts import Forum, Kind, Paragraph, Verb
from foedus.errors import ForbiddenError, RuleViolationError
from foedus.ids import DecisionId, NationCode
from tests.decisions.stories import BEL, DEU, FRA, LABEL, NATO, TUR, USA, Story, text

SIX = tuple(NationCode(each) for each in ("AUS", "CAN", "GBR", "IND", "NZL", "USA"))
GBR = NationCode("GBR")


COMMITTEE = Forum(
    name="Defence Planning Committee",
    of=(BEL, DEU, FRA, TUR, USA),
    without=(FRA,),
)


def planning() -> Story:
    """Silence is opened on a Thursday, and broken on Monday morning."""
    opened = datetime(2003, 2, 6, 16, tzinfo=UTC)
    story = Story(text("to task planning"), at=opened)
    monday = parse_deadline("2003-02-10 10:00 Europe/Brussels", "UTC")
    story.add(rules.circulate(story.decision, story.speaker(), monday, story.table))
    story.now = datetime(2003, 2, 10, 8, tzinfo=UTC)
    story.break_by(FRA, "premature").break_by(BEL, "premature")
    return story.by(DEU, standpoints.associate, "as Belgium")


def test_turkey_2003_is_broken_by_two_letters_and_an_association() -> None:
    story = planning()

    story.wait(hours=4).expire()

    assert story.phase is Phase.BROKEN
    letters = story.decision.standing_letters()
    assert [each.nation for each in letters] == [FRA, BEL, DEU]
    assert [each.associated for each in letters] == [False, False, True]


def test_turkey_2003_the_nations_consult_at_the_wish_of_one() -> None:
    at_ms = planning().now_ms
    asked = consultations.ask(
        Asking(title="Threat to Türkiye", concern="Iraq", label="NATO UNCLASSIFIED"),
        TUR,
        "consultation--1",
        speaks=True,
        chair=NATO,
        electorate=(BEL, TUR),
        label=LABEL,
    )

    first = fold_consultation([(asked, at_ms)])
    assert first is not None
    met = consultations.meet(first, NATO, "the Council", speaks=True, at_ms=at_ms)
    found = fold_consultation([(asked, at_ms), (met, at_ms)])

    assert found is not None
    assert (found.nations, found.met_ms) == ((TUR,), (at_ms,))


def test_turkey_2003_goes_to_another_body_and_is_decided_there() -> None:
    story = planning()
    successor = DecisionId("decision--2")
    story.chair(rules.refer_up, successor, COMMITTEE, "planning, without France")
    assert story.phase is Phase.SUPERSEDED

    typed = (
        Paragraph(verb=Verb.NOTES, text="the advice of the military"),
        Paragraph(verb=Verb.RECALLS, text="Article 4"),
        Paragraph(verb=Verb.DECIDES, text="to task planning"),
    )
    at = datetime(2003, 2, 16, 20, tzinfo=UTC)
    sheet = Story(text(forum=COMMITTEE, paragraphs=typed), at=at)
    sheet.electorate = (BEL, DEU, TUR, USA)
    sheet.chair(rules.put_to_meeting, sheet.table).chair(outcomes.conclude)

    assert sheet.phase is Phase.ADOPTED
    with pytest.raises(ForbiddenError):
        sheet.by(FRA, standpoints.state, "we were not there")


def test_turkey_2003_the_minutes_are_themselves_approved_by_silence() -> None:
    at = datetime(2003, 2, 18, 12, tzinfo=UTC)
    body = text("deployment", forum=COMMITTEE, kind=Kind.MINUTES)
    minutes = Story(body, at=at)
    minutes.electorate = (BEL, DEU, TUR, USA)

    minutes.circulate(24).wait(hours=25).expire()

    ended = datetime(2003, 2, 19, 12, tzinfo=UTC)
    assert minutes.decision.effective_ms == int(ended.timestamp() * 1_000)


def test_un75_2020_is_broken_for_six_reworded_and_passes_as_version_two() -> None:
    story = Story(
        text("our shared vision for a common future"),
        profile="un2020",
        at=datetime(2020, 6, 19, 12, tzinfo=UTC),
    )
    story.electorate = (*SIX, NationCode("CHN"), NationCode("RUS"))
    story.circulate(24 * 6)
    first = story.decision.text_hash

    story.now = datetime(2020, 6, 24, 15, tzinfo=UTC)
    story.break_by(GBR, "the phrase", named=SIX)
    assert story.decision.letters[0].named == tuple(s for s in SIX if s != GBR)
    with pytest.raises(RuleViolationError):
        story.chair(rules.extend, story.in_(100), "")

    story.now = datetime(2020, 6, 25, 12, tzinfo=UTC)
    story.add(
        rules.amend(
            story.decision,
            story.speaker(),
            text("for the common good of present and coming generations"),
            chair=NATO,
            label=LABEL,
        )
    )
    assert (story.phase, story.decision.version) == (Phase.CONSULTING, 2)
    assert story.decision.deadline is None
    by = story.speaker("CHN")
    story.add(
        standpoints.take_position(story.decision, by, Stance.STATES, text="regret")
    )
    story.circulate(72).wait(hours=73).expire()

    assert story.phase is Phase.ADOPTED
    assert story.decision.adopted_hash != first
    assert story.decision.letters == ()
    broken = [each for each, _ in story.history if "Broken" in type(each).__name__]
    assert len(broken) == 1


def test_article_5_is_adopted_on_a_condition_and_in_force_when_it_is_met() -> None:
    story = Story(text("assistance", condition="directed from abroad"))
    story.chair(rules.put_to_meeting, story.table).chair(outcomes.conclude)
    assert story.phase is Phase.ADOPTED
    assert story.decision.in_force_ms is None
    assert outcomes.pending(story.decision) == ()

    story.wait(days=20).chair(outcomes.activate, "evidence was presented")

    assert story.decision.in_force_ms == story.now_ms
    with pytest.raises(RuleViolationError, match="in force already"):
        story.chair(outcomes.activate, "again")
