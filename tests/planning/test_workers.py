"""Planning in a process of its own: answers, progress, cancelling, breaking down."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import foedus.planning
from foedus.errors import InvalidInputError, TooLargeError, UnavailableError
from foedus.planning.asks import AskCoverage
from foedus.planning.covering import cover
from foedus.planning.messages import LENGTH, Told
from foedus.planning.progress import Progress
from foedus.planning.results import Coverage
from foedus.planning.workers import WorkerFailedError, WorkerLimits, Workers
from tests.planning.test_forces import situation

ASK = AskCoverage(situation=situation())


def shell(script: str, **limits: int) -> Workers:
    """Start something else than a planning process."""
    program = ("/bin/sh", "-c", f"cat > /dev/null; {script}")
    return Workers(WorkerLimits(at_once=1, **limits), program)


async def ask(workers: Workers) -> Coverage:
    return await workers.run(ASK, Coverage, nation="POL")


async def test_a_process_answers_as_we_would_and_tells_how_far_it_is() -> None:
    told: list[Progress] = []
    found = await Workers().run(ASK, Coverage, nation="POL", tell=told.append)

    assert found == cover(ASK.situation)
    stages = [each.stage for each in told]
    assert stages[0] == "waiting"
    assert "checking" in stages


async def test_what_makes_no_sense_is_refused_by_its_name() -> None:
    bad = AskCoverage(situation=situation(periods=0))

    with pytest.raises(InvalidInputError, match="at least one period"):
        await Workers().run(bad, Coverage, nation="POL")


async def test_a_process_that_breaks_down_is_said_and_the_next_one_is_asked() -> None:
    workers = shell("kill -9 $$")
    for _ in range(2):
        with pytest.raises(WorkerFailedError, match="ended with -9"):
            await ask(workers)


@pytest.mark.parametrize("script", ["exit 3", "printf 'ab'", "printf '\\0\\0\\0\\1x'"])
async def test_what_is_no_answer_is_said(script: str) -> None:
    with pytest.raises(WorkerFailedError):
        await ask(shell(script))


async def test_a_process_that_takes_too_long_is_ended() -> None:
    with pytest.raises(UnavailableError, match="longer than 0 s"):
        await ask(shell("exec sleep 60", seconds=0))


def telling_its_number() -> str:
    """Write the script of a process that tells its number as its stage, and stays."""
    told = Told(progress=Progress(stage="0" * 9))
    body = msgspec.msgpack.encode(told)
    before, after = (LENGTH.pack(len(body)) + body).split(b"0" * 9)
    octal = ["".join(f"\\{byte:03o}" for byte in part) for part in (before, after)]
    return f"printf '{octal[0]}%09d{octal[1]}' $$; exec sleep 60"


async def test_a_process_that_needs_too_much_memory_is_said() -> None:
    workers = Workers(WorkerLimits(memory_mb=1))

    with pytest.raises((TooLargeError, WorkerFailedError)):
        await ask(workers)


async def test_cancelling_kills_the_process_at_once() -> None:
    numbers: asyncio.Queue[str] = asyncio.Queue()
    task = asyncio.create_task(
        shell(telling_its_number()).run(
            ASK,
            Coverage,
            nation="POL",
            tell=lambda progress: numbers.put_nowait(progress.stage),
        )
    )
    assert await numbers.get() == "waiting"
    number = int(await numbers.get())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_the_hub_does_not_load_the_solver_to_ask() -> None:
    heavy = "import sys, foedus.planning.workers; print('numpy' in sys.modules)"
    said = subprocess.check_output(
        [sys.executable, "-c", heavy],
        text=True,
        env={"PYTHONPATH": str(Path(foedus.planning.__file__).parents[2])},
    )

    assert said.strip() == "False"
