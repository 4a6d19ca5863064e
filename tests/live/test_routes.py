"""The edge of the live surface, asked without staying."""

import re

import httpx
import orjson
import pytest

from foedus.hub import Hub
from tests.api.world import MEMBERS, OPEN, World, basic, bearer, publish, suspend

ONCE = "/live?follow=0"


def told(answer: httpx.Response) -> list[str]:
    return re.findall(r"^event: (.+)$", answer.text, re.MULTILINE)


def ids(answer: httpx.Response) -> list[str]:
    return re.findall(r"^id: (.+)$", answer.text, re.MULTILINE)


async def test_a_snapshot_is_told_and_then_resumed(
    hub: Hub, http: httpx.AsyncClient, founded: World
) -> None:
    pol = hub.authenticator.named("pol")
    await publish(hub, pol, OPEN, 1)
    auth = bearer(founded.tokens["fin"])
    first = await http.get(f"{ONCE}&snapshot=1", headers=auth)
    assert first.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert told(first)[0] == told(first)[-1] == "heartbeat"
    assert "put" in told(first)
    name = await publish(hub, pol, OPEN, 2)
    for again in (
        await http.get(f"{ONCE}&after={ids(first)[-1]}", headers=auth),
        await http.get(ONCE, headers={**auth, "Last-Event-ID": ids(first)[-1]}),
    ):
        assert told(again) == ["heartbeat", "put", "heartbeat"]
        assert name in again.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kind=gossip", 400),
        ("after=unknown", 400),
        ("collection=unknown", 404),
        ("collection=finland", 404),
    ],
)
async def test_what_cannot_be_followed_is_a_problem(
    http: httpx.AsyncClient, founded: World, query: str, status: int
) -> None:
    auth = bearer(founded.tokens["pol"])
    answer = await http.get(f"{ONCE}&{query}", headers=auth)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert orjson.loads(answer.content)["status"] == status


async def test_an_id_of_another_nation_is_refused(
    http: httpx.AsyncClient, founded: World
) -> None:
    given = await http.get(ONCE, headers=bearer(founded.tokens["pol"]))
    fin = bearer(founded.tokens["fin"])
    answer = await http.get(f"{ONCE}&after={ids(given)[-1]}", headers=fin)
    assert answer.status_code == 400
    answer = await http.get(ONCE, headers={**fin, "Last-Event-ID": "x" * 300})
    assert answer.status_code == 400


async def test_nobody_and_a_suspended_nation_follow_nothing(
    hub: Hub, http: httpx.AsyncClient, founded: World
) -> None:
    nobody = await http.get(ONCE)
    assert (nobody.status_code, "www-authenticate" in nobody.headers) == (401, True)
    assert (await http.get(ONCE, headers=basic("pol", "wrong"))).status_code == 401
    cookie = {"Cookie": "foedus-session=unknown"}
    assert (await http.get(ONCE, headers=cookie)).status_code == 401
    await suspend(hub, "POL")
    pol = bearer(founded.tokens["pol"])
    assert (await http.get(ONCE, headers=pol)).status_code == 403


async def test_a_session_follows_too(hub: Hub, http: httpx.AsyncClient) -> None:
    secret = hub.authenticator.start_session(hub.authenticator.named("fin"))
    cookie = {"Cookie": f"__Host-foedus-session={secret.reveal()}"}
    answer = await http.get(ONCE, headers=cookie)
    assert told(answer) == ["heartbeat", "heartbeat"]
    assert (await http.head(ONCE, headers=cookie)).content == b""


@pytest.mark.usefixtures("lagging")
async def test_a_node_that_lags_behind_tells_nothing(
    http: httpx.AsyncClient, founded: World
) -> None:
    answer = await http.get(ONCE, headers=bearer(founded.tokens["fin"]))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_what_is_hidden_is_told_to_nobody_else(
    hub: Hub, http: httpx.AsyncClient, founded: World
) -> None:
    name = await publish(hub, hub.authenticator.named("pol"), MEMBERS, 1)
    for account, sees in (("fin", True), ("mda", False)):
        auth = bearer(founded.tokens[account])
        answer = await http.get(f"{ONCE}&snapshot=1", headers=auth)
        assert (name in answer.text) is sees
