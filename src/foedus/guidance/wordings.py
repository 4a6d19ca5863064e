"""What policy updates and engagements are found by: titles, ids, and every word.

Of an update the last edition counts, of an engagement what was said of it last.
"""

from collections.abc import Iterable
from typing import Any, Final

import apsw
import msgspec

from foedus.releasability import wordings
from foedus.stix.wording import Wording, wording

UPDATE: Final = "update"
"""Under which updates stand in the index."""

ENGAGEMENT: Final = "engagement"
"""Under which engagements do."""

_EDITION = """
SELECT title, text, arrival_ms, label
  FROM policy_edition
 WHERE policy = :thing
 ORDER BY edition DESC
 LIMIT 1
"""

_TOLD = """
SELECT e.title, e.purpose, coalesce(r.outcome, e.outcome), e.regions,
       coalesce(r.arrival_ms, e.arrival_ms), e.label
  FROM engagement AS e
  LEFT JOIN engagement_report AS r
    ON r.position = (SELECT max(position)
                       FROM engagement_report AS last
                      WHERE last.engagement = e.engagement)
 WHERE e.engagement = :thing
"""

_AT = """
SELECT policy, NULL FROM policy_edition WHERE position = :position
 UNION ALL
SELECT NULL, engagement FROM engagement WHERE position = :position
 UNION ALL
SELECT NULL, engagement FROM engagement_report WHERE position = :position
"""


def of_update(name: str, title: str, text: str) -> Wording:
    """Give what an update is found by."""
    return wording([title, name], [text])


def of_engagement(name: str, title: str, told: Iterable[str]) -> Wording:
    """Give what an engagement is found by.

    Args:
        name: its id.
        title: what it is called.
        told: what it is for, what came of it, and the words of its regions.
    """
    return wording([title, name], told)


def note_update(db: apsw.Connection, name: str) -> None:
    """Note what an update is found by, as its last edition stands."""
    row: tuple[Any, ...] | None = db.execute(_EDITION, {"thing": name}).fetchone()
    if row is None:
        wordings.forget(db, kind=UPDATE, thing=name)
        return
    title, text, at, label = row
    found_by = of_update(name, title, text)
    wordings.note(db, kind=UPDATE, thing=name, label=label, at=at, found_by=found_by)


def note_engagement(db: apsw.Connection, name: str) -> None:
    """Note what an engagement is found by, as it stands."""
    row: tuple[Any, ...] | None = db.execute(_TOLD, {"thing": name}).fetchone()
    if row is None:
        wordings.forget(db, kind=ENGAGEMENT, thing=name)
        return
    title, purpose, outcome, regions, at, label = row
    told = [purpose, outcome, *msgspec.json.decode(regions, type=list[str])]
    wordings.note(
        db,
        kind=ENGAGEMENT,
        thing=name,
        label=label,
        at=at,
        found_by=of_engagement(name, title, told),
    )


def erase(db: apsw.Connection, position: int, statements: Iterable[str]) -> None:
    """Erase what an entry said, and note anew what is found by what is left.

    Args:
        db: the views.
        position: of the entry.
        statements: that delete its rows.
    """
    at = {"position": position}
    things: list[tuple[Any, ...]] = db.execute(_AT, at).fetchall()
    for statement in statements:
        db.execute(statement, at)
    for update, engagement in things:
        if update is not None:
            note_update(db, update)
        if engagement is not None:
            note_engagement(db, engagement)
