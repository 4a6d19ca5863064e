"""When something may be done with a task, and by whom."""

import msgspec
import pytest

from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    RuleViolationError,
)
from foedus.ids import NationCode
from foedus.response import rules
from foedus.response.assignments import Assignment
from foedus.response.events import (
    OfferAnswered,
    RunCancelled,
    RunPaused,
    RunResumed,
    Sends,
    TaskAccepted,
    TaskAcknowledged,
    TaskAuthorised,
    TaskBegun,
    TaskBroken,
    TaskConfirmed,
    TaskDeclined,
    TaskDelegated,
    TaskDone,
    TaskEvent,
    TaskHanded,
    TaskNoted,
    TaskReturned,
    TaskSent,
)
from foedus.response.rules import Actor, Agreeing, Report
from foedus.response.runs import Run, Status, Still
from foedus.response.tasks import Ending, Task, end
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
    code = NationCode(nation)
    return Actor(nation=code, acts=acts, notes=acts, directs=directs, at_ms=at)


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


def test_an_offer_goes_to_another_nation_and_tells_not_who_is_asked() -> None:
    for to in (LTU, NationCode("POL")):
        assert rules.offer(asked(), by(), to).offered == to
    with pytest.raises(RuleViolationError):
        rules.offer(asked(), by(), LVA)
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


def sends(*events: TaskEvent, needed: int = 2) -> Task:
    """Ask Estonia, the coordinator, for something that the hub sends."""
    return told(*events, task=asked(nation=EST, sends=Sends(needed=needed)))


SENT = said(TaskSent, 15, EST, until_ms=40, requests=("POST https://edge.example/",))
LOST = said(TaskHanded, 41, EST, reason="no answer", unknown=True)
AGREED = said(TaskAuthorised, 12, EST)
PERSON = Agreeing(is_person=True)


def test_a_person_of_the_coordinator_lets_the_hub_send_it() -> None:
    assert rules.authorise(sends(), LEAD, PERSON).nation == EST
    decided = Agreeing(is_person=True, decision="decision--1", is_decided=True)
    assert rules.authorise(sends(), LEAD, decided).decision == "decision--1"
    again = rules.authorise(sends(SENT, LOST, needed=0), LEAD, PERSON)
    assert again.at_ms == 50


@pytest.mark.parametrize(
    ("actor", "agreeing"),
    [
        (by(EST), PERSON),
        (by(directs=True), PERSON),
        (LEAD, Agreeing(is_person=False)),
        (LEAD, Agreeing(is_person=True, has_agreed=True)),
    ],
)
def test_nobody_else_does_and_nobody_twice(actor: Actor, agreeing: Agreeing) -> None:
    with pytest.raises(ForbiddenError):
        rules.authorise(sends(), actor, agreeing)


@pytest.mark.parametrize(
    ("task", "says"),
    [
        (asked(nation=EST), "the hub does not send it"),
        (asked(nation=EST, by_hand="an exercise"), "an exercise"),
        (sends(said(TaskHanded, 12, EST, reason="not allowed")), "not allowed"),
        (sends(said(TaskAccepted, 12, EST)), "by hand already"),
        (sends(said(TaskDeclined, 12, EST, caveat="no")), "declined"),
        (sends(said(TaskBroken, 12, EST, reason="500")), "done"),
        (sends(AGREED, AGREED), "enough have agreed"),
        (sends(needed=0), "enough have agreed"),
        (sends(said(TaskSent, 45, EST, until_ms=60, requests=())), "wait for"),
    ],
)
def test_there_is_nothing_to_agree_to_where_the_hub_does_not_wait_for_it(
    task: Task, says: str
) -> None:
    with pytest.raises(RuleViolationError, match=says):
        rules.authorise(task, LEAD, PERSON)


def test_a_decision_about_something_else_lets_nothing_be_sent() -> None:
    with pytest.raises(RuleViolationError, match="decides on this task"):
        rules.authorise(sends(), LEAD, Agreeing(is_person=True, decision="decision--1"))


