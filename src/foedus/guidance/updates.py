"""Policy updates: editions, what changed between them, who acknowledged.

All editions of an update have one label, so a viewer sees all of them or none, and the
number of an edition tells nothing of what is hidden.
"""

from collections.abc import Iterator
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any, Literal

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import NotFoundError
from foedus.guidance.wordings import UPDATE
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.labelled import readable_labels
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.releasability.wordings import candidates
from foedus.stix.wording import Query

PAGE_MAX = 500
"""Updates of one page, and editions of one update that are told."""

_LAST = """
SELECT e.policy, e.edition, e.author, e.title, e.text, e.effective, e.arrival_ms,
       l.fixed, (SELECT min(first.arrival_ms)
                   FROM policy_edition AS first
                  WHERE first.policy = e.policy)
  FROM policy_edition AS e
  JOIN label AS l ON l.label = e.label
 WHERE substr(:readable, e.label, 1) = x'01'
   AND NOT EXISTS (SELECT 1
                     FROM policy_edition AS later
                    WHERE later.policy = e.policy AND later.edition > e.edition)
   AND (:names IS NULL OR e.policy IN (SELECT value FROM json_each(:names)))
   AND (:after IS NULL
        OR e.position < (SELECT max(x.position)
                           FROM policy_edition AS x
                          WHERE x.policy = :after
                            AND substr(:readable, x.label, 1) = x'01'))
 ORDER BY e.position DESC
 LIMIT :limit
"""

_EDITIONS = """
SELECT e.policy, e.edition, e.author, e.title, e.text, e.effective, e.arrival_ms,
       l.fixed, min(e.arrival_ms) OVER ()
  FROM policy_edition AS e
  JOIN label AS l ON l.label = e.label
 WHERE e.policy = :policy
   AND substr(:readable, e.label, 1) = x'01'
 ORDER BY e.edition
 LIMIT :limit
"""

_ACKNOWLEDGED = """
SELECT a.policy, a.nation, max(a.edition), max(a.arrival_ms)
  FROM acknowledgement AS a
 WHERE a.policy IN (SELECT e.policy
                      FROM policy_edition AS e
                     WHERE substr(:readable, e.label, 1) = x'01'
                       AND e.policy IN (SELECT value FROM json_each(:policies)))
 GROUP BY a.policy, a.nation
 ORDER BY a.policy, a.nation
 LIMIT 200000
"""


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """The last edition that a nation acknowledged, and when."""

    nation: NationCode
    edition: int
    at: datetime


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One edition of an update.

    Attributes:
        published: when it was.
        effective: the day from which it applies.
    """

    edition: int
    title: str
    text: str
    effective: date
    published: datetime


class UpdateSheet(Edition, frozen=True, kw_only=True):
    """An update as it stands: its last edition.

    Attributes:
        author: the nation that publishes it, or the alliance's own body.
        first_published: when its first edition was.
        acknowledged: the nations that acknowledged an edition of it.
        label: who may see it.
    """

    update: str
    author: NationCode
    first_published: datetime
    acknowledged: tuple[Acknowledgement, ...]
    label: str


class UpdateHistory(UpdateSheet, frozen=True, kw_only=True):
    """An update with all its editions, the first one first."""

    editions: tuple[Edition, ...]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A line that stayed, came or went."""

    change: Literal["same", "added", "removed"]
    text: str


class UpdateDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What changed between two editions of an update.

    Attributes:
        older: the number of the older edition.
        newer: that of the newer one.
        effective: the days from which they apply.
        lines: title and text, line by line.
    """

    update: str
    older: int
    newer: int
    effective: tuple[date, date]
    lines: tuple[Change, ...]


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a further edition or an acknowledgement is decided by.

    Attributes:
        acknowledged: the last edition that each nation has acknowledged.
    """

    author: NationCode
    editions: tuple[Edition, ...]
    label: FixedLabel
    acknowledged: dict[NationCode, int]


def list_updates(
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    *,
    after: str | None = None,
    limit: int = PAGE_MAX,
) -> list[UpdateSheet]:
    """List the updates that a viewer may see, the last published first."""
    readable = readable_labels(db, access, viewer)
    asked = {"names": None, "after": after, "limit": limit}
    return _sheets(db, access, {"readable": readable, **asked})


def search_updates(
    db: apsw.Connection, access: Access, viewer: Viewer, query: Query
) -> list[UpdateSheet]:
    """List updates that a viewer may see and that may match what is looked for."""
    readable = readable_labels(db, access, viewer)
    names = candidates(db, readable, UPDATE, query)
    asked = {"names": msgspec.json.encode(names).decode(), "after": None}
    return _sheets(db, access, {"readable": readable, **asked, "limit": len(names)})


