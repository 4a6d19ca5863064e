"""What the oracle reads in a STIX object: its version, its references, its markings."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

Item = Mapping[str, Any]

OBSERVABLES = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The namespace of ids that anybody can compute (STIX 2.1, section 2.9)."""

NO_VERSION = "1970-01-01T00:00:00.000Z"
_NOT_ABOUT = {"created_by_ref", "object_marking_refs"}


def version_of(item: Item) -> str:
    version: str = item.get("modified") or item.get("created") or NO_VERSION
    return version


def address_id(value: str) -> str:
    """Compute the id of an IPv4 address."""
    name = json.dumps({"value": value}, separators=(",", ":"))
    return f"ipv4-addr--{uuid5(OBSERVABLES, name)}"


def is_fact(item: Item) -> bool:
    """Tell whether anybody who observes it computes this id."""
    return bool(item["type"] == "ipv4-addr" and item["id"] == address_id(item["value"]))


def references(item: Item) -> set[str]:
    """Find what an object is about: every `_ref` and `_refs`, at any depth."""
    return {
        each
        for name, value in item.items()
        if name not in _NOT_ABOUT
        for each in _references(name, value)
        if not each.startswith("extension-definition--")
    }


def _references(name: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner, each in value.items():
            if inner != "marking_ref":
                yield from _references(inner, each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(name, each)
    elif isinstance(value, str) and name.endswith(("_ref", "_refs")):
        yield value


def markings(item: Item) -> list[str]:
    """List the ids of all markings, those of single properties too."""
    granular = [each.get("marking_ref") for each in item.get("granular_markings", ())]
    return [*item.get("object_marking_refs", ()), *filter(None, granular)]
