"""Makes histories up from a seed.

Histories in which nothing is ever widened test nothing, so releases mostly select what
is there, consents are mostly given by those who were asked, and statuses do change.
"""

import random
from typing import Any

from tests.leaks import oracle_labels as labels
from tests.leaks.acts import (
    Acknowledge,
    Act,
    Change,
    Consent,
    EndRelease,
    MakeRelease,
    Midnight,
    OpenAccount,
    Poll,
    Post,
    Recall,
    Redact,
    Register,
    Tear,
    Withdraw,
)
from tests.leaks.oracle_items import NO_VERSION, address_id
from tests.leaks.world import (
    ACCOUNTS,
    ADDRESSES,
    CHANGES,
    COLLECTIONS,
    DANGLING,
    IDENTITIES,
    IDS,
    LAST_VERSION,
    SELECTIONS,
    STATEMENTS,
    TEXTS,
    VERSIONS,
)

CLIENTS_MAX = 6
"""Clients of one history; few, so that each comes back."""

_CLOSED = {each.id for each in COLLECTIONS if each.default is None}
"""Where what is torn off would be for its originator only: nothing to tear."""

_PUBLISHERS = tuple(
    each.name
    for each in ACCOUNTS.values()
    if each.publishes and not each.is_staff and not each.comes_later
)