def _sheets(
    db: apsw.Connection, access: Access, bindings: dict[str, Any]
) -> list[UpdateSheet]:
    rows: list[tuple[Any, ...]] = db.execute(_LAST, bindings).fetchall()
    told = _acknowledged(db, bindings["readable"], [row[0] for row in rows])
    return [_sheet(row, told.get(row[0], ()), access) for row in rows]


def find_update(
    db: apsw.Connection, access: Access, viewer: Viewer, name: str
) -> UpdateHistory:
    """Find one update with all its editions.

    Raises:
        NotFoundError: there is none, or not for this viewer.
    """
    readable = readable_labels(db, access, viewer)
    rows = _editions(db, readable, name)
    told = _acknowledged(db, readable, [name])
    last = _sheet(rows[-1], told.get(name, ()), access)
    return UpdateHistory(
        **msgspec.structs.asdict(last),
        editions=tuple(_edition(row) for row in rows),
    )


def held_update(db: apsw.Connection, access: Access, viewer: Viewer, name: str) -> Held:
    """Give what a further edition or an acknowledgement is decided by.

    Raises:
        NotFoundError: there is none, or not for this viewer.
    """
    readable = readable_labels(db, access, viewer)
    rows = _editions(db, readable, name)
    told = _acknowledged(db, readable, [name]).get(name, ())
    return Held(
        author=NationCode(rows[-1][2]),
        editions=tuple(_edition(row) for row in rows),
        label=decode_label(bytes(rows[-1][7])),
        acknowledged={each.nation: each.edition for each in told},
    )


def diff(
    update: UpdateHistory, *, older: int | None = None, newer: int | None = None
) -> UpdateDiff:
    """Tell what changed between two editions; by default the last two.

    Raises:
        NotFoundError: there is no such edition.
    """
    editions = {each.edition: each for each in update.editions}
    after = _numbered(editions, update.edition if newer is None else newer)
    earlier = [number for number in editions if number < after.edition]
    before = _numbered(
        editions, older if older is not None else max(earlier, default=0)
    )
    return UpdateDiff(
        update=update.update,
        older=before.edition,
        newer=after.edition,
        effective=(before.effective, after.effective),
        lines=tuple(_changes(_lines(before), _lines(after))),
    )


def _numbered(editions: dict[int, Edition], number: int) -> Edition:
    if number not in editions:
        known = ", ".join(map(str, editions))
        raise NotFoundError(f"there is no such earlier edition; there are {known}")
    return editions[number]


def _lines(edition: Edition) -> list[str]:
    return [edition.title, *edition.text.splitlines()]


def _changes(before: list[str], after: list[str]) -> Iterator[Change]:
    matched = SequenceMatcher(a=before, b=after, autojunk=True)
    for _, low, high, start, end in matched.get_opcodes():
        if before[low:high] == after[start:end]:
            yield from (Change(change="same", text=each) for each in before[low:high])
            continue
        yield from (Change(change="removed", text=each) for each in before[low:high])
        yield from (Change(change="added", text=each) for each in after[start:end])


def _editions(db: apsw.Connection, readable: bytes, name: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = db.execute(
        _EDITIONS, {"policy": name, "readable": readable, "limit": PAGE_MAX}
    ).fetchall()
    if not rows:
        raise NotFoundError("no such update; list those that are there for you")
    return rows


def _acknowledged(
    db: apsw.Connection, readable: bytes, names: list[str]
) -> dict[str, tuple[Acknowledgement, ...]]:
    rows: Iterator[tuple[Any, ...]] = db.execute(
        _ACKNOWLEDGED,
        {"readable": readable, "policies": msgspec.json.encode(names).decode()},
    )
    found: dict[str, tuple[Acknowledgement, ...]] = {}
    for policy, nation, edition, arrival_ms in rows:
        each = Acknowledgement(
            nation=NationCode(nation), edition=edition, at=from_ms(arrival_ms)
        )
        found[policy] = (*found.get(policy, ()), each)
    return found


def _edition(row: tuple[Any, ...]) -> Edition:
    return Edition(
        edition=row[1],
        title=row[3],
        text=row[4],
        effective=date.fromisoformat(row[5]),
        published=from_ms(row[6]),
    )


def _sheet(
    row: tuple[Any, ...], acknowledged: tuple[Acknowledgement, ...], access: Access
) -> UpdateSheet:
    return UpdateSheet(
        **msgspec.structs.asdict(_edition(row)),
        update=row[0],
        author=NationCode(row[2]),
        first_published=from_ms(row[8]),
        acknowledged=acknowledged,
        label=print_label(decode_label(bytes(row[7])).label, access.alliance),
    )
