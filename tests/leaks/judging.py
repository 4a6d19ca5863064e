"""Holding what the hub did and answered against the oracle."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

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
from tests.leaks.driver import Done, Driver, Stored
from tests.leaks.judging_polls import Clients
from tests.leaks.observing import Seen, glance, observe
from tests.leaks.oracle import Oracle
from tests.leaks.oracle_admission import MARK_TEXTS
from tests.leaks.oracle_items import markings
from tests.leaks.oracle_releases import Terms
from tests.leaks.oracle_rows import Row, Rules, Verdict
from tests.leaks.pages import Record, microseconds
from tests.leaks.world import (
    ACCOUNTS,
    BEGINNING,
    CEILING,
    COLLECTIONS,
    FOUNDED,
    START,
)

_STATES = {False: "in force", True: "withdrawn"}


class Recording(msgspec.Struct, kw_only=True):
    """A history as it happened in the hub.

    Attributes:
        seen: what was observed, by the number of acts done before.
        releases: the ids of releases, by the keys of the acts that made them.
    """

    acts: Sequence[Act]
    done: list[Done] = []
    seen: dict[int, list[Seen]] = {}
    releases: dict[int, str] = {}

    async def follow(self, driver: Driver, act: Act) -> None:
        """Let one more thing happen, and look through the eyes of who is new."""
        self.done.append(await driver.do(act))
        if isinstance(act, OpenAccount):
            self.seen[len(self.done)] = await glance(driver, act.name)


async def record(driver: Driver, acts: Sequence[Act], *, every: int) -> Recording:
    """Let a history happen, looking around after every so many acts."""
    recording = Recording(acts=acts, releases=driver.releases)
    for number, act in enumerate(acts, 1):
        await recording.follow(driver, act)
        if number % every == 0 or number == len(acts):
            closely = number == len(acts)
            seen = recording.seen.setdefault(number, [])
            seen += await observe(driver, closely=closely)
    return recording


class Judge:
    """Replays a recording in an oracle and notes every difference.

    Attributes:
        verdicts: of each act, what became of the items that it posted.
        gone: of each act, the versions that it withdrew.
        known: the numbers of the rows that each account has ever seen.
        shown: the keys of the releases that each account was ever shown.
    """

    def __init__(self, recording: Recording, rules: Rules | None = None) -> None:
        self.recording = recording
        self.oracle = Oracle(FOUNDED.date(), rules)
        self.oracle.ceiling = CEILING
        self.oracle.change_status(BEGINNING.nation, BEGINNING.status, FOUNDED.date())
        self.oracle.begin_day(START.date())
        self.differences: list[str] = []
        self.verdicts: list[list[Verdict]] = []
        self.gone: list[list[Row]] = []
        self.known: dict[str, set[int]] = {name: set() for name in ACCOUNTS}
        self.shown: dict[str, set[int]] = {name: set() for name in ACCOUNTS}
        self.clients = Clients(self.oracle)
        for collection in COLLECTIONS:
            self.oracle.collections[collection.id] = collection
        for account in ACCOUNTS.values():
            self.oracle.open_view(account.view)
        self.oracle.settle(0)

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
            if not isinstance(act, Poll | Register):  # which change nobody's sight
                changed = self.oracle.settle(done.at_ms, done.gained_ms)
                if changed or not isinstance(act, Post | Tear | Withdraw):
                    self._remember()
            if isinstance(act, Poll):
                found = self.clients.judge(act, done.pages)
                self.differences += [f"after act {number - 1}: {f}" for f in found]
            for seen in self.recording.seen.get(number, ()):
                self._look(number, seen)
        self.differences += self.clients.judge_intervals()
        return self.differences

    def _remember(self) -> None:
        """Note what each account has seen, by then.

        It knows its own nation's lanes as far as it is cleared, also where it holds
        another nation's: a POST is judged against them. And it is told who else reports
        what it sees. What comes while its nation has no standing it might have known.
        """
        rights = {each.id: each.read for each in COLLECTIONS}
        for name, account in ACCOUNTS.items():
            self.known[name] |= {
                row.number
                for row in self.oracle.rows
                if self.oracle.entitled(row, account.view)
                and (
                    row.nation == account.nation
                    or self.oracle.names(account, rights[row.collection])
                )
            }
            self.shown[name] |= {
                key
                for key, release in self.oracle.releases.items()
                if release.is_shown_to(account)
            }

    def _differ(self, number: int, what: str, *, hub: object, oracle: object) -> None:
        self.differences.append(
            f"after act {number - 1}: {what}\n    hub    {hub}\n    oracle {oracle}"
        )

    # What happened

    def _act(  # noqa: PLR0912 - one branch an act
        self, number: int, act: Act, done: Done
    ) -> None:
        self.verdicts.append([])
        self.gone.append([])
        match act:
            case Midnight():
                moment = datetime.fromtimestamp(done.at_ms / 1000, UTC)
                self.oracle.begin_day(moment.date())
            case Change():
                self._change(number, act, done)
            case Withdraw():
                self._withdraw(number, act, done)
            case Redact():
                self._redact(act)
            case Post():
                self._post(number, act, done)
            case Tear():
                self._tear(number, act, done)
            case MakeRelease() | Consent() | EndRelease():
                self._release(number, act, done)
            case Register():
                self._register(number, act, done)
            case Recall() | Acknowledge():
                self._recall(number, act, done)
            case _:
                self.oracle.nothing()

    def _change(self, number: int, act: Change, done: Done) -> None:
        since = self.oracle.alliance.day + timedelta(days=act.days)
        if done.status == 422:  # it has that status already: a history was shortened
            self.oracle.nothing()
            return
        if done.status != 200:
            self._differ(number, "status", hub=done.status, oracle=200)
        self.oracle.change_status(act.nation, act.status, since)

    def _redact(self, act: Redact) -> None:
        found = [
            row
            for row in self.oracle.rows
            if (row.nation, row.collection) == (act.nation, act.collection)
            and (row.id, row.version) == (act.id, act.version)
            and not row.earlier
        ]
        self.gone[-1] = self.oracle.redact(found[-1:])

    def _withdraw(self, number: int, act: Withdraw, done: Done) -> None:
        account = ACCOUNTS[act.account]
        reads = self.oracle.may_read(account, act.collection)
        writes = self.oracle.may_write(account, act.collection)
        if reads and writes:
            gone = self.oracle.withdraw(account, act.collection, act.id, act.match)
            self.gone[-1] = gone
            expected = 200 if gone else 404
        else:
            self.oracle.nothing()
            expected = 403 if reads or writes else 404
        if done.status != expected:
            self._differ(number, "DELETE", hub=done.status, oracle=expected)

    def _recall(self, number: int, act: Recall | Acknowledge, done: Done) -> None:
        account = ACCOUNTS[act.account]
        if isinstance(act, Recall):
            expected, self.gone[-1] = self.oracle.recall(account, act.id, act.key)
        else:
            expected = self.oracle.acknowledge(account, act.key)
        if done.status != expected:
            told = (done.status, done.problem)
            self._differ(number, f"{act}", hub=told, oracle=expected)

    def _post(self, number: int, act: Post, done: Done) -> None:
        account = ACCOUNTS[act.account]
        if not self.oracle.may_write(account, act.collection):
            self.oracle.nothing()
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
            told = (done.outcomes, done.problem)
            self._differ(number, "POST", hub=told, oracle=expected)
        self._labels(number, done)

    def _tear(self, number: int, act: Tear, done: Done) -> None:
        account = ACCOUNTS[act.account]
        made = [each for each in done.body or () if "relationship" in each["id"]]
        tie_id = made[0]["id"] if made else "relationship--of-nobody"
        verdicts: list[Verdict] | None = None
        if self.oracle.may_write(account, act.collection):
            verdicts = self.oracle.tear(account, act.collection, act.id, tie_id)
        else:
            self.oracle.nothing()
        if (verdicts is None) != (done.body is None):
            self._differ(
                number, "tear line", hub=done.body or done.problem, oracle=verdicts
            )
        if verdicts is None or done.body is None:
            return
        self.verdicts[-1] = verdicts
        expected = [(each.id, each.version, each.outcome) for each in verdicts]
        told = [(e["id"], e["version"], e["outcome"]) for e in done.body]
        if told != expected:
            self._differ(number, "tear line", hub=told, oracle=expected)
        self._labels(number, done)

    def _release(
        self, number: int, act: MakeRelease | Consent | EndRelease, done: Done
    ) -> None:
        account = ACCOUNTS[act.account]
        oracle = self.oracle
        match act:
            case MakeRelease():
                key = None if act.dry_run else act.key
                succeeded = oracle.release(account, _terms(act), key)
                expected = (200 if act.dry_run else 201) if succeeded else 403
            case Consent():
                known = oracle.known_release(account, act.release)
                succeeded = oracle.consent(account, act.release)
                expected = 200 if succeeded else 403 if known else 404
            case _:
                known = oracle.known_release(account, act.release)
                succeeded = oracle.end_release(account, act.release)
                expected = 200 if succeeded else 403 if known else 404
        refused = {403, 409, 422}
        same = done.status == expected or {done.status, expected} <= refused
        if not same:
            what = f"{act}"
            self._differ(number, what, hub=(done.status, done.problem), oracle=expected)

    def _register(self, number: int, act: Register, done: Done) -> None:
        account = ACCOUNTS[act.account]
        succeeded = self.oracle.register(account, act.identity, act.nation)
        if succeeded != (done.status in {200, 201}):
            self._differ(number, f"{act}", hub=done.status, oracle=succeeded)

    # What was stored

    def _labels(self, number: int, done: Done) -> None:
        """Compare the labels, and learn which markings the rows carry."""
        rows = [row for row in self.oracle.rows if row.act == self.oracle.acts]
        plain = [row for row in rows if not row.earlier]
        stored = [(row.id, row.version) for row in plain]
        told = [(each.id, each.version) for each in done.stored]
        if stored != told:
            self._differ(number, "stored", hub=told, oracle=stored)
            return
        for row, each in zip(plain, done.stored, strict=True):
            self._label(number, row, each)
            self._left(number, [r for r in rows if r.revoked is row], each)

    def _label(self, number: int, row: Row, told: Stored) -> None:
        text, stamp = told.text, told.stamp
        row.text, row.stamp = text, stamp
        read = labels.read(text, self.oracle.alliance, row.nation)
        is_new = re.search(r"NATO (\d{4}-\d\d-\d\d)", text)
        if not (is_new and is_new[1] >= "2026") and not self._same(read, row):
            self._differ(number, f"label of {row.id}", hub=text, oracle=row.label)
        if stamp and stamp != labels.marking_id(text):
            self._differ(number, f"stamp of {row.id}", hub=stamp, oracle=text)
        brought = {
            each
            for each in markings(row.item)
            if each in MARK_TEXTS and labels.is_settled(MARK_TEXTS[each])
        }
        carried = brought if self.oracle.rules.own_definitions else set()
        row.marks = sorted(carried | ({stamp} - {""}))
        MARK_TEXTS.update({stamp: text} if stamp else {})

    def _left(self, number: int, rows: list[Row], told: Stored) -> None:
        """Compare what is left of a revoked version for whoever saw an earlier one."""
        needed = set()
        for row in rows:
            (earlier,) = row.earlier
            public = "// PUBLIC" in earlier.text
            row.marks = [] if public else [labels.marking_id(earlier.text)]
            stamp = "".join(row.marks)
            if self.oracle.has_to_be_told(row):
                needed.add(stamp)
            row.is_taken_out = (stamp, microseconds(earlier.version)) not in told.left
        if not needed <= {stamp for stamp, _ in told.left}:
            self._differ(number, f"left of {told.id}", hub=told.left, oracle=needed)

    def _same(self, read: labels.Label, row: Row) -> bool:
        """Compare audiences, not texts: who may see it now, and how high it is."""
        alliance = self.oracle.alliance
        return (read.level, read.caveats, read.controllers) == (
            row.label.level,
            row.label.caveats,
            row.label.controllers,
        ) and all(
            (viewer == row.nation)
            or labels.admits(read, viewer, alliance)
            == labels.admits(row.label, viewer, alliance)
            for viewer in alliance.everybody
        )

    # What was seen

    def _look(self, number: int, seen: Seen) -> None:
        status, records = self._expected(seen)
        dated = seen.surface == "manifest"
        plain = [record if dated else (*record[:2], 0) for record in records]
        if (seen.status, seen.records) != (status, plain):
            what = f"{seen.surface} {seen.collection[:2]} {seen.detail} {seen.account}"
            hub, oracle = parting(seen.records, plain)
            self._differ(
                number, what, hub=(seen.status, *hub), oracle=(status, *oracle)
            )

    def _expected(self, seen: Seen) -> tuple[int, list[Record]]:
        account = ACCOUNTS[seen.account]
        if seen.surface == "collections":
            return 200, self._listed(seen.account)
        if seen.surface == "releases":
            return self._releases(seen.account)
        if seen.surface == "recalls":
            return 200, self._recalls(seen.account)
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

    def _releases(self, name: str) -> tuple[int, list[Record]]:
        account = ACCOUNTS[name]
        return 200, sorted(
            (
                self.recording.releases[key],
                f"{_STATES[each.is_withdrawn]} {sorted(each.consents)}",
                0,
            )
            for key, each in self.oracle.releases.items()
            if key in self.recording.releases
            and self.oracle.known_release(account, key) is not None
        )

    def _recalls(self, name: str) -> list[Record]:
        account = ACCOUNTS[name]
        return sorted(
            (
                each.id,
                f"{each.nation} {account.nation not in {each.nation, *each.confirmed}}",
                0,
            )
            for each in self.oracle.recalls.known(account)
        )

    def tally(self) -> Counter[str]:
        """Count what a history was worth."""
        return Counter(
            rows=len(self.oracle.rows),
            gains=self.gains,
            intervals=self.clients.intervals,
            releases=len(self.oracle.releases),
            covered=sum(len(each.ever) for each in self.oracle.releases.values()),
            ties=sum(row.origin is not None for row in self.oracle.rows),
            left=sum(bool(row.earlier) for row in self.oracle.rows),
            recalls=len(self.oracle.recalls.made),
        )


def parting(
    hub: list[Record], oracle: list[Record]
) -> tuple[list[object], list[object]]:
    """Give what two lists have from where they part, and how much came before."""
    alike = 0
    for mine, yours in zip(hub, oracle, strict=False):
        if mine != yours:
            break
        alike += 1
    return [alike, *hub[alike:]], [alike, *oracle[alike:]]


def _terms(act: MakeRelease) -> Terms:
    return Terms(
        to=act.to,
        text=act.text,
        since=START.date() + timedelta(days=act.since),
        ongoing=act.ongoing,
        controlled=act.controlled,
        asks=act.asks,
    )


async def judged(driver: Driver, acts: Sequence[Act], *, every: int) -> Judge:
    """Let a history happen and judge it."""
    judge = Judge(await record(driver, acts, every=every))
    judge.replay()
    return judge
