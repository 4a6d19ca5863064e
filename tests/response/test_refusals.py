"""What a refused act on a task or a run is told: why, and what may be done instead."""

from collections.abc import Callable

import msgspec
import pytest

from foedus.errors import FoedusError
from foedus.response import rules
from foedus.response.assignments import Assignment
from foedus.response.events import TaskAccepted, TaskBroken, TaskSent
from foedus.response.rules import Agreeing, Report
from foedus.response.runs import Status, Still
from tests.response.test_rules import (
    AGREED,
    DECLINED,
    DONE,
    LEAD,
    OFFERED,
    OVER,
    PERSON,
    STILL,
    by,
    run,
    sends,
)
from tests.response.test_tasks import EST, LTU, LVA, asked, said


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(FoedusError) as refusal:
        act()
    return str(refusal.value)


OUTSIDER = by(EST)
AWAITED = sends(said(TaskSent, 45, EST, until_ms=60, requests=()))
GATED = asked(plan=Assignment(gate="decision"))
BROKEN = sends(said(TaskBroken, 12, EST, reason="500"))
NOT_YOURS = "your account may not act on this task; it needs the role that it asks for"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: rules.acknowledge(asked(), by(LTU)), NOT_YOURS),
        (lambda: rules.begin(asked(), by(LTU)), NOT_YOURS),
        (lambda: rules.note(asked(), by(LTU), "?"), NOT_YOURS),
        (lambda: rules.accept(OFFERED, by(LTU, acts=False)), NOT_YOURS),
        (
            lambda: rules.decline(asked(), by(), " "),
            "say why; the coordinator plans with the caveat",
        ),
        (
            lambda: rules.decline(DONE, by(), "law"),
            "it was done; what is done is not declined",
        ),
        (
            lambda: rules.decline(DECLINED, by(), "law"),
            "it was declined already; accept it to take that back",
        ),
        (
            lambda: rules.delegate_to_team(asked(), by(), " "),
            "name the team or the role that does it",
        ),
        (
            lambda: rules.offer(asked(), by(), LVA),
            "offer it to another nation than your own",
        ),
        (
            lambda: rules.finish(DONE, by(), Report()),
            "it was done already; add a note instead",
        ),
        (
            lambda: rules.finish(DECLINED, by(), Report()),
            "it was declined; accept it to take that back",
        ),
        (
            lambda: rules.offer(DONE, by(), LTU),
            "it was done; the coordinator may give it back",
        ),
        (
            lambda: rules.finish(
                asked(outputs=("__a__", "__b__")), by(), Report(outputs={"y": "1"})
            ),
            "'y' is no output of the step; it has: __a__, __b__",
        ),
        (
            lambda: rules.finish(asked(outputs=()), by(), Report(outputs={"y": "1"})),
            "'y' is no output of the step; it has: none",
        ),
        (
            lambda: rules.finish(
                asked(plan=Assignment(evidence="required")), by(), Report()
            ),
            "the step asks for evidence; name what shows it",
        ),
        (
            lambda: rules.finish(GATED, by(), Report(evidence=("report--1",))),
            "the step waits for a decision; name the adopted one as evidence",
        ),
        (
            lambda: rules.confirm(DONE, OUTSIDER),
            "only a duty officer of the coordinator does that",
        ),
        (
            lambda: rules.confirm(asked(), LEAD),
            "it is not done yet; there is nothing to confirm",
        ),
        (
            lambda: rules.give_back(asked(), LEAD, "more"),
            "it is not done yet; there is nothing to give back",
        ),
        (
            lambda: rules.give_back(BROKEN, LEAD, "more"),
            "it is not done yet; there is nothing to give back",
        ),
        (lambda: rules.give_back(DONE, LEAD, ""), "say what is missing"),
        (
            lambda: rules.authorise(sends(), LEAD, Agreeing(is_person=False)),
            "a person agrees, never a service; use your own account",
        ),
        (
            lambda: rules.authorise(asked(nation=EST), LEAD, PERSON),
            "the hub does not send it; do it by hand, and report it done",
        ),
        (
            lambda: rules.authorise(sends(said(TaskAccepted, 12, EST)), LEAD, PERSON),
            "somebody does it by hand already; report it done",
        ),
        (
            lambda: rules.authorise(sends(AGREED, AGREED), LEAD, PERSON),
            "enough have agreed; the hub sends it by itself",
        ),
        (
            lambda: rules.authorise(
                sends(), LEAD, Agreeing(is_person=True, has_agreed=True)
            ),
            (
                "you have agreed already; another person must, or name an adopted "
                "decision the first time"
            ),
        ),
        (
            lambda: rules.authorise(
                sends(), LEAD, Agreeing(is_person=True, decision="decision--1")
            ),
            (
                "no adopted decision of that id decides on this task or its run; cite "
                "the one that does"
            ),
        ),
        (
            lambda: rules.accept(AWAITED, LEAD),
            "the hub is sending it; wait for the outcome",
        ),
        (lambda: rules.note(asked(), by(), " "), "write what is to be noted"),
        (
            lambda: rules.accept(OVER, by()),
            "the step is over (cancelled); add a note",
        ),
        (
            lambda: rules.acknowledge(asked(), by(at=1_000)),
            "the step's time is up; add a note",
        ),
    ],
)
def test_a_refusal_says_why_and_what_may_be_done_instead(
    act: Callable[[], object], words: str
) -> None:
    assert refusal_of(act) == words


COMMANDS = {
    "cancels a run": (rules.cancel, "say why; everybody who was asked is told"),
    "pauses a run": (rules.pause, "say why; whoever may see the run reads it"),
    "ends a step": (rules.check_force, "say why; whoever was asked reads it"),
    "resumes a run": (rules.resume, ""),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_only_the_coordinator_s_duty_officer_commands_a_run(command: str) -> None:
    rule, unsaid = COMMANDS[command]
    only = f"only a duty officer of the coordinator {command}"
    at = STILL if rule is rules.resume else run()

    rule(at, LEAD, "why")
    for actor in (by(directs=True), OUTSIDER):
        assert refusal_of(lambda actor=actor: rule(at, actor, "why")) == only
    if unsaid:
        assert refusal_of(lambda: rule(run(), LEAD, " ")) == unsaid
    over = run(Status.COMPLETED)
    assert (
        refusal_of(lambda: rule(over, LEAD, "why")) == "the run has ended (completed)"
    )


def test_a_run_stands_still_once_at_a_time_and_not_for_ever_again() -> None:
    assert refusal_of(lambda: rules.pause(STILL, LEAD, "why")) == (
        "the run stands still already; resume it first"
    )
    assert refusal_of(lambda: rules.check_force(STILL, LEAD, "why")) == (
        "the run stands still; resume it first"
    )
    assert refusal_of(lambda: rules.resume(run(), LEAD, "why")) == (
        "the run does not stand still; nothing is to resume"
    )
    stood = Still(since_ms=1, reason="r", until_ms=2)
    often = msgspec.structs.replace(run(), stills=(stood,) * rules.STILLS_MAX)
    assert refusal_of(lambda: rules.pause(often, LEAD, "why")) == (
        "the run has stood still 100 times; cancel it, or pause clocks"
    )
    seldom = msgspec.structs.replace(run(), stills=(stood,) * (rules.STILLS_MAX - 1))
    assert rules.pause(seldom, LEAD, "why")
