"""The queue before the committer: one line a nation, taken from in turn.

- Of each nation one request at a time, in turn, as long as the commit has room; what
  has no room any more goes first into the next commit.
- A nation may fill half of the queue. Whatever others have filled, a nation that
  has nothing waiting finds a place: one nation's load is never another's refusal.
- So what may wait at the most is the limit, and one request more for each nation.

Not safe to use from several threads; the committer holds its lock.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Sequence

import msgspec

from foedus.errors import UnavailableError
from foedus.eventlog.draft import Draft
from foedus.eventlog.log import COMMIT_APPENDS_MAX, COMMIT_BYTES_MAX, Outcome

QUEUE_APPENDS_MAX = 50_000
"""Appends that may wait. Ten full commits, about a second; more would only age."""

QUEUE_BYTES_MAX = 256 * 1024 * 1024
"""Bytes that may wait. Bounds the memory of a hub under a flood."""

OF_ONE_NATION = 2
"""The part of the queue that one nation may fill is one divided by this."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may share a commit, and how much may wait."""

    commit_appends_max: int = COMMIT_APPENDS_MAX
    commit_bytes_max: int = COMMIT_BYTES_MAX
    queue_appends_max: int = QUEUE_APPENDS_MAX
    queue_bytes_max: int = QUEUE_BYTES_MAX


class Request(msgspec.Struct, frozen=True, eq=False):
    """Appends that one task asks for, and where it waits for the outcomes.

    Attributes:
        nation: on whose behalf; the alliance's code for the hub's own.
        size: bytes of all drafts.
    """

    drafts: Sequence[Draft]
    nation: str
    size: int
    future: asyncio.Future[list[Outcome]]


class _Line:
    __slots__ = ("appends", "requests", "size")

    def __init__(self) -> None:
        self.requests: deque[Request] = deque()
        self.appends = 0
        self.size = 0


class Queue:
    """The requests that wait for a commit."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lines: OrderedDict[str, _Line] = OrderedDict()
        self.appends = 0
        self.size = 0

    def __bool__(self) -> bool:
        return bool(self._lines)

    def put(self, request: Request) -> None:
        """Let a request wait at the end of its nation's line.

        Raises:
            UnavailableError: too much of this nation's waits already.
        """
        line = self._lines.get(request.nation)
        if line is not None and self._is_too_much(line, request):
            raise UnavailableError(
                "too many appends of your nation are waiting; come back"
            )
        if line is None:
            line = self._lines[request.nation] = _Line()
        line.requests.append(request)
        self._count(line, len(request.drafts), request.size)

    def take(self) -> list[Request]:
        """Take what shares the next commit, at least one request if any waits."""
        taken: list[Request] = []
        room = _Room(self._limits)
        passed_over: set[str] = set()
        while len(passed_over) < len(self._lines):
            nation = next(each for each in self._lines if each not in passed_over)
            request = self._lines[nation].requests[0]
            if taken and not room.has(request):
                passed_over.add(nation)
                continue
            room.use(request)
            taken.append(request)
            self._leave(nation)
        return taken

    def _leave(self, nation: str) -> None:
        """Take the first of a line, which goes to the back of the turn."""
        line = self._lines[nation]
        request = line.requests.popleft()
        self._count(line, -len(request.drafts), -request.size)
        if line.requests:
            self._lines.move_to_end(nation)
        else:
            del self._lines[nation]

    def _count(self, line: _Line, appends: int, size: int) -> None:
        line.appends += appends
        line.size += size
        self.appends += appends
        self.size += size

    def _is_too_much(self, line: _Line, request: Request) -> bool:
        appends, size = len(request.drafts), request.size
        limits = self._limits
        return (
            line.appends + appends > limits.queue_appends_max // OF_ONE_NATION
            or line.size + size > limits.queue_bytes_max // OF_ONE_NATION
            or self.appends + appends > limits.queue_appends_max
            or self.size + size > limits.queue_bytes_max
        )


class _Room:
    """What is left of a commit."""

    def __init__(self, limits: Limits) -> None:
        self._appends = limits.commit_appends_max
        self._size = limits.commit_bytes_max

    def has(self, request: Request) -> bool:
        return len(request.drafts) <= self._appends and request.size <= self._size

    def use(self, request: Request) -> None:
        self._appends -= len(request.drafts)
        self._size -= request.size
