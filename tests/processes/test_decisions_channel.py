"""The heartbeat of the channel: what stretches the log is told."""

from datetime import timedelta

from foedus.clock import StoppedClock, to_ms
from foedus.decisions import reading
from foedus.decisions.channel import Stretch
from foedus.hub import Hub
from foedus.processes.decisions_channel import LOST_MS, MARK_EVERY_S, mark
from tests.api.world import NOON, clock, founded, hub

__all__ = ["clock", "founded", "hub"]

START_MS = to_ms(NOON)


async def stretches(hub: Hub) -> tuple[Stretch, ...]:
    await hub.seen([hub.log.head()])
    with hub.reading.snapshot() as seen:
        return reading.reachable(seen.db, 0)


async def test_marks_in_time_make_one_stretch(hub: Hub, clock: StoppedClock) -> None:
    for _ in range(3):
        await mark(hub.channel)
        clock.advance(timedelta(seconds=MARK_EVERY_S))

    await mark(hub.channel, tell=True)

    assert await stretches(hub) == (Stretch(START_MS, START_MS + 15_000),)


async def test_a_gap_between_marks_is_an_outage(hub: Hub, clock: StoppedClock) -> None:
    await mark(hub.channel)
    clock.advance(timedelta(milliseconds=LOST_MS + 1))

    await mark(hub.channel)

    later = START_MS + LOST_MS + 1
    assert await stretches(hub) == (Stretch(START_MS, START_MS), Stretch(later, later))


async def test_the_log_is_not_told_of_every_mark(hub: Hub, clock: StoppedClock) -> None:
    await mark(hub.channel)
    head = hub.log.head()
    clock.advance(timedelta(seconds=MARK_EVERY_S))

    assert await mark(hub.channel) is None
    assert hub.log.head() == head
