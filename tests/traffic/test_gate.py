"""The gate."""

from typing import Any

import pytest
from starlette.types import Message

from foedus.errors import RateLimitedError
from foedus.identity.accounts import Account, Holder
from foedus.ids import AccountId, NationCode
from foedus.settings import Limits
from foedus.sharing import SharedTable
from foedus.telemetry import catalogue
from foedus.telemetry.ledger import Ledger
from foedus.traffic.gate import Gate
from foedus.traffic.passage import Passages, passage_of
from foedus.traffic.threads import working_for


def account(name: str, nation: str = "POL") -> Account:
    return Account(
        id=AccountId(f"account--{name}"),
        name=name,
        nation=NationCode(nation),
        roles=frozenset(),
        clearance=0,
        holder=Holder.PERSON,
        open=True,
    )


class Door:
    """A gate with small limits, and requests that come to it."""

    def __init__(self, **limits: int) -> None:
        self.ledger = Ledger()
        chosen = {"at_once": 1, "waiting": 1, **limits}
        self.gate = Gate(Limits(**chosen), SharedTable(), self.ledger)

    async def ask(self, who: Account, *, times: int = 1) -> Any:  # noqa: ANN401 - what is known of it
        """Pass the gate, several times within one request if asked for."""
        found = None

        async def app(scope: Any, *_: object) -> None:  # noqa: ANN401 - ASGI
            nonlocal found
            found = passage_of(scope)
            for _ in range(times):
                await self.gate.admit(scope, who)
            assert working_for.get() == who.nation
            assert self.gate.figures().in_flight == 1

        async def receive() -> Message:
            return {"type": "http.request"}

        async def send(_: Message) -> None:
            return None

        refusals: list[RateLimitedError] = []

        async def edge(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
            try:
                await app(scope, receive, send)
            except RateLimitedError as error:
                refusals.append(error)

        passages = Passages(edge, routes=[], ledger=self.ledger)
        scope = {"type": "http", "method": "GET", "headers": []}
        await passages(scope, receive, send)
        if refusals:
            raise refusals[0]
        return found


async def test_a_request_is_known_by_account_and_nation() -> None:
    passage = await Door().ask(account("ania"))

    assert (passage.account, passage.nation) == ("account--ania", "POL")


async def test_an_account_that_asks_too_fast_is_told_when_to_come_back() -> None:
    door = Door(account_burst=2, account_per_s=1)
    for _ in range(2):
        await door.ask(account("ania"))

    with pytest.raises(RateLimitedError, match="your account") as refusal:
        await door.ask(account("ania"))

    assert refusal.value.retry_after_s == 1
    await door.ask(account("ben"))
    assert door.ledger.snapshot().counts[catalogue.REFUSALS, "account"] == 1


async def test_a_nation_that_asks_too_fast_is_told_and_others_are_not() -> None:
    door = Door(nation_burst=2, nation_per_s=1)
    await door.ask(account("ania"))
    await door.ask(account("ben"))

    with pytest.raises(RateLimitedError, match="your nation"):
        await door.ask(account("ola"))

    await door.ask(account("aino", "FIN"))
    assert door.ledger.snapshot().counts[catalogue.REFUSALS, "nation"] == 1


async def test_a_request_passes_once_however_often_it_is_asked_who_it_is() -> None:
    door = Door(account_burst=1, account_per_s=1)

    await door.ask(account("ania"), times=3)


async def test_a_turn_ends_with_its_request() -> None:
    door = Door()
    await door.ask(account("ania"))
    await door.ask(account("ania"))

    working = door.gate.figures()
    assert (working.in_flight, working.waiting) == (0, 0)


async def test_what_nobody_counts_passes() -> None:
    door = Door(account_burst=1, account_per_s=1)

    for _ in range(3):
        await door.gate.admit({"type": "http"}, account("ania"))
