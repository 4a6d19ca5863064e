"""The twenty edge cases of the procedure, one named test each.

Source: `response` reference, section 4.4.
"""

from datetime import timedelta

import msgspec
import pytest

from foedus.decisions import outcomes, rules, standpoints
from foedus.decisions.channel import Stretch
from foedus.decisions.deadlines import parse_deadline, working_hours
from foedus.decisions.events import (
    Adopted,
    Child,
    Duty,
    Held,
    NotAdopted,
    SilenceBroken,
    Stance,
    Stated,
)
from foedus.decisions.outcomes import Circumstances
from foedus.decisions.speakers import SETTLE_MS, Speaker
from foedus.decisions.states import Phase
from foedus.decisions.texts import Annex, Forum, hash_of
from foedus.errors import ForbiddenError, InvalidInputError, RuleViolationError
from foedus.ids import DecisionId, NationCode
from tests.decisions.stories import (
    ALWAYS,
    BEL,
    BRUSSELS,
    DEU,
    FRA,
    ID,
    MDA,
    NATIONS,
    NATO,
    TUR,
    USA,
    Story,
    text,
)

HOUR_MS = 3_600_000
OTHER = DecisionId("decision--00000000-0000-4000-8000-000000000002")
WEIGHTS = dict(zip(NATIONS, (12, 84, 68, 85, 340), strict=True))


def test_1_a_named_hour_is_an_instant_and_an_ambiguous_one_needs_its_offset() -> None:
    summer = parse_deadline("2026-10-23 17:00 Europe/Brussels", "UTC")
    winter = parse_deadline("2026-10-30 17:00 Europe/Brussels", "UTC")

    assert winter.at_ms - summer.at_ms == (7 * 24 + 1) * HOUR_MS
    with pytest.raises(InvalidInputError, match="comes twice"):
        parse_deadline("2026-10-25 02:30 Europe/Brussels", "UTC")
    with pytest.raises(InvalidInputError, match="skips"):
        parse_deadline("2026-03-29 02:30 Europe/Brussels", "UTC")
    assert parse_deadline(
        "2026-10-25 02:30+01:00 Europe/Brussels", "UTC"
    ).announced == ("2026-10-25T02:30+01:00")


def test_1_an_hour_that_its_zone_has_moved_is_held_for_the_chair() -> None:
    story = Story().circulate()
    event, at = story.history[-1]
    ends = event.deadline  # type: ignore[union-attr]
    moved = msgspec.structs.replace(ends, announced="2026-11-27T13:00+02:00")
    story.history[-1] = (msgspec.structs.replace(event, deadline=moved), at)

    story.wait(hours=97).expire()

    assert isinstance(story.last, Held)
    assert story.last.cause == "zone"


def test_2_no_shift_for_holidays_but_working_hours_are_counted() -> None:
    friday = parse_deadline("2026-11-27 16:00 Europe/Brussels", BRUSSELS).at_ms
    monday = parse_deadline("2026-11-30 10:00 Europe/Brussels", BRUSSELS).at_ms

    assert working_hours(friday, monday, "Europe/Brussels") == 2
    assert working_hours(friday, monday, "America/New_York") == 7


def test_2_a_body_may_have_silence_not_end_on_a_common_holiday() -> None:
    body = text(forum=Forum(name="Council", of=NATIONS, weights=WEIGHTS))
    story = Story(body, profile="eu")
    christmas = parse_deadline("2026-12-25 12:00 Europe/Brussels", BRUSSELS)

    with pytest.raises(RuleViolationError, match="holiday"):
        rules.circulate(story.decision, story.speaker(), christmas, story.table)


def test_3_an_extension_after_a_break_is_refused() -> None:
    story = Story().circulate().wait(hours=1).break_by(FRA)

    with pytest.raises(RuleViolationError):
        story.chair(rules.extend, story.in_(200), "more time")
    assert story.phase is Phase.BROKEN


