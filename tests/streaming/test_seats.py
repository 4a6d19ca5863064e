"""Seats: a credential that is good no longer ends what rests on it."""

import pytest
from starlette.requests import Request

from foedus.errors import UnauthorizedError
from foedus.eventlog.envelope import Act
from foedus.hub import Hub
from foedus.identity.commands import change_password, close_account
from foedus.identity.secret import Secret
from foedus.streaming.seats import Seat, take_seat
from tests.api.world import FOUNDER, World, basic, bearer


async def seat(hub: Hub, headers: dict[str, str]) -> Seat:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "headers": raw, "client": None}
    return await take_seat(hub, Request(scope))


async def test_a_revoked_token_is_noticed_as_soon_as_anything_has_changed(
    hub: Hub, founded: World
) -> None:
    found = await seat(hub, bearer(founded.tokens["fin"]))
    assert found.check(1).name == "fin"
    (stored,) = hub.keyring.tokens.list_of(found.account.id)
    hub.keyring.tokens.revoke(found.account.id, stored.token_id)
    assert found.check(1).name == "fin", "nothing says that anything has changed"
    with pytest.raises(UnauthorizedError):
        found.check(2)


async def test_another_password_ends_what_rests_on_the_old_one(hub: Hub) -> None:
    found = await seat(hub, basic("fin"))
    assert found.check(1).name == "fin"
    await change_password(hub.registry, found.account.id, Secret("another pass phrase"))
    with pytest.raises(UnauthorizedError):
        found.check(2)


async def test_a_password_is_not_hashed_again_while_it_is_followed(
    hub: Hub,
) -> None:
    found = await seat(hub, basic("fin"))
    hub.authenticator._remembered.clear()  # noqa: SLF001 - as after five minutes
    assert found.check(1).name == "fin"


async def test_a_closed_account_follows_no_longer(hub: Hub) -> None:
    found = await seat(hub, basic("fin"))
    act = Act(who=FOUNDER, at=hub.clock())
    await close_account(hub.registry, found.account.id, act=act)
    hub.projector.catch_up()
    with pytest.raises(UnauthorizedError):
        found.check(2)
