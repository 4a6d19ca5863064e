"""Who sees what, a second time: slow, obvious, and sharing no code with the hub.

Written from DESIGN §6 alone. Everything that ever happened stays in plain lists; after
each act every view class (nation and clearance) is settled anew, one by one, as if it
were alone in the world. Where DESIGN leaves something open, ADR 6 says how it is read.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

import msgspec

from tests.leaks import oracle_labels as labels
from tests.leaks.oracle_alliance import BODY, Alliance
from tests.leaks.oracle_items import (
    Item,
    is_fact,
    markings,
    references,
    version_of,
)
from tests.leaks.oracle_labels import Label
from tests.leaks.oracle_views import Class, Delivery, Settlement

DEFINITION_VERSION = "2026-01-01T00:00:00.000Z"


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Rules that can be made wrong, to show that the comparison would notice.

    Attributes:
        own_definitions: a marking of the hub's that an object brought along counts as
            carried even where another was stamped; the hub defines only what it stamps.
    """

    joins: bool = True
    joins_hidden: bool = False
    copies_are_joined: bool = True
    closed_stays_closed: bool = True
    default_is_originator: bool = True
    one_lane: bool = True
    own_lane_as_cleared: bool = True
    suspended_is_closed_out: bool = True
    standing_is_a_gate: bool = True
    gains_come_last: bool = True
    dates_rank_visible: bool = True
    definitions_follow_carriers: bool = True
    own_definitions: bool = False
    older_version_comes_anew: bool = True


