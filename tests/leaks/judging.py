"""Holding what the hub did and answered against the oracle."""

from collections.abc import Sequence

import msgspec

from foedus.clock import to_ms
from tests.leaks import oracle_labels as labels
from tests.leaks.driver import SECOND, Done, Driver
from tests.leaks.observing import Record, Seen, observe
from tests.leaks.oracle import MARK_TEXTS, Oracle, Row, Rules, Verdict
from tests.leaks.oracle_items import markings
from tests.leaks.world import (
    ACCOUNTS,
    BEGINNING,
    COLLECTIONS,
    FOUNDED,
    START,
    Act,
    Change,
    Post,
    Withdraw,
)


class Recording(msgspec.Struct, kw_only=True):
    """A history as it happened in the hub.

    Attributes:
        seen: what was observed, by the number of acts done before.
    """

    acts: Sequence[Act]
    done: list[Done] = []
    seen: dict[int, list[Seen]] = {}


async def record(driver: Driver, acts: Sequence[Act], *, every: int) -> Recording:
    """Let a history happen, looking around after every so many acts."""
    recording = Recording(acts=acts)
    for number, act in enumerate(acts, 1):
        recording.done.append(await driver.do(act))
        if number % every == 0 or number == len(acts):
            closely = number == len(acts)
            recording.seen[number] = await observe(driver, closely=closely)
    return recording


