"""What is told of a webhook, and to whom."""

from datetime import timedelta

import pytest

from foedus.clock import to_ms
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.processes.webhook_sheets import known_to, made_sheet, sheet
from tests.api.world import NOON, clock, founded, hub
from tests.processes.receiver import Receiver
from tests.processes.webhook_world import add_webhook, open_service

__all__ = ["clock", "founded", "hub"]


@pytest.fixture
async def siem(hub: Hub) -> Account:
    return await open_service(hub, "siem", "POL", clearance=1)


async def test_a_sheet_tells_how_it_fares_and_not_its_secret(
    hub: Hub, siem: Account
) -> None:
    made, secret = await add_webhook(hub, Receiver(), siem)
    lease = hub.keyring.leases.take("webhooks", NOON)
    assert lease is not None
    now, later = to_ms(NOON), to_ms(NOON + timedelta(seconds=5))
    hub.keyring.webhooks.fail(lease, made, "why", at_ms=now, next_ms=later)
    failing = hub.keyring.webhooks.find(made.id)
    told = sheet(failing, hub.keyring, hub.alliance)
    assert (told.account, told.ceiling, told.reason) == (
        "siem",
        "NATO RESTRICTED",
        "why",
    )
    assert told.failing_since == NOON
    assert told.next_try == NOON + timedelta(seconds=5)
    assert secret.reveal() not in repr(told)
    hub.keyring.webhooks.stop(lease, failing, "why")
    stopped = sheet(hub.keyring.webhooks.find(made.id), hub.keyring, hub.alliance)
    assert (stopped.state, stopped.next_try) == ("stopped", None)
    shown = made_sheet(made, secret, hub.keyring, hub.alliance)
    assert shown.secret == secret.reveal()


async def test_an_account_knows_its_own_and_the_alliances_operators_all(
    hub: Hub, siem: Account
) -> None:
    made, _ = await add_webhook(hub, Receiver(), siem)
    named = hub.authenticator.named

    def known(name: str) -> list[str]:
        found = known_to(named(name), hub.keyring, hub.alliance)
        return [each.id for each in found]

    assert known("siem") == known("chief") == [made.id]
    assert known("pol") == known("desk") == known("fin") == []
