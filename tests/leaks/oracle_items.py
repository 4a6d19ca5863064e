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


REQUIRED = {
    "campaign": {"name"},
    "indicator": {"pattern", "pattern_type", "valid_from"},
    "malware": {"is_family"},
    "report": {"name", "published", "object_refs"},
    "tool": {"name"},
    "ipv4-addr": {"value"},
}
"""What STIX wants an object of a type to have, of what the worlds make."""

HUB_NAMESPACE = UUID("761df9d8-1b92-41cc-8b9b-3eb8c9b05303")


def tear_line(item: Item, nation: str, withheld: set[str]) -> Item | None:
    """Make the releasable part of an object; null if there can be none."""
    if not withheld or withheld & REQUIRED[item["type"]]:
        return None
    name = f"tear-line/{nation}/{item['id']}"
    part = {k: v for k, v in item.items() if k not in withheld}
    part.pop("granular_markings")
    return part | {"id": f"{item['type']}--{uuid5(HUB_NAMESPACE, name)}"}


def tie(part: Item, whole: Item, tie_id: str) -> Item:
    """Make the relationship that says what a tear line was taken from."""
    return {
        "type": "relationship",
        "spec_version": "2.1",
        "id": tie_id,
        "created": whole["created"],
        "modified": whole["modified"],
        "relationship_type": "derived-from",
        "source_ref": part["id"],
        "target_ref": whole["id"],
    }
