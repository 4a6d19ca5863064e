"""When something may be done with a task, and by whom."""

import pytest

from foedus.errors import ForbiddenError, InvalidInputError, RuleViolationError
from foedus.ids import NationCode
from foedus.response import rules
from foedus.response.assignments import Assignment
from foedus.response.events import (
    OfferAnswered,
    TaskAcknowledged,
    TaskBegun,
    TaskConfirmed,
    TaskDeclined,
    TaskDelegated,
    TaskDone,
)
from foedus.response.rules import Actor, Report
from foedus.response.runs import Run, Status
from foedus.response.tasks import Ending, end
from tests.response.test_tasks import EST, LTU, LVA, asked, said, told

DONE = told(said(TaskDone, 15))
DECLINED = told(said(TaskDeclined, 12, caveat="law"))
TAKEN = told(
    said(TaskDelegated, 12, offered=LTU), said(OfferAnswered, 13, LTU, taken=True)
)
OFFERED = told(said(TaskDelegated, 12, offered=LTU))


def by(
    nation: str = LVA, *, acts: bool = True, directs: bool = False, at: int = 50
) -> Actor:
    return Actor(nation=NationCode(nation), acts=acts, directs=directs, at_ms=at)


LEAD = by(EST, directs=True)


def test_only_who_may_act_for_the_nation_speaks_for_it() -> None:
    for actor in (by(acts=False), by(LTU), by(EST)):
        with pytest.raises(ForbiddenError):
            rules.acknowledge(asked(), actor)
        with pytest.raises(ForbiddenError):
            rules.finish(asked(), actor, Report())
        with pytest.raises(ForbiddenError):
            rules.begin(asked(), actor)


def test_what_says_nothing_new_is_nothing() -> None:
    assert rules.acknowledge(told(said(TaskAcknowledged, 12)), by()) is None
    assert rules.accept(DONE, by()) is None
    assert rules.begin(told(said(TaskBegun, 12)), by()) is None
    assert rules.confirm(told(said(TaskConfirmed, 20, EST)), LEAD) is None


def test_each_verb_gives_its_event() -> None:
    assert rules.acknowledge(asked(), by()) is not None
    assert rules.accept(DECLINED, by(), "after all") is not None
    assert rules.begin(asked(), by()) is not None
    assert rules.delegate_to_team(asked(), by(), "CERT").team == "CERT"
    assert rules.confirm(DONE, LEAD) is not None
    assert rules.give_back(DONE, LEAD, "more").reason == "more"
    assert rules.decline(asked(), by(), "law").at_ms == 50


def test_a_decline_needs_its_caveat_and_comes_before_the_end() -> None:
    with pytest.raises(InvalidInputError):
        rules.decline(asked(), by(), " ")
    for task in (DONE, DECLINED):
        with pytest.raises(RuleViolationError):
            rules.decline(task, by(), "law")


def test_what_comes_when_the_time_is_up_is_late() -> None:
    assert rules.acknowledge(asked(), by(at=999)) is not None
    with pytest.raises(RuleViolationError, match="time is up"):
        rules.acknowledge(asked(), by(at=1_000))


def test_what_comes_when_the_step_is_over_is_refused() -> None:
    over = end(asked(), Ending.CANCELLED, 20)
    with pytest.raises(RuleViolationError, match="over"):
        rules.accept(over, by())
    assert rules.note(over, by(), "too late").text == "too late"


def test_nothing_is_done_before_it_was_asked() -> None:
    event = rules.acknowledge(asked(), by(at=3))
    assert event is not None
    assert event.at_ms == 10


def test_an_offer_goes_to_another_nation_of_the_step() -> None:
    everybody = {EST, LVA, LTU}
    assert rules.offer(asked(), by(), LTU, everybody).offered == LTU
    for to in (LVA, NationCode("POL")):
        with pytest.raises(RuleViolationError):
            rules.offer(asked(), by(), to, everybody)
    with pytest.raises(InvalidInputError):
        rules.delegate_to_team(asked(), by(), " ")
    with pytest.raises(RuleViolationError):
        rules.delegate_to_team(DONE, by(), "CERT")


