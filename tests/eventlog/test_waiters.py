import asyncio
import threading

import pytest

from foedus.eventlog.waiters import answer


async def test_every_waiter_gets_its_result_or_its_error_from_another_thread() -> None:
    loop = asyncio.get_running_loop()
    one: asyncio.Future[int] = loop.create_future()
    two: asyncio.Future[int] = loop.create_future()
    answers = [(one, 1), (two, KeyError("no"))]

    threading.Thread(target=answer, args=(answers,)).start()

    assert await one == 1
    with pytest.raises(KeyError):
        await two


async def test_a_cancelled_waiter_is_passed_over() -> None:
    loop = asyncio.get_running_loop()
    one: asyncio.Future[int] = loop.create_future()
    two: asyncio.Future[int] = loop.create_future()
    one.cancel()

    answer([(one, 1), (two, 2)])

    assert await two == 2


def test_a_waiter_of_a_closed_loop_is_passed_over() -> None:
    loop = asyncio.new_event_loop()
    future: asyncio.Future[int] = loop.create_future()
    loop.close()

    answer([(future, 1)])

    assert not future.done()