class Account(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    nation: str
    clearance: int
    publishes: bool = True

    @property
    def view(self) -> Class:
        return Class(self.nation, self.clearance)


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A collection; a null default means the originator only."""

    id: str
    alias: str
    default: str | None
    read: str
    write: str


class Row(msgspec.Struct, kw_only=True, eq=False):
    """One version in one nation's lane of one collection."""

    number: int
    collection: str
    nation: str
    item: Item
    label: Label
    act: int
    needs: list["Row"] = []
    marks: list[str] = []
    is_withdrawn: bool = False

    @property
    def id(self) -> str:
        return str(self.item["id"])

    @property
    def version(self) -> str:
        return version_of(self.item)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one posted item: stored, duplicate or refused."""

    id: str
    version: str
    outcome: str
    row: Row | None = None


class Oracle:
    """The world as it should be."""

    def __init__(self, day: date, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.alliance = Alliance(day)
        self.collections: dict[str, Collection] = {}
        self.rows: list[Row] = []
        self.acts = 0
        self._classes: dict[Class, Settlement] = {}

    @property
    def gains(self) -> int:
        """How often something became visible to a view class later than it came."""
        return sum(each.gains for each in self._classes.values())

    # What happens

    def open_view(self, view: Class) -> None:
        """Keep an eye on what a nation's people of some clearance see."""
        self._classes.setdefault(view, Settlement(view, self.rules))

    def change_status(self, nation: str, status: str, since: date) -> None:
        """Let a nation's status change, from the day of its recording on."""
        self.acts += 1
        self.alliance.change(nation, status, since)

    def post(
        self, account: Account, collection: str, items: Sequence[Item]
    ) -> list[Verdict]:
        """Judge a POST item by item; who may not write at all gets nothing done."""
        self.acts += 1
        admission = _Admission(self, account, self.collections[collection], items)
        verdicts = admission.verdicts()
        self.rows += [each.row for each in verdicts if each.row is not None]
        return verdicts

    def withdraw(
        self, account: Account, collection: str, stix_id: str, match: str
    ) -> list[Row]:
        """Withdraw versions of the own lane; nothing found is a 404."""
        self.acts += 1
        lane = self.own_lane(account, collection, stix_id)
        versions = sorted({row.version for row in lane})
        wanted = set(versions[-1:] if match == "last" else versions[:1])
        if match not in {"first", "last"}:
            wanted = set(versions) if match == "all" else {match} & set(versions)
        gone = [row for row in lane if row.version in wanted]
        for row in gone:
            row.is_withdrawn = True
        return gone

    def settle(self, at_ms: int) -> None:
        """Let everybody's view follow what has just happened, at one instant."""
        for settlement in self._classes.values():
            for collection in self.collections:
                settlement.follow(
                    [row for row in self.rows if row.collection == collection],
                    collection,
                    self.acts,
                    at_ms,
                    partial(self._entitled, settlement.view),
                )

    # What is seen

    def entitled(self, row: Row, view: Class) -> bool:
        """Tell whether the label of a version lets somebody see it."""
        if row.is_withdrawn or row.label.level > view.clearance:
            return False
        if not self.rules.standing_is_a_gate and not self._stands(view.nation):
            return False
        return view.nation == row.nation or labels.admits(
            row.label, view.nation, self.alliance
        )

    def _entitled(self, view: Class, row: Row) -> bool:
        return self.entitled(row, view)

    def _stands(self, nation: str) -> bool:
        return self.alliance.has_standing(nation)

    def may(self, account: Account, right: str) -> bool:
        """Tell whether a right of a collection includes an account."""
        if not self._stands(account.nation):
            return False
        return any(self._includes(term, account) for term in right.split(",") if term)

    def _includes(self, term: str, account: Account) -> bool:
        if term == "PUBLIC":
            return True
        community = self.alliance.community(term)
        if community is not None and term != account.nation:
            return account.nation in self.alliance.open_members(community)
        if community is not None:
            return True
        return term == account.nation

    def may_read(self, account: Account, collection: str) -> bool:
        return self.may(account, self.collections[collection].read)

    def may_write(self, account: Account, collection: str) -> bool:
        return account.publishes and self.may(
            account, self.collections[collection].write
        )

    def seen(
        self, account: Account, collection: str, version: str = "all"
    ) -> list[Delivery]:
        """List what an account reads in a collection, in order of date added."""
        if not self.may_read(account, collection):
            return []
        found = self._classes[account.view].deliveries(collection)
        if version == "all":
            return found
        pick = max if version == "last" else min
        best: dict[str, str] = {}
        for each in found:
            best[each.id] = pick(best.get(each.id, each.version), each.version)
        return [each for each in found if each.version == best[each.id]]

    def own_lane(self, account: Account, collection: str, stix_id: str) -> list[Row]:
        """List the versions of the own lane that the account is cleared for."""
        return [
            row
            for row in self.rows
            if (row.collection, row.id, row.nation)
            == (collection, stix_id, account.nation)
            and not row.is_withdrawn
            and (
                row.label.level <= account.clearance
                or not self.rules.own_lane_as_cleared
            )
        ]

    def visible_rows(self, account: Account) -> Iterator[Row]:
        """Go through the versions that an account sees anywhere."""
        for collection in self.collections:
            for each in self.seen(account, collection):
                if each.row is not None:
                    yield each.row

    def visible_marks(self, account: Account) -> set[str]:
        """List the hub's markings whose definitions an account sees anywhere."""
        return {
            each.id
            for collection in self.collections
            for each in self.seen(account, collection)
            if each.row is None
        }


class _Admission:
    """The judgement of one POST."""

    def __init__(
        self,
        world: Oracle,
        account: Account,
        collection: Collection,
        items: Sequence[Item],
    ) -> None:
        self.world = world
        self.account = account
        self.collection = collection
        self.items = items
        self.new: list[Row] = []

    def verdicts(self) -> list[Verdict]:
        found = [self._verdict(item) for item in self.items]
        if self.world.rules.joins:
            self._join()
        return found

    def _verdict(self, item: Item) -> Verdict:
        outcome, row = self._judge(item)
        return Verdict(
            id=str(item["id"]), version=version_of(item), outcome=outcome, row=row
        )

    def _judge(self, item: Item) -> tuple[str, Row | None]:
        if labels.hub_text(item) is not None:
            return "duplicate", None
        lane = [
            *self.world.own_lane(self.account, self.collection.id, str(item["id"])),
            *(row for row in self.new if row.id == item["id"]),
        ]
        for row in lane:
            if row.version == version_of(item):
                return ("duplicate" if row.item == item else "refused"), None
        needs: list[Row] = []
        own = self._own_label(item, needs)
        if own is None or own.level > self.account.clearance:
            return "refused", None
        held = self._held_of_others(item, needs)
        if held and version_of(item) > max(row.version for row in held):
            return "refused", None
        row = Row(
            number=len(self.world.rows) + len(self.new),
            collection=self.collection.id,
            nation=self.account.nation,
            item=item,
            label=own,
            act=self.world.acts,
            needs=needs,
        )
        if self.world.rules.copies_are_joined:
            row.needs += held
            row.label = labels.all_of([own, *(each.label for each in held)])
        self.new.append(row)
        return "stored", row

    def _held_of_others(self, item: Item, needs: list[Row]) -> list[Row]:
        """Find other nations' versions of an id that the poster sees.

        Whose own lane was there first is the creator, and need not mind them.
        """
        if is_fact(item):
            return []
        own = [
            row
            for collection in self.world.collections
            for row in self.world.own_lane(self.account, collection, str(item["id"]))
        ]
        own.sort(key=lambda row: row.number)
        needs += own[:1]
        others = [
            row
            for row in self.world.visible_rows(self.account)
            if row.id == item["id"] and row.nation != self.account.nation
        ]
        was_first = own and all(own[0].number < row.number for row in others)
        return [] if was_first else others

    def _own_label(self, item: Item, needs: list[Row]) -> Label | None:
        """Read an object's own markings, or the default; None if one is unknown."""
        found = [self._marking(each, needs) for each in markings(item)]
        if any(each is None for each in found):
            return None
        said = [each for each in found if isinstance(each, Label)]
        return labels.all_of(said) if said else self._default()

    def _default(self) -> Label:
        text = self.collection.default
        if text is None and not self.world.rules.default_is_originator:
            text = f"{self.world.alliance.levels[0]} // PUBLIC"
        if text is None:
            return Label(closed=frozenset({self.account.nation}))
        return self._read(text)

    def _read(self, text: str) -> Label:
        label = labels.read(text, self.world.alliance, self.account.nation)
        rules = self.world.rules
        if not rules.closed_stays_closed:
            return _opened(text, label)
        if not rules.suspended_is_closed_out and label.closed is not None:
            extra = self.world.alliance.open_members(BODY)
            members = self.world.alliance.closed_members(BODY)
            if members <= label.closed:
                return msgspec.structs.replace(label, closed=label.closed | extra)
        return label

    def _marking(self, marking: str, needs: list[Row]) -> Label | str | None:
        """Give the label of a marking; "" if it says nothing, None if unknown."""
        if marking in labels.TLP:
            return labels.tlp(labels.TLP[marking], self.account.nation)
        for item in self.items:
            if item["id"] == marking:
                return self._said(item)
        for row in self._known():
            if row.id == marking:
                needs.append(row)
                return self._said(row.item)
            if marking in row.marks:
                needs.append(row)
                text = MARK_TEXTS[marking]
                return self._read(text)
        return None

    def _said(self, item: Item) -> Label | str:
        text = labels.hub_text(item) or str(item["definition"]["statement"])
        return "" if text.startswith("Copyright") else self._read(text)

    def _known(self) -> Iterator[Row]:
        """Go through what the account sees, and what it has published."""
        yield from (
            row
            for row in self.world.rows
            if row.nation == self.account.nation
            and not row.is_withdrawn
            and row.label.level <= self.account.clearance
        )
        yield from self.world.visible_rows(self.account)

    def _join(self) -> None:
        """Join labels with those of what is referred to until nothing narrows."""
        sources = {row.number: self._sources(row) for row in self.new}
        for row in self.new:
            row.needs += [each for each in sources[row.number] if each is not row]
        changed = True
        while changed:
            changed = False
            for row in self.new:
                joined = labels.all_of(
                    [row.label, *(each.label for each in sources[row.number])]
                )
                changed = changed or joined != row.label
                row.label = joined

    def _sources(self, row: Row) -> list[Row]:
        found: list[Row] = []
        for stix_id in references(row.item):
            found += self._found(stix_id)
        return found

    def _found(self, stix_id: str) -> list[Row]:
        """Find what a reference means to the poster: POST, own lanes, held lanes."""
        world = self.world
        same_post = [row for row in self.new if row.id == stix_id]
        if world.rules.joins_hidden:
            return [row for row in (*world.rows, *self.new) if row.id == stix_id]
        own = [
            row
            for collection in world.collections
            for row in world.own_lane(self.account, collection, stix_id)
        ]
        held = [row for row in world.visible_rows(self.account) if row.id == stix_id]
        return same_post or _newest_of_lanes(own) or _newest_of_lanes(held)


MARK_TEXTS: dict[str, str] = {}
"""The texts of the hub's own markings that were met, by id (the id is their digest)."""


def _newest_of_lanes(rows: Iterable[Row]) -> list[Row]:
    best: dict[tuple[str, str], Row] = {}
    for row in rows:
        lane = (row.collection, row.nation)
        if lane not in best or row.version > best[lane].version:
            best[lane] = row
    return list(best.values())


def _opened(text: str, label: Label) -> Label:
    """Read closed communities as if they were open: a wrong rule."""
    if "REL TO NATO" not in text and " // " in text:
        return label
    clause = labels.Clause(label.closed or frozenset(), frozenset({"NATO"}))
    return Label(level=label.level, open=label.open | {clause})


def text_of(raw: dict[str, Any]) -> str:
    """Remember the text of a definition of the hub's own."""
    text = labels.hub_text(raw)
    assert text is not None, "only definitions of the hub's own are asked for"
    MARK_TEXTS[labels.marking_id(text)] = text
    return text
