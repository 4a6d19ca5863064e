"""The gate: what an account and its nation may ask for, and when.

- Passed once a request, as soon as it is known who asks.
- Each refusal is a 429 that says when to come back, of the nation's own making: it
  depends on nothing that other nations do.
"""

import msgspec
from starlette.types import Scope

from foedus.errors import RateLimitedError
from foedus.identity.accounts import Account
from foedus.settings import Limits
from foedus.sharing import SharedTable
from foedus.telemetry import catalogue
from foedus.telemetry.ledger import Ledger
from foedus.traffic.buckets import Buckets, Rate
from foedus.traffic.passage import Passage, passage_of
from foedus.traffic.threads import working_for
from foedus.traffic.turns import Turns


class Gate:
    """The gate of one worker.

    Args:
        limits: how much an account and a nation may ask for.
        table: what the workers share.
        ledger: counts the refusals.
    """

    def __init__(self, limits: Limits, table: SharedTable, ledger: Ledger) -> None:
        account = Rate(per_s=limits.account_per_s, burst=limits.account_burst)
        nation = Rate(per_s=limits.nation_per_s, burst=limits.nation_burst)
        self._accounts = Buckets("account", account, table)
        self._nations = Buckets("nation", nation, table)
        self._turns = Turns(at_once=limits.at_once, waiting=limits.waiting)
        self._ledger = ledger

    async def admit(self, scope: Scope, account: Account) -> None:
        """Let a request in when it is its nation's turn.

        Raises:
            RateLimitedError: the account or its nation asks too much.
        """
        passage = self.know(scope, account)
        if passage is None or passage.turn is not None:
            return
        nation = account.nation
        if not self._turns.begin(nation):
            try:
                await self._turns.wait(nation)
            except RateLimitedError:
                self._ledger.count(catalogue.REFUSALS, "waiting")
                raise
        passage.turn = self._turns

    def know(self, scope: Scope, account: Account) -> Passage | None:
        """Note who asks, and count the request, without waiting for a turn.

        Returns:
            What is known of the request; None if nobody counts it.

        Raises:
            RateLimitedError: the account or its nation asks too fast; said once.
        """
        passage = passage_of(scope)
        if passage is None or passage.account == account.id:
            return passage
        passage.account = account.id
        passage.nation = account.nation
        working_for.set(account.nation)
        wait_s = self._accounts.take(account.id)
        if wait_s:
            raise self._too_fast("account", wait_s)
        wait_s = self._nations.take(account.nation)
        if wait_s:
            raise self._too_fast("nation", wait_s)
        return passage

    def figures(self) -> "Working":
        """Count the requests that are worked on, and those that wait."""
        in_flight, waiting = self._turns.figures()
        return Working(in_flight=in_flight, waiting=waiting)

    def _too_fast(self, whose: str, wait_s: int) -> RateLimitedError:
        self._ledger.count(catalogue.REFUSALS, whose)
        return RateLimitedError(
            f"your {whose} asks faster than this hub allows; wait, and ask less often",
            retry_after_s=wait_s,
        )


class Working(msgspec.Struct, frozen=True, kw_only=True):
    """How much is under way.

    Attributes:
        in_flight: requests that are worked on.
        waiting: requests that wait for their nation's turn.
    """

    in_flight: int
    waiting: int
