"""What nations do together: projects, exchanges, missions, visits, exercises."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import NotFoundError
from foedus.guidance.events import Course, EngagementKind
from foedus.guidance.wordings import ENGAGEMENT
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import decode_label
from foedus.releasability.labelled import readable_labels
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.releasability.wordings import candidates
from foedus.stix.wording import Query

PAGE_MAX = 500
"""Engagements of one page."""

_COLUMNS = """
SELECT e.engagement, e.author, e.kind, e.title, e.purpose, e.since, e.until,
       e.participants, e.regions, coalesce(r.status, e.status),
       coalesce(r.outcome, e.outcome), coalesce(r.arrival_ms, e.arrival_ms), l.fixed
"""

_TOLD = """
  JOIN label AS l ON l.label = e.label
  LEFT JOIN engagement_report AS r
    ON r.position = (SELECT max(position)
                       FROM engagement_report AS last
                      WHERE last.engagement = e.engagement)
 WHERE substr(:readable, e.label, 1) = x'01'
"""

_WANTED = """
   AND (:engagement IS NULL OR e.engagement = :engagement)
   AND (:nation IS NULL OR e.author = :nation
        OR :nation IN (SELECT value FROM json_each(e.participants)))
   AND (:region IS NULL OR :region IN (SELECT value FROM json_each(e.regions)))
   AND (:after IS NULL
        OR (e.since, e.engagement) < (SELECT x.since, x.engagement
                                        FROM engagement AS x
                                       WHERE x.engagement = :after
                                         AND substr(:readable, x.label, 1) = x'01'))
 ORDER BY e.since DESC, e.engagement DESC
 LIMIT :limit
"""

_LIST = _COLUMNS + "  FROM engagement AS e" + _TOLD + _WANTED

_SOUGHT = (
    _COLUMNS
    + "  FROM json_each(:names) AS j JOIN engagement AS e ON e.engagement = j.value"
    + _TOLD
    + " ORDER BY e.since DESC, e.engagement DESC LIMIT :limit"
)


class EngagementSheet(msgspec.Struct, frozen=True, kw_only=True):
    """An engagement as it stands.

    Attributes:
        author: the nation that recorded it, or the alliance's own body.
        until: the day after its last; null where it is open.
        outcome: what came of it; empty where nothing has yet.
        told: the day on which it was last said how it stands.
        label: who may see it.
    """

    engagement: str
    kind: EngagementKind
    title: str
    purpose: str
    since: date
    until: date | None
    participants: tuple[NationCode, ...]
    regions: tuple[str, ...]
    status: Course
    outcome: str
    author: NationCode
    told: date
    label: str


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which engagements are wanted; None means any."""

    nation: NationCode | None = None
    region: str | None = None
    engagement: str | None = None
    after: str | None = None
    limit: int = PAGE_MAX


def list_engagements(
    db: apsw.Connection, access: Access, viewer: Viewer, wanted: Wanted
) -> list[EngagementSheet]:
    """List the engagements that a viewer may see, the latest to begin first."""
    rows: Iterator[tuple[Any, ...]] = db.execute(
        _LIST,
        {
            "readable": readable_labels(db, access, viewer),
            **msgspec.structs.asdict(wanted),
        },
    )
    return [_sheet(row, access) for row in rows]


def search_engagements(
    db: apsw.Connection, access: Access, viewer: Viewer, query: Query
) -> list[EngagementSheet]:
    """List engagements that a viewer may see and that may match."""
    readable = readable_labels(db, access, viewer)
    names = candidates(db, readable, ENGAGEMENT, query)
    bindings = {
        "readable": readable,
        "names": msgspec.json.encode(names).decode(),
        "limit": len(names),
    }
    return [_sheet(row, access) for row in db.execute(_SOUGHT, bindings).fetchall()]


def find_engagement(
    db: apsw.Connection, access: Access, viewer: Viewer, name: str
) -> EngagementSheet:
    """Find one engagement.

    Raises:
        NotFoundError: there is none, or not for this viewer.
    """
    wanted = Wanted(engagement=name, limit=1)
    for each in list_engagements(db, access, viewer, wanted):
        return each
    raise NotFoundError("no such engagement; list those that are there for you")


def _sheet(row: tuple[Any, ...], access: Access) -> EngagementSheet:
    until = row[6]
    return EngagementSheet(
        engagement=row[0],
        author=NationCode(row[1]),
        kind=row[2],
        title=row[3],
        purpose=row[4],
        since=date.fromisoformat(row[5]),
        until=None if until is None else date.fromisoformat(until),
        participants=msgspec.json.decode(row[7], type=tuple[NationCode, ...]),
        regions=msgspec.json.decode(row[8], type=tuple[str, ...]),
        status=Course(row[9]),
        outcome=row[10],
        told=from_ms(row[11]).date(),
        label=print_label(decode_label(bytes(row[12])).label, access.alliance),
    )
