"""The coordinator ends a step by hand: recorded, with a reason, once."""

from datetime import timedelta

import pytest

from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.response import report
from foedus.response.forcing import Forcing, force
from foedus.response.moves import Finish
from foedus.response.queries import find_run
from foedus.response.runs import Status
from tests.response.books import Json, at_step, book, step_id, variable
from tests.response.theatre import BALTIC, Theatre, asking, assign

WHY = "Two cannot be reached; we go on without them."


async def end(
    stage: Theatre, run: str, step: str = "A1", name: str = "est", **how: object
) -> None:
    forcing = Forcing(**{"step": step, "result": "ok", "reason": WHY, **how})  # type: ignore[arg-type]
    position = await force(
        stage.hub.desk, stage.account(name).viewer(), stage.act(name), run, forcing
    )
    await stage.hub.seen([position])
    await stage.hub.responded()


async def test_the_run_goes_on_and_whoever_was_asked_reads_why(stage: Theatre) -> None:
    run = await stage.play(asking())
    await stage.do("lva", stage.task("lva"), Finish())
    await end(stage, run)

    assert stage.trace(run) == ["A1:ok"]
    [task] = stage.inbox("ltu", open=False)
    assert task.ending == "forced"
    assert [each.text for each in task.notes] == [WHY]
    assert [each.asked.name for each in stage.inbox("est")] == ["A2"]
    assert stage.dumps_alike()


async def test_it_is_a_deviation_in_the_report(stage: Theatre) -> None:
    run = await stage.play(asking())
    await end(stage, run)
    with stage.hub.reading.snapshot() as seen:
        told = {
            name: report.make(seen, stage.account(name).viewer(), run).deviations
            for name in ("est", "ltu", "pol")
        }

    for name in ("est", "ltu"):
        assert [(each.what, each.text) for each in told[name]] == [("step forced", WHY)]
    assert told["pol"] == ()


async def test_as_failed_it_goes_where_a_failure_goes(stage: Theatre) -> None:
    run = await stage.play(asking())
    await end(stage, run, step_id("A1"), result="fail")

    assert stage.trace(run) == ["A1:fail"]
    assert [each.asked.name for each in stage.inbox("est")] == ["A3"]


async def test_only_a_duty_officer_of_the_coordinator_with_a_reason(
    stage: Theatre,
) -> None:
    run = await stage.play(asking())
    for name in ("lva", "est-delegate"):
        with pytest.raises(ForbiddenError):
            await end(stage, run, name=name)
    with pytest.raises(InvalidInputError, match="say why"):
        await end(stage, run, reason="  ")
    with pytest.raises(NotFoundError, match="no step"):
        await end(stage, run, "A2")
    with pytest.raises(NotFoundError, match="no run"):
        await end(stage, "run--none")
    await stage.cancel("est", run)
    with pytest.raises(RuleViolationError, match="ended"):
        await end(stage, run)


def twice() -> Json:
    document = book(
        {
            "P": {"next_steps": ["A1", "A2"], "on_completion": "E"},
            "A1": {"on_completion": "E1"},
            "A2": {"on_completion": "E2"},
            "E1": {},
            "E2": {},
            "E": {},
        },
        playbook_variables={"__n__": variable("0", "integer")},
    )
    at_step(document, "A2")["name"] = "A1"
    at_step(document, "A1")["out_args"] = ["__n__"]
    return assign(document, "A1", nations=list(BALTIC))


async def test_of_two_that_wait_under_one_name_a_task_says_which(
    stage: Theatre,
) -> None:
    run = await stage.play(twice())
    with pytest.raises(InvalidInputError, match="more than once"):
        await end(stage, run)
    task = stage.task("lva")
    with pytest.raises(InvalidInputError, match="no output"):
        await end(stage, run, task, outputs={"__m__": "1"})
    with pytest.raises(InvalidInputError):
        await end(stage, run, task, outputs={"__n__": "many"})
    await end(stage, run, task, outputs={"__n__": "7"})

    assert stage.inbox("lva") == []
    assert stage.run(run).status is Status.RUNNING
    [left] = stage.inbox("est")
    await stage.do("est", left.asked.task, Finish())
    assert stage.run(run).status is Status.COMPLETED
    with stage.hub.reading.snapshot() as seen:
        viewer = stage.account("est").viewer()
        found = find_run(seen.db, seen.access, viewer, run)
    assert found is not None
    assert found.state.values() == {"__n__": "7"}


async def test_what_was_due_before_happens_before(stage: Theatre) -> None:
    limit = {"complete": {"within": "PT1H"}}
    run = await stage.play(asking(clocks=limit))
    stage.clock.advance(timedelta(hours=1))
    await end(stage, run)

    assert stage.trace(run) == ["A1:timeout"]
    assert {each.ending for each in stage.inbox("lva", open=False)} == {"timed-out"}