class Generator:
    """Makes one history up."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a test's choice, no secret
        self._posted: list[tuple[str, str, str]] = []
        self._marked: list[tuple[str, str, str]] = []
        self._status = {nation: each[0] for nation, each in CHANGES.items()}
        self._releases: list[MakeRelease] = []
        self._clients: list[Poll] = []
        self._torn: list[tuple[str, str, str]] = []
        self._recalls: list[Recall] = []
        self._day = 0
        self._later = [each.name for each in ACCOUNTS.values() if each.comes_later]
        self._opened: list[str] = []

    def history(self, length: int) -> list[Act]:
        """Give acts; some changes of status at the least, at fixed places.

        At the end every client comes and takes all that is left.
        """
        changes = {length // 3, length // 2, length - length // 4, length - 3}
        acts: list[Act] = []
        while len(acts) < length:
            if len(acts) in changes:
                acts += self._changes()
            else:
                acts.append(self._act())
        return [*acts, *self._drains()]

    def _drains(self) -> list[Act]:
        return [
            Poll(
                account=each.account,
                collection=each.collection,
                surface=each.surface,
                match=each.match,
                by=each.by,
                limit=3,
                pages=None,
            )
            for each in self._clients
        ]

    def _act(self) -> Act:
        kinds = {
            self._post: 36,
            self._poll: 20,
            self._release: 14 if self._posted else 0,
            self._consent: 7 if self._releases else 0,
            self._end: 7 if self._releases else 0,
            self._withdraw: 7,
            self._recall: 4 if self._posted else 0,
            self._acknowledge: 3 if self._recalls else 0,
            self._tear: 7 if self._marked else 0,
            self._revoke: 4,
            self._register: 3,
            self._redact: 2 if self._posted else 0,
            self._open: 1,
        }
        (make,) = self._random.choices(list(kinds), list(kinds.values()))
        return make()

    # Statuses and accounts

    def _changes(self) -> list[Act]:
        """Let a status change, mostly on a day of its own, and some days to come."""
        days = self._random.choice((0, 0, 0, 1, 2, -4))
        change = self._change(days)
        if days > 0:
            return [change, *[each for _ in range(days) for each in self._night()]]
        if self._random.random() < 0.3:
            return [change]
        self._day += 1
        return [Midnight(), change]

    def _night(self) -> list[Act]:
        last = self._act()
        self._day += 1
        return [last, Midnight()]

    def _change(self, days: int) -> Change:
        pick = self._random
        likely = ("MDA", "GEO", "JPN", "HUN") if pick.random() < 0.7 else tuple(CHANGES)
        nation = pick.choice(likely)
        others = [s for s in CHANGES[nation] if s != self._status[nation]]
        status = "member" if "member" in others and pick.random() < 0.6 else ""
        self._status[nation] = status or pick.choice(others)
        return Change(nation=nation, status=self._status[nation], days=days)

    def _open(self) -> Act:
        if not self._later:
            return self._post()
        name = self._random.choice(self._later)
        self._later.remove(name)
        self._opened.append(name)
        return OpenAccount(name=name)

    def _register(self) -> Register:
        account = self._random.choice((*_PUBLISHERS, "secretary", "secretary"))
        nations = (ACCOUNTS[account].nation, "FIN", "POL")
        return Register(
            account=account,
            identity=self._random.choice(IDENTITIES),
            nation=self._random.choice(nations),
        )

    # Releases

    def _release(self) -> MakeRelease:
        pick = self._random
        authors = [account for account, _, _ in self._posted]
        account = pick.choice([*authors[-6:], *authors[-6:], "secretary"])
        nations = [n for n in CHANGES if n != ACCOUNTS[account].nation]
        likely = [n for n in ("MDA", "GEO", "JPN", "AUT", "HUN") if n in nations]
        to = pick.sample(likely if pick.random() < 0.8 else nations, 2)
        asks = pick.sample(nations, pick.choice((0, 0, 1, 2)))
        made = MakeRelease(
            key=len(self._releases),
            account=account,
            to=tuple(to[: pick.choice((1, 2))]),
            text=pick.choice(SELECTIONS),
            since=pick.choice((-3, 0, 0, self._day, self._day)),
            ongoing=pick.random() < 0.5,
            controlled=pick.random() < 0.4,
            asks=("POL", "FIN") if account == "secretary" else tuple(sorted(asks)),
            dry_run=pick.random() < 0.08,
        )
        if not made.dry_run:
            self._releases.append(made)
        return made

    def _consent(self) -> Act:
        asked = [each for each in self._releases if each.asks]
        if not asked:
            return self._release()
        release = self._random.choice(asked)
        likely = [n for n in _PUBLISHERS if ACCOUNTS[n].nation in release.asks]
        account = self._random.choice([*likely * 4, self._random.choice(_PUBLISHERS)])
        return Consent(account=account, release=release.key)

    def _end(self) -> EndRelease:
        release = self._random.choice(self._releases)
        others = ["secretary", self._random.choice(_PUBLISHERS)]
        others += [n for n in _PUBLISHERS if ACCOUNTS[n].nation in release.asks]
        account = self._random.choice([*[release.account] * 3, *others])
        return EndRelease(account=account, release=release.key)

    # Clients

    def _poll(self) -> Poll:
        pick = self._random
        if self._clients and (
            len(self._clients) >= CLIENTS_MAX or pick.random() < 0.65
        ):
            known = pick.choice(self._clients)
        else:
            names = [n for n, each in ACCOUNTS.items() if not each.comes_later]
            known = Poll(
                account=pick.choice([*names, *self._opened]),
                collection=self._collection(),
                surface=pick.choice(("manifest", "objects")),
                match=pick.choice(("all", "all", "all", "last", "first")),
                by=pick.choice(("next", "added_after")),
                limit=1,
                pages=1,
            )
            if all(known.client != each.client for each in self._clients):
                self._clients.append(known)
        return Poll(
            account=known.account,
            collection=known.collection,
            surface=known.surface,
            match=known.match,
            by=known.by,
            limit=pick.randint(1, 3),
            pages=pick.choice((1, 1, 2, 3, None)),
        )

    # Objects

    def _withdraw(self) -> Withdraw:
        blind = (self._publisher(), self._collection(), self._random.choice(IDS))
        known = self._posted if self._random.random() < 0.8 else []
        known = self._torn if self._random.random() < 0.25 else known
        account, collection, stix_id = self._random.choice(known or [blind])
        return Withdraw(
            account=account,
            collection=collection,
            id=stix_id,
            match=self._random.choice(("last", "last", "all", "first", *VERSIONS)),
        )

    def _recall(self) -> Recall:
        """Recall something, mostly one's own."""
        account, _, stix_id = self._random.choice(self._posted[-12:])
        if self._random.random() < 0.2:
            account = self._random.choice((*_PUBLISHERS, "secretary", "fin-reader"))
        made = Recall(account=account, id=stix_id, key=len(self._recalls) + 1)
        self._recalls.append(made)
        return made

    def _acknowledge(self) -> Acknowledge:
        recall = self._random.choice(self._recalls[-4:])
        names = [n for n, each in ACCOUNTS.items() if not each.comes_later]
        account = self._random.choice([*names, *self._opened])
        return Acknowledge(account=account, id=recall.id, key=recall.key)

    def _redact(self) -> Redact:
        account, collection, stix_id = self._random.choice(self._posted)
        plain = stix_id.startswith("ipv4-addr")
        return Redact(
            nation=ACCOUNTS[account].nation,
            collection=collection,
            id=stix_id,
            version=NO_VERSION if plain else self._random.choice(VERSIONS),
        )

    def _tear(self) -> Tear:
        account, collection, stix_id = self._random.choice(self._marked)
        self._torn.append((account, collection, stix_id))
        if self._random.random() < 0.2:
            account = self._publisher()
        return Tear(account=account, collection=collection, id=stix_id)

    def _revoke(self) -> Post:
        """Revoke something, mostly one's own, mostly under a narrower marking."""
        blind = (self._publisher(), self._collection(), self._random.choice(IDS))
        known = self._posted if self._random.random() < 0.9 else []
        account, collection, stix_id = self._random.choice(known or [blind])
        if stix_id.startswith(("ipv4", "marking")):
            stix_id = IDS[0]
        item = self._bare(account, stix_id) | {
            "modified": LAST_VERSION,
            "revoked": True,
        }
        text = self._random.choice(TEXTS)
        return Post(
            account=account,
            collection=collection,
            items=tuple(self._marked_with(item, text)),
        )

    def _post(self) -> Post:
        account = self._publisher()
        collection = self._collection()
        items: list[dict[str, Any]] = []
        for _ in range(self._random.randint(1, 4)):
            items += self._items(account)
        if self._random.random() < 0.25:
            items += self._two_versions(account)
        self._random.shuffle(items)
        self._posted += [
            (account, collection, item["id"])
            for item in items
            if item["type"] != "marking-definition"
        ]
        self._marked += [
            (account, collection, item["id"])
            for item in items
            if "granular_markings" in item and collection not in _CLOSED
        ]
        return Post(account=account, collection=collection, items=tuple(items))

    def _publisher(self) -> str:
        return self._random.choice(_PUBLISHERS)

    def _collection(self) -> str:
        return self._random.choice((COLLECTIONS[0], *COLLECTIONS)).id

    def _two_versions(self, account: str) -> list[dict[str, Any]]:
        """Give two versions of an object, the newer mostly for other readers."""
        pick = self._random
        item = self._bare(account, pick.choice(IDS[:5])) | {"modified": VERSIONS[0]}
        newer = item | {"modified": VERSIONS[1], "name": f"{item['name']} anew"}
        marked = self._marked_with(newer, pick.choice(TEXTS[:8]))
        return [item, *marked]

    def _items(self, account: str) -> list[dict[str, Any]]:
        """Give an object, and mostly the definition of its marking before it."""
        pick = self._random
        item = self._bare(account, pick.choice(IDS))
        about = (*IDS, DANGLING)
        if pick.random() < 0.45:
            item["x_about_refs"] = pick.sample(about, pick.randint(1, 2))
        if pick.random() < 0.15:
            item["x_inside"] = {"source_ref": pick.choice(about)}
        if pick.random() < 0.15 and item["type"] != "ipv4-addr":
            item["created_by_ref"] = pick.choice((IDENTITIES[0], *IDENTITIES))
        chance = pick.random()
        if chance < 0.35:
            return [item]
        if chance < 0.5:
            return self._lit(item)
        if chance < 0.58:
            marking = pick.choice(tuple(STATEMENTS))
            item["object_marking_refs"] = [marking]
            return [item] if pick.random() < 0.3 else [_statement(marking), item]
        return self._marked_with(item, pick.choice(TEXTS))

    def _lit(self, item: dict[str, Any]) -> list[dict[str, Any]]:
        """Mark an object with a traffic light, and perhaps name nations beside it."""
        light = self._random.choice(tuple(labels.TLP))
        item["object_marking_refs"] = [light]
        if self._random.random() > 0.3:
            return [item]
        text = self._random.choice(TEXTS)
        item["object_marking_refs"].append(labels.marking_id(text))
        return [labels.definition(text), item]

    def _marked_with(self, item: dict[str, Any], text: str) -> list[dict[str, Any]]:
        pick = self._random
        marking = labels.marking_id(text)
        if pick.random() < 0.3 and item["type"] != "ipv4-addr":
            selector = "name" if pick.random() < 0.2 else "description"
            marked = {"selectors": [selector], "marking_ref": marking}
            item["granular_markings"] = [marked]
        else:
            item["object_marking_refs"] = [marking]
        return [item] if pick.random() < 0.1 else [labels.definition(text), item]

    def _bare(self, account: str, stix_id: str) -> dict[str, Any]:
        kind = stix_id.split("--", maxsplit=1)[0]
        variant = self._random.choice("aaab")
        name = f"{kind} of {ACCOUNTS[account].nation} {variant}"
        item: dict[str, Any] = {"type": kind, "spec_version": "2.1", "id": stix_id}
        if kind == "ipv4-addr":
            value = next(v for v in ADDRESSES if address_id(v) == stix_id)
            return item | {"value": value, "x_name": name, "name": name}
        version = self._random.choice(VERSIONS)
        return item | {
            "created": VERSIONS[0],
            "modified": version,
            "name": f"{name} {version[8:10]}",
            "description": f"what {name} {version[8:10]} is",
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