def test_4_a_break_one_second_late_is_refused_and_kept_as_a_statement() -> None:
    story = Story().circulate(2).read_by(*NATIONS).wait(hours=2, seconds=1)

    with pytest.raises(RuleViolationError, match="already ended"):
        story.break_by(FRA)
    story.by(FRA, standpoints.object_late, "no")

    assert isinstance(story.last, Stated)
    assert story.last.late
    assert isinstance(story.expire().last, Adopted)


def test_4_a_break_on_the_instant_is_late_and_a_millisecond_before_is_not() -> None:
    late, early = Story().circulate(2), Story().circulate(2)
    late.wait(hours=2)
    early.wait(hours=2).wait(milliseconds=-1)

    with pytest.raises(RuleViolationError):
        late.break_by(FRA)
    assert isinstance(early.break_by(FRA).last, SilenceBroken)


def test_5_a_break_taken_back_does_not_revive_the_clock() -> None:
    story = Story().circulate().wait(hours=1).break_by(FRA)

    story.by(FRA, standpoints.lift, "settled").wait(hours=200).expire()

    assert story.phase is Phase.BROKEN
    assert story.circulate().phase is Phase.SILENT
    assert story.decision.opening == 2


def test_6_an_amendment_by_a_member_is_a_break() -> None:
    story = Story().circulate().wait(hours=1)

    with pytest.raises(ForbiddenError, match="is a break"):
        _amend(story, FRA, "otherwise")
    story.break_by(FRA, "we would have it otherwise", proposal="otherwise")

    assert story.phase is Phase.BROKEN
    assert story.decision.letters[0].proposal == "otherwise"


def test_6_an_amendment_by_the_proposer_is_a_new_version_without_a_clock() -> None:
    story = Story().circulate().wait(hours=1)

    _amend(story, NATO, "otherwise")

    assert (story.phase, story.decision.version) == (Phase.CONSULTING, 2)
    assert story.decision.deadline is None
    assert story.circulate().decision.text_hash == hash_of(text("otherwise"))


def test_6_an_editorial_correction_leaves_the_hash() -> None:
    story = Story().circulate()
    before = story.decision.text_hash

    by = story.speaker()
    story.add(rules.correct(story.decision, by, title="Something else", summary=""))

    assert hash_of(story.decision.text) == before
    assert story.phase is Phase.SILENT


def test_7_who_accedes_meanwhile_has_no_say_unless_the_chair_restarts() -> None:
    story = Story().circulate()
    story.electorate = (*NATIONS, MDA)

    with pytest.raises(ForbiddenError):
        story.break_by(MDA)
    story.wait(hours=1).chair(rules.suspend, "Moldova has acceded").circulate(120)

    assert MDA in story.decision.electorate
    assert story.break_by(MDA).phase is Phase.BROKEN


def test_8_the_chair_goes_on_without_a_suspended_nation_or_the_hub_holds() -> None:
    known = msgspec.structs.replace(ALWAYS, without_standing=(TUR,))
    held = Story().circulate().wait(hours=97).expire(known)
    reduced = Story().circulate().wait(hours=1)

    lost = reduced.now_ms
    reduced.wait(hours=1).chair(rules.reduce_electorate, TUR, lost)

    assert held.decision.hold is not None
    assert held.decision.hold.cause == "standing"
    assert TUR not in reduced.decision.electorate
    assert isinstance(reduced.wait(hours=97).expire(known).last, Adopted)


def test_8_a_break_by_a_nation_is_void_from_its_suspension_on() -> None:
    before, after = Story().circulate(), Story().circulate()
    lost = before.now_ms + 2 * HOUR_MS
    for story, hours in ((before, 1), (after, 3)):
        story.wait(hours=hours).break_by(TUR).wait(hours=3)
        story.chair(rules.reduce_electorate, TUR, lost)

    assert [each.lifted for each in before.decision.letters] == [False]
    assert [each.lifted for each in after.decision.letters] == [True]


