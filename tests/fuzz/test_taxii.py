"""Hostile TAXII requests: no failures, clear refusals, and nothing half done.

What was answered with success can be read, byte for byte as far as the poster may;
what was refused cannot; dates only grow; the log verifies, and its views are what a
rebuild makes of it. `make soak` asks for thousands of requests of each kind.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.hostile import nested, own_ids, plain, write
from tests.fuzz.house import House, Reply, Request, house
from tests.fuzz.refusals import check_sentence, check_taxii
from tests.fuzz.taxii_requests import ROOT, TAXII, readings, writings
from tests.taxii.world import ACCOUNTS, MEMBERS, NOON, OPEN, World

COLLECTIONS = (OPEN, MEMBERS)
OWNERS = ("pol", "fin")

MANY = settings(max_examples=max(120, settings().max_examples))


RUNS = ("hundreds", pytest.param("thousands", marks=pytest.mark.soak))


@pytest.fixture(scope="module", params=RUNS)
def hub(taxii_world: World) -> Iterator[House]:
    """One hub for every request of this module; what it holds at the end is whole."""
    with house(taxii_world.folder, taxii_world.tokens, at=NOON) as found:
        yield found
        for account in ACCOUNTS:
            for collection in COLLECTIONS:
                check_walk(found, account, collection)


class Envelope(msgspec.Struct, frozen=True):
    """A page of objects, each as its bytes."""

    objects: list[msgspec.Raw] = []
    more: bool = False


class Head(msgspec.Struct, frozen=True):
    """What an object is called."""

    id: str
    created: str | None = None
    modified: str | None = None


def get(hub: House, account: str, path: str, query: str = "") -> Reply:
    """Ask as nobody would complain about."""
    request = Request(
        method="GET",
        path=ROOT + path.encode(),
        query=query.encode(),
        headers=(hub.bearer(account), (b"accept", TAXII)),
    )
    reply = hub.ask(request)
    check_taxii(request, reply)
    return reply


def held(hub: House, account: str, collection: str) -> dict[tuple[str, str], bytes]:
    """Give every version that an account reads of the ids that are its own."""
    ids = ",".join(own_ids(account))
    query = f"match[id]={ids}&match[version]=all&match[spec_version]=2.0,2.1&limit=1000"
    reply = get(hub, account, f"collections/{collection}/objects/", query)
    assert reply.status == 200, reply
    envelope = msgspec.json.decode(reply.body, type=Envelope)
    assert not envelope.more, "the pool of ids is small"
    found = {}
    for raw in envelope.objects:
        each = msgspec.json.decode(raw, type=Head)
        key = (each.id.lower(), each.modified or each.created or UNVERSIONED)
        assert key not in found, f"{key} is there twice"
        found[key] = bytes(raw)
    return found


UNVERSIONED = "1970-01-01T00:00:00.000Z"


def check_walk(hub: House, account: str, collection: str) -> None:
    """Pages of any size hold the same, in the order of dates that are unique."""
    manifest = f"collections/{collection}/manifest/"
    query = "match[version]=all&match[spec_version]=2.0,2.1"
    whole = walk(hub, account, manifest, f"{query}&limit=1000")
    dates = [each["date_added"] for each in whole]
    assert dates == sorted(set(dates))
    assert walk(hub, account, manifest, f"{query}&limit=37") == whole
    versions = [(each["id"], each["version"]) for each in whole]
    assert len(set(versions)) == len(versions)


def walk(hub: House, account: str, path: str, query: str) -> list[dict[str, Any]]:
    """Give the records of all pages."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = get(hub, account, path, query + cursor).json()
        found += page.get("objects", [])
        if not page.get("more"):
            return found
        assert page["objects"], "a page with more to come is never empty"
        cursor = f"&next={page['next']}"


@MANY
@given(data=st.data())
def test_nothing_that_is_asked_for_is_a_failure(
    hub: House, data: st.DataObject
) -> None:
    owner = data.draw(st.sampled_from(OWNERS))
    asked = data.draw(st.sampled_from(tuple(ACCOUNTS)))
    nexts = cursors(hub, owner)
    request = data.draw(readings(owner, hub.bearer(asked), nexts))

    reply = hub.ask(request)

    check_taxii(request, reply)
    check_dates(reply)


def cursors(hub: House, account: str) -> tuple[str, ...]:
    """Give cursors of real pages: two collections, two kinds of list, one filter."""
    found = []
    for collection in COLLECTIONS:
        for kind in ("objects", "manifest"):
            for query in ("limit=1", "limit=1&match[type]=malware"):
                path = f"collections/{collection}/{kind}/"
                page = get(hub, account, path, query).json()
                found += [page["next"]] if "next" in page else []
    return tuple(found)


def check_dates(reply: Reply) -> None:
    first = reply.header("x-taxii-date-added-first")
    last = reply.header("x-taxii-date-added-last")
    assert first <= last, reply
    if first:
        assert len(first) == len("2026-11-23T12:00:00.000000Z"), reply


