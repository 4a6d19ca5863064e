"""Recalls in the oracle: what goes, who had it, and what is refused afterwards.

A recall takes all that its author sees of its nation's own versions of an id, wherever
it may write. Who held a version then is remembered class by class with the newest it
held; only they know of the recall, and to them nothing so old may come back.

Source: DESIGN §3, "Recall"; §6, "Non-interference"; ADR 18.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from tests.leaks.oracle_items import Item, is_fact, version_of
from tests.leaks.oracle_rows import Account, Class, Row
from tests.leaks.oracle_views import Settlement

if TYPE_CHECKING:
    from tests.leaks.oracle import Oracle

Place = tuple[Class, str]
"""A view class in a collection."""


class Recalled(msgspec.Struct, kw_only=True, eq=False):
    """One id that was recalled; a part of what was has a recall of its own.

    Attributes:
        until: the newest version that each view class held of it, by collection.
        confirmed: the nations that say that they have removed it.
    """

    id: str
    nation: str
    until: dict[Place, str]
    confirmed: set[str] = set()


class Recalls:
    """All recalls of a world.

    Attributes:
        made: those that were made, by the numbers of their acts; and what went along.
    """

    def __init__(self, world: "Oracle") -> None:
        self._world = world
        self.made: dict[int, Recalled] = {}
        self.parts: list[Recalled] = []

    def recall(self, account: Account, stix_id: str, key: int) -> tuple[int, list[Row]]:
        """Recall what is the account's; the code of the answer, and what goes."""
        own = [
            row
            for collection in self._shown(account)
            for row in self._world.own_lane(account, collection, stix_id)
        ]
        if not own:
            seen = any(row.id == stix_id for row in self._world.visible_rows(account))
            return (403 if seen else 404), []
        gone = [row for row in own if self._world.may_write(account, row.collection)]
        if not gone:
            return 403, []
        self.made[key] = self._noted(gone)
        made_from = [
            row
            for row in self._world.rows
            if row.origin in gone and not row.is_withdrawn and not row.earlier
        ]
        for part in sorted({row.id for row in made_from}):
            if not part.startswith("relationship--"):
                rows = [row for row in made_from if row.id == part]
                self.parts.append(self._noted(rows))
        return 201, gone

    def acknowledge(self, account: Account, key: int) -> int:
        """Confirm that the account's nation has removed it; the code of the answer."""
        found = self.made.get(key)
        if found is None or not self.is_known(found, account):
            return 404
        if found.nation == account.nation:
            return 422
        found.confirmed.add(account.nation)
        return 200

    def known(self, account: Account) -> list[Recalled]:
        """List the recalls that an account may know of."""
        every = [*self.made.values(), *self.parts]
        return [each for each in every if self.is_known(each, account)]

    def is_known(self, recalled: Recalled, account: Account) -> bool:
        """Tell whether an account's class held it where the account may look."""
        if not self._world.rules.holders_alone_know_of_a_recall:
            return self._world.stands(account.nation)
        return bool(self._held(recalled, account))

    def refuses(self, account: Account, item: Item) -> bool:
        """Tell whether an item may not come back, as far as its poster knows."""
        stix_id = str(item["id"])
        until: dict[str, str] = {}
        for each in self.known(account):
            if each.id == stix_id:
                newest = max(self._held(each, account), default="")
                until[each.nation] = max(until.get(each.nation, ""), newest)
        for nation, newest in until.items():
            is_own = nation == account.nation
            if not is_own and is_fact(item):
                continue
            if version_of(item) <= newest:
                return True
            if not is_own and not self._has_own(account, stix_id):
                return True
        return False

    def _has_own(self, account: Account, stix_id: str) -> bool:
        return any(
            self._world.own_lane(account, collection, stix_id)
            for collection in self._world.collections
        )

    def _held(self, recalled: Recalled, account: Account) -> list[str]:
        if not self._world.stands(account.nation):
            return []
        is_own = recalled.nation == account.nation
        return [
            newest
            for (view, collection), newest in recalled.until.items()
            if view == account.view
            and (is_own or self._world.may_read(account, collection))
            and collection in self._shown(account)
        ]

    def _shown(self, account: Account) -> list[str]:
        """List the collections that are there for an account."""
        return [
            each
            for each in self._world.collections
            if self._world.may_read(account, each)
            or self._world.may_write(account, each)
        ]

    def _had(self, settlement: Settlement) -> Iterator[Row]:
        """Go through what a class holds that it ever had a chance to see.

        Its nation may read there, and has had standing since it was delivered.
        """
        anybody = Account(name="", nation=settlement.view.nation, clearance=0)
        absent_since = settlement.absent_since
        for collection, each in self._world.collections.items():
            if self._world.names(anybody, each.read):
                for delivery in settlement.deliveries(collection):
                    missed = absent_since is not None and delivery.act > absent_since
                    if delivery.row is not None and not missed:
                        yield delivery.row

    def _noted(self, gone: list[Row]) -> Recalled:
        until: dict[Place, str] = {}

        def note(view: Class, row: Row) -> None:
            place = (view, row.collection)
            until[place] = max(until.get(place, ""), row.version)

        for view, settlement in self._world.views():
            for each in self._had(settlement):
                if each in gone or each.revoked in gone:
                    note(view, each)
            for row in gone:
                if view.nation == row.nation and row.label.level <= view.clearance:
                    note(view, row)
        return Recalled(
            id=gone[0].id, nation=gone[0].nation, until=until, confirmed=set()
        )
