"""Protocols go on by themselves: once, in order, through crashes and downtime."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from foedus.clock import to_ms
from foedus.eventlog.envelope import Append, Redacted, redaction_stream
from foedus.ids import START, Position, new_event_id
from foedus.processes.responding import keep, settle
from foedus.response import commands
from foedus.response.moves import Acknowledge, Decline, Finish
from foedus.response.queries import find_run
from foedus.response.runs import Status
from tests.response.books import at_step, book, variable
from tests.response.conftest import founded_theatre, stage
from tests.response.theatre import FOUNDER, NOON, Theatre, asking, assign

__all__ = ["founded_theatre", "stage"]

MINUTE = timedelta(minutes=1)


def written(stage: Theatre) -> Counter[str]:
    """Count the entries of runs and tasks by their kinds."""
    return Counter(
        each.kind.removeprefix("response.")
        for each in stage.hub.log.read_after(START, 10_000)
        if each.kind.startswith("response.")
    )


async def finish_unseen(stage: Theatre, name: str) -> None:
    """Do the task of a nation; nobody lets the run go on."""
    position = await commands.act_on_task(
        stage.hub.desk,
        stage.account(name).viewer(),
        stage.act(name),
        stage.task(name),
        Finish(),
    )
    await stage.hub.seen([position])


async def test_what_was_done_in_time_counts_however_late_anybody_looks(
    stage: Theatre,
) -> None:
    document = asking(nations=["LVA"], clocks={"complete": {"within": "PT1H"}})
    run = await stage.play(document)
    stage.clock.advance(timedelta(minutes=59))
    await finish_unseen(stage, "lva")
    stage.clock.advance(timedelta(days=2))

    stage.reopen()
    await settle(stage.hub.responder)

    assert stage.trace(run) == ["A1:ok"]


async def test_what_is_done_when_time_is_up_comes_too_late(stage: Theatre) -> None:
    document = asking(nations=["LVA"], clocks={"complete": {"within": "PT1H"}})
    run = await stage.play(document)
    await stage.pass_time(timedelta(hours=1))

    assert stage.trace(run) == ["A1:timeout"]
    [task] = stage.inbox("lva", open=False)
    assert (task.ending, task.ended_ms) == (
        "timed-out",
        to_ms(NOON + timedelta(hours=1)),
    )


async def test_after_downtime_all_that_was_due_happens_at_its_own_instant(
    stage: Theatre,
) -> None:
    steps = {f"A{n}": {"on_completion": f"A{n + 1}"} for n in range(1, 4)}
    steps |= {
        f"A{n}": {"on_failure": f"A{n + 1}", "on_success": "E", "timeout": 60_000}
        for n in range(1, 4)
    }
    document = book({**steps, "A4": {"on_completion": "E"}, "E": {}})
    run = await stage.play(document)
    stage.clock.advance(timedelta(days=1))

    stage.reopen()
    await settle(stage.hub.responder)

    assert stage.trace(run) == ["A1:timeout", "A2:timeout", "A3:timeout"]
    [task] = stage.inbox("est")
    assert task.asked.asked_ms == to_ms(NOON + 3 * MINUTE)
    assert written(stage)["time-passed"] == 3


async def test_two_processes_let_a_run_go_on_once(stage: Theatre) -> None:
    run = await stage.play(asking())
    for name in ("est", "lva", "ltu"):
        await finish_unseen(stage, name)

    await asyncio.gather(*(settle(stage.hub.responder) for _ in range(4)))

    assert written(stage)["step-answered"] == 1
    assert stage.trace(run) == ["A1:ok"]


async def test_a_hub_that_dies_at_every_turn_loses_and_doubles_nothing(
    stage: Theatre,
) -> None:
    document = asking(completion={"rule": "quorum", "quorum": 2})
    assign(document, "A2", nations=["EST", "POL"])
    run = await stage.play(document)
    stage.reopen()
    for name in ("lva", "ltu"):
        await stage.do(name, stage.task(name), Acknowledge())
        stage.reopen()
        await finish_unseen(stage, name)
        stage.reopen()
    await settle(stage.hub.responder)
    stage.reopen()
    for name in ("est", "pol"):
        await finish_unseen(stage, name)
        stage.reopen()
    await settle(stage.hub.responder)
    stage.reopen()

    assert stage.run(run).status is Status.COMPLETED
    assert stage.trace(run) == ["A1:ok", "A2:ok"]
    assert written(stage) == {
        "imported": 1, "run-started": 1, "acknowledged": 2, "done": 4,
        "step-answered": 2,
    }  # fmt: skip
    told = Counter(stage.told("est", "asked"))
    assert sorted(told.values()) == [1] * 5


async def test_it_is_woken_by_the_log(stage: Theatre) -> None:
    run = await stage.play(asking(completion={"rule": "any"}))
    after = stage.hub.log.head()
    keeping = asyncio.create_task(keep(stage.hub.responder))
    await finish_unseen(stage, "ltu")

    async with asyncio.timeout(10):
        async for entry in stage.hub.log.tail(after):
            if entry.kind == "response.step-answered":
                await stage.hub.seen([entry.position])
                break

    keeping.cancel()
    assert stage.trace(run) == ["A1:ok"]


async def test_an_answer_that_was_erased_is_not_tried_for_ever(stage: Theatre) -> None:
    run = await stage.play(asking(completion={"rule": "any"}))
    await stage.do("lva", stage.task("lva"), Finish())
    [answer] = [
        each
        for each in stage.hub.log.read(f"runs/{run}")
        if each.kind == "response.step-answered"
    ]
    await redact(stage, answer.position)

    assert stage.trace(run) == []
    assert await settle(stage.hub.responder) == 0
    await stage.cancel("est", run)
    assert stage.run(run).status is Status.CANCELLED
    assert stage.dumps_alike()


async def test_what_a_step_gave_back_goes_with_the_entry_that_told_it(
    stage: Theatre,
) -> None:
    document = asking(nations=["LVA"])
    document["playbook_variables"] = {"__x__": variable(None)}
    at_step(document, "A1")["out_args"] = ["__x__"]
    run = await stage.play(document)
    await stage.do("lva", stage.task("lva"), Finish(outputs={"__x__": "canary-77"}))
    before = values(stage, run)
    entries = stage.hub.log.read_after(START, 10_000)
    [told] = [each for each in entries if b"canary-77" in bytes(each.body)]
    await stage.hub.log.redact(
        Append(
            event_id=new_event_id(2),
            stream=redaction_stream(told.position),
            event=Redacted(position=told.position),
            who=FOUNDER,
        )
    )
    await stage.hub.seen([stage.hub.log.head()])

    assert told.kind == "response.done"
    assert (before, values(stage, run)) == ({"__x__": "canary-77"}, {"__x__": None})
    assert stage.trace(run) == ["A1:ok"]
    assert stage.dumps_alike()


def values(stage: Theatre, run: str) -> dict[str, str | None]:
    """Give the variables of a run, as its coordinator is shown them."""
    viewer = stage.account("est").viewer()
    with stage.hub.reading.snapshot() as seen:
        found = find_run(seen.db, seen.access, viewer, run)
    assert found is not None
    return found.state.values()


async def test_a_run_whose_start_was_erased_is_gone(stage: Theatre) -> None:
    run = await stage.play(asking())
    await stage.do("lva", stage.task("lva"), Decline(caveat="no"))
    start = stage.hub.log.read(f"runs/{run}")[0].position
    await redact(stage, start)

    assert stage.inbox("lva", open=None) == []
    assert await settle(stage.hub.responder) == 0
    assert stage.dumps_alike()


@pytest.mark.parametrize("kind", ["response.done", "response.imported"])
async def test_folding_anew_without_what_was_erased_gives_the_same(
    stage: Theatre, kind: str
) -> None:
    await stage.play(asking(completion={"rule": "any"}))
    await stage.do("lva", stage.task("lva"), Finish())
    [erased] = [
        each for each in stage.hub.log.read_after(START, 10_000) if each.kind == kind
    ]
    await redact(stage, erased.position)

    assert stage.dumps_alike()


async def redact(stage: Theatre, position: Position) -> None:
    request = Append(
        event_id=new_event_id(to_ms(NOON)),
        stream=redaction_stream(position),
        event=Redacted(position=position, reason="a spill"),
        who=FOUNDER,
    )
    await stage.hub.seen([await stage.hub.log.redact(request)])


async def test_a_loop_of_short_waits_writes_one_instant_a_second(
    stage: Theatre,
) -> None:
    document = book(
        {
            "W": {
                "condition": "__x__:value = 'a'",
                "on_true": "I",
                "on_completion": "A1",
            },
            "I": {
                "condition": "__x__:value = 'a'",
                "on_true": "E1",
                "on_completion": "E2",
                "delay": 10,
            },
            "E1": {},
            "E2": {},
            "A1": {"on_completion": "E"},
            "E": {},
        },
        playbook_variables={"__x__": variable("a")},
    )
    run = await stage.play(document)

    await stage.pass_time(timedelta(seconds=5))

    assert written(stage)["time-passed"] == 5
    assert stage.trace(run).count("W:true") > 400
