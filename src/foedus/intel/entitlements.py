"""Who is entitled to a version, and why: the policy that deliveries follow.

- An *audience* is a label, its originator and a reason: the label itself (`0`), or
  releases (`3`, or `0,3` where a delivery rests on both). Reaches belong to one.
- Somebody is entitled by the label as the alliance stands now, or by a release that
  covers the version.
- What an act newly entitles to is *pending* until a step has delivered it: whoever
  waits for it is not entitled yet, or some hidden act would deliver it early and so
  be noticed.

Source: DESIGN §6, "Reach", "Deliveries" and "Releases"; `releasability` reference, 2.1.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import apsw
import msgspec

from foedus.alliance.past import Past
from foedus.ids import NationCode, Position
from foedus.intel.events import Released
from foedus.intel.releases import Cover, Release, When
from foedus.intel.widenings import Widenings
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label, encode_label, meaning_of

ANYBODY = ""
"""Stands for the originator of what its label alone shows to its originator."""

BY_LABEL = "0"
"""The reason of an audience that its label alone makes."""


class StoredVersion(NamedTuple):
    """A version as the fold needs it.

    Attributes:
        key: its row; grows in order of arrival.
        modified: its version as an instant, in microseconds since 1970.
        stamp: the set of the definitions of the hub's markings it carries.
        position: of its event; of the version it stands in for, where it does.
        information: arrival of the oldest information in it, in ms since 1970.
        arrival: its own, in ms since 1970.
        waits: not 0 where it waits for what it refers to; no release covers that.
    """

    key: int
    nation: str
    audience: int
    type: str
    modified: int
    stamp: int | None
    position: int
    information: int
    arrival: int
    waits: int = 0


_AUDIENCE = """
SELECT label, originator, reason FROM audience WHERE audience = :audience
"""

_FIND_AUDIENCE = """
SELECT audience
  FROM audience
 WHERE label = :label AND originator = :originator AND reason = :reason
"""

_NEW_AUDIENCE = """
INSERT INTO audience (label, originator, reason)
VALUES (:label, :originator, :reason)
RETURNING audience
"""

_AUDIENCES = "SELECT audience FROM audience ORDER BY audience"

_RELEASES = """
SELECT release, event, position, arrival, consents, withdrawn, last
  FROM release
 ORDER BY release
"""

_NEW_RELEASE = """
INSERT INTO release
       (release, id, event, nation, position, arrival, consents, withdrawn, last)
VALUES (:release, :id, :event, :nation, :position, :arrival, :consents, 0, :position)
"""

_NEW_RECIPIENT = "INSERT INTO release_to (nation, release) VALUES (:nation, :release)"

_KEEP_RELEASE = """
UPDATE release
   SET consents = :consents, withdrawn = :withdrawn, last = :last
 WHERE release = :release
