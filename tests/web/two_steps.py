"""Signing in in two steps: what a person, a phone and a device do."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import msgspec

from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.identity import totp
from foedus.identity.passkeys import Passkeys
from foedus.ids import AccountId
from tests.identity.device import Device
from tests.web.conftest import SITE, form_token
from tests.web.demo_hub import Mould

DUTY = "duty"


def account_of(hub: Hub) -> AccountId:
    return hub.authenticator.named(DUTY).id


def add_app(hub: Hub, clock: StoppedClock) -> bytes:
    """Give the duty officer an app, whose next code is good a step later."""
    secret = hub.keyring.factors.propose_app(account_of(hub), clock())
    code = totp.code_at(secret, clock())
    assert hub.keyring.factors.confirm_app(account_of(hub), code, clock())
    clock.advance(timedelta(seconds=totp.STEP_S))
    return secret


def add_passkey(hub: Hub) -> Device:
    device = Device(SITE)
    passkeys: Passkeys = hub.keyring.passkeys
    options, challenge = passkeys.ask_to_make(account_of(hub), DUTY, SITE)
    answer = device.make(msgspec.json.decode(msgspec.json.encode(options)))
    passkeys.make(
        account_of(hub), "key", (challenge, answer), site=SITE, at=hub.clock()
    )
    return device


async def send_password(client: httpx.AsyncClient, mould: Mould) -> httpx.Response:
    page = await client.get("/sign-in?next=/decisions")
    form = {
        "form-token": form_token(page.text),
        "next": "/decisions",
        "name": DUTY,
        "password": mould.passwords[DUTY],
    }
    return await client.post("/sign-in", data=form)


def hidden(page: str, name: str) -> str:
    """Read the last hidden field of that name."""
    found = re.findall(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"the page has a field {name}"
    return unescape(found[-1])


def options_of(page: str) -> dict[str, Any]:
    """Read what the page hands to a device."""
    found = re.search(r'data-options="([^"]*)"', page)
    assert found is not None
    return msgspec.json.decode(unescape(found[1]), type=dict[str, Any])


async def send_code(
    client: httpx.AsyncClient, page: httpx.Response, code: str
) -> httpx.Response:
    form = {
        "form-token": form_token(page.text),
        "ticket": hidden(page.text, "ticket"),
        "code": code,
    }
    return await client.post("/sign-in/second", data=form)


async def roles_of(client: httpx.AsyncClient) -> str:
    return (await client.get("/account")).text