class Judge:
    """Replays a recording in an oracle and notes every difference.

    Attributes:
        verdicts: of each act, what became of the items that it posted.
        gone: of each act, the versions that it withdrew.
        known: the numbers of the rows that each account has ever seen.
    """

    def __init__(self, recording: Recording, rules: Rules | None = None) -> None:
        self.recording = recording
        self.oracle = Oracle(FOUNDED.date(), rules)
        self.oracle.change_status(BEGINNING.nation, BEGINNING.status, FOUNDED.date())
        self.differences: list[str] = []
        self.verdicts: list[list[Verdict]] = []
        self.gone: list[list[Row]] = []
        self.known: dict[str, set[int]] = {name: set() for name in ACCOUNTS}
        for collection in COLLECTIONS:
            self.oracle.collections[collection.id] = collection
        for account in ACCOUNTS.values():
            self.oracle.open_view(account.view)

    @property
    def gains(self) -> int:
        """How often something became visible to a view class later than it came."""
        return self.oracle.gains

    def replay(self) -> list[str]:
        """Judge everything; a list of differences, empty if there are none."""
        for number, (act, done) in enumerate(
            zip(self.recording.acts, self.recording.done, strict=True), 1
        ):
            self._act(number, act, done)
            self.oracle.settle(to_ms(START + number * SECOND))
            self._remember()
            for seen in self.recording.seen.get(number, ()):
                self._look(number, seen)
        return self.differences

    def _remember(self) -> None:
        """Note what each account has seen, by then.

        It knows its own nation's lanes as far as it is cleared, also where it holds
        another nation's: a POST is judged against them.
        """
        for name, account in ACCOUNTS.items():
            self.known[name] |= {
                row.number
                for row in self.oracle.rows
                if row.nation == account.nation
                and self.oracle.entitled(row, account.view)
            }
            self.known[name] |= {
                row.number for row in self.oracle.visible_rows(account)
            }

    def _differ(self, number: int, what: str, *, hub: object, oracle: object) -> None:
        self.differences.append(
            f"after act {number - 1}: {what}\n    hub    {hub}\n    oracle {oracle}"
        )

    def _act(self, number: int, act: Act, done: Done) -> None:
        self.verdicts.append([])
        self.gone.append([])
        match act:
            case Change():
                self.oracle.change_status(act.nation, act.status, START.date())
            case Withdraw():
                self._withdraw(number, act, done)
            case Post():
                self._post(number, act, done)

    def _withdraw(self, number: int, act: Withdraw, done: Done) -> None:
        account = ACCOUNTS[act.account]
        reads = self.oracle.may_read(account, act.collection)
        writes = self.oracle.may_write(account, act.collection)
        if reads and writes:
            gone = self.oracle.withdraw(account, act.collection, act.id, act.match)
            self.gone[-1] = gone
            expected = 200 if gone else 404
        else:
            expected = 403 if reads or writes else 404
        if done.status != expected:
            self._differ(number, "DELETE", hub=done.status, oracle=expected)

    def _post(self, number: int, act: Post, done: Done) -> None:
        account = ACCOUNTS[act.account]
        if not self.oracle.may_write(account, act.collection):
            reads = self.oracle.may_read(account, act.collection)
            if done.status != (403 if reads else 404):
                self._differ(number, "POST", hub=done.status, oracle=reads)
            return
        for item in act.items:
            if labels.hub_text(item) is not None:
                MARK_TEXTS[item["id"]] = str(labels.hub_text(item))
        verdicts = self.oracle.post(account, act.collection, act.items)
        self.verdicts[-1] = verdicts
        expected = sorted(
            (each.id, each.version, each.outcome != "refused") for each in verdicts
        )
        if (done.status, done.outcomes) != (202, expected):
            self._differ(number, "POST", hub=done.outcomes, oracle=expected)
        self._labels(number, [v.row for v in verdicts if v.row is not None], done)

    def _labels(self, number: int, rows: list[Row], done: Done) -> None:
        """Compare the labels, and learn which markings the rows carry."""
        told = {(stix_id, version): rest for stix_id, version, *rest in done.labels}
        if {(row.id, row.version) for row in rows} != told.keys():
            stored = [(row.id, row.version) for row in rows]
            self._differ(number, "stored", hub=sorted(told), oracle=sorted(stored))
        for row in rows:
            text, stamp = told.get((row.id, row.version), ("", ""))
            if not text:
                continue
            read = labels.read(text, self.oracle.alliance, row.nation)
            if f" {START.date()}" not in text and not self._same(read, row):
                self._differ(number, f"label of {row.id}", hub=text, oracle=row.label)
            if stamp and stamp != labels.marking_id(text):
                self._differ(number, f"stamp of {row.id}", hub=stamp, oracle=text)
            row.marks = [stamp] if stamp else []
            if self.oracle.rules.own_definitions:
                row.marks += [each for each in markings(row.item) if each in MARK_TEXTS]
            MARK_TEXTS.update({stamp: text} if stamp else {})

    def _same(self, read: labels.Label, row: Row) -> bool:
        """Compare audiences, not texts: who may see it now, and how high it is.

        A generation that began today may have been another one this morning.
        """
        alliance = self.oracle.alliance
        viewers = [*alliance.nations, "NATO"]
        return (read.level, read.caveats, read.open) == (
            row.label.level,
            row.label.caveats,
            row.label.open,
        ) and all(
            (viewer == row.nation)
            or labels.admits(read, viewer, alliance)
            == labels.admits(row.label, viewer, alliance)
            for viewer in viewers
        )

    def _look(self, number: int, seen: Seen) -> None:
        status, records = self._expected(seen)
        dated = seen.surface == "manifest"
        plain = [record if dated else (*record[:2], 0) for record in records]
        if (seen.status, seen.records) != (status, plain):
            what = f"{seen.surface} {seen.collection[:2]} {seen.detail} {seen.account}"
            self._differ(
                number, what, hub=(seen.status, seen.records), oracle=(status, plain)
            )

    def _expected(self, seen: Seen) -> tuple[int, list[Record]]:
        account = ACCOUNTS[seen.account]
        if seen.surface == "collections":
            return 200, self._listed(seen.account)
        if not self.oracle.may_read(account, seen.collection):
            writes = self.oracle.may_write(account, seen.collection)
            return (403 if writes else 404), []
        single = seen.surface in {"object", "versions"}
        match = "all" if single else seen.detail
        found = self.oracle.seen(account, seen.collection, match)
        records = [
            (each.id, each.version, each.added_us)
            for each in found
            if not single or each.id == seen.detail
        ]
        return (404 if single and not records else 200), records

    def _listed(self, name: str) -> list[Record]:
        account = ACCOUNTS[name]
        return [
            (each.id, f"{reads} {writes}", 0)
            for each in COLLECTIONS
            if (reads := self.oracle.may_read(account, each.id))
            | (writes := self.oracle.may_write(account, each.id))
        ]


async def judged(driver: Driver, acts: Sequence[Act], *, every: int) -> Judge:
    """Let a history happen and judge it."""
    judge = Judge(await record(driver, acts, every=every))
    judge.replay()
    return judge
