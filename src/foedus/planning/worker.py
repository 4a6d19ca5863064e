"""A planning process: reads one ask, tells how far it has come, answers, and ends.

It is another program, started by `workers`, so that the hub never loads the solver. It
is nice to everybody else on the machine, has a limit of memory and of processor that
the system holds it to, and dies with the hub. Nothing of one nation's work is left in
memory for the next one, since every ask has a process of its own.
"""

import ctypes
import os
import resource
import signal
import sys
from typing import BinaryIO, assert_never

import msgspec

from foedus.errors import FoedusError
from foedus.planning.asks import (
    AnyAsk,
    AskClosure,
    AskCoverage,
    AskDrops,
    AskExercises,
    AskIndex,
    AskShares,
    AskSurge,
)
from foedus.planning.closing import close_in
from foedus.planning.covering import cover
from foedus.planning.dropping import drop_each
from foedus.planning.exercising import choose
from foedus.planning.index_tables import read_index
from foedus.planning.indices import make
from foedus.planning.messages import LENGTH, Done, Message, Refused, Told
from foedus.planning.progress import Tell
from foedus.planning.results import Answer
from foedus.planning.sharing_tables import shares_found
from foedus.planning.solver import Limits
from foedus.planning.surging import surge

NICENESS = 19
"""How far behind others it stands for processor; requests go first."""

_DIE_WITH_PARENT = 1
"""Linux, prctl(2): the signal that is sent when the parent ends."""


def main() -> None:
    """Answer one ask."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else is printed
    _stand_back()
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=AnyAsk)
    _limit(asked)
    try:
        found = perform(asked, lambda progress: _send(out, Told(progress=progress)))
    except FoedusError as error:
        _send(out, Refused(slug=error.slug, said=str(error)))
    except MemoryError:
        said = f"it needs more than {asked.memory_mb} MB; ask for less at once"
        _send(out, Refused(slug="too-large", said=said))
    else:
        _send(out, Done(answer=msgspec.msgpack.encode(found)))


def perform(asked: AnyAsk, tell: Tell) -> Answer:
    """Find the answer."""
    match asked.ask:
        case AskCoverage(situation=situation, gap=gap, seconds=seconds):
            return cover(situation, Limits(gap=gap, seconds=seconds), tell)
        case AskDrops(situation=situation, nations=nations):
            return drop_each(situation, nations, tell)
        case AskSurge(situation=situation, further=further):
            return surge(situation, further, tell)
        case AskClosure() as ask:
            return close_in(ask, tell)
        case AskExercises() as ask:
            return choose(ask, tell)
        case AskIndex() | AskShares() as ask:
            return _of_table(ask)
        case _:
            assert_never(asked.ask)


def _of_table(ask: AskIndex | AskShares) -> Answer:
    if isinstance(ask, AskIndex):
        return make(read_index(ask.table))
    return shares_found(ask)


def _send(out: BinaryIO, message: Message) -> None:
    body = msgspec.msgpack.encode(message)
    out.write(LENGTH.pack(len(body)) + body)
    out.flush()


def _stand_back() -> None:
    """Let others go first, and end when the hub ends."""
    os.nice(NICENESS)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _limit(asked: AnyAsk) -> None:
    memory = asked.memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (asked.seconds, asked.seconds + 1))


if __name__ == "__main__":
    main()
