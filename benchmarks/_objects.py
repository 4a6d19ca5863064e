"""The objects that are measured: real ATT&CK objects under new ids, or invented ones.

A clone is the whole bundle under other ids, so that its references stay inside it.
Where `../shared/data` is absent, invented objects of the same size take its place.
"""

import hashlib
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

BUNDLE = (
    Path(__file__).resolve().parents[2]
    / "shared"
    / "data"
    / "attack"
    / "ics-attack-18.1.json"
)

TLP_RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
"""Leaves an object with its originator."""

BATCH = 1_000
"""Objects of one POST."""

_ID = re.compile(rb"--([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")

_FIRST = {"marking-definition": 0, "identity": 1}
"""What others need comes first, so that every batch of a walk is admitted."""


def source() -> list[bytes]:
    """Give the objects that are cloned."""
    if not BUNDLE.is_file():
        return [orjson.dumps(_invented(number)) for number in range(1_826)]
    objects = orjson.loads(BUNDLE.read_bytes())["objects"]
    objects.sort(key=lambda each: _FIRST.get(each["type"], 2))
    return [orjson.dumps(each) for each in objects]


def clone(objects: list[bytes], seed: int) -> list[bytes]:
    """Give objects anew under ids of their own."""
    new_ids: dict[bytes, bytes] = {}

    def renamed(found: re.Match[bytes]) -> bytes:
        old = found[1]
        if old not in new_ids:
            digest = hashlib.sha256(b"%d %b" % (seed, old)).digest()
            new_ids[old] = (
                b"--%b" % str(uuid.UUID(bytes=digest[:16], version=4)).encode()
            )
        return new_ids[old]

    return [_ID.sub(renamed, raw) for raw in objects]


def many(count: int, *, seed: int = 0) -> list[bytes]:
    """Give that many objects."""
    objects = source()
    found: list[bytes] = []
    while len(found) < count:
        found += clone(objects, seed)
        seed += 1
    return found[:count]


def half_hidden(count: int) -> list[bytes]:
    """Give that many objects, every other one for its originator alone."""
    objects = source()
    found: list[bytes] = []
    seed = 1_000_000
    while len(found) < count:
        shown, hidden = clone(objects, seed), clone(objects, seed + 1)
        for one, other in zip(shown, map(_red, hidden), strict=True):
            found += (one, other)
        seed += 2
    return found[:count]


def batches(objects: list[bytes]) -> Iterator[list[bytes]]:
    """Cut objects into the batches that are posted."""
    for start in range(0, len(objects), BATCH):
        yield objects[start : start + BATCH]


def envelope(objects: list[bytes]) -> bytes:
    """Make the body of a POST."""
    return b'{"objects":[%b]}' % b",".join(objects)


def _red(raw: bytes) -> bytes:
    made = orjson.loads(raw)
    if made["type"] != "marking-definition":
        made["object_marking_refs"] = [*made.get("object_marking_refs", ()), TLP_RED]
    return orjson.dumps(made)


def _invented(number: int) -> dict[str, Any]:
    digest = hashlib.sha256(b"%d" % number).hexdigest()
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.UUID(hex=digest[:32], version=4)}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": f"Invented indicator {number}",
        "description": f"{digest} " * 15,
        "pattern": f"[file:hashes.'SHA-256' = '{digest}']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
    }