@MANY
@given(data=st.data())
def test_what_succeeded_is_there_and_what_was_refused_is_not(
    hub: House, data: st.DataObject
) -> None:
    owner = data.draw(st.sampled_from(OWNERS))
    request = data.draw(writings(owner, hub.bearer(owner)))
    before = {name: held(hub, owner, name) for name in COLLECTIONS}

    reply = hub.ask(request)

    check_taxii(request, reply)
    after = {name: held(hub, owner, name) for name in COLLECTIONS}
    if reply.status != 202:
        assert after == before
        return
    target = request.path.split(b"/")[4].decode()
    status = reply.json()
    check_status(hub, owner, status)
    for name in COLLECTIONS:
        succeeded = versions_of(status, "successes") if name == target else set()
        assert before[name].items() <= after[name].items(), request
        assert after[name].keys() - before[name].keys() <= succeeded, request
        own = {each for each in succeeded if each[0] in own_ids(owner)}
        assert own <= after[name].keys(), (request, own - after[name].keys())


def versions_of(status: dict[str, Any], kind: str) -> set[tuple[str, str]]:
    return {(each["id"], each["version"]) for each in status.get(kind, [])}


def check_status(hub: House, owner: str, status: dict[str, Any]) -> None:
    """A status counts right, explains each refusal, and is found again."""
    successes, failures = status.get("successes", []), status.get("failures", [])
    assert status["status"] == "complete"
    assert status["pending_count"] == 0
    assert status["success_count"] == len(successes)
    assert status["failure_count"] == len(failures)
    assert status["total_count"] == len(successes) + len(failures)
    for each in failures:
        check_sentence(each["message"])
    assert get(hub, owner, f"status/{status['id']}/").json() == status


def post(hub: House, body: bytes) -> Reply:
    """Add an envelope as nobody would complain about its headers."""
    kind = TAXII
    headers = (hub.bearer("pol"), (b"accept", kind), (b"content-type", kind))
    path = ROOT + b"collections/" + OPEN.encode() + b"/objects/"
    request = Request(method="POST", path=path, headers=headers, body=body)
    reply = hub.ask(request)
    check_taxii(Request(method="POST", path=path), reply)
    return reply


def report(number: int, *references: str) -> dict[str, Any]:
    """Give a report of that number which refers to others."""
    made = plain("report", f"report--{uuid.UUID(int=number, version=4)}", "bombs")
    return {**made, "object_refs": list(references)}


MANY_REFERENCES = [f"malware--{uuid.UUID(int=n, version=4)}" for n in range(100_000)]
RING = [f"report--{uuid.UUID(int=n, version=4)}" for n in range(3_000)]


@pytest.mark.parametrize(
    ("bomb", "taken"),
    [
        ([report(9_001, *MANY_REFERENCES[:10_000])], 1),
        ([report(9_002, *MANY_REFERENCES[:20_000])], 0),
        ([report(9_003, *MANY_REFERENCES)], 0),
        ([report(9_004, RING[0], f"report--{uuid.UUID(int=9_004, version=4)}")], 1),
        ([report(n, RING[n - 1]) for n in range(len(RING))], len(RING)),
        ([{**report(9_005), "x_deep": nested(65)}], 0),
        ([{**report(9_006, RING[0]), "description": "x" * 1_047_000}], 1),
        ([{**report(9_007, RING[0]), "description": "x" * 1_049_000}], 0),
        ([{**report(9_008), "granular_markings": [{}] * 100_000}], 0),
    ],
    ids=[
        "10,000 references",
        "20,000 references",
        "100,000 references",
        "a reference to itself",
        "a ring of 3,000",
        "65 levels",
        "almost 1 MiB",
        "more than 1 MiB",
        "100,000 granular markings",
    ],
)
def test_a_bomb_is_taken_or_refused_as_the_limits_say(
    hub: House, bomb: list[dict[str, Any]], taken: int
) -> None:
    reply = post(hub, write({"objects": bomb}).encode())

    assert reply.status == 202, reply
    status = reply.json()
    check_status(hub, "pol", status)
    assert status["success_count"] == taken, status.get("failures", [])[:3]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"objects":' + b"[" * 10_000_000, 422),
        (b'{"objects":[' + b"1," * 1_000_001 + b"1]}", 422),
        (b'{"objects":[' + b",".join([b"{}"] * 25_001) + b"]}", 422),
        (b" " * 52_428_801, 413),
        (b" " * 52_428_800, 422),
    ],
    ids=["10M levels", "1M values", "25,001 objects", "50 MiB and 1 byte", "50 MiB"],
)
def test_an_envelope_that_is_a_bomb_is_refused(
    hub: House, body: bytes, status: int
) -> None:
    assert post(hub, body).status == status
