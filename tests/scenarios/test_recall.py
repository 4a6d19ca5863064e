"""A recall from the mistake to the last confirmation, over all that a hub speaks."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from foedus import app
from foedus.hub import Hub
from tests.api.world import (
    HOST,
    MEMBERS,
    World,
    clock,
    founded,
    hub,
    indicator,
    publish,
)

__all__ = ["clock", "founded", "hub"]

WHY = {"reason": "It names a hospital."}
TAXII = "application/taxii+json;version=2.1"


class Someone:
    """A nation's programs: a TAXII client, one that follows live, and the API."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._signed = {"Authorization": f"Bearer {token}"}
        self._told = ""

    async def ids(self, collection: str) -> list[str]:
        url = f"/taxii2/nato/collections/{collection}/objects/"
        answer = await self._http.get(url, headers={**self._signed, "Accept": TAXII})
        found = answer.json().get("objects", [])
        return [each["id"] for each in found if each["type"] == "indicator"]

    async def post(self, collection: str, item: dict[str, Any]) -> dict[str, Any]:
        headers = {**self._signed, "Accept": TAXII, "Content-Type": TAXII}
        answer = await self._http.post(
            f"/taxii2/nato/collections/{collection}/objects/",
            headers=headers,
            json={"objects": [item]},
        )
        status: dict[str, Any] = answer.json()
        return status

    async def follow(self) -> list[tuple[str, dict[str, Any]]]:
        """Follow live from where it was left, and give events with their data."""
        behind = f"&after={self._told}" if self._told else "&snapshot=1"
        url = f"/live?follow=0{behind}"
        text = (await self._http.get(url, headers=self._signed)).text
        self._told = re.findall(r"^id: (.+)$", text, re.MULTILINE)[-1]
        events = re.findall(r"^event: (\w+)\ndata: (.+)$", text, re.MULTILINE)
        return [
            (name, json.loads(data)) for name, data in events if name != "heartbeat"
        ]

    async def api(self, method: str, path: str, body: object = None) -> httpx.Response:
        return await self._http.request(
            method, f"/api/v1{path}", headers=self._signed, json=body
        )


@pytest.fixture
async def people(hub: Hub, founded: World) -> AsyncIterator[dict[str, Someone]]:
    transport = httpx.ASGITransport(app=app.asgi(hub))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
        yield {name: Someone(http, token) for name, token in founded.tokens.items()}


async def test_a_mistake_is_recalled_from_everybody_and_stays_away(
    hub: Hub, people: dict[str, Someone]
) -> None:
    poland, finland, moldova = people["pol"], people["fin"], people["mda"]
    pol = hub.authenticator.named("pol")
    mistake = await publish(hub, pol, "members", 1)
    assert await finland.ids(MEMBERS) == [mistake]
    await finland.follow()
    await moldova.follow()
    await publish(hub, pol, "open", 2)  # and Finland is away meanwhile

    made = await poland.api("POST", f"/objects/{mistake}/recall", WHY)
    recall = made.json()["recall"]

    # Finland comes back and is told of the recall before all else.
    (first, news), *rest = await finland.follow()
    assert (news["kind"], news["id"], news["type"]) == ("recall", mistake, "indicator")
    assert news["document"]["recall"] == recall
    assert news["document"]["reason"] == WHY["reason"]
    assert first == "put"
    assert mistake in [data["id"] for event, data in rest if event == "delete"]
    assert await finland.ids(MEMBERS) == []

    # Moldova never had it, and hears of nothing but what it sees.
    told = await moldova.follow()
    assert mistake not in json.dumps(told)
    assert (await moldova.api("GET", f"/recalls/{recall}")).status_code == 404

    # It does not come back from those who had it; from others it would.
    again = await poland.post(MEMBERS, indicator(1))
    assert "POL recalled this version" in json.dumps(again)
    assert again["success_count"] == 0

    # Finland confirms, and Poland sees it, and that Finland had read it.
    await finland.api("POST", f"/recalls/{recall}/acknowledge")
    hub.receipts.flush()
    page = (await poland.api("GET", f"/recalls/{recall}")).json()
    [line] = [each for each in page["ledger"] if each["nation"] == "FIN"]
    assert line["acknowledged"] is not None
    assert line["read"] == {"first": "2026-11-23", "last": "2026-11-23"}
    [other] = [each for each in page["ledger"] if each["nation"] == "EST"]
    assert (other["acknowledged"], other["read"]) == (None, None)


async def test_a_correction_reaches_those_from_whom_the_mistake_was_taken(
    hub: Hub, people: dict[str, Someone]
) -> None:
    poland, finland = people["pol"], people["fin"]
    mistake = await publish(hub, hub.authenticator.named("pol"), "members", 1)
    await poland.api("POST", f"/objects/{mistake}/recall", WHY)

    later = indicator(1) | {"modified": "2026-11-02T00:00:00.000Z"}
    status = await poland.post(MEMBERS, later)

    assert status["success_count"] == 1
    assert await finland.ids(MEMBERS) == [mistake]
