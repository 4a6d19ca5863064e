"""The invariants of the procedure hold over any sequence of acts.

Source: `response` reference, section 4.3, I1 to I9.
"""

import os
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from foedus.clock import from_ms
from foedus.decisions import outcomes, rules, standpoints
from foedus.decisions.channel import Stretch
from foedus.decisions.events import (
    Adopted,
    Amended,
    BreakLifted,
    Circulated,
    Duty,
    ElectorateReduced,
    Extended,
    Held,
    NotAdopted,
    PutToMeeting,
    Resumed,
    Returned,
    SilenceBroken,
    Stance,
    Suspended,
    Tabled,
    Withdrawn,
)
from foedus.decisions.folding import fold
from foedus.decisions.outcomes import Circumstances
from foedus.decisions.speakers import received_ms
from foedus.decisions.states import Phase
from foedus.decisions.texts import hash_of
from foedus.errors import FoedusError, RuleViolationError
from foedus.ids import NationCode
from tests.decisions.stories import ALWAYS, MDA, NATIONS, NATO, Story, text

EXAMPLES = 60
EXAMPLES_OF_A_SOAK = 50_000
HOUR_MS = 3_600_000

nations = st.sampled_from([*NATIONS, MDA, NATO])
members = st.sampled_from(NATIONS)
hours = st.sampled_from([-1, 0, 1, 3, 30, 100])


