"""A run is what went into it: the same events give the same run, again and again."""

import json
from pathlib import Path

import msgspec
import pytest

from foedus.response import runs
from foedus.response.events import (
    RunCancelled,
    RunEvent,
    RunStarted,
    StepAnswered,
    TimePassed,
)
from foedus.response.frames import Result, RunState
from foedus.response.library import Library
from foedus.response.machine import Machine
from foedus.response.runs import PACE_MS, Fed, Run, Status
from foedus.response.tasks import Ending
from tests.response.books import Json, at_step, book, branching, linear
from tests.response.running import EST, Ledger


async def started(folder: Path, document: Json) -> Ledger:
    ledger = Ledger(folder)
    await ledger.start([document])
    return ledger


def endings(ledger: Ledger) -> list[str]:
    return [each.ending or "open" for each in ledger.tasks()]


def replayed(ledger: Ledger, document: Json) -> bytes:
    """Feed every event of the run to a new machine; give the state."""
    playbook = runs.playbook_of(json.dumps(document).encode(), False)
    library, state = Library([playbook]), RunState()
    decoder = msgspec.json.Decoder(RunEvent)
    entries = ledger.log.read(f"runs/{ledger.run().run}")
    first, *rest = [decoder.decode(each.body or b"") for each in entries]
    assert isinstance(first, RunStarted)
    run = runs.begin(first, library, state).run
    for event in rest:
        run = runs.feed(run, event, Machine(library, state)).run
    return msgspec.msgpack.encode(state)


async def test_replaying_the_same_log_gives_the_same_state_a_hundred_times(
    tmp_path: Path,
) -> None:
    document = branching()
    ledger = await started(tmp_path, document)
    for number, _, _ in ledger.open_steps():
        await ledger.answer(number, outputs={"__x__": "1"})
    raw = ledger.db.execute("SELECT state FROM run").get

    assert {replayed(ledger, document) for _ in range(100)} == {raw}
    ledger.projector.rebuild()
    assert ledger.db.execute("SELECT state FROM run").get == raw


async def test_why_each_task_ended_is_told(tmp_path: Path) -> None:
    timed = {"A1": {"on_completion": "A2", "timeout": 5}, "A2": {"on_completion": "E"}}
    ledger = await started(tmp_path, book({**timed, "E": {}}))
    await ledger.pass_time(5)
    assert endings(ledger) == ["timed-out"]
    assert ledger.run().status is Status.FAILED


async def test_what_a_step_around_it_ends_is_dropped(tmp_path: Path) -> None:
    document = branching()
    workflow = document["workflow"]
    assert isinstance(workflow, dict)
    [parallel] = [each for each in workflow.values() if each["type"] == "parallel"]
    parallel["timeout"] = 7
    ledger = await started(tmp_path, document)
    await ledger.answer(ledger.open_steps()[0][0], Result.FAIL)
    await ledger.pass_time(7)
    assert endings(ledger) == ["failed", "dropped"]


async def test_an_answer_to_what_no_longer_waits_changes_nothing(
    tmp_path: Path,
) -> None:
    ledger = await started(tmp_path, linear())
    [(number, _, _)] = ledger.open_steps()
    await ledger.answer(number)
    assert (endings(ledger), ledger.run().status) == (["answered"], Status.COMPLETED)
    await ledger.answer(number, Result.FAIL)
    await ledger.add(
        "runs/" + ledger.run().run, RunCancelled(nation=EST, reason="no", at_ms=9)
    )
    assert ledger.run().status is Status.COMPLETED


async def test_a_run_that_was_never_started_has_no_events(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    await ledger.add("runs/run--2", TimePassed(at_ms=1))
    assert ledger.db.execute("SELECT count(*) FROM response_event").get == 0


def test_time_and_answers_are_fed_as_they_come() -> None:
    playbook = runs.playbook_of(json.dumps(linear()).encode(), False)
    machine = Machine(Library([playbook]), RunState())
    machine.start(playbook, {}, 0)
    run = Run(run="run--1", name="R", coordinator=EST, editions=(), started_ms=0)

    def feed(event: object) -> Fed:
        return runs.feed(run, event, machine)  # type: ignore[arg-type]

    assert feed(TimePassed(at_ms=3)).run.is_open
    ended = feed(StepAnswered(number=2, result=Result.OK, at_ms=4))
    assert ended.ended == ((2, Ending.ANSWERED),)
    assert (ended.run.status, ended.run.ended_ms) == (Status.COMPLETED, 4)


@pytest.mark.parametrize("lenient", [True, False])
def test_a_playbook_that_was_taken_is_read_without_being_judged_again(
    lenient: bool,  # noqa: FBT001
) -> None:
    document = linear(modified="2026-01-01T00:00:00.000001Z", unknown=True)
    playbook = runs.playbook_of(msgspec.json.encode(document), lenient)
    assert playbook.bare_words is lenient
    assert playbook.name == "a playbook"


async def test_what_is_due_within_a_second_of_the_last_instant_waits_for_it(
    tmp_path: Path,
) -> None:
    steps = {f"A{n}": {"on_completion": f"A{n + 1}"} for n in (1, 2)}
    document = book({**steps, "A3": {"on_completion": "E"}, "E": {}})
    for name, delay in (("A1", 5_000), ("A2", 300), ("A3", PACE_MS)):
        at_step(document, name)["delay"] = delay
    ledger = await started(tmp_path, document)

    await ledger.pass_time(5_000)
    [(number, _, _)] = ledger.open_steps()
    await ledger.answer(number)
    assert ledger.run().due_ms == 5_000 + PACE_MS
    await ledger.pass_time(5_000 + PACE_MS)

    [(number, name, _)] = ledger.open_steps()
    assert name == "A2"
    began = ledger.db.execute(
        "SELECT began_ms FROM activation WHERE ended_ms IS NULL"
    ).get
    assert began == 5_300