def test_while_it_is_sent_nobody_does_it_by_hand() -> None:
    task = sends(said(TaskSent, 45, EST, until_ms=60, requests=()))
    acts = (
        lambda: rules.accept(task, LEAD),
        lambda: rules.decline(task, LEAD, "no"),
        lambda: rules.delegate_to_team(task, LEAD, "CERT"),
        lambda: rules.finish(task, LEAD, Report()),
    )
    for act in acts:
        with pytest.raises(RuleViolationError, match="wait for the outcome"):
            act()
    late = by(EST, directs=True, at=60)
    assert rules.finish(task, late, Report()).nation == EST


def test_what_was_not_taken_is_not_given_back() -> None:
    with pytest.raises(RuleViolationError, match="nothing to give back"):
        rules.give_back(sends(said(TaskBroken, 12, EST, reason="500")), LEAD, "more")


def test_a_step_is_ended_by_hand_by_its_coordinator_while_the_run_goes_on() -> None:
    rules.check_force(run(), LEAD, "unreachable")
    with pytest.raises(ForbiddenError):
        rules.check_force(run(), by(EST), "no")
    with pytest.raises(InvalidInputError):
        rules.check_force(run(), LEAD, " ")
    with pytest.raises(RuleViolationError):
        rules.check_force(run(Status.COMPLETED), LEAD, "no")


STILL = msgspec.structs.replace(
    run(), status=Status.PAUSED, stills=(Still(since_ms=60, reason="r"),)
)
OVER = end(asked(), Ending.CANCELLED, 20)


def test_each_act_is_told_with_all_that_was_said() -> None:
    assert rules.acknowledge(asked(), by()) == TaskAcknowledged(nation=LVA, at_ms=50)
    assert rules.accept(asked(), by()) == TaskAccepted(nation=LVA, at_ms=50, note="")
    assert rules.accept(asked(), by(), "soon") == TaskAccepted(
        nation=LVA, at_ms=50, note="soon"
    )
    assert rules.accept(OFFERED, by(LTU), "gladly") == OfferAnswered(
        nation=LTU, at_ms=50, taken=True, reason="gladly"
    )
    assert rules.decline(OFFERED, by(LTU), "busy") == OfferAnswered(
        nation=LTU, at_ms=50, taken=False, reason="busy"
    )
    assert rules.decline(asked(), by(), "law") == TaskDeclined(
        nation=LVA, at_ms=50, caveat="law"
    )
    assert rules.delegate_to_team(asked(), by(), "CERT") == TaskDelegated(
        nation=LVA, at_ms=50, team="CERT"
    )
    assert rules.offer(asked(), by(), LTU) == TaskDelegated(
        nation=LVA, at_ms=50, offered=LTU
    )
    assert rules.begin(asked(), by()) == TaskBegun(nation=LVA, at_ms=50)
    report = Report(reply="so", evidence=("report--1",), outputs={"__x__": "1"})
    assert rules.finish(asked(), by(), report) == TaskDone(
        nation=LVA,
        at_ms=50,
        reply="so",
        evidence=("report--1",),
        outputs={"__x__": "1"},
    )
    assert rules.confirm(DONE, LEAD) == TaskConfirmed(nation=EST, at_ms=50)
    assert rules.give_back(DONE, LEAD, "more") == TaskReturned(
        nation=EST, at_ms=50, reason="more"
    )
    decided = Agreeing(is_person=True, decision="decision--1", is_decided=True)
    assert rules.authorise(sends(), LEAD, decided) == TaskAuthorised(
        nation=EST, at_ms=50, decision="decision--1"
    )
    assert rules.note(OVER, by(), "late") == TaskNoted(
        nation=LVA, at_ms=50, text="late"
    )
    assert rules.cancel(run(), LEAD, "why") == RunCancelled(
        nation=EST, reason="why", at_ms=50
    )
    assert rules.pause(run(), LEAD, "why") == RunPaused(
        nation=EST, reason="why", at_ms=50
    )
    assert rules.resume(STILL, LEAD, "why") == RunResumed(
        nation=EST, reason="why", at_ms=60
    )
