"""Gathering: requests that come while others are judged are judged together.

- Of each viewer one thread at a time judges what is small and for one collection; what
  comes meanwhile is judged next, from one look at the views. So a flood of small
  requests costs one look a batch.
- Long requests, and those that publish in a manner of their own, go by themselves.
- A batch that fails is judged once more, each request for itself: no request fails for
  another's sake.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec

from foedus.errors import UnavailableError
from foedus.intel.judging import (
    PLAINLY,
    Judged,
    Outcome,
    Request,
    judge_all,
    parse_all,
)
from foedus.intel.reading import IntelReading
from foedus.intel.writing import Marking
from foedus.releasability.viewers import Viewer
from foedus.stix.objects import StixObject

TOGETHER_MAX: Final = 64
"""Requests that are judged together: a few milliseconds."""

OBJECTS_MAX: Final = 10
"""Objects of a request that is judged together with others."""

BYTES_MAX: Final = 65_536
"""Bytes of such a request."""

DEFINED_MAX: Final = 100_000
"""Markings that are known to be defined; beyond, all are forgotten."""

_STOPPED: Final = "the hub stops, and has not judged this; send it again"

Parsed = list[StixObject | Outcome]
"""The objects of a request; of what cannot be read its outcome."""

_Key = tuple[Viewer, str, int | None]


class _Waiting(msgspec.Struct, frozen=True, eq=False):
    request: Request
    objects: Sequence[bytes]
    answer: asyncio.Future[tuple[Parsed, Judged]]


class Gathering:
    """Brings together what is to be judged; of one event loop.

    Attributes:
        defined: markings whose definitions are in the log for certain.
    """

    def __init__(self) -> None:
        self.defined: set[Marking] = set()
        self._groups: dict[_Key, list[_Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def judge(
        self, reading: IntelReading, request: Request, objects: Sequence[bytes]
    ) -> tuple[Parsed, Judged]:
        """Read the objects of a request, and judge those that can be read.

        Raises:
            NotFoundError: no such collection for this viewer.
            ForbiddenError: the viewer may only read it.
        """
        if not _is_small(request, objects):
            (done,) = await asyncio.to_thread(self._work, reading, [(request, objects)])
            return done
        answer: asyncio.Future[tuple[Parsed, Judged]] = (
            asyncio.get_running_loop().create_future()
        )
        key = (request.viewer, request.collection, request.ceiling)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = []
            task = asyncio.create_task(self._judge_group(reading, key, group))
            self._tasks.add(task)
            task.add_done_callback(partial(self._end, key, group))
        group.append(_Waiting(request, objects, answer))
        return await answer

    def note_defined(self, markings: Sequence[Marking]) -> None:
        """Note that the definitions of some markings are in the log."""
        if len(self.defined) + len(markings) > DEFINED_MAX:
            self.defined.clear()
        self.defined.update(markings)

    async def _judge_group(
        self, reading: IntelReading, key: _Key, group: list[_Waiting]
    ) -> None:
        """Judge what waits, batch by batch, until nothing does."""
        while group:
            batch = group[:TOGETHER_MAX]
            await self._judge_batch(reading, batch)
            del group[: len(batch)]
        del self._groups[key]

    def _end(self, key: _Key, group: list[_Waiting], task: asyncio.Task[None]) -> None:
        """Answer whoever still waits where judging has ended early."""
        self._tasks.discard(task)
        if self._groups.get(key) is group:
            del self._groups[key]
        for each in group:
            if not each.answer.done():
                each.answer.set_exception(UnavailableError(_STOPPED))

    async def _judge_batch(
        self, reading: IntelReading, batch: Sequence[_Waiting]
    ) -> None:
        given = [(each.request, each.objects) for each in batch]
        try:
            done = await asyncio.to_thread(self._work, reading, given)
        except Exception as error:  # noqa: BLE001 - whose it is, its request learns
            if len(batch) > 1:
                for each in batch:
                    await self._judge_batch(reading, [each])
            elif not batch[0].answer.done():
                batch[0].answer.set_exception(error)
            return
        for each, judged in zip(batch, done, strict=True):
            # Whoever went away is not waited for.
            if not each.answer.done():
                each.answer.set_result(judged)

    def _work(
        self,
        reading: IntelReading,
        given: Sequence[tuple[Request, Sequence[bytes]]],
    ) -> list[tuple[Parsed, Judged]]:
        parsed = [parse_all(objects) for _, objects in given]
        read = [
            (request, [each for each in one if isinstance(each, StixObject)])
            for (request, _), one in zip(given, parsed, strict=True)
        ]
        judged = judge_all(reading, read, self.defined)
        return list(zip(parsed, judged, strict=True))


def _is_small(request: Request, objects: Sequence[bytes]) -> bool:
    return (
        request.manner is PLAINLY
        and len(objects) <= OBJECTS_MAX
        and sum(map(len, objects)) <= BYTES_MAX
    )
