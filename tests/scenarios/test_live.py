"""The live surface of a real server, read by clients that drop and come back."""

import json
import subprocess
import time
from typing import Any

import orjson

from foedus.live.frames import RETRY_FIRST_MS
from tests.scenarios.following import Follower, stalled_on
from tests.scenarios.installation import (
    ENDS_WITHIN_S,
    MEMBERS,
    OPEN,
    Installation,
    Server,
)
from tests.scenarios.publishers import Publisher, new_object, publishing

BULK = 400
"""Objects that a consumer does not read for a while."""

BIG = 100_000
"""Bytes of each."""

FULL = 80
"""Of them fill what a connection takes that nobody reads."""


def publish(server: Server, name: str, collection: str, *items: object) -> None:
    with server.client(name) as http:
        body = orjson.dumps({"objects": items})
        answer = http.post(server.objects_url(collection), content=body)
        assert answer.json()["failure_count"] == 0, answer.text


def publish_much(server: Server, count: int) -> list[dict[str, Any]]:
    """Publish more than the buffers hold of a connection that nobody reads."""
    given = [{**new_object(), "description": "x" * BIG} for _ in range(count)]
    for start in range(0, count, 20):
        publish(server, "pol", OPEN, *given[start : start + 20])
    return given


def withdraw(server: Server, name: str, collection: str, stix_id: str) -> None:
    with server.client(name) as http:
        http.delete(f"{server.objects_url(collection)}{stix_id}/").raise_for_status()


def test_what_is_published_arrives_at_once_and_what_is_withdrawn_goes(
    server: Server,
) -> None:
    one, hidden = new_object(), new_object()
    with Follower(server, "fin") as fin, Follower(server, "mda") as mda:
        for each in (fin, mda):
            each.wait(lambda each=each: "heartbeat" in each.events())
        begun = time.monotonic()
        publish(server, "pol", OPEN, one)
        for each in (fin, mda):
            each.wait(lambda each=each: one["id"] in each.puts())
            assert each.news[-1].at - begun < 1
        publish(server, "pol", MEMBERS, hidden)
        fin.wait(lambda: hidden["id"] in fin.puts())
        withdraw(server, "pol", MEMBERS, hidden["id"])
        withdraw(server, "pol", OPEN, one["id"])
        for each in (fin, mda):
            each.wait(lambda each=each: one["id"] in each.deletes())
        assert hidden["id"] in fin.deletes()
        assert mda.puts() == mda.deletes() == [one["id"]]
        put = next(each for each in fin.news if each.event == "put")
    assert put.data["object"] == one
    assert put.data.keys() == {
        *("kind", "collection", "id", "version", "label", "date_added", "object"),
    }


def test_nothing_is_missed_or_told_twice_by_who_drops_and_comes_back(
    installation: Installation,
) -> None:
    with installation.serve() as server, Follower(server, "fin") as fin:
        fin.wait(lambda: "heartbeat" in fin.events())
        publisher = Publisher(server, "pol")
        with publishing(publisher):
            for turn in range(6):
                fin.wait(lambda: len(fin.puts()) > 0)
                seen = len(fin.puts())
                fin.wait(lambda seen=seen: len(fin.puts()) > seen)
                if turn == 3:
                    server.kill()
                    server.start()
                else:
                    fin.drop()
        given = list(publisher.acknowledged)
        fin.wait(lambda: set(given) <= set(fin.puts()))
        assert fin.drops > 3
        assert len(fin.puts()) == len(set(fin.puts()))


def test_a_snapshot_runs_into_what_comes(server: Server) -> None:
    publisher = Publisher(server, "pol")
    with publishing(publisher), Follower(server, "fin", "snapshot=1") as fin:
        fin.wait(lambda: len(fin.puts()) > 100)
    with Follower(server, "fin", "snapshot=1") as fin:
        fin.wait(lambda: set(publisher.acknowledged) <= set(fin.puts()))
        assert len(fin.puts()) == len(set(fin.puts()))


def test_a_heartbeat_comes_within_five_seconds_and_its_id_resumes(
    server: Server,
) -> None:
    with Follower(server, "fin") as fin:
        fin.wait(lambda: fin.events().count("heartbeat") > 1, 8)
        first, second = fin.news[0], fin.news[1]
        assert second.at - first.at < 6
    one = new_object()
    publish(server, "pol", OPEN, one)
    with Follower(server, "fin", f"after={second.id}") as again:
        again.wait(lambda: again.puts() == [one["id"]])


def test_a_closed_account_a_suspended_nation_and_a_revoked_token_end_it(
    server: Server, installation: Installation
) -> None:
    with server.client("fin") as http:
        issued = http.post(
            f"{server.url}/api/v1/me/tokens",
            content=orjson.dumps({"label": "live"}),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        ).json()
    token = f"Bearer {issued['token']}"
    with Follower(server, "fin", auth=token) as fin, Follower(server, "pol") as pol:
        for each in (fin, pol):
            each.wait(lambda each=each: "heartbeat" in each.events())
        with server.client("fin") as http:
            http.delete(f"{server.url}/api/v1/me/tokens/{issued['id']}")
        fin.wait(lambda: fin.events()[-1] == "access-ended", 3)
        installation.run(
            *("nation", "set-status", "POL", "suspended"),
            *("--from", "2026-01-01", "--as", "operator"),
        )
        pol.wait(lambda: pol.events()[-1] == "access-ended", 3)
        assert pol.events().count("access-ended") == 1


def test_a_stalled_consumer_holds_up_nobody_and_loses_nothing(
    server: Server,
) -> None:
    with stalled_on(server) as stalled:
        with Follower(server, "mda") as prompt:
            prompt.wait(lambda: "heartbeat" in prompt.events())
            given = publish_much(server, BULK)
            prompt.wait(lambda: len(prompt.puts()) == BULK)
        told = b""
        stalled.settimeout(ENDS_WITHIN_S)
        while told.count(b"event: put") < BULK:
            told += stalled.recv(1 << 20)
    assert [each["id"] for each in given if each["id"].encode() not in told] == []


def test_the_command_prints_what_an_account_may_see(
    installation: Installation, server: Server
) -> None:
    one, hidden = new_object(), new_object()
    publish(server, "pol", OPEN, one)
    publish(server, "pol", MEMBERS, hidden)
    words = ("live", "tail", "--as", "mda", "--kind", "intel")
    done = subprocess.run(
        installation.command(*words, "--snapshot", "--no-follow"),
        capture_output=True,
        text=True,
        check=True,
        timeout=ENDS_WITHIN_S,
    )
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["event"], line["id"], line["object"]) == ("put", one["id"], one)
    with subprocess.Popen(
        installation.command(*words, "--after", line["event_id"]),
        stdout=subprocess.PIPE,
        text=True,
    ) as tail:
        assert tail.stdout is not None
        withdraw(server, "pol", OPEN, one["id"])
        told = json.loads(tail.stdout.readline())
        tail.terminate()
    assert (told["event"], told["id"]) == ("delete", one["id"])


def test_a_stop_ends_streams_at_once_and_says_when_to_come_back(
    installation: Installation,
) -> None:
    with (
        installation.serve("--workers", "2") as server,
        stalled_on(server),
        Follower(server, "fin") as fin,
        Follower(server, "mda") as mda,
    ):
        for each in (fin, mda):
            each.wait(lambda each=each: "heartbeat" in each.events())
        publish_much(server, FULL)
        begun = time.monotonic()
        server.stop()
        took_s = time.monotonic() - begun
        for each in (fin, mda):
            assert each.retries_ms[-1] >= RETRY_FIRST_MS
    assert took_s < 2
