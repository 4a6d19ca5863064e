"""Answers given from a thread to those who wait in event loops."""

import asyncio
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def answer(answers: Iterable[tuple[asyncio.Future[T], T | Exception]]) -> None:
    """Give each waiter its result or its error; from any thread.

    A waiter that was cancelled, or whose loop is closed, is passed over.
    """
    by_loop: dict[
        asyncio.AbstractEventLoop, list[tuple[asyncio.Future[T], T | Exception]]
    ] = {}
    for future, result in answers:
        by_loop.setdefault(future.get_loop(), []).append((future, result))
    for loop, batch in by_loop.items():
        try:
            loop.call_soon_threadsafe(_answer_here, batch)
        except RuntimeError:
            # The loop is closed: nobody waits there any more.
            continue


def _answer_here(batch: list[tuple[asyncio.Future[T], T | Exception]]) -> None:
    for future, result in batch:
        if future.done():
            continue
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)
