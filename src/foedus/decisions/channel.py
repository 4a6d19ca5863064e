"""The channel by which silence is broken: when it could be reached, and when not.

While the hub serves, a process writes now and then over which stretch of time the
channel could be reached. What no stretch covers was an outage.

Source: `response` reference, section 4.4, case 10.
"""

from collections.abc import Iterable

import msgspec


class Stretch(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of time, in milliseconds since 1970; half-open."""

    since_ms: int
    until_ms: int


def merge(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Unite stretches that overlap or touch, in order."""
    found: list[Stretch] = []
    for each in sorted(stretches, key=lambda one: (one.since_ms, one.until_ms)):
        if found and each.since_ms <= found[-1].until_ms:
            last = found.pop()
            each = Stretch(last.since_ms, max(last.until_ms, each.until_ms))  # noqa: PLW2901 - the united one
        found.append(each)
    return tuple(found)


def outages(
    reachable: Iterable[Stretch], within: Stretch, shortest_ms: int
) -> tuple[Stretch, ...]:
    """List what no stretch covers of a window, leaving out what is too short to count.

    Args:
        reachable: when the channel could be reached.
        within: the window.
        shortest_ms: the shortest outage that counts.
    """
    found: list[Stretch] = []
    at = within.since_ms
    for each in merge(reachable):
        if each.until_ms <= at:
            continue
        if each.since_ms >= within.until_ms:
            break
        found.append(Stretch(at, each.since_ms))
        at = max(at, each.until_ms)
    found.append(Stretch(at, within.until_ms))
    return tuple(
        each for each in found if each.until_ms - each.since_ms >= max(shortest_ms, 1)
    )
