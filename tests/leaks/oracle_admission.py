"""How a POST is judged, item by item, in the oracle.

Source: DESIGN §6, "Lanes", "Sources of a label", "Join, once, at admission"; ADR 6.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from tests.leaks import oracle_labels as labels
from tests.leaks.oracle_alliance import BODY
from tests.leaks.oracle_items import Item, is_fact, markings, references, version_of
from tests.leaks.oracle_labels import Label
from tests.leaks.oracle_rows import Account, Collection, Row, Verdict

if TYPE_CHECKING:
    from tests.leaks.oracle import Oracle


class Admission:
    """The judgement of one POST."""

    def __init__(
        self,
        world: "Oracle",
        account: Account,
        collection: Collection,
        items: Sequence[Item],
    ) -> None:
        self.world = world
        self.account = account
        self.collection = collection
        self.items = items
        self.new: list[Row] = []
        self.base: list[Row] = []
        self.tied: dict[str, Row] = {}

    def verdicts(self) -> list[Verdict]:
        """Judge all items, and join what is stored."""
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
        text = labels.hub_text(item)
        if text is not None and labels.is_settled(text):
            return "duplicate", None
        lane = [
            *self.world.own_lane(self.account, self.collection.id, str(item["id"])),
            *(row for row in self.new if row.id == item["id"]),
        ]
        for row in lane:
            if row.version == version_of(item):
                return ("duplicate" if row.item == item else "refused"), None
        needs: list[Row] = []
        own = self.own_label(item, needs)
        if own is None or own.level > self._level_max():
            return "refused", None
        is_anothers = self._is_anothers_identity(item.get("created_by_ref"))
        if is_anothers or self._is_recalled(item):
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
            arrived=self.world.moment,
            info=self.world.moment,
            needs=needs,
        )
        if self.world.rules.copies_are_joined:
            row.joined = [*held, *self.base]
            row.label = labels.all_of([own, *(each.label for each in row.joined)])
        self.new.append(row)
        return "stored", row

    def _level_max(self) -> int:
        """Give the level above which the account, or the hub, takes nothing."""
        ceiling = self.world.ceiling
        if ceiling is None or not self.world.rules.hub_has_a_ceiling:
            return self.account.clearance
        return min(ceiling, self.account.clearance)

    def _is_anothers_identity(self, identity: str | None) -> bool:
        owner = self.world.identities.get(identity or "", self.account.nation)
        if not self.world.rules.registered_identities_are_kept:
            return False
        return owner != self.account.nation

    def _is_recalled(self, item: Item) -> bool:
        if not self.world.rules.recalled_stays_away:
            return False
        return self.world.recalls.refuses(self.account, item)

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
            if row.id == item["id"]
            and row.nation != self.account.nation
            and not row.earlier
        ]
        was_first = own and all(own[0].number < row.number for row in others)
        return [] if was_first else others

    def own_label(self, item: Item, needs: list[Row]) -> Label | None:
        """Read an object's own markings, or the default; None if one is unknown."""
        texts = [self._text(each, needs) for each in markings(item)]
        if any(each is None for each in texts):
            return None
        said = [each for each in texts if each]
        named = frozenset[str]()
        if self.world.rules.amber_adds_whom_it_names:
            named = named.union(
                *(labels.named_in(each, self.world.alliance) for each in said)
            )
        found = [self._read(each, named) for each in said]
        return labels.all_of(found) if found else self._default()

    def _default(self) -> Label:
        text = self.collection.default
        if text is None and not self.world.rules.default_is_originator:
            text = f"{self.world.alliance.levels[0]} // PUBLIC"
        if text is None:
            return Label(closed=frozenset({self.account.nation}))
        return self._read(text)

    def _read(self, text: str, named: frozenset[str] = frozenset()) -> Label:
        """Read a text; a traffic light adds the nations named beside it."""
        if text.startswith("TLP:"):
            word = text.removeprefix("TLP:")
            return labels.tlp(word, self.account.nation, named)
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

    def _text(self, marking: str, needs: list[Row]) -> str | None:
        """Give the text of a marking; "" if it says nothing, None if unknown."""
        if marking in labels.TLP:
            return f"TLP:{labels.TLP[marking]}"
        for item in self.items:
            if item["id"] == marking:
                needs += [row for row in self._own() if row.id == marking]
                return _said(item)
        for row in self._known():
            if row.id == marking:
                needs.append(row)
                return _said(row.item)
        for row, marks in self._carried():
            if marking in marks:
                needs.append(row)
                return MARK_TEXTS[marking]
        return None

    def _known(self) -> Iterator[Row]:
        """Go through what the account sees, and what it has published."""
        yield from self._own()
        yield from self.world.visible_rows(self.account)

    def _own(self) -> Iterator[Row]:
        yield from (
            row
            for row in self.world.rows
            if row.nation == self.account.nation
            and not row.is_withdrawn
            and row.label.level <= self.account.clearance
        )

    def _carried(self) -> Iterator[tuple[Row, list[str]]]:
        """Go through the hub's markings on its own, and on what it sees.

        What is left of a revoked version the hub made, not the account (ADR 9).
        """
        if self.world.rules.knows_what_it_carried:
            yield from ((row, row.marks) for row in self._own() if not row.earlier)
        yield from ((row, row.marks) for row in self.world.visible_rows(self.account))

    def _join(self) -> None:
        """Join labels with those of what is referred to until nothing narrows."""
        sources = {row.number: self._sources(row) for row in self.new}
        for row in self.new:
            row.joined += [each for each in sources[row.number] if each is not row]
            row.needs += row.joined
        changed = True
        while changed:
            changed = False
            for row in self.new:
                joined = labels.all_of([row.label, *(r.label for r in row.joined)])
                infos = [row.info, *(each.info for each in row.joined)]
                info = min(infos, key=lambda moment: moment.act)
                changed = changed or (joined, info) != (row.label, row.info)
                row.label, row.info = joined, info

    def _sources(self, row: Row) -> list[Row]:
        found: list[Row] = []
        tied = self.tied.get(row.id)
        for stix_id in references(row.item):
            if tied is not None and tied.id == stix_id:
                found.append(tied)  # the very version, wherever else there are some
            else:
                found += self._found(stix_id)
        return found

    def _found(self, stix_id: str) -> list[Row]:
        """Find what a reference means to the poster: POST, own lanes, held lanes.

        What is left of a revoked version for others is none that is looked at (ADR 9).
        """
        world = self.world
        same_post = [row for row in self.new if row.id == stix_id]
        if world.rules.joins_hidden:
            return [row for row in (*world.rows, *self.new) if row.id == stix_id]
        own = [
            row
            for collection in world.collections
            for row in world.own_lane(self.account, collection, stix_id)
        ]
        held = [
            row
            for row in world.visible_rows(self.account)
            if row.id == stix_id and not row.earlier
        ]
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


def _said(item: Item) -> str:
    """Give what a definition says about who may see; "" if it says nothing."""
    text = labels.hub_text(item) or str(item["definition"]["statement"])
    return "" if text.startswith("Copyright") else text
