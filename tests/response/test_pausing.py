"""A whole run stands still: nothing follows, and what was left of time is left."""

from datetime import timedelta

import pytest

from foedus.clock import to_ms
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.eventlog.envelope import Append, Redacted, redaction_stream
from foedus.ids import new_event_id
from foedus.processes.escalating import settle as escalate
from foedus.response import clock_commands, report
from foedus.response.clock_sheets import named_clocks, task_clocks
from foedus.response.forcing import Forcing, force
from foedus.response.moves import Acknowledge, Finish
from foedus.response.pausing import pause, resume
from foedus.response.queries import find_task
from foedus.response.runs import Status
from foedus.response.task_sheets import TaskSheet, task_sheet
from tests.response.books import Json, book
from tests.response.theatre import OF_PLAYBOOKS, Theatre, asking

WHY = "The network of two nations is down."
HOUR = timedelta(hours=1)


async def let(
    stage: Theatre, run: str, reason: str | None = WHY, name: str = "est"
) -> None:
    """Let a run stand still, or go on where there is no reason for that."""
    desk, viewer, act = stage.hub.desk, stage.account(name).viewer(), stage.act(name)
    if reason is None:
        position = await resume(desk, viewer, act, run, "It is up again.")
    else:
        position = await pause(desk, viewer, act, run, reason)
    await stage.hub.seen([position])
    await stage.hub.responded()


def sheet(stage: Theatre, task: str, name: str) -> TaskSheet:
    viewer = stage.account(name).viewer()
    with stage.hub.reading.snapshot() as seen:
        found = find_task(seen.db, seen.access, viewer, task)
        assert found is not None
        return task_sheet(seen.db, found, viewer, seen.access, to_ms(stage.clock()))


def timed(**more: object) -> Json:
    """Write a playbook of a step that waits an hour, then has an hour, with clocks."""
    document = asking(
        clocks={"acknowledge": {"within": "PT30M"}, "complete": {"within": "PT1H"}},
        warnings=["50%"],
        **more,
    )
    document["playbook_extensions"] = {
        OF_PLAYBOOKS: {
            "type": "foedus-run",
            "named_clocks": [{"name": "the 2 hours", "within": "PT2H"}],
        }
    }
    return document


async def test_no_time_runs_out_while_it_stands_still(stage: Theatre) -> None:
    run = await stage.play(timed())
    task = stage.task("lva")
    due = sheet(stage, task, "lva").due
    await stage.pass_time(HOUR / 5)
    await let(stage, run)
    stage.reopen()  # it lasts
    await stage.pass_time(5 * HOUR)
    await escalate(stage.hub.escalator)

    assert stage.run(run).status is Status.PAUSED
    assert stage.trace(run) == []
    assert task not in stage.told("lva", "warned") + stage.told("lva", "breached")
    assert sheet(stage, task, "lva").still is not None

    await let(stage, run, None)
    assert sheet(stage, task, "lva").due == due + 5 * HOUR
    assert sheet(stage, task, "lva").still is None
    await stage.pass_time(HOUR / 5)
    await escalate(stage.hub.escalator)
    assert task not in stage.told("lva", "breached")
    await stage.pass_time(HOUR / 10)  # what was left of half an hour
    await escalate(stage.hub.escalator)
    assert task in stage.told("lva", "breached")
    assert stage.trace(run) == []
    await stage.pass_time(HOUR / 2)
    assert stage.trace(run) == ["A1:timeout"]
    assert stage.dumps_alike()


async def test_a_delay_stands_still_too(stage: Theatre) -> None:
    document = book({"A1": {"delay": 3_600_000, "on_completion": "E"}, "E": {}})
    run = await stage.play(document)
    await let(stage, run)
    await stage.pass_time(2 * HOUR)
    assert stage.inbox("est") == []
    await let(stage, run, None)
    await stage.pass_time(HOUR / 2)
    assert stage.inbox("est") == []
    await stage.pass_time(HOUR / 2)

    assert [each.asked.name for each in stage.inbox("est")] == ["A1"]


async def test_what_nations_do_meanwhile_counts_when_it_goes_on(
    stage: Theatre,
) -> None:
    run = await stage.play(timed(completion={"rule": "any"}))
    await let(stage, run)
    await stage.pass_time(3 * HOUR)  # longer than the step has
    await stage.do("lva", stage.task("lva"), Finish())
    assert stage.trace(run) == []
    await let(stage, run, None)

    assert stage.trace(run) == ["A1:ok"]
    assert stage.run(run).status is Status.RUNNING
    assert stage.dumps_alike()


async def test_a_clock_with_a_name_goes_on(stage: Theatre) -> None:
    run = await stage.play(timed())
    began = stage.clock()
    await let(stage, run)
    await stage.pass_time(HOUR)
    await let(stage, run, None)
    with stage.hub.reading.snapshot() as seen:
        viewer = stage.account("est").viewer()
        [clock] = named_clocks(seen.db, seen.access, viewer, run, to_ms(stage.clock()))

    assert clock.deadline == began + 2 * HOUR