def test_9_a_partner_comments_and_can_never_break() -> None:
    story = Story().circulate()
    by = story.speaker(MDA)

    story.add(standpoints.comment(story.decision, by, "a thought", is_open=False))

    with pytest.raises(ForbiddenError, match="may comment"):
        story.break_by(MDA)
    with pytest.raises(ForbiddenError):
        standpoints.take_position(story.decision, by, Stance.RESERVES, text="no")
    assert story.phase is Phase.SILENT


def test_10_a_hub_that_was_down_over_the_end_adopts_as_of_the_end() -> None:
    story = Story().circulate()
    ends = story.decision.deadline
    assert ends is not None
    reachable = Circumstances(reachable=(Stretch(0, ends.at_ms),))

    story.wait(hours=120).expire(reachable)

    assert isinstance(story.last, Adopted)
    assert story.decision.effective_ms == ends.at_ms
    assert story.decision.recorded_ms == story.now_ms


def test_10_an_outage_in_the_last_two_hours_holds_and_the_chair_decides() -> None:
    story = Story().circulate()
    ends = story.decision.deadline
    assert ends is not None
    dark = Circumstances(reachable=(Stretch(0, ends.at_ms - HOUR_MS),))
    earlier = Circumstances(
        reachable=(
            Stretch(0, ends.at_ms - 3 * HOUR_MS),
            Stretch(ends.at_ms - 2 * HOUR_MS, ends.at_ms),
        )
    )

    adopted = Story().circulate().wait(hours=97).expire(earlier)
    story.wait(hours=120).expire(dark)

    assert adopted.phase is Phase.ADOPTED
    assert story.decision.hold is not None
    assert story.decision.hold.cause == "outage"
    story.add(outcomes.confirm(story.decision, story.speaker(), dark))
    assert story.decision.effective_ms == ends.at_ms
    assert story.decision.confirmed


def test_10_of_what_is_held_the_chair_may_give_more_time() -> None:
    story = Story().circulate().wait(hours=120).expire(Circumstances())

    story.chair(rules.extend, story.in_(24), "the channel was down")

    assert story.phase is Phase.SILENT
    assert story.break_by(FRA).phase is Phase.BROKEN


def test_11_a_clock_that_is_put_back_opens_nothing_again() -> None:
    story = Story().circulate(96)
    story.wait(hours=96, seconds=10)
    by = story.speaker(MDA)
    story.add(standpoints.comment(story.decision, by, "late", is_open=True))

    story.now -= timedelta(hours=5)

    with pytest.raises(RuleViolationError, match="already ended"):
        story.break_by(FRA)


def test_12_a_break_from_another_hub_counts_when_it_is_received_here() -> None:
    story = Story().circulate(96)
    sent = story.now_ms + 95 * HOUR_MS
    story.wait(hours=95, minutes=30)
    in_time = Speaker(nation=FRA, speaks=True, at_ms=story.now_ms, sent_ms=sent)
    late = msgspec.structs.replace(in_time, at_ms=story.now_ms + HOUR_MS)

    event = standpoints.break_silence(story.decision, in_time, reason="no")

    assert event is not None
    assert (event.sent_ms, event.at_ms) == (sent, story.now_ms)
    with pytest.raises(RuleViolationError):
        standpoints.break_silence(story.decision, late, reason="no")


def test_13_ad_referendum_has_its_own_end_and_does_not_block() -> None:
    story = Story().circulate(96)
    by = story.speaker(BEL)

    for until in (story.now_ms, story.now_ms + 96 * HOUR_MS, None):
        with pytest.raises((InvalidInputError, RuleViolationError)):
            standpoints.take_position(
                story.decision, by, Stance.AD_REFERENDUM, text="cap", until_ms=until
            )
    story.add(
        standpoints.take_position(
            story.decision,
            by,
            Stance.AD_REFERENDUM,
            text="subject to the capital",
            until_ms=story.now_ms + HOUR_MS,
        )
    )

    assert story.wait(hours=97).expire().phase is Phase.ADOPTED