def test_who_is_offered_it_takes_it_or_not() -> None:
    taken, left = rules.accept(OFFERED, by(LTU)), rules.decline(OFFERED, by(LTU), "")
    assert isinstance(taken, OfferAnswered)
    assert isinstance(left, OfferAnswered)
    assert (taken.taken, left.taken) == (True, False)
    with pytest.raises(ForbiddenError):
        rules.accept(OFFERED, by(LTU, acts=False))


def test_who_took_it_does_it_or_hands_it_back() -> None:
    assert rules.begin(TAKEN, by(LTU)) is not None
    assert rules.finish(TAKEN, by(LTU), Report()) is not None
    assert isinstance(rules.decline(TAKEN, by(LTU), "busy"), OfferAnswered)
    with pytest.raises(ForbiddenError):
        rules.acknowledge(TAKEN, by(LTU))


def test_done_is_done_once_with_what_the_step_asks_for() -> None:
    for task in (DONE, DECLINED):
        with pytest.raises(RuleViolationError):
            rules.finish(task, by(), Report())
    with pytest.raises(InvalidInputError, match="__x__"):
        rules.finish(asked(), by(), Report(outputs={"__y__": "1"}))
    with pytest.raises(InvalidInputError, match="none"):
        rules.finish(asked(outputs=()), by(), Report(outputs={"__y__": "1"}))
    assert rules.finish(asked(), by(), Report(outputs={"__x__": "1"})).outputs


def test_evidence_and_a_decision_are_asked_for() -> None:
    shown = asked(plan=Assignment(evidence="required"))
    gated = asked(plan=Assignment(gate="decision"))
    for task in (shown, gated):
        with pytest.raises(RuleViolationError):
            rules.finish(task, by(), Report())
    assert rules.finish(shown, by(), Report(evidence=("report--1",)))
    adopted = Report(evidence=("decision--1",), adopted=frozenset({"decision--1"}))
    assert rules.finish(gated, by(), adopted)


def test_only_the_coordinator_confirms_and_gives_back() -> None:
    for actor in (by(directs=True), by(EST)):
        with pytest.raises(ForbiddenError):
            rules.confirm(DONE, actor)
    with pytest.raises(RuleViolationError):
        rules.confirm(asked(), LEAD)
    with pytest.raises(RuleViolationError):
        rules.give_back(asked(), LEAD, "more")
    with pytest.raises(InvalidInputError):
        rules.give_back(DONE, LEAD, "")


def test_notes_are_for_those_who_have_to_do_with_it() -> None:
    assert rules.note(OFFERED, by(LTU), "perhaps").nation == LTU
    assert rules.note(asked(), LEAD, "hurry").nation == EST
    for actor in (by(LTU), by(acts=False), by(EST)):
        with pytest.raises(ForbiddenError):
            rules.note(asked(), actor, "?")
    with pytest.raises(InvalidInputError):
        rules.note(asked(), by(), "")


def run(status: Status = Status.RUNNING) -> Run:
    return Run(
        run="run--1",
        name="R",
        coordinator=EST,
        editions=(),
        status=status,
        started_ms=0,
    )


def test_a_run_is_cancelled_by_its_coordinator_with_a_reason_while_it_runs() -> None:
    assert rules.cancel(run(), LEAD, "false alarm").reason == "false alarm"
    for actor in (by(directs=True), by(EST)):
        with pytest.raises(ForbiddenError):
            rules.cancel(run(), actor, "no")
    with pytest.raises(InvalidInputError):
        rules.cancel(run(), LEAD, "")
    with pytest.raises(RuleViolationError):
        rules.cancel(run(Status.COMPLETED), LEAD, "no")
