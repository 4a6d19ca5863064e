"""Who sees what, a second time: slow, obvious, and sharing no code with the hub.

Written from DESIGN §6 alone. Everything that ever happened stays in plain lists; after
each act every view class (nation and clearance) is settled anew, one by one, as if it
were alone in the world. Where DESIGN leaves something open, ADRs 6 and 8 say how it is
read.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

import msgspec

from tests.leaks import oracle_labels as labels
from tests.leaks.oracle_admission import Admission
from tests.leaks.oracle_alliance import Alliance
from tests.leaks.oracle_items import Item, tear_line, tie
from tests.leaks.oracle_labels import Label
from tests.leaks.oracle_recalls import Recalls
from tests.leaks.oracle_releases import Release, Terms, named_nations
from tests.leaks.oracle_rows import (
    Account,
    Class,
    Collection,
    Moment,
    Row,
    Rules,
    Verdict,
)
from tests.leaks.oracle_views import Delivery, Following, Settlement


class Oracle:
    """The world as it should be."""

    def __init__(self, day: date, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.alliance = Alliance(day)
        self.collections: dict[str, Collection] = {}
        self.rows: list[Row] = []
        self.releases: dict[int, Release] = {}
        self.identities: dict[str, str] = {}
        self.ceiling: int | None = None
        self.acts = 0
        self.recalls = Recalls(self)
        self._classes: dict[Class, Settlement] = {}
        self._readers: dict[tuple[str, Label], bool] = {}

    @property
    def gains(self) -> int:
        """How often something became visible to a view class later than it came."""
        return sum(each.gains for each in self._classes.values())

    @property
    def moment(self) -> Moment:
        """The present act."""
        members = {"NATO": self.alliance.closed_members("NATO")}
        return Moment(act=self.acts, day=self.alliance.day, members=members)

    # What happens

    def open_view(self, view: Class) -> None:
        """Keep an eye on what a nation's people of some clearance see."""
        self._classes.setdefault(view, Settlement(view, self.rules))

    def change_status(self, nation: str, status: str, since: date) -> None:
        """Let a nation's status change, from the day of its recording on."""
        self.acts += 1
        self._readers.clear()
        self.alliance.change(nation, status, since)

    def begin_day(self, day: date) -> None:
        """Let a day begin, and act what is dated up to it."""
        self.acts += 1
        self._readers.clear()
        self.alliance.begin(day)

    def post(
        self, account: Account, collection: str, items: Sequence[Item]
    ) -> list[Verdict]:
        """Judge a POST item by item; who may not write at all gets nothing done."""
        self.acts += 1
        admission = Admission(self, account, self.collections[collection], items)
        verdicts = admission.verdicts()
        for each in verdicts:
            if each.row is not None:
                self._store(each.row, account)
        return verdicts

    def _store(self, row: Row, account: Account) -> None:
        """Store a version; of a revoked one also what earlier readers get of it."""
        earlier = [
            each
            for each in self.own_lane(account, row.collection, row.id)
            if each.version < row.version
        ]
        row.number = len(self.rows)
        self.rows.append(row)
        rule = self.rules.revoked_reaches_earlier_readers
        if not (rule and row.item.get("revoked")):
            return
        for each in sorted(earlier, key=lambda old: old.version):
            left = msgspec.structs.replace(
                row,
                number=len(self.rows),
                label=each.label,
                earlier=[each],
                revoked=row,
                needs=[row, *earlier],
            )
            self.rows.append(left)

    def has_to_be_told(self, left: Row) -> bool:
        """Tell whether somebody sees an earlier version and not the revoked one."""
        assert left.revoked is not None, "it is left of a revoked version"
        revoked = left.revoked
        releases = [
            each
            for each in self.releases.values()
            if each.covers(revoked, self.alliance, self.rules)
        ]
        reached = labels.audience(revoked.label, self.alliance)
        reached |= {revoked.nation}.union(*(each.to for each in releases))
        for each in left.earlier:
            could = labels.audience(each.label, self.alliance)
            could |= each.released_to
            if could - reached or each.label.level < revoked.label.level:
                return True
        return False

    def tear(
        self, account: Account, collection: str, stix_id: str, tie_id: str
    ) -> list[Verdict] | None:
        """Publish the releasable part of the last version; null if there is none.

        Args:
            tie_id: the id of the relationship between the two.
        """
        self.acts += 1
        lane = self.own_lane(account, collection, stix_id)
        shown = [
            each.row for each in self._classes[account.view].deliveries(collection)
        ]
        origin = max(lane, key=lambda row: (row.version, row in shown), default=None)
        if origin is None:
            return None
        withheld = self._narrowing(account, origin)
        item = tear_line(origin.item, account.nation, withheld)
        if item is None:
            return None
        items = (item, tie(item, origin.item, tie_id))
        admission = Admission(self, account, self.collections[collection], items)
        admission.tied = {tie_id: origin}
        if not self.rules.tear_line_is_its_own:
            admission.base = [origin]
        verdicts = admission.verdicts()
        for each in verdicts:
            if each.row is not None:
                each.row.needs.append(origin)
                each.row.origin = origin
                self._store(each.row, account)
        return verdicts

    def _narrowing(self, account: Account, row: Row) -> set[str]:
        """List the properties of a version that fewer may see than the rest.

        There are none where the account does not know what a marking says.
        """
        admission = Admission(self, account, self.collections[row.collection], ())
        plain = {k: v for k, v in row.item.items() if k != "granular_markings"}
        own = admission.own_label(plain, [])
        found: set[str] = set()
        for each in row.item.get("granular_markings", ()):
            marked = {**plain, "object_marking_refs": [each["marking_ref"]]}
            label = admission.own_label(marked, [])
            if label is None or own is None:
                return set()
            both = labels.both(own, label)
            if _without(both, row.nation) != _without(own, row.nation):
                found |= {selector.split(".")[0] for selector in each["selectors"]}
        return found

    def nothing(self) -> None:
        """Let an act pass that changes nothing."""
        self.acts += 1

    def register(self, account: Account, identity: str, nation: str) -> bool:
        """Register an identity; only the secretariat moves one to another nation."""
        self.acts += 1
        if not (account.publishes and self._stands(account.nation)):
            return False
        owner = self.identities.get(identity, nation)
        if identity in self.identities and owner == nation:
            return False
        if not account.is_staff and {owner, nation} != {account.nation}:
            return False
        self.identities[identity] = nation
        return True

    def release(self, account: Account, terms: Terms, key: int | None) -> bool:
        """Make a release under a key, or none; false where the author may not."""
        self.acts += 1
        selection = labels.read(terms.text, self.alliance, account.nation)
        if not (account.publishes and self._stands(account.nation)):
            return False
        if selection.level > account.clearance or terms.since > self.alliance.day:
            return False
        if key is not None:
            self.releases[key] = Release(
                nation=account.nation,
                to=named_nations(terms.to, self.alliance),
                level=selection.level,
                terms=terms,
                horizon=len(self.rows),
            )
        return True

    def consent(self, account: Account, number: int) -> bool:
        """Let a nation that was asked consent; false where it may not."""
        self.acts += 1
        release = self.known_release(account, number)
        if release is None or release.is_withdrawn or not account.publishes:
            return False
        if account.nation not in set(release.terms.asks) - release.consents:
            return False
        release.consents.add(account.nation)
        return True

    def end_release(self, account: Account, number: int) -> bool:
        """Withdraw a release, or one's consent; false where one may not."""
        self.acts += 1
        release = self.known_release(account, number)
        if release is None or release.is_withdrawn:
            return False
        if account.is_staff or (account.publishes and account.nation == release.nation):
            release.is_withdrawn = True
            self._forget(release)
            return True
        if not account.publishes or account.nation not in release.consents:
            return False
        release.consents.discard(account.nation)
        return True

    def _forget(self, ended: Release) -> None:
        """Let other releases end, too, that cover the same: a wrong rule."""
        if self.rules.withdrawn_release_leaves_what_another_covers:
            return
        for each in self.releases.values():
            each.is_withdrawn |= bool(each.to & ended.to)

    def known_release(self, account: Account, number: int) -> Release | None:
        """Find a release as far as an account is shown it."""
        release = self.releases.get(number)
        if release is None or not self._stands(account.nation):
            return None
        return release if release.is_shown_to(account) else None

    def redact(self, rows: list[Row]) -> list[Row]:
        """Erase versions."""
        self.acts += 1
        return self._take_out(rows)

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
        return self._take_out([row for row in lane if row.version in wanted])

    def recall(self, account: Account, stix_id: str, key: int) -> tuple[int, list[Row]]:
        """Recall what is the account's; the code of the answer, and what goes."""
        self.acts += 1
        code, gone = self.recalls.recall(account, stix_id, key)
        return code, self._take_out(gone)

    def acknowledge(self, account: Account, key: int) -> int:
        """Confirm a recall; the code of the answer."""
        self.acts += 1
        return self.recalls.acknowledge(account, key)

    def views(self) -> Iterator[tuple[Class, Settlement]]:
        """Go through what each view class was given."""
        yield from self._classes.items()

    def _take_out(self, gone: list[Row]) -> list[Row]:
        """Take versions out, and with them the tear lines made of them."""
        if self.rules.tear_line_goes_with_its_origin:
            gone = gone + [
                row
                for row in self.rows
                if row.origin in gone and not row.is_taken_out and row not in gone
            ]
        for row in gone:
            row.is_taken_out = True
        return gone

    def settle(self, at_ms: int, gained_ms: int | None = None) -> bool:
        """Let everybody's view follow what has just happened; tell if anybody's did.

        Args:
            gained_ms: when what came before was delivered to those who gained it; at
                the same instant if null.
        """
        if self.rules.releases_widen:
            self._release()
        for settlement in self._classes.values():
            if self._stands(settlement.view.nation):
                settlement.absent_since = None
            elif settlement.absent_since is None:
                settlement.absent_since = self.acts
        has_changed = False
        for collection in self.collections:
            rows = [row for row in self.rows if row.collection == collection]
            moment = Following(
                act=self.acts, at_ms=at_ms, gained_ms=gained_ms or at_ms, rows=rows
            )
            for settlement in self._classes.values():
                has_changed |= settlement.follow(
                    collection, moment, partial(self._entitled, settlement.view)
                )
        return has_changed

    def _release(self) -> None:
        """Note of each version to whom it is released."""
        for row in self.rows:
            covering = [
                each
                for each in self.releases.values()
                if each.covers(row, self.alliance, self.rules)
            ]
            row.released_to = frozenset[str]().union(*(each.to for each in covering))
            for each in covering:
                each.ever.add(row.number)

    # What is seen

    def entitled(self, row: Row, view: Class) -> bool:
        """Tell whether the label of a version lets somebody see it."""
        if row.is_withdrawn or row.label.level > view.clearance:
            return False
        if not self.rules.standing_is_a_gate and not self._stands(view.nation):
            return False
        if view.nation == row.nation or view.nation in row.released_to:
            return True
        asked = (view.nation, row.label)
        if asked not in self._readers:
            self._readers[asked] = labels.admits(row.label, view.nation, self.alliance)
        return self._readers[asked]

    def _entitled(self, view: Class, row: Row) -> bool:
        return self.entitled(row, view)

    def stands(self, nation: str) -> bool:
        """Tell whether a nation has standing."""
        return self._stands(nation)

    def _stands(self, nation: str) -> bool:
        return self.alliance.has_standing(nation)

    def may(self, account: Account, right: str) -> bool:
        """Tell whether a right of a collection includes an account."""
        return self._stands(account.nation) and self.names(account, right)

    def names(self, account: Account, right: str) -> bool:
        """Tell whether a right names an account, whether its nation stands or not."""
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
            and not row.earlier
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


def _without(label: Label, nation: str) -> Label:
    """Give a label as it is for everybody but its originator."""
    if label.closed is None:
        return label
    others = label.closed - {nation}
    still_open = label.open if others else frozenset[labels.Clause]()
    return msgspec.structs.replace(label, closed=others, open=still_open)
