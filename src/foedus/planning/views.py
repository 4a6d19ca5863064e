"""What plans there are: one row each; the plan itself stays in the log.

- A row knows its position, so that what is redacted goes.
- Nothing here is read without the bytes that say which labels the viewer may read, and
  without saying whether the viewer reads what is for planners alone.
- Lists begin with what was made last.

Source: ADR 2, bytes live in the log only.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import NotFoundError
from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.ids import NationCode
from foedus.planning.events import PlanMade
from foedus.planning.plans import RESTRICTED, Kind, Made
from foedus.planning.rules import reads_restricted
from foedus.releasability.access import Access
from foedus.releasability.join import decode_label
from foedus.releasability.labelled import intern_label, readable_labels
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer

PLANS_MAX: Final = 500
"""Plans on one page of a list."""


class PlanningView:
    """Folds plans into rows that say where each stands."""

    folds = PlanMade | Redacted
    version = 1
    schema = """
CREATE TABLE IF NOT EXISTS plan (
    plan          TEXT    NOT NULL PRIMARY KEY,
    position      INTEGER NOT NULL UNIQUE,
    author        TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    restricted    INTEGER NOT NULL CHECK (restricted IN (0, 1)),
    illustrative  INTEGER NOT NULL CHECK (illustrative IN (0, 1)),
    as_of         TEXT    NOT NULL,
    arrival_ms    INTEGER NOT NULL,
    label         INTEGER NOT NULL,
    fill          REAL,
    gaps          INTEGER,
    ending        TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS plan_author ON plan (author, arrival_ms);
"""

    def load(self, db: apsw.Connection) -> None:
        """Do nothing: nothing is kept in memory."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event; those of other capabilities change nothing here."""
        if isinstance(event, PlanMade):
            _fold(db, recorded, event)
        elif isinstance(event, Redacted):
            db.execute(_ERASE, {"position": event.position})

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do nothing: no row here depends on where a commit ends."""


_MADE = """
INSERT INTO plan (plan, position, author, kind, restricted, illustrative, as_of,
                  arrival_ms, label, fill, gaps, ending)
VALUES (:plan, :position, :author, :kind, :restricted, :illustrative, :as_of,
        :arrival_ms, :label, :fill, :gaps, :ending)
"""

_ERASE = "DELETE FROM plan WHERE position = :position"

_PLANS = """
SELECT p.plan, p.author, p.kind, p.illustrative, p.as_of, p.arrival_ms, l.fixed,
       p.fill, p.gaps, p.ending
  FROM plan AS p
  JOIN label AS l ON l.label = p.label
 WHERE substr(:readable, p.label, 1) = x'01'
   AND (p.restricted = 0 OR :restricted)
   AND (:plan IS NULL OR p.plan = :plan)
   AND (:after IS NULL
        OR p.position < (SELECT x.position
                           FROM plan AS x
                          WHERE x.plan = :after
                            AND substr(:readable, x.label, 1) = x'01'
                            AND (x.restricted = 0 OR :restricted)))
 ORDER BY p.position DESC
 LIMIT :limit
"""

_MADE_SINCE = """
SELECT count(*)
  FROM plan
 WHERE author = :nation AND arrival_ms > :since
"""

_BODY = """
SELECT e.body
  FROM plan AS p
  JOIN log.entry AS e ON e.position = p.position AND e.body IS NOT NULL
 WHERE p.plan = :plan
   AND substr(:readable, p.label, 1) = x'01'
   AND (p.restricted = 0 OR :restricted)
"""


class PlanLine(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as it stands in a list.

    Attributes:
        made: when it was made.
        fill: of all that is wanted, the part that is there; null where nothing is
            wanted, and for what drops out.
        gaps: how many gaps there are; null for what drops out, and for hours.
        ending: how the solution came about.
        label: who may see it.
        restricted: whether it is for planners alone.
    """

    plan: str
    author: NationCode
    kind: Kind
    as_of: date
    made: datetime
    fill: float | None
    gaps: int | None
    ending: str
    illustrative: bool
    restricted: bool
    label: str


class PlanSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A plan with all that went in and came out."""

    line: PlanLine
    made: Made


def list_plans(
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    *,
    after: str | None = None,
    limit: int = PLANS_MAX,
) -> list[PlanLine]:
    """List the plans that a viewer may see, the last made first.

    Args:
        db: the views.
        access: who may see what.
        viewer: who asks.
        after: the plan behind which to go on.
        limit: how many at most.
    """
    bindings = {"plan": None, "after": after, "limit": limit}
    return [_line(row, access) for row in _rows(db, _PLANS, access, viewer, bindings)]


def find_plan(
    db: apsw.Connection, access: Access, viewer: Viewer, plan: str
) -> PlanSheet:
    """Show a viewer one plan; the log is attached to the views.

    Raises:
        NotFoundError: there is none of this id, or not for this viewer.
    """
    bindings = {"plan": plan, "after": None, "limit": 1}
    for row in _rows(db, _PLANS, access, viewer, bindings):
        for (body,) in _rows(db, _BODY, access, viewer, {"plan": plan}):
            event = msgspec.json.decode(bytes(body), type=PlanMade)
            return PlanSheet(line=_line(row, access), made=event.made)
    raise NotFoundError("no such plan; list those that are there for you")


def made_since(db: apsw.Connection, nation: NationCode, since_ms: int) -> int:
    """Count the plans that a nation has made since an instant; for its own quota."""
    return int(db.execute(_MADE_SINCE, {"nation": nation, "since": since_ms}).get)


def folded_position(db: apsw.Connection) -> int:
    """Tell how far the views have come; it is shown to nobody."""
    return int(db.execute("SELECT position FROM folded").get)


def _rows(
    db: apsw.Connection,
    statement: str,
    access: Access,
    viewer: Viewer,
    bindings: dict[str, Any],
) -> Iterator[tuple[Any, ...]]:
    seen = {
        "readable": readable_labels(db, access, viewer),
        "restricted": int(reads_restricted(viewer)),
    }
    return iter(db.execute(statement, {**bindings, **seen}).fetchall())


def _line(row: tuple[Any, ...], access: Access) -> PlanLine:
    fixed = decode_label(bytes(row[6]))
    return PlanLine(
        plan=row[0],
        author=NationCode(row[1]),
        kind=row[2],
        illustrative=bool(row[3]),
        restricted=row[2] in RESTRICTED,
        as_of=date.fromisoformat(row[4]),
        made=from_ms(row[5]),
        label=print_label(fixed.label, access.alliance),
        fill=row[7],
        gaps=row[8],
        ending=row[9],
    )


def _fold(db: apsw.Connection, recorded: Recorded, event: PlanMade) -> None:
    made, found = event.made, event.made.found
    told = found.surge.after if found.surge is not None else found.coverage
    db.execute(
        _MADE,
        {
            "plan": event.plan,
            "position": recorded.position,
            "author": event.author,
            "kind": made.question.kind,
            "restricted": int(made.question.kind in RESTRICTED),
            "illustrative": int(made.illustrative),
            "as_of": made.question.horizon.as_of.isoformat(),
            "arrival_ms": recorded.arrival_ms,
            "label": intern_label(db, decode_label(bytes(event.label)), event.author),
            "fill": found.closure.covered
            if found.closure is not None
            else None
            if told is None
            else told.fill,
            "gaps": None if told is None else len(told.gaps),
            "ending": found.main.solved.ending,
        },
    )
