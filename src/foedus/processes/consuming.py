"""Consuming: noting how far the programs have come that this worker serves.

- Noting costs a program nothing that it would feel: a surface says it in memory, and
  every `WRITE_S` one row is written.
- There are at most `KNOWN_MAX` that are not connected; the longest silent make room.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from foedus.clock import Clock, to_ms
from foedus.identity.accounts import Account, Holder
from foedus.identity.consumers import Consumer, Consumers, merged
from foedus.processes.edge import Edge

WRITE_S: Final = 5.0
"""Seconds between two writings: as old may be what is shown."""

KNOWN_MAX: Final = 10_000
"""Programs by door and collection that are remembered after they have gone."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

_Name = tuple[str, str, str]


class Taking:
    """One stream of a program, while it lasts."""

    __slots__ = ("state",)

    def __init__(self, state: Consumer) -> None:
        self.state = state


class Roll:
    """The programs that one worker serves; of its event loop.

    Args:
        consumers: where they are written.
        clock: tells when one is heard.
        known_max: how many are remembered after they have gone.
    """

    def __init__(
        self, consumers: Consumers, clock: Clock, known_max: int = KNOWN_MAX
    ) -> None:
        self.consumers = consumers
        self._clock = clock
        self._known_max = known_max
        self._worker = secrets.token_hex(8)
        self._open: dict[Taking, None] = {}
        self._gone: dict[_Name, Consumer] = {}
        self._has_news = False

    def begin(self, account: Account, door: str, part: str = "") -> Taking | None:
        """Begin to note how far a stream has come; None for a person's."""
        if account.holder is not Holder.SERVICE:
            return None
        taking = Taking(_unheard(account, door, part, is_open=True))
        self._open[taking] = None
        return taking

    def reach(self, taking: Taking | None, until_ms: int | None = None) -> None:
        """Note that a stream has all that came until an instant; by default, all."""
        if taking is not None:
            taking.state = self._heard(taking.state, until_ms)

    def end(self, taking: Taking | None) -> None:
        """Note that a stream has ended."""
        if taking is not None and taking in self._open:
            del self._open[taking]
            if taking.state.heard_ms:
                self._keep(msgspec.structs.replace(taking.state, is_open=False))

    def note(
        self, account: Account, door: str, part: str, until_ms: int | None
    ) -> None:
        """Note that who asks now and then has all that came until an instant."""
        if account.holder is Holder.SERVICE:
            state = _unheard(account, door, part, is_open=False)
            self._keep(self._heard(state, until_ms))

    def write(self) -> None:
        """Write what is known, if there is anything."""
        if self._open or self._has_news:
            self._has_news = False
            heard = (each.state for each in self._open if each.state.heard_ms)
            found = (*heard, *self._gone.values())
            self.consumers.write(self._worker, found, at_ms=to_ms(self._clock()))

    def _keep(self, state: Consumer) -> None:
        self._has_news = True
        name = (state.account_id, state.door, state.part)
        known = self._gone.pop(name, state)
        self._gone[name] = merged([state, known])
        if len(self._gone) > self._known_max:
            del self._gone[next(iter(self._gone))]

    def _heard(self, state: Consumer, until_ms: int | None) -> Consumer:
        now_ms = to_ms(self._clock())
        reached_ms = now_ms if until_ms is None else until_ms
        return msgspec.structs.replace(state, heard_ms=now_ms, until_ms=reached_ms)


def _unheard(account: Account, door: str, part: str, *, is_open: bool) -> Consumer:
    return Consumer(
        account_id=account.id,
        nation=account.nation,
        clearance=account.clearance,
        roles=account.roles,
        door=door,
        part=part,
        heard_ms=0,
        until_ms=0,
        is_open=is_open,
    )


async def keep(roll: Roll, sleep: Sleep = asyncio.sleep) -> None:
    """Write what is known, for as long as the hub runs."""
    while True:
        await sleep(WRITE_S)
        with Edge("programs_not_noted"):
            roll.write()
