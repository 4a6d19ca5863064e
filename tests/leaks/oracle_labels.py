"""Labels, naively: a level, a set of nations, open clauses, and a caveat.

Everything that closes when information arrives is resolved to plain nations at once;
what stays open is kept as it is written and asked anew each time.

Source: DESIGN §6, "Label", "Sources of a label", "Closed or open".
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import reduce
from typing import Any
from uuid import UUID, uuid5

import msgspec

from tests.leaks.oracle_alliance import BODY, Alliance

HUB_EXTENSION = "extension-definition--257b8e0a-0b8a-4d65-b316-9e53cd52dc83"
HUB_NAMESPACE = UUID("761df9d8-1b92-41cc-8b9b-3eb8c9b05303")
STRICT = "NO ONWARD RELEASE"
CONTROLLED = "ORIGINATOR CONTROLLED"

_COMMUNITIES = {"NATO", "PFP", "PARTNERSHIP", "EAPC"}
"""Those that the worlds write without a day."""

TLP = {
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "CLEAR",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "GREEN",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "AMBER",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "AMBER+STRICT",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "RED",
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "CLEAR",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "GREEN",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "AMBER",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "RED",
}
"""The markings that anybody knows by their ids, of TLP 2.0 and of TLP 1."""


class Clause(msgspec.Struct, frozen=True):
    """Some nations, and whoever belongs to some communities at the time of asking."""

    nations: frozenset[str]
    communities: frozenset[str]


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """Who may see a thing; a null `closed` is everybody.

    Attributes:
        controllers: the nations that have to agree before anybody else may see it.
    """

    level: int = 0
    closed: frozenset[str] | None = None
    open: frozenset[Clause] = frozenset()
    caveats: frozenset[str] = frozenset()
    controllers: frozenset[str] = frozenset()


PUBLIC = Label()


def marking_id(text: str) -> str:
    """Give the id of the hub's own marking of a text."""
    return f"marking-definition--{uuid5(HUB_NAMESPACE, text)}"


def definition(text: str) -> dict[str, Any]:
    """Give the definition of the hub's own marking of a text."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": marking_id(text),
        "created": "2026-01-01T00:00:00.000Z",
        "name": text,
        "extensions": {
            HUB_EXTENSION: {"extension_type": "property-extension", "label": text}
        },
    }


def hub_text(item: Mapping[str, Any]) -> str | None:
    """Give the text of a definition of the hub's own; None for anything else."""
    extension = item.get("extensions", {}).get(HUB_EXTENSION)
    return extension["label"] if extension else None


def is_settled(text: str) -> bool:
    """Tell whether a text means the same to everybody, whenever they read it."""
    parts = text.split(" // ")[1:]
    terms = [
        term
        for part in parts
        if part.startswith("REL TO ")
        for term in part.removeprefix("REL TO ").split(", ")
    ]
    return CONTROLLED not in parts and not any(
        term == "ORIGINATOR" or term in _COMMUNITIES for term in terms
    )


def both(one: Label, other: Label) -> Label:
    """Join two labels: the narrowest of both."""
    if one.closed is None or other.closed is None:
        closed = other.closed if one.closed is None else one.closed
    else:
        closed = one.closed & other.closed
    return Label(
        level=max(one.level, other.level),
        closed=closed,
        open=one.open | other.open,
        caveats=one.caveats | other.caveats,
        controllers=one.controllers | other.controllers,
    )


def all_of(labels: list[Label]) -> Label:
    return reduce(both, labels, PUBLIC)


def admits(label: Label, viewer: str, alliance: Alliance) -> bool:
    """Tell whether a nation, or the body, is in the audience now."""
    if label.closed is not None and viewer not in label.closed:
        return False
    return all(
        viewer in clause.nations
        or any(viewer in alliance.open_members(c) for c in clause.communities)
        for clause in label.open
    )


def audience(label: Label, alliance: Alliance) -> frozenset[str]:
    """List everybody whom a label admits now."""
    everybody = alliance.everybody if label.closed is None else label.closed
    return frozenset(each for each in everybody if admits(label, each, alliance))


