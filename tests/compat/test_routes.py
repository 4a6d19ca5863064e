"""The edge of the surface, asked without staying."""

import re

import httpx
import pytest

from foedus.compat import streams as module
from foedus.hub import Hub
from tests.api.world import MEMBERS, OPEN, World, bearer, publish, suspend

ONCE = "follow=0"


def told(answer: httpx.Response) -> list[str]:
    return re.findall(r"^event: (.+)$", answer.text, re.MULTILINE)


def ids(answer: httpx.Response) -> list[str]:
    return re.findall(r"^id: (.+)$", answer.text, re.MULTILINE)


async def test_a_stream_is_told_and_resumed_by_header_and_query(
    hub: Hub, http: httpx.AsyncClient, founded: World
) -> None:
    pol = hub.authenticator.named("pol")
    await publish(hub, pol, OPEN, 1)
    auth = bearer(founded.tokens["fin"])
    first = await http.get(f"/stream/open?{ONCE}", headers=auth)
    assert first.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert "no-transform" in first.headers["cache-control"]
    assert told(first) == ["connected", "create", "heartbeat"]
    assert first.text.startswith("retry: 10000\n\nevent: connected\n")
    name = await publish(hub, pol, OPEN, 2)
    last = ids(first)[-1]
    for again in (
        await http.get(f"/stream/{OPEN}?{ONCE}&from={last}", headers=auth),
        await http.get(f"/stream?{ONCE}", headers={**auth, "Last-Event-ID": last}),
    ):
        assert told(again) == ["connected", "create", "heartbeat"]
        assert name in again.text


async def test_a_collection_is_a_stream_of_its_own_and_live_is_all(
    hub: Hub, http: httpx.AsyncClient, founded: World
) -> None:
    pol = hub.authenticator.named("pol")
    one, other = [await publish(hub, pol, OPEN, 1), await publish(hub, pol, MEMBERS, 2)]
    auth = bearer(founded.tokens["fin"])
    both = await http.get(f"/stream/live?{ONCE}", headers=auth)
    assert one in both.text
    assert other in both.text
    alone = await http.get(f"/stream/open?{ONCE}", headers=auth)
    assert other not in alone.text
    assert set(ids(alone)) - set(ids(both)) == set(), "ids are the same in all streams"


async def test_nobody_a_wrong_token_and_a_suspended_nation_are_refused(
    hub: Hub, http: httpx.AsyncClient, founded: World
) -> None:
    refused = [
        await http.get("/stream/live"),
        await http.get("/stream/live", headers=bearer("wrong")),
        await http.get("/stream/unknown", headers=bearer(founded.tokens["fin"])),
        await http.post("/graphql", json={"query": "{ about { version } }"}),
    ]
    await suspend(hub, "POL")
    refused.append(
        await http.get("/stream/live", headers=bearer(founded.tokens["pol"]))
    )
    for each in refused:
        assert each.status_code == 401
        assert each.headers["content-type"] == "application/problem+json"
        assert "www-authenticate" in each.headers


async def test_who_may_read_no_longer_is_cut_off(
    hub: Hub, http: httpx.AsyncClient, founded: World
) -> None:
    auth = bearer(founded.tokens["fin"])
    fin = hub.authenticator.named("fin").id
    connector = hub.keyring.connectors.register(fin, "one", "One", at_ms=1)
    hub.keyring.connectors.stop(connector, stopped=True)
    stopped = await http.get(f"/stream/live?{ONCE}", headers=auth)
    assert (stopped.status_code, stopped.json()["title"]) == (410, "Stopped")
    hub.keyring.connectors.stop(connector, stopped=False)
    assert (await http.get(f"/stream/live?{ONCE}", headers=auth)).is_success
    old = "1700000000000-5"
    late = await http.get(f"/stream/live?{ONCE}&from={old}", headers=auth)
    assert (late.status_code, "rewind" in late.text) == (409, True)
    odd = await http.get(f"/stream/live?{ONCE}&from=x", headers=auth)
    assert odd.status_code == 400


async def test_the_event_behind_a_skipped_one_is_passed_over(
    hub: Hub, http: httpx.AsyncClient, founded: World
) -> None:
    auth = bearer(founded.tokens["fin"])
    pol, fin = (hub.authenticator.named(name) for name in ("pol", "fin"))
    poison, other = [await publish(hub, pol, OPEN, each) for each in (1, 2)]
    connectors = hub.keyring.connectors
    connectors.register(fin.id, "one", "One", at_ms=1)
    connectors.keep(fin.id, "one", '{"start_from":"0-0"}', at_ms=2)
    connectors.skip(connectors.find(fin.id, "one"))
    answer = await http.get(f"/stream/live?{ONCE}&from=0-0", headers=auth)
    assert poison not in answer.text
    assert other in answer.text


@pytest.mark.parametrize(
    ("body", "status"), [({"delay": 5}, 401), ({"delay": "5"}, 400), ([], 400)]
)
async def test_a_connection_that_is_not_there_has_no_delay(
    http: httpx.AsyncClient, founded: World, body: object, status: int
) -> None:
    auth = bearer(founded.tokens["fin"])
    answer = await http.post("/stream/connection/x", json=body, headers=auth)
    assert answer.status_code == status


async def test_a_head_is_answered_without_a_stream_and_a_long_body_not_at_all(
    http: httpx.AsyncClient, founded: World
) -> None:
    auth = bearer(founded.tokens["fin"])
    assert (await http.head("/stream/live", headers=auth)).content == b""
    long = await http.post("/graphql", content=b" " * 300_000, headers=auth)
    assert long.status_code == 413


@pytest.mark.usefixtures("lagging")
async def test_a_node_that_lags_behind_keeps_a_new_connection_waiting(
    http: httpx.AsyncClient, founded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRESH_WITHIN_S", 0.0)
    answer = await http.get("/stream/live", headers=bearer(founded.tokens["fin"]))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