def test_14_the_parts_of_a_split_text_have_their_own_clocks() -> None:
    story = Story().circulate()
    parts = tuple(
        Child(decision=DecisionId(f"{ID[:-1]}{n}"), text=text(f"part {n}"))
        for n in (7, 8)
    )

    story.chair(rules.split, parts)

    assert story.phase is Phase.SUPERSEDED
    assert story.decision.deadline is None
    assert story.decision.successors == tuple(each.decision for each in parts)


def test_15_the_same_text_again_after_a_break_is_a_decision_that_follows() -> None:
    story = Story().circulate().wait(hours=1).break_by(FRA)

    with pytest.raises(RuleViolationError, match="takes its break back"):
        story.circulate()
    story.chair(rules.close, "no agreement")

    assert story.phase is Phase.NOT_ADOPTED
    assert story.decision.letters[0].nation == FRA


def test_16_a_second_break_by_the_same_nation_changes_nothing() -> None:
    story = Story().circulate().wait(hours=1).break_by(FRA)
    length = len(story.history)

    story.break_by(FRA, "still no")

    assert len(story.history) == length


def test_17_a_short_window_needs_a_quorum_of_receipts() -> None:
    unread, read = Story().circulate(2), Story().circulate(2)
    unread.read_by(BEL, DEU)
    read.read_by(BEL, DEU, USA)

    assert unread.wait(hours=3).expire().phase is Phase.HELD
    assert unread.decision.hold is not None
    assert unread.decision.hold.cause == "receipts"
    assert read.wait(hours=3).expire().phase is Phase.ADOPTED


def test_17_the_assembly_lets_nothing_pass_in_less_than_72_hours() -> None:
    story = Story(profile="un2020")

    with pytest.raises(RuleViolationError, match="72 hours"):
        story.circulate(71.9)
    assert story.circulate(72).phase is Phase.SILENT


def test_18_the_hash_covers_the_annex_and_the_uncleared_are_named() -> None:
    plain = text(annexes=(Annex(title="A", text="plan"),))
    altered = text(annexes=(Annex(title="A", text="plan b"),))
    story = Story(plain)
    story.unreached = (TUR, USA)

    assert hash_of(plain) != hash_of(altered)
    with pytest.raises(RuleViolationError, match="nobody of TUR, USA may see"):
        story.circulate()


def test_19_at_the_ceiling_of_constructive_abstention_nothing_is_adopted() -> None:
    forum = Forum(name="Council", of=NATIONS, weights=WEIGHTS)

    def decided(*abstaining: NationCode) -> Story:
        story = Story(text(forum=forum), profile="eu").circulate()
        for nation in abstaining:
            by = story.speaker(nation)
            story.add(
                standpoints.take_position(
                    story.decision, by, Stance.ABSTAINS, text="a declaration"
                )
            )
        return story.wait(hours=97).expire()

    few, small, many = decided(USA), decided(BEL, DEU), decided(BEL, USA)

    assert (few.phase, small.phase) == (Phase.ADOPTED, Phase.ADOPTED)
    assert isinstance(many.last, NotAdopted)
    assert few.decision.duty(USA) is Duty.NOT_APPLYING
    assert few.decision.duty(BEL) is Duty.PENDING


def test_20_another_body_is_another_decision_with_its_own_electorate() -> None:
    story = Story().circulate().wait(hours=1).break_by(FRA)
    forum = Forum(name="Defence Planning Committee", of=NATIONS, without=(FRA,))

    story.chair(rules.refer_up, OTHER, forum, "without France")

    assert story.phase is Phase.SUPERSEDED
    assert story.decision.successors == (OTHER,)


def test_what_was_received_in_time_has_a_moment_to_be_written() -> None:
    story = Story().circulate(96)
    story.wait(hours=96).wait(milliseconds=SETTLE_MS - 1)

    assert outcomes.expire(story.decision, story.now_ms, ALWAYS) is None
    story.wait(milliseconds=1)
    assert outcomes.expire(story.decision, story.now_ms, ALWAYS) is not None


def _amend(story: Story, nation: str, words: str) -> None:
    story.add(
        rules.amend(
            story.decision,
            story.speaker(nation),
            text(words),
            chair=NATO,
            label=story.table.label,
        )
    )
