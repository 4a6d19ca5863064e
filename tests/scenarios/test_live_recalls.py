"""A recall over a real server goes before all else, to who stayed and who was away."""

from typing import Any

import httpx
import orjson

from tests.scenarios.following import Follower
from tests.scenarios.installation import ENDS_WITHIN_S, OPEN, Server
from tests.scenarios.publishers import new_object

MEANWHILE = 150
"""Objects that come while a consumer is away: more than a page."""


def publish(server: Server, *items: dict[str, Any]) -> None:
    with server.client("pol") as http:
        body = orjson.dumps({"objects": items})
        answer = http.post(server.objects_url(OPEN), content=body)
        assert answer.json()["failure_count"] == 0, answer.text


def recall(server: Server, stix_id: str) -> None:
    with server.client("pol") as http:
        answer = http.post(
            f"{server.url}/api/v1/objects/{stix_id}/recall",
            content=orjson.dumps({"reason": "It names a hospital."}),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        assert answer.is_success, answer.text


def token_of(server: Server) -> str:
    """Issue a token; connectors of OpenCTI sign in with nothing else."""
    with server.client("fin") as http:
        issued = http.post(
            f"{server.url}/api/v1/me/tokens",
            content=orjson.dumps({"label": "opencti"}),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        assert issued.is_success, issued.text
        token: str = issued.json()["token"]
        return token


def said(follower: Follower) -> list[tuple[str, str, str]]:
    """Give event, kind and object of all but heartbeats."""
    return [
        (each.event, each.data["kind"], each.data["id"])
        for each in follower.news
        if each.event != "heartbeat"
    ]


def test_a_recall_goes_first_and_enters_no_stream_of_opencti(server: Server) -> None:
    mistake = new_object()
    stix_id = mistake["id"]
    gone = ("delete", "intel", stix_id)
    recalled = ("put", "recall", stix_id)
    with Follower(server, "fin") as stays:
        stays.wait(lambda: "heartbeat" in stays.events())
        publish(server, mistake)
        stays.wait(lambda: stix_id in stays.puts())
        left = stays.last
        many = [new_object() for _ in range(MEANWHILE)]
        publish(server, *many)
        stays.wait(lambda: len(stays.puts()) == 1 + MEANWHILE)
        recall(server, stix_id)
        stays.wait(lambda: gone in said(stays))
        assert said(stays)[-2:] == [recalled, gone]

    with Follower(server, "fin", f"after={left}") as returns:
        returns.wait(lambda: gone in said(returns))
        assert said(returns)[0] == recalled
        assert said(returns).count(recalled) == 1
        puts = [("put", "intel", each["id"]) for each in many]
        assert said(returns)[1:] == [*puts, gone]

    stream = httpx.get(
        f"{server.url}/stream?follow=0&recover=2026-01-01T00:00:00Z",
        headers={"Authorization": f"Bearer {token_of(server)}"},
        timeout=ENDS_WITHIN_S,
    )
    assert stream.is_success, stream.text
    assert many[0]["id"] in stream.text
    for word in ('"recall"', "recall--", "hospital"):
        assert word not in stream.text
