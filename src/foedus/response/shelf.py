"""The shelf of playbooks: what a viewer may start, and in which edition.

- What each nation brought is a lane of its own: two nations may bring the same id, and
  neither learns from the shelf what it may not see of the other's.
- Of several lanes the viewer's own comes first, then the one that came first.

Source: DESIGN §6, "Lanes".
"""

from typing import Any, Final

import apsw
import msgspec

from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.labelled import readable_labels
from foedus.releasability.viewers import Viewer
from foedus.response.cacao import Playbook
from foedus.response.events import Edition
from foedus.response.runs import playbook_of
from foedus.response.schema import SOURCE

PAGE_SIZE_MAX: Final = 500
"""Editions on one page of a list."""

EDITIONS_MAX: Final = 1_000
"""Editions of one id that are looked through."""

_EDITIONS = """
SELECT p.nation, p.modified, p.name, p.arrival_ms, l.fixed
  FROM playbook AS p
  JOIN label AS l ON l.label = p.label
 WHERE p.playbook = :playbook
   AND substr(:readable, p.label, 1) = x'01'
 ORDER BY p.nation <> :own,
          (SELECT min(q.position)
             FROM playbook AS q
            WHERE q.playbook = p.playbook
              AND q.nation = p.nation
              AND substr(:readable, q.label, 1) = x'01'),
          p.modified DESC
 LIMIT :limit
"""

_LIST = """
SELECT p.playbook, p.nation, p.modified, p.name, p.arrival_ms, l.fixed
  FROM playbook AS p
  JOIN label AS l ON l.label = p.label
 WHERE substr(:readable, p.label, 1) = x'01'
   AND NOT EXISTS (
       SELECT 1
         FROM playbook AS q
        WHERE q.playbook = p.playbook
          AND q.nation = p.nation
          AND q.modified > p.modified
          AND substr(:readable, q.label, 1) = x'01')
   AND (p.name, p.playbook, p.nation) > (:name, :after, :nation)
 ORDER BY p.name, p.playbook, p.nation
 LIMIT :limit
"""


_NAME = """
SELECT name
  FROM playbook
 WHERE playbook = :playbook
   AND nation = :nation
   AND substr(:readable, label, 1) = x'01'
 ORDER BY modified DESC
 LIMIT 1
"""


class Shelved(msgspec.Struct, frozen=True, kw_only=True):
    """An edition of a playbook that a viewer may see, read."""

    edition: Edition
    arrival_ms: int
    label: FixedLabel
    playbook: Playbook


class Title(msgspec.Struct, frozen=True, kw_only=True):
    """An edition as a list names it, with nothing of it read."""

    edition: Edition
    name: str
    arrival_ms: int
    label: FixedLabel


def editions(
    db: apsw.Connection, access: Access, viewer: Viewer, playbook: str
) -> list[Title]:
    """List the editions of a playbook that a viewer may see, the first to take first.

    The viewer's own nation's stand before others', of each nation the newest first.
    None is read: there may be a thousand.
    """
    bindings = {
        "playbook": playbook,
        "own": viewer.nation,
        "readable": readable_labels(db, access, viewer),
        "limit": EDITIONS_MAX,
    }
    rows: list[tuple[Any, ...]] = db.execute(_EDITIONS, bindings).fetchall()
    return [
        Title(
            edition=Edition(
                playbook=playbook,
                modified=str(modified),
                nation=NationCode(str(nation)),
            ),
            name=str(name),
            arrival_ms=int(arrival_ms),
            label=decode_label(bytes(fixed)),
        )
        for nation, modified, name, arrival_ms, fixed in rows
    ]


def open_edition(db: apsw.Connection, title: Title) -> Shelved:
    """Read an edition that was found for a viewer, in the same look at the views."""
    row = db.execute(SOURCE, msgspec.structs.asdict(title.edition)).fetchone()
    assert row is not None, "what a snapshot lists stands in it"
    return Shelved(
        edition=title.edition,
        arrival_ms=title.arrival_ms,
        label=title.label,
        playbook=playbook_of(bytes(row[0]), bool(row[1])),
    )


def is_taken(db: apsw.Connection, edition: Edition) -> bool:
    """Tell whether a nation has brought a version, under whatever label.

    For the rule that a version is taken in once; nobody is shown it.
    """
    return db.execute(SOURCE, msgspec.structs.asdict(edition)).fetchone() is not None


def find_edition(
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    playbook: str,
    modified: str | None = None,
) -> Shelved | None:
    """Find the edition that is meant; None if there is none for this viewer.

    Args:
        db: the views.
        access: who may see what, now.
        viewer: who looks.
        playbook: its id.
        modified: which version; the newest without.
    """
    for each in editions(db, access, viewer, playbook):
        if modified in (None, each.edition.modified):
            return open_edition(db, each)
    return None


def name_of(
    db: apsw.Connection, access: Access, viewer: Viewer, playbook: str, nation: str
) -> str | None:
    """Tell what a playbook of a nation is called; None if there is none to see."""
    readable = readable_labels(db, access, viewer)
    bindings = {"readable": readable, "playbook": playbook, "nation": nation}
    row: tuple[Any, ...] | None = db.execute(_NAME, bindings).fetchone()
    return None if row is None else str(row[0])


def list_playbooks(
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    *,
    after: tuple[str, str, str] = ("", "", ""),
    limit: int = PAGE_SIZE_MAX,
) -> list[Title]:
    """List the newest edition of every playbook that a viewer may see, by name.

    Args:
        db: the views.
        access: who may see what, now.
        viewer: who looks.
        after: name, id and nation of the last one of the page before.
        limit: how many at most.
    """
    name, playbook, nation = after
    bindings = {
        "readable": readable_labels(db, access, viewer),
        "name": name,
        "after": playbook,
        "nation": nation,
        "limit": min(limit, PAGE_SIZE_MAX),
    }
    rows: list[tuple[Any, ...]] = db.execute(_LIST, bindings).fetchall()
    return [
        Title(
            edition=Edition(
                playbook=str(row[0]),
                nation=NationCode(str(row[1])),
                modified=str(row[2]),
            ),
            name=str(row[3]),
            arrival_ms=int(row[4]),
            label=decode_label(bytes(row[5])),
        )
        for row in rows
    ]
