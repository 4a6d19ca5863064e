"""What takes long is done while whoever asked is there, and stops when they leave.

Nobody reads the answer then, and what works on it, such as a process that solves, is
wanted by others.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import msgspec
from starlette.types import Receive

from foedus.errors import FoedusError

T = TypeVar("T")


class LeftError(Exception):
    """Whoever asked has gone."""


class _Outcome(msgspec.Struct, frozen=True):
    """What came of it, or why nothing did."""

    value: Any = None
    error: FoedusError | None = None


async def while_there(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """Do something while whoever asked is there.

    Args:
        work: what is done; it is cancelled when they leave.
        receive: tells of that; the body has been received.

    Raises:
        LeftError: they have gone.
        FoedusError: as `work`.
    """
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(_outcome(work))
        leaving = tasks.create_task(_has_left(receive))
        first = asyncio.FIRST_COMPLETED
        await asyncio.wait({working, leaving}, return_when=first)
        leaving.cancel()
        working.cancel()  # does nothing to what is done
    if working.cancelled():
        raise LeftError
    found = working.result()
    if found.error is not None:
        raise found.error
    value: T = found.value
    return value


async def _outcome(work: Coroutine[Any, Any, T]) -> _Outcome:
    try:
        return _Outcome(value=await work)
    except FoedusError as error:
        return _Outcome(error=error)


async def _has_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
