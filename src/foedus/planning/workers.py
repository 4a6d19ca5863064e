"""Planning in processes of its own, asked from the hub without waiting for it.

- Every ask starts one program (`worker`); none runs while nobody asks, and the hub
  itself never loads the solver.
- Whoever waits for an answer may stop waiting (cancel the task): the process is killed
  at once, whatever it does.
- A process that takes too long, needs too much, or breaks down gives a clear error to
  whoever asked, and nothing to anybody else.
- Nations take turns (`turns`).
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import TypeVar

import msgspec

from foedus.errors import (
    FoedusError,
    InvalidInputError,
    TooLargeError,
    UnavailableError,
)
from foedus.planning.asks import AnyAsk, AnyOf
from foedus.planning.messages import LENGTH, Done, Message, Refused, Told
from foedus.planning.progress import Progress, Tell, tell_nobody
from foedus.planning.results import Answer
from foedus.planning.turns import Turns

ANSWER_MAX = 256 << 20
"""Bytes of one message of a process; the tours of the largest plan have a tenth."""

Answered = TypeVar("Answered", bound=Answer)


class WorkerFailedError(FoedusError):
    """A planning process ended without an answer."""

    slug = "planning-failed"
    title = "Planning broke down"


class WorkerLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What planning may use.

    Attributes:
        at_once: processes that may run; one core is left to the hub.
        waiting_max: asks of one nation that may wait.
        seconds: from the start of a process to its answer.
        memory_mb: of one process.
    """

    at_once: int = max(1, min(4, (os.cpu_count() or 1) - 1))
    waiting_max: int = 4
    seconds: int = 600
    memory_mb: int = 4_096


class Workers:
    """Processes that plan.

    Args:
        limits: what they may use.
        program: what is started; another one only in tests.
    """

    def __init__(
        self,
        limits: WorkerLimits | None = None,
        program: tuple[str, ...] = (sys.executable, "-m", "foedus.planning.worker"),
    ) -> None:
        self._limits = limits or WorkerLimits()
        self._program = program
        self._turns = Turns(self._limits.at_once, self._limits.waiting_max)

    async def run(
        self,
        ask: AnyOf,
        answer: type[Answered],
        *,
        nation: str,
        tell: Tell = tell_nobody,
    ) -> Answered:
        """Ask, and wait for the answer; cancelling the wait kills the process.

        Args:
            ask: what is asked.
            answer: what is expected, as `asks` says.
            nation: whose ask it is.
            tell: is told each step, in this thread.

        Raises:
            RateLimitedError: too much of this nation waits already.
            InvalidInputError: the ask makes no sense.
            TooLargeError: it needs more memory than there may be.
            UnavailableError: it takes longer than it may.
            WorkerFailedError: the process broke down.
        """
        limits = self._limits
        asked = AnyAsk(ask=ask, seconds=limits.seconds, memory_mb=limits.memory_mb)
        body = msgspec.msgpack.encode(asked)
        tell(Progress(stage="waiting", done=0.0))
        async with self._turns.turn(nation):
            process = await asyncio.create_subprocess_exec(
                *self._program,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env=_environment(),
            )
            try:
                async with asyncio.timeout(limits.seconds):
                    found = await _answer(process, body, tell)
            except TimeoutError as error:
                raise UnavailableError(
                    f"it takes longer than {limits.seconds} s; ask for less at once",
                    retry_after_s=limits.seconds,
                ) from error
            finally:
                await _end(process)
        return msgspec.msgpack.decode(found, type=answer)


async def _answer(process: Process, body: bytes, tell: Tell) -> bytes:
    """Send the ask, pass on what is told, and wait for the answer."""
    assert process.stdin is not None, "it was asked for"
    assert process.stdout is not None, "it was asked for"
    try:
        process.stdin.write(body)
        await process.stdin.drain()
        process.stdin.close()
        while True:
            match await _message(process.stdout):
                case Told(progress=progress):
                    tell(progress)
                case Done(answer=answer):
                    return answer
                case Refused(slug=slug, said=said):
                    raise _error(slug, said)
    except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError) as error:
        code = await process.wait()
        raise WorkerFailedError(
            f"the planning process ended with {code} and no answer; ask again, and "
            "tell whoever runs the hub if it happens again"
        ) from error


async def _message(stream: asyncio.StreamReader) -> Message:
    (length,) = LENGTH.unpack(await stream.readexactly(LENGTH.size))
    if length > ANSWER_MAX:
        raise TooLargeError(f"the answer has {length} bytes; ask for less at once")
    body = await stream.readexactly(length)
    return msgspec.msgpack.decode(body, type=Told | Done | Refused)


async def _end(process: Process) -> None:
    """Kill a process that still runs, and wait until it is gone."""
    if process.returncode is None:
        process.kill()
    await asyncio.shield(process.wait())


def _error(slug: str, said: str) -> FoedusError:
    """Give the error that a process named."""
    if slug == UnavailableError.slug:
        return UnavailableError(said, retry_after_s=1)
    for kind in (InvalidInputError, TooLargeError):
        if slug == kind.slug:
            return kind(said)
    return WorkerFailedError(said)


def _environment() -> dict[str, str]:
    """Give what a process needs to find the code; no secret is passed on."""
    here = str(Path(__file__).parents[2])
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = os.pathsep.join(filter(None, (here, kept.get("PYTHONPATH"))))
    return kept | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}


_KEPT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "SYSTEMROOT")
