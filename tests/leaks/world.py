"""The world of the leak tests: its nations, accounts, collections, and what is done.

- Seven nations: members of different age, one of them suspended from the start, an
  aspirant, partners of two kinds; and the alliance's own body.
- Three collections with different rights and defaults; several clearances a nation.
- Few ids and versions, so that collisions are the rule.
"""

import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from tests.leaks import oracle_labels as labels
from tests.leaks.oracle import Account, Collection
from tests.leaks.oracle_items import address_id

FOUNDED = datetime(2026, 11, 21, 12, tzinfo=UTC)
START = datetime(2026, 11, 23, 12, tzinfo=UTC)

ACCOUNTS = {
    each.name: each
    for each in (
        Account(name="pol", nation="POL", clearance=0),
        Account(name="pol-secret", nation="POL", clearance=2),
        Account(name="fin", nation="FIN", clearance=1),
        Account(name="fin-reader", nation="FIN", clearance=0, publishes=False),
        Account(name="swe", nation="SWE", clearance=1),
        Account(name="hun", nation="HUN", clearance=1),
        Account(name="mda", nation="MDA", clearance=0),
        Account(name="mda-restricted", nation="MDA", clearance=1),
        Account(name="geo", nation="GEO", clearance=1),
        Account(name="jpn", nation="JPN", clearance=0),
        Account(name="staff", nation="NATO", clearance=1, publishes=False),
    )
}

COLLECTIONS = (
    Collection(
        id="11111111-1111-4111-8111-111111111111",
        alias="open",
        default="NATO UNCLASSIFIED // REL TO NATO+",
        read="PUBLIC",
        write="PUBLIC",
    ),
    Collection(
        id="22222222-2222-4222-8222-222222222222",
        alias="allies",
        default=None,
        read="MEMBERS,MDA",
        write="MEMBERS,MDA,GEO",
    ),
    Collection(
        id="33333333-3333-4333-8333-333333333333",
        alias="partners",
        default="TLP:GREEN",
        read="PARTNERSHIP",
        write="PFP,MEMBERS,JPN",
    ),
)

TEXTS = (
    "NATO UNCLASSIFIED // PUBLIC",
    "NATO UNCLASSIFIED // REL TO NATO+",
    "NATO UNCLASSIFIED // REL TO PARTNERSHIP+",
    "NATO UNCLASSIFIED // REL TO PFP+",
    "NATO UNCLASSIFIED // REL TO NATO 2024-03-07",
    "NATO UNCLASSIFIED // REL TO FIN, POL",
    "NATO UNCLASSIFIED // REL TO JPN, MDA, SWE",
    "NATO RESTRICTED // REL TO NATO 2023-04-04, GEO",
    "NATO RESTRICTED // REL TO NATO+",
    "NATO RESTRICTED // REL TO FIN, HUN, MDA",
    "NATO CONFIDENTIAL // REL TO NATO 2024-03-07",
)
"""Texts of markings of the hub's own that nations bring along."""

STATEMENTS = {
    f"marking-definition--{UUID(int=900 + n, version=4)}": text
    for n, text in enumerate(("NATO UNCLASSIFIED", "NATO RESTRICTED", "Copyright us"))
}

_ADDRESSES = ("192.0.2.1", "192.0.2.2")
_TYPES = ("indicator", "malware", "report", "tool", "campaign")
_IDS = tuple(f"{kind}--{UUID(int=n + 1, version=4)}" for n, kind in enumerate(_TYPES))
IDS = (*_IDS, *map(address_id, _ADDRESSES))
DANGLING = f"malware--{UUID(int=99, version=4)}"
VERSIONS = tuple(f"2026-11-0{day}T00:00:00.000Z" for day in (1, 2, 3))


