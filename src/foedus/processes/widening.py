"""Widening: what an act newly lets a nation see is delivered in steps.

A release, a consent, or a nation's joining an open community may concern millions of
stored versions. Each step is an event of its own and delivers five hundred at most, so
that others' reads and writes pass in between. Every process of a hub may run this: all
propose the same step after the same position, and the log lets one win.

Source: DESIGN §6, "Deliveries"; ADR 8.
"""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from foedus.clock import Clock
from foedus.eventlog.envelope import Act, Who
from foedus.eventlog.projector import Projector
from foedus.ids import AccountId
from foedus.intel import releasing
from foedus.intel.commands import Desk
from foedus.intel.releasing import PACE, Pace
from foedus.processes.edge import Edge

WIDENING = AccountId("account--00000000-0000-4000-8000-000000000002")
"""Stands in the log for the hub's own delivering."""

PAUSE_S = 0.003
"""Seconds between two steps, in which others' reads and writes go first."""

LOOK_EVERY_S = 1.0
"""Seconds between two looks for what another process left behind. Whoever acts delivers
at once and does not wait for it."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""


class Deliverer(msgspec.Struct, frozen=True, kw_only=True):
    """What delivering works with."""

    desk: Desk
    projector: Projector
    clock: Clock
    pace: Pace = PACE


async def deliver(deliverer: Deliverer) -> int:
    """Deliver everything that acts have given until now.

    Returns:
        The number of steps that it took.

    Raises:
        UnavailableError: the log takes no more now, or the views do not follow.
    """
    steps = 0
    while True:
        nation = deliverer.desk.reading.access().alliance.code
        who = Who(account=WIDENING, nation=nation, door="process")
        act = Act(who=who, at=deliverer.clock())
        position = await releasing.step(deliverer.desk, act, deliverer.pace)
        if position is None:
            return steps
        await deliverer.projector.wait(position)
        await asyncio.sleep(PAUSE_S)
        steps += 1


async def keep(deliverer: Deliverer, sleep: Sleep = asyncio.sleep) -> None:
    """Deliver what waits, for as long as the hub runs."""
    while True:
        with Edge("not_delivered"):
            await deliver(deliverer)
        await sleep(LOOK_EVERY_S)