"""

_DECODE_EVENT = msgspec.json.Decoder(Released).decode
_DECODE_NATIONS = msgspec.json.Decoder(tuple[NationCode, ...]).decode


def load_releases(db: apsw.Connection) -> list[Release]:
    """Read every release, in the order in which they were made."""
    rows: list[tuple[Any, ...]] = db.execute(_RELEASES).fetchall()
    return [
        Release(
            key=row[0],
            event=_DECODE_EVENT(row[1]),
            position=row[2],
            arrival_ms=row[3],
            consents=_DECODE_NATIONS(row[4]),
            withdrawn=bool(row[5]),
            last=row[6],
        )
        for row in rows
    ]


class _Grant:
    """A release in force, ready to be asked."""

    __slots__ = ("cover", "release")

    def __init__(self, release: Release, past: Past) -> None:
        self.release = release
        self.cover = Cover(release.event, release.arrival_ms, release.position, past)


class Entitlements:
    """The fold's hand on audiences, releases and what is pending."""

    def __init__(self) -> None:
        self._access: Access | None = None
        self._past: Past | None = None
        self._audiences: dict[int, tuple[FixedLabel, str, str]] = {}
        self._ids: dict[tuple[bytes, str, str], int] = {}
        self._meanings: dict[tuple[int, str], int] = {}
        self._entitled: dict[int, int] = {}
        self._releases: dict[int, Release] = {}
        self._grants: dict[str, list[_Grant]] = {}
        self.pending = Widenings()

    def load(self, db: apsw.Connection) -> None:
        """Forget everything and read the tables again."""
        self.__init__()  # type: ignore[misc]  # a fresh start is meant
        self._releases = {each.key: each for each in load_releases(db)}
        self.pending.load(db)

    def use(self, access: Access, past: Past) -> None:
        """Judge by another state of the alliance from here on."""
        self._access, self._past = access, past
        self._entitled.clear()
        self._regrant()

    @property
    def access(self) -> Access:
        """The state of the alliance by which is judged."""
        assert self._access is not None, "the alliance is founded before it shares"
        return self._access

    # Audiences

    def audience(
        self,
        db: apsw.Connection,
        label: bytes,
        originator: str,
        reason: str = BY_LABEL,
    ) -> int:
        """Give the key of an audience, making it on first use."""
        found = self._ids.get((label, originator, reason))
        if found is None:
            bindings = {"label": label, "originator": originator, "reason": reason}
            row = db.execute(_FIND_AUDIENCE, bindings).get
            if row is None:
                row = db.execute(_NEW_AUDIENCE, bindings).get
            found = self._ids[(label, originator, reason)] = int(row)
        return found

    def meaning(
        self, db: apsw.Connection, audience: int, reason: str = BY_LABEL
    ) -> int:
        """Give the audience of all labels that mean the same, for a reason.

        It is what deliveries rest on. Where the label names its originator for good,
        it is the same for whoever originates.
        """
        found = self._meanings.get((audience, reason))
        if found is None:
            label, originator = self.label(db, audience)
            meant = meaning_of(label)
            is_named = meant.closed is None or originator in meant.closed
            if reason == BY_LABEL and is_named and not meant.open:
                originator = ANYBODY
            found = self.audience(db, encode_label(meant), originator, reason)
            self._meanings[(audience, reason)] = found
        return found

    def label(self, db: apsw.Connection, audience: int) -> tuple[FixedLabel, str]:
        """Give the label and the originator behind an audience's key."""
        return self._audience(db, audience)[:2]

    def reasons(self, db: apsw.Connection, audience: int) -> frozenset[int]:
        """Give the reasons of an audience: releases, and 0 for the label itself."""
        text = self._audience(db, audience)[2]
        return frozenset(int(each) for each in text.split(","))

    def of_audience(self, db: apsw.Connection, audience: int) -> int:
        """Give the classes that an audience holds today, for all its reasons."""
        found = self._entitled.get(audience)
        if found is None:
            reason = self._audience(db, audience)[2]
            found = self._entitled[audience] = self.by_reasons(db, audience, reason)
        return found

    def by_reasons(self, db: apsw.Connection, audience: int, reason: str) -> int:
        """Give the classes that reasons entitle to what has an audience's label."""
        label, originator = self.label(db, audience)
        found = 0
        for each in reason.split(","):
            if each == BY_LABEL:
                found |= self.access.entitled(label, NationCode(originator))
            else:
                found |= self._granted(self._releases[int(each)], label, originator)
        return found

    def all_audiences(self, db: apsw.Connection) -> list[int]:
        """Give the keys of all audiences."""
        rows: list[tuple[Any, ...]] = db.execute(_AUDIENCES).fetchall()
        return [audience for (audience,) in rows]

    def _audience(
        self, db: apsw.Connection, audience: int
    ) -> tuple[FixedLabel, str, str]:
        found = self._audiences.get(audience)
        if found is None:
            row = db.execute(_AUDIENCE, {"audience": audience}).get
            found = (decode_label(row[0]), str(row[1]), str(row[2]))
            self._audiences[audience] = found
        return found

    def _granted(self, release: Release, label: FixedLabel, originator: str) -> int:
        """Give the classes that a release lets see what it covers."""
        agreed = release.originators
        if release.withdrawn or originator not in agreed:
            return 0
        if not agreed.issuperset(label.controllers):
            return 0
        return self.access.mask(release.event.to, label.level)

    # Versions

    def why(
        self, db: apsw.Connection, version: StoredVersion, *, waiting: bool = False
    ) -> Iterator[tuple[str, int]]:
        """Give each reason that entitles to a version, and the classes it entitles.

        Args:
            db: the views.
            version: the version.
            waiting: count those who still wait for it, too.
        """
        classes = self.of_audience(db, version.audience)
        if not waiting:
            classes = self.pending.without_waiting(
                classes, version.audience, version.position
            )
        yield BY_LABEL, classes
        if version.waits:
            return
        for grant in self._grants.get(version.nation, ()):
            key = grant.release.key
            if not waiting and self.pending.waits(
                key, version.nation, version.position
            ):
                continue
            if classes := self._by_grant(db, version, grant):
                yield str(key), classes

    def newly(
        self, db: apsw.Connection, version: StoredVersion, release: int
    ) -> tuple[str, int]:
        """Give whom one act entitles to a version, and the reason.

        Whoever another reason entitles has it already, or waits for it.

        Args:
            db: the views.
            version: the version.
            release: the release's number; 0 where the alliance changed.
        """
        if not release:
            classes = self.of_audience(db, version.audience)
            return BY_LABEL, self.pending.without_waiting(
                classes, version.audience, version.position
            )
        for grant in self._grants.get(version.nation, ()):
            if grant.release.key == release:
                if self.pending.waits(release, version.nation, version.position):
                    break
                return str(release), self._by_grant(db, version, grant)
        return BY_LABEL, 0

    def total(self, db: apsw.Connection, version: StoredVersion) -> int:
        """Give the classes entitled to a version; those who still wait for it, too."""
        classes = 0
        for _, entitled in self.why(db, version, waiting=True):
            classes |= entitled
        return classes

    def has_grants(self, nation: str) -> bool:
        """Tell whether any release in force covers what a nation originates."""
        return nation in self._grants

    def heir(
        self, db: apsw.Connection, audience: int, release: Release, classes: int
    ) -> int | None:
        """Find an audience on which everything can rest that a release covers of one.

        That is where another release in force covers whatever this one does of the
        audience, for all who are left; only if no day and no order can tell them apart.

        Args:
            db: the views.
            audience: what rests on the release.
            release: the one that ended.
            classes: who must keep what they have.
        """
        past = self._past
        label, originator = self.label(db, audience)
        if past is None or label.open or self.reasons(db, audience) != {release.key}:
            return None
        for grant in self._grants.get(originator, ()):
            if (
                _follows(grant.release, release)
                and grant.cover.selects_as(release.event.selection)
                and past.turn(grant.release.position) == past.turn(release.position)
                and not self.pending.concerns(grant.release.key)
                and not classes & ~self._granted(grant.release, label, originator)
            ):
                return self.meaning(db, audience, str(grant.release.key))
        return None

    def might_grant(self, db: apsw.Connection, audience: int, release: int) -> int:
        """Give the classes that other releases may entitle to things of an audience."""
        label, originator = self.label(db, audience)
        classes = 0
        for grant in self._grants.get(originator, ()):
            if grant.release.key != release:
                classes |= self._granted(grant.release, label, originator)
        return classes

    def _by_grant(
        self, db: apsw.Connection, version: StoredVersion, grant: _Grant
    ) -> int:
        release = grant.release
        if version.position > release.position and not release.event.ongoing:
            return 0
        label, _ = self.label(db, version.audience)
        covered = grant.cover.covers(
            label,
            NationCode(version.nation),
            release.consents,
            When(version.information, version.arrival, version.position),
        )
        if not covered:
            return 0
        return self._granted(release, label, version.nation)

    # Releases

    def add_release(
        self, db: apsw.Connection, event: Released, *, position: int, arrival_ms: int
    ) -> Release:
        """Take in a new release; its gains are not delivered yet."""
        release = Release(
            key=len(self._releases) + 1,
            event=event,
            position=Position(position),
            arrival_ms=arrival_ms,
            consents=event.decided,
            last=Position(position),
        )
        db.execute(
            _NEW_RELEASE,
            {
                "release": release.key,
                "id": event.release,
                "event": msgspec.json.encode(event),
                "nation": event.nation,
                "position": position,
                "arrival": arrival_ms,
                "consents": msgspec.json.encode(event.decided),
            },
        )
        db.executemany(
            _NEW_RECIPIENT,
            [{"nation": nation, "release": release.key} for nation in event.to],
        )
        self._keep(db, release)
        return release

    def change_release(self, db: apsw.Connection, release: Release) -> None:
        """Take in what became of a release."""
        db.execute(
            _KEEP_RELEASE,
            {
                "release": release.key,
                "consents": msgspec.json.encode(release.consents),
                "withdrawn": int(release.withdrawn),
                "last": release.last,
            },
        )
        self._keep(db, release)

    def originators(self, release: int) -> frozenset[NationCode]:
        """Give the nations whose information a release covers."""
        return self._releases[release].originators

    def release(self, release_id: str) -> Release | None:
        """Find a release by its id."""
        for each in self._releases.values():
            if each.event.release == release_id:
                return each
        return None

    def _keep(self, db: apsw.Connection, release: Release) -> None:
        self._releases[release.key] = release
        for audience in list(self._entitled):
            if release.key in self.reasons(db, audience):
                del self._entitled[audience]
        self._regrant()

    def _regrant(self) -> None:
        self._grants.clear()
        if self._past is None:
            return
        for release in self._releases.values():
            if release.withdrawn:
                continue
            grant = _Grant(release, self._past)
            for nation in sorted(release.originators):
                self._grants.setdefault(nation, []).append(grant)


def _follows(heir: Release, release: Release) -> bool:
    """Tell whether a release covers what an earlier one does, by age and consent."""
    return (
        heir.event.since_ms <= release.event.since_ms
        and heir.position >= release.position
        and (heir.event.ongoing or not release.event.ongoing)
        and heir.originators >= release.originators
        and (heir.event.controlled or not release.event.controlled)
    )


_AUDIENCES_OF = """
SELECT audience
  FROM audience
 WHERE reason = '0'
   AND originator IN (SELECT value FROM json_each(:nations))
 ORDER BY audience
"""


def audiences_of(db: apsw.Connection, nations: Iterable[str]) -> list[int]:
    """Give the audiences under which some nations have published."""
    bindings = {"nations": msgspec.json.encode(sorted(nations)).decode()}
    rows: list[tuple[Any, ...]] = db.execute(_AUDIENCES_OF, bindings).fetchall()
    return [audience for (audience,) in rows]
