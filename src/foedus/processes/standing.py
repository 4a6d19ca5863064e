"""Standing: when a nation loses it, its web sessions end, and its return revives none.

- A session of a nation without standing shows nothing from the first moment on: the
  gate at each surface sees to that. Here the sessions themselves are taken out of
  `state.db`, so that people sign in again when their nation returns.
- Tokens and passwords stay. They too are refused or read nothing while the nation is
  suspended, and work again afterwards without anybody having to hand out new ones.
- A change that acts at once is carried out by whoever records it; one that is dated
  ahead, or was recorded by a process that died, by every process that serves. All
  ask the same question and delete the same rows, so it does not matter who is first.

Source: DESIGN §6: suspension ends a nation's sessions and streams.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from foedus.identity.keyring import Keyring
from foedus.identity.views import account_facts
from foedus.ids import AccountId
from foedus.intel.reading import IntelReading
from foedus.processes.edge import Edge
from foedus.releasability.access import Access

LOOK_EVERY_S = 1.0
"""Seconds between two looks at who has standing. The gate does not wait for it."""

LOOKS_PER_ROUND = 60
"""Looks after which sessions are asked for even if no standing has changed: somebody
may have been signing in at the very moment."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

_log = structlog.get_logger(__name__)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What ending sessions works with."""

    reading: IntelReading
    keyring: Keyring


def end_sessions(standing: Standing) -> int:
    """End the web sessions of every nation that has no standing now.

    Returns:
        How many accounts had one.

    Raises:
        UnavailableError: another process has been writing to `state.db` too long.
    """
    ended = 0
    holders = standing.keyring.sessions.holders()
    while holders:
        gone = _without_standing(standing, holders)
        if gone:
            standing.keyring.sessions.erase_all(gone)
        ended += len(gone)
        holders = standing.keyring.sessions.holders(after=holders[-1])
    return ended


async def keep(standing: Standing, sleep: Sleep = asyncio.sleep) -> None:
    """End sessions when standing is lost, for as long as the hub runs.

    The first look is at all nations: what was lost while no process ran counts too.
    """
    seen: Access | None = None
    for look in itertools.count():
        with Edge("sessions_not_ended"):
            access = standing.reading.access()
            # It is made anew whenever a status changes or a day begins.
            if access is not seen or look % LOOKS_PER_ROUND == 0:
                ended = await asyncio.to_thread(end_sessions, standing)
                if ended:
                    _log.info("sessions_ended", accounts=ended)
                seen = access
        await sleep(LOOK_EVERY_S)


def _without_standing(standing: Standing, accounts: list[AccountId]) -> list[AccountId]:
    with standing.reading.snapshot() as seen:
        found = [(each, account_facts(seen.db, each)) for each in accounts]
        return [
            account
            for account, facts in found
            if facts is not None and not seen.access.standing(facts.nation)
        ]