class Post(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    collection: str
    items: tuple[dict[str, Any], ...]


class Withdraw(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    collection: str
    id: str
    match: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    nation: str
    status: str


Act = Post | Withdraw | Change

_CHANGES = {
    "POL": ("member", "suspended"),
    "FIN": ("member", "suspended"),
    "SWE": ("member", "none"),
    "HUN": ("suspended", "member"),
    "MDA": ("partner", "member", "suspended", "none"),
    "GEO": ("aspirant", "member", "partner"),
    "JPN": ("partner", "suspended", "none", "member"),
}
"""The statuses that a nation may take on, the first is that of the beginning."""

BEGINNING = Change(nation="HUN", status="suspended")
"""What was so before anything else, since `FOUNDED`."""


class Generator:
    """Makes a history up from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a test's choice, no secret
        self._posted: list[tuple[str, str, str]] = []
        self._status = {nation: each[0] for nation, each in _CHANGES.items()}

    def history(self, length: int) -> list[Act]:
        """Give acts; two changes of status at the least, at fixed places."""
        changes = {length // 3, length // 2, length - length // 4, length - 3}
        return [
            self._change() if place in changes else self._act()
            for place in range(length)
        ]

    def _act(self) -> Act:
        return self._withdraw() if self._random.random() < 0.15 else self._post()

    def _change(self) -> Change:
        pick = self._random
        likely = ("MDA", "GEO", "JPN") if pick.random() < 0.7 else tuple(_CHANGES)
        nation = pick.choice(likely)
        others = [s for s in _CHANGES[nation] if s != self._status[nation]]
        status = "member" if "member" in others and pick.random() < 0.6 else ""
        self._status[nation] = status or pick.choice(others)
        return Change(nation=nation, status=self._status[nation])

    def _withdraw(self) -> Withdraw:
        blind = (self._publisher(), self._collection(), self._random.choice(IDS))
        known = self._posted if self._random.random() < 0.8 else []
        account, collection, stix_id = self._random.choice(known or [blind])
        return Withdraw(
            account=account,
            collection=collection,
            id=stix_id,
            match=self._random.choice(("last", "last", "all", "first", *VERSIONS)),
        )

    def _post(self) -> Post:
        account = self._publisher()
        items: list[dict[str, Any]] = []
        for _ in range(self._random.randint(1, 4)):
            items += self._items(account)
        self._random.shuffle(items)
        collection = self._collection()
        self._posted += [(account, collection, item["id"]) for item in items]
        return Post(account=account, collection=collection, items=tuple(items))

    def _publisher(self) -> str:
        publishing = [each.name for each in ACCOUNTS.values() if each.publishes]
        return self._random.choice(publishing)

    def _collection(self) -> str:
        return self._random.choice((COLLECTIONS[0], *COLLECTIONS)).id

    def _items(self, account: str) -> list[dict[str, Any]]:
        """Give an object, and mostly the definition of its marking before it."""
        pick = self._random
        item = self._bare(account)
        about = (*IDS, DANGLING)
        if pick.random() < 0.45:
            item["x_about_refs"] = pick.sample(about, pick.randint(1, 2))
        if pick.random() < 0.15:
            item["x_inside"] = {"source_ref": pick.choice(about)}
        chance = pick.random()
        if chance < 0.35:
            return [item]
        if chance < 0.5:
            item["object_marking_refs"] = [pick.choice(tuple(labels.TLP))]
            return [item]
        if chance < 0.58:
            marking = pick.choice(tuple(STATEMENTS))
            item["object_marking_refs"] = [marking]
            return [item] if pick.random() < 0.3 else [_statement(marking), item]
        text = pick.choice(TEXTS)
        if pick.random() < 0.1:
            item["granular_markings"] = [
                {"selectors": ["name"], "marking_ref": labels.marking_id(text)}
            ]
        else:
            item["object_marking_refs"] = [labels.marking_id(text)]
        return [item] if pick.random() < 0.1 else [labels.definition(text), item]

    def _bare(self, account: str) -> dict[str, Any]:
        stix_id = self._random.choice(IDS)
        kind = stix_id.split("--")[0]
        variant = self._random.choice("aaab")
        name = f"{kind} of {ACCOUNTS[account].nation} {variant}"
        item: dict[str, Any] = {"type": kind, "spec_version": "2.1", "id": stix_id}
        if kind == "ipv4-addr":
            value = next(v for v in _ADDRESSES if address_id(v) == stix_id)
            return item | {"value": value, "x_name": name, "name": name}
        version = self._random.choice(VERSIONS)
        return item | {
            "created": VERSIONS[0],
            "modified": version,
            "name": f"{name} {version[8:10]}",
        }


def _statement(marking: str) -> dict[str, Any]:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": marking,
        "created": VERSIONS[0],
        "definition_type": "statement",
        "definition": {"statement": STATEMENTS[marking]},
    }


def _short(value: object) -> str:
    """Print a value with ids cut down to what tells them apart."""
    text = str(value)
    for marking, word in labels.TLP.items():
        text = text.replace(marking, f"TLP:{word}")
    for known in TEXTS:
        text = text.replace(labels.marking_id(known), known)
    text = re.sub(r"--0{8}-0000-4000-8000-0{9}", "-", text)
    return re.sub(r"(ipv4-addr--...)[0-9a-f-]*", r"\1", text)


def describe(acts: Sequence[Act | None]) -> str:
    """Print a history, one act a line, for a failing test."""
    return "\n".join(f"  {n:3} {_line(act)}" for n, act in enumerate(acts))


def _line(act: Act | None) -> str:
    match act:
        case None:
            return "nothing"
        case Change():
            return f"{act.nation} becomes {act.status}"
        case Withdraw():
            what = f"{act.match} of {_short(act.id)} in {act.collection[:2]}"
            return f"{act.account} withdraws {what}"
        case Post():
            items = "; ".join(
                " ".join(
                    _short(value)
                    for name, value in item.items()
                    if name not in {"type", "spec_version", "created", "extensions"}
                )
                for item in act.items
            )
            return f"{act.account} posts to {act.collection[:2]}: {items}"