def tlp(word: str, originator: str, named: frozenset[str] = frozenset()) -> Label:
    """Read a traffic light as the NATO pack means it, for an object that names some."""
    match word:
        case "CLEAR":
            return PUBLIC
        case "GREEN":
            return Label(open=frozenset({_open("PARTNERSHIP")}))
        case "AMBER":
            return Label(open=frozenset({_open("NATO", named)}))
        case "AMBER+STRICT":
            clause = _open("NATO", named)
            return Label(open=frozenset({clause}), caveats=frozenset({STRICT}))
        case _:
            return Label(closed=frozenset({originator}) | named)


def named_in(text: str, alliance: Alliance) -> frozenset[str]:
    """List the nations that a canonical text names one by one."""
    terms = [
        term
        for part in text.split(" // ")
        if part.startswith("REL TO ")
        for term in part.removeprefix("REL TO ").split(", ")
    ]
    return frozenset(term for term in terms if term in alliance.nations)


def _open(community: str, named: frozenset[str] = frozenset()) -> Clause:
    return Clause(named, frozenset({community}))


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """In what circumstances a text is read.

    Attributes:
        members: who belongs to closed communities; by default who does now.
    """

    alliance: Alliance
    originator: str
    members: Mapping[str, frozenset[str]] = {}

    def belonging(self, code: str) -> frozenset[str]:
        """List who belongs to a closed community."""
        known = self.members.get(code)
        return self.alliance.closed_members(code) if known is None else known


def read(text: str, alliance: Alliance, originator: str) -> Label:
    """Read a canonical text, a traffic light or a bare classification."""
    return read_as(text, Reading(alliance=alliance, originator=originator))


def read_as(text: str, reading: Reading) -> Label:
    """Read a text as of some day."""
    if text.startswith("TLP:"):
        return tlp(text.removeprefix("TLP:"), reading.originator)
    level_text, *parts = text.split(" // ")
    label = Label(level=reading.alliance.levels.index(level_text))
    if not parts:  # a classification marking is closed, for the members of the day
        return both(label, Label(closed=reading.belonging("NATO")))
    return all_of([label, *(_read_part(part, reading) for part in parts)])


def _read_part(part: str, reading: Reading) -> Label:
    if part == "PUBLIC":
        return PUBLIC
    if part == STRICT:
        return Label(caveats=frozenset({STRICT}))
    if part.startswith(CONTROLLED):
        named = part.removeprefix(CONTROLLED).removeprefix(" BY ")
        controllers = named.split(", ") if named else [reading.originator]
        return Label(controllers=frozenset(controllers))
    return _read_list(part, reading)


def _read_list(part: str, reading: Reading) -> Label:
    """Read nations and communities; one open community makes the clause open."""
    nations: set[str] = set()
    communities: set[str] = set()
    for term in part.removeprefix("REL TO ").split(", "):
        if term.endswith("+"):
            communities.add(_code(term.removesuffix("+"), reading.alliance))
        else:
            nations |= _nations(term, reading)
    if communities:
        return Label(
            open=frozenset({Clause(frozenset(nations), frozenset(communities))})
        )
    return Label(closed=frozenset(nations))


def _nations(term: str, reading: Reading) -> frozenset[str]:
    """Resolve a closed term at once."""
    alliance = reading.alliance
    dated = re.fullmatch(r"(.+) (\d{4}-\d\d-\d\d)", term)
    if dated:
        day = date.fromisoformat(dated[2])
        return alliance.closed_members(_code(dated[1], alliance), day)
    if alliance.community(term):
        return reading.belonging(_code(term, alliance))
    said = {"ORIGINATOR": reading.originator, f"{BODY} STAFF": BODY}
    return frozenset({said.get(term, term)})


def _code(text: str, alliance: Alliance) -> str:
    code = alliance.community(text)
    assert code is not None, f"{text} is a community of the pack"
    return code
