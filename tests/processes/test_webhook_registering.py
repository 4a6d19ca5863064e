"""Who may have a webhook, to where, and for what."""

from urllib.parse import urlencode

import orjson
import pytest

from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.identity.webhooks import Wanted
from foedus.live.asking import interest_of, read_ask
from foedus.processes.webhook_reading import interest_in
from foedus.processes.webhook_registering import (
    TEST_TYPE,
    Application,
    register,
    try_out,
)
from foedus.processes.webhook_sheets import sheet
from tests.api.world import FINLAND, MEMBERS, clock, founded, hub, suspend
from tests.processes.receiver import Receiver, receiving
from tests.processes.webhook_world import add_webhook, dispatch_of, open_service

__all__ = ["clock", "founded", "hub"]


@pytest.fixture
async def siem(hub: Hub) -> Account:
    return await open_service(hub, "siem", "POL", clearance=1)


async def test_collections_are_kept_by_id_and_all_else_once(
    hub: Hub, siem: Account
) -> None:
    more = {"kinds": ("intel", "intel"), "types": ("tool", "tool")}
    made, secret = await add_webhook(
        hub, Receiver(), siem, collections=("members", MEMBERS), **more
    )
    wanted = Wanted(kinds=("intel",), types=("tool",), collections=(MEMBERS,))
    assert made.wanted == wanted
    assert (made.nation, made.ceiling, made.secret) == ("POL", 1, secret)


@pytest.mark.parametrize(
    ("terms", "error"),
    [
        ({"url": "ftp://siem.example"}, InvalidInputError),
        ({"url": "https://169.254.169.254/"}, RuleViolationError),
        ({"url": "https://[::1]/"}, RuleViolationError),
        ({"ceiling": "COSMIC"}, InvalidInputError),
        ({"ceiling": "NS"}, RuleViolationError),
        ({"kinds": ("gossip",)}, InvalidInputError),
        ({"labels": ("COSMIC",)}, InvalidInputError),
        ({"confidence_min": 101}, InvalidInputError),
        ({"pattern": "[tool:name MATCHES '.*']"}, InvalidInputError),
        ({"collections": ("finland",)}, NotFoundError),
        ({"collections": (FINLAND,)}, NotFoundError),
        ({"collections": ("nothing",)}, NotFoundError),
    ],
)
async def test_what_cannot_be_is_refused(
    hub: Hub, siem: Account, terms: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await add_webhook(hub, Receiver(), siem, **terms)
    assert hub.keyring.webhooks.every() == []


async def test_people_have_none(hub: Hub) -> None:
    with pytest.raises(RuleViolationError, match="service"):
        await add_webhook(hub, Receiver(), hub.authenticator.named("fin"), ceiling="NU")


async def test_a_nation_without_standing_makes_none(hub: Hub, siem: Account) -> None:
    await suspend(hub, "POL")
    with pytest.raises(ForbiddenError):
        await add_webhook(hub, Receiver(), siem)


async def test_by_default_a_public_address_over_https_is_taken(
    hub: Hub, siem: Account
) -> None:
    asked = Application(url="https://93.184.215.14/in", ceiling="NU")
    made, _ = await register(hub.dispatch, siem, asked, at=hub.clock())
    assert made.url == asked.url


async def test_a_webhook_is_tried_out_with_a_message_that_holds_nothing(
    hub: Hub, siem: Account
) -> None:
    async with receiving() as receiver:
        made, secret = await add_webhook(
            hub, receiver, siem, url=f"http://127.0.0.1:{receiver.port}/"
        )
        receiver.answers = [(204, {}), (404, {})]
        taken = await try_out(dispatch_of(hub), made, at=hub.clock())
        refused = await try_out(dispatch_of(hub), made, at=hub.clock())
    assert (taken.status, taken.failure) == (204, "")
    assert refused.failure == "it answered 404 Not Found"
    [first, _] = receiver.messages
    assert first.is_signed_by(secret.reveal())
    assert (first.changes, orjson.loads(first.body)["type"]) == ([], TEST_TYPE)
    assert hub.keyring.webhooks.find(made.id) == made


async def test_filters_mean_what_they_mean_on_live(hub: Hub, siem: Account) -> None:
    asked = {
        "labels": ("nu", "nato restricted // rel to pol, fin"),
        "confidence_min": 50,
        "pattern": "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
    }
    made, _ = await add_webhook(hub, Receiver(), siem, types=("tool",), **asked)

    words = [("label", each) for each in asked["labels"]]
    words += [("type", "tool"), ("confidence_min", "50"), ("pattern", asked["pattern"])]
    ask = read_ask(urlencode(words).encode(), "")
    with hub.reading.snapshot() as seen:
        same = interest_of(ask, seen, siem.viewer())
    assert interest_in(made) == same
    assert sheet(made, hub.keyring, hub.alliance).labels == (
        "NATO UNCLASSIFIED",
        "NATO RESTRICTED // REL TO FIN, POL",
    )