class Procedure(RuleBasedStateMachine):
    """Any acts of anybody, at any time, at the ends of clocks above all."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(text("one"))
        self.gone: set[NationCode] = set()

    # Acts; what a rule refuses leaves everything as it was.

    def attempt(self, rule_: object, nation: str, *args: object) -> bool:
        before = len(self.story.history)
        try:
            self.story.by(nation, rule_, *args)  # type: ignore[arg-type]
        except FoedusError:
            assert len(self.story.history) == before
            return False
        return True

    @rule(minutes=st.sampled_from([1, 60, 60 * 25]))
    def time_passes(self, minutes: int) -> None:
        self.story.wait(minutes=minutes)

    @precondition(lambda self: self.story.decision.deadline is not None)
    @rule(ms=st.sampled_from([-1, 0, 1, 1_000, 5_000]))
    def the_end_is_reached(self, ms: int) -> None:
        ends = self.story.decision.deadline
        assert ends is not None
        self.story.now = from_ms(ends.at_ms + ms)

    @rule()
    def the_clock_is_put_back(self) -> None:
        self.story.now -= timedelta(hours=5)

    @rule(nation=nations)
    def table(self, nation: str) -> None:
        self.attempt(rules.table, nation, self.story.table)

    @rule(nation=st.sampled_from([NATO, NATO, MDA]), hours=hours, reached=st.booleans())
    def circulate(self, nation: str, hours: int, *, reached: bool) -> None:
        self.story.unreached = () if reached else (NATIONS[0],)
        done = self.attempt(
            rules.circulate, nation, self.story.in_(hours), self.story.table
        )
        self.story.unreached = ()
        assert not (done and not reached), "I9: nobody's silence counts unheard"

    @rule(hours=hours)
    def extend(self, hours: int) -> None:
        was = self.story.decision
        done = self.attempt(rules.extend, NATO, self.story.in_(hours), "")
        if done and was.phase is Phase.SILENT:
            now = self.story.decision.deadline
            assert was.deadline is not None
            assert now is not None
            assert now.at_ms > was.deadline.at_ms, "I7: never shortened"
            assert self.story.now_ms < was.deadline.at_ms, "I7: never after the end"

    @rule(hours=hours)
    def stop_and_go(self, hours: int) -> None:
        if not self.attempt(rules.suspend, NATO, "a reason"):
            self.attempt(rules.resume, NATO, self.story.in_(hours))

    @rule(nation=nations, speaks=st.booleans())
    def break_silence(self, nation: NationCode, *, speaks: bool) -> None:
        was = self.story.decision
        by = self.story.speaker(nation, speaks=speaks)
        try:
            event = standpoints.break_silence(was, by, reason="no")
        except FoedusError:
            event = None
        if was.phase is Phase.SILENT and received_ms(was, by) == by.at_ms:
            assert was.deadline is not None
            entitled = speaks and nation in was.electorate
            in_time = by.at_ms < was.deadline.at_ms
            assert (event is not None) == (entitled and in_time), "I5, I8"
        self.story.add(event)

    @rule(nation=members)
    def lift_or_join(self, nation: str) -> None:
        if not self.attempt(standpoints.lift, nation, ""):
            self.attempt(standpoints.associate, nation, "")

    @precondition(lambda self: self.story.phase is Phase.BROKEN)
    @rule()
    def all_lift(self) -> None:
        for nation in NATIONS:
            self.attempt(standpoints.lift, nation, "")

    @rule(nation=members, stance=st.sampled_from(Stance))
    def position(self, nation: str, stance: Stance) -> None:
        by = self.story.speaker(nation)
        try:
            event = standpoints.take_position(
                self.story.decision, by, stance, text="words"
            )
        except FoedusError:
            return
        self.story.add(event)

    @rule(nation=members)
    def read(self, nation: str) -> None:
        self.attempt(standpoints.confirm_reading, nation)

    @rule(nation=st.sampled_from([NATO, NATO, "BEL"]), words=st.sampled_from("ab"))
    def amend(self, nation: str, words: str) -> None:
        try:
            event = rules.amend(
                self.story.decision,
                self.story.speaker(nation),
                text(words),
                chair=NATO,
                label=self.story.table.label,
            )
        except FoedusError:
            return
        self.story.add(event)

    @rule()
    def correct(self) -> None:
        by = self.story.speaker()
        try:
            event = rules.correct(self.story.decision, by, title="T", summary="S")
        except FoedusError:
            return
        self.story.add(event)

    @rule(often=st.integers(0, 5))
    def withdraw_rarely(self, often: int) -> None:
        if often == 0:
            self.attempt(rules.withdraw, NATO, "")

    @rule()
    def meet(self) -> None:
        if not self.attempt(rules.put_to_meeting, NATO, self.story.table):
            self.attempt(rules.send_back, NATO, "")

    @rule(nation=members)
    def conclude(self, nation: str) -> None:
        self.attempt(outcomes.conclude, NATO)
        self.attempt(standpoints.state_duty, nation, Duty.FULFILLED)

    @rule(nation=members)
    def a_nation_loses_standing(self, nation: NationCode) -> None:
        self.gone.add(nation)

    @rule(nation=members)
    def reduce(self, nation: NationCode) -> None:
        lost = self.story.now_ms if nation in self.gone else None
        self.attempt(rules.reduce_electorate, NATO, nation, lost)

    @rule(outage=st.sampled_from([None, None, 1, 100, 300]))
    def look(self, outage: int | None) -> None:
        """Let the hub look for what has ended, with the channel out until lately."""
        ends = self.story.decision.deadline
        reachable = ALWAYS.reachable
        if outage is not None and ends is not None:
            back = ends.at_ms - outage * 60_000
            reachable = (Stretch(0, back - 600_000), Stretch(back, 2**50))
        known = Circumstances(
            reachable=reachable, without_standing=tuple(sorted(self.gone))
        )
        was = self.story.decision
        event = outcomes.expire(was, self.story.now_ms, known)
        if event is None:
            return
        later = outcomes.expire(was, self.story.now_ms + 10**9, known)
        assert event == later, "I6: when somebody looks does not matter"
        assert was.deadline is not None
        if isinstance(event, Adopted | NotAdopted):
            assert event.effective_ms == was.deadline.at_ms, "I6"
        self.story.add(event)

    @precondition(lambda self: self.story.phase is Phase.HELD)
    @rule()
    def confirm(self) -> None:
        known = Circumstances(without_standing=tuple(sorted(self.gone)))
        try:
            event = outcomes.confirm(self.story.decision, self.story.speaker(), known)
        except RuleViolationError:
            return
        self.story.add(event)

    # What always holds, told from the events alone.

    @invariant()
    def one_clock_runs_at_most(self) -> None:
        running = False
        for event, _ in self.story.history:
            match event:
                case Circulated():
                    assert not running, "I1"
                    running = True
                case Resumed():
                    assert not running, "I1"
                    running = True
                case Extended():
                    running = True
                case (
                    SilenceBroken()
                    | Amended()
                    | Suspended()
                    | Withdrawn()
                    | Held()
                    | Adopted()
                    | NotAdopted()
                ):
                    running = False
                case _:
                    pass
        assert running == (self.story.phase is Phase.SILENT)

    @invariant()
    def what_is_adopted_is_what_was_circulated(self) -> None:
        circulated, broken = "", False
        words = self.story.history[0][0].text  # type: ignore[union-attr]
        for event, _ in self.story.history:
            match event:
                case Amended(text=words):
                    circulated = ""
                case (
                    Circulated(text_hash=circulated)
                    | PutToMeeting(text_hash=circulated)
                ):
                    assert circulated == hash_of(words), "I2"
                    broken = False
                case SilenceBroken():
                    broken = True
                case Returned() | BreakLifted():
                    pass
                case Adopted():
                    assert event.text_hash == circulated, "I2"
                    assert not broken, "I4"
                case _:
                    pass

    @invariant()
    def the_electorate_changes_by_named_events_only(self) -> None:
        named = (Tabled, Circulated, PutToMeeting, ElectorateReduced)
        last, _ = self.story.history[-1]
        if len(self.story.history) > 1 and not isinstance(last, named):
            before = fold(self.story.history[:-1])
            assert before is not None
            assert before.electorate == self.story.decision.electorate, "I3"

    @invariant()
    def a_replay_gives_the_same(self) -> None:
        assert fold(list(self.story.history)) == self.story.decision, "I6"


def test_the_invariants_hold_over_random_sequences() -> None:
    run_state_machine_as_test(
        Procedure,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=30, deadline=None),
    )


@pytest.mark.soak
def test_the_invariants_hold_over_fifty_thousand_sequences() -> None:
    examples = int(os.environ.get("FOEDUS_SEQUENCES", EXAMPLES_OF_A_SOAK))
    run_state_machine_as_test(
        Procedure,
        settings=settings(max_examples=examples, stateful_step_count=30, deadline=None),
    )
