"""Holding: ends the waiting of versions for what they refer to.

They have waited when it has arrived, or when their time has passed. Every process of a
hub may run this: all propose the same version after the same position of its lane, and
the log lets one win.
"""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from foedus.clock import Clock, to_ms
from foedus.eventlog.envelope import Act, Who
from foedus.eventlog.projector import Projector
from foedus.ids import AccountId, NationCode
from foedus.intel import holding
from foedus.intel.commands import Desk
from foedus.processes.edge import Edge

HOLDING = AccountId("account--00000000-0000-4000-8000-000000000003")
"""Stands in the log for the hub's own ending of waits."""

LOOK_EVERY_S = 1.0
"""Seconds between two looks."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """What holding works with."""

    desk: Desk
    projector: Projector
    clock: Clock


async def end_waits(holder: Holder) -> int:
    """Publish what need not wait any longer; gives how many versions."""
    with holder.desk.reading.snapshot() as seen:
        if not holding.is_anything_waiting(seen):
            return 0
    now = holder.clock()

    def act_of(nation: NationCode) -> Act:
        return Act(who=Who(account=HOLDING, nation=nation, door="process"), at=now)

    outcomes = await holding.end_waits(holder.desk, act_of, to_ms(now))
    stored = [each.position for each in outcomes if each.position is not None]
    if stored:
        await holder.projector.wait(max(stored))
    return len(stored)


async def keep(holder: Holder, sleep: Sleep = asyncio.sleep) -> None:
    """End waits, for as long as the hub runs."""
    while True:
        with Edge("waits_not_ended"):
            await end_waits(holder)
        await sleep(LOOK_EVERY_S)
