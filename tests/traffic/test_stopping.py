"""That the process stops, told to what would otherwise last."""

import asyncio
import os
import signal

from foedus.traffic.stopping import Stopping


async def test_whoever_listens_is_told_once() -> None:
    stopping, told = Stopping(), []
    stopping.listen(lambda: told.append(stopping.is_so))
    with stopping.heeded():
        assert told == []
        stopping.stop()
    assert told == [True]


async def test_the_end_of_what_runs_is_a_stop() -> None:
    stopping = Stopping()
    with stopping.heeded():
        assert not stopping.is_so
    assert stopping.is_so


async def test_a_signal_is_heeded_beside_the_handler_of_the_loop() -> None:
    stopping = Stopping(signal.SIGUSR1)
    loop, heard, told = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    before = signal.getsignal(signal.SIGUSR1)
    loop.add_signal_handler(signal.SIGUSR1, heard.set)
    stopping.listen(told.set)
    try:
        with stopping.heeded():
            os.kill(os.getpid(), signal.SIGUSR1)
            async with asyncio.timeout(5):
                await told.wait()
                await heard.wait()
    finally:
        loop.remove_signal_handler(signal.SIGUSR1)
        signal.signal(signal.SIGUSR1, before)