async def test_clocks_say_that_the_run_stands_still_and_not_why(
    stage: Theatre,
) -> None:
    run = await stage.play(timed())
    task = stage.task("lva")
    await let(stage, run)
    with stage.hub.reading.snapshot() as seen:
        viewer = stage.account("lva").viewer()
        found = find_task(seen.db, seen.access, viewer, task)
        assert found is not None
        shown = task_clocks(seen.db, found, viewer, to_ms(stage.clock()))

    [still] = shown.pauses
    assert (still.clock, still.until) == ("all", None)
    assert "whole run" in still.reason
    assert WHY not in repr(shown) + repr(sheet(stage, task, "lva"))
    assert not [each for each in stage.news("lva") if WHY in each]
    assert stage.told("lva", "run-paused")


async def test_the_coordinators_duty_officer_says_why_once(stage: Theatre) -> None:
    run = await stage.play(asking())
    with pytest.raises(ForbiddenError):
        await let(stage, run, name="lva")
    with pytest.raises(NotFoundError):
        await let(stage, "run--00000000-0000-4000-8000-000000000000")
    with pytest.raises(InvalidInputError, match="say why"):
        await let(stage, run, " ")
    with pytest.raises(RuleViolationError, match="does not stand still"):
        await let(stage, run, None)
    await let(stage, run)
    with pytest.raises(RuleViolationError, match="already"):
        await let(stage, run)
    with pytest.raises(RuleViolationError, match="resume it first"):
        await force(
            stage.hub.desk,
            stage.account("est").viewer(),
            stage.act("est"),
            run,
            Forcing(step="A1", result="ok", reason="No."),
        )
    with pytest.raises(ForbiddenError):
        await let(stage, run, None, name="lva")

    await stage.do("lva", stage.task("lva"), Acknowledge())
    await stage.cancel("est", run)
    [still] = stage.run(run).stills
    assert still.until_ms == to_ms(stage.clock())
    assert stage.inbox("lva") == []
    with pytest.raises(RuleViolationError, match="ended"):
        await let(stage, run)


async def test_the_report_tells_it(stage: Theatre) -> None:
    run = await stage.play(timed())
    await let(stage, run)
    await stage.pass_time(HOUR)
    await let(stage, run, None)
    with stage.hub.reading.snapshot() as seen:
        made = report.make(seen, stage.account("lva").viewer(), run)

    assert [(each.what, each.text) for each in made.deviations] == [("run paused", WHY)]
    told = [each.what for each in made.timeline]
    assert told.index("run paused") < told.index("run resumed")


async def test_the_auditor_reckons_the_same(stage: Theatre) -> None:
    auditor = stage.hub.auditor
    run = await stage.play(timed())
    await stage.pass_time(HOUR / 10)
    await auditor.look()
    await let(stage, run)
    missed = 0
    for passes in (2 * HOUR, HOUR / 8, HOUR / 8, HOUR / 8, HOUR / 8):
        await stage.pass_time(passes)
        await escalate(stage.hub.escalator)
        missed += await auditor.look()
        if passes > HOUR:
            await let(stage, run, None)

    task = stage.task("lva")
    assert missed == 0
    assert task in stage.told("lva", "warned")
    assert task in stage.told("lva", "breached")


async def test_pauses_of_a_task_and_of_its_run_are_two_things(stage: Theatre) -> None:
    run = await stage.play(timed())
    task, desk = stage.task("lva"), stage.hub.desk
    viewer, pausing = stage.account("est").viewer(), clock_commands.Pausing(reason="x")
    own = await clock_commands.pause(desk, viewer, stage.act("est"), task, pausing)
    await stage.hub.seen([own])
    await let(stage, run)
    await stage.pass_time(HOUR)
    await let(stage, run, None)
    with stage.hub.reading.snapshot() as seen:
        found = find_task(seen.db, seen.access, viewer, task)
        assert found is not None
        shown = task_clocks(seen.db, found, viewer, to_ms(stage.clock()))

    assert [each.until is None for each in shown.pauses] == [True, False]


@pytest.mark.parametrize("erased", ["run-paused", "run-resumed"])
async def test_what_is_erased_is_as_if_it_had_never_been(
    stage: Theatre, erased: str
) -> None:
    run = await stage.play(timed())
    due = sheet(stage, stage.task("lva"), "lva").due
    await let(stage, run)
    await stage.pass_time(HOUR / 4)
    await let(stage, run, None)
    [position] = [
        each.position
        for each in stage.hub.log.read(f"runs/{run}")
        if each.kind == f"response.{erased}"
    ]
    await stage.hub.log.redact(
        Append(
            event_id=new_event_id(2),
            stream=redaction_stream(position),
            event=Redacted(position=position),
            who=stage.act("est").who,
        )
    )
    stage.hub.projector.catch_up()

    is_still = erased == "run-resumed"
    assert (stage.run(run).status is Status.PAUSED) is is_still
    assert sheet(stage, stage.task("lva"), "lva").due == due
    assert stage.dumps_alike()
