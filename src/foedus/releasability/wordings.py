"""What labelled things are found by: the words of decisions, updates, engagements.

- A view that folds a thing notes its words under its label, anew whenever they change,
  so that no word stays of what a text said before or of what was erased.
- Which things may match is asked inside the SQL, for a viewer; whoever asks then reads
  each as the viewer has it, and compares once more.
- Nothing is counted and nothing ranked: of what matches those come first that were
  told of last.

Source: DESIGN §6, "Non-interference"; ADR 21.
"""

from collections.abc import Iterator
from typing import Any, Final

import apsw
import msgspec

from foedus.eventlog.envelope import Event, Recorded
from foedus.stix.wording import BEGIN_MIN, Query, Wording

CANDIDATES_MAX: Final = 100
"""Things of a kind and a way to match that are looked at, the last told of first. They
are counted in the viewer's world, so what is hidden takes nobody's place."""

_WHOLE: Final = "="
_WORD: Final = "~"
_END: Final = "\U0010ffff"

_NOTE = """
INSERT INTO wording (kind, key, at, thing, label)
VALUES (?, ?, ?, ?, ?)
"""

_KNOWN = """
SELECT kind, key, at, thing, label
  FROM wording
 WHERE kind = :kind AND thing = :thing
 ORDER BY key
"""

_FORGET = "DELETE FROM wording WHERE kind = :kind AND thing = :thing"

_FROM = """
SELECT w.thing
  FROM wording AS w
 WHERE w.kind = :kind
   AND substr(:readable, w.label, 1) = x'01'
"""

_IS_KEY = """
   AND w.key = :key
 ORDER BY w.at DESC, w.thing
 LIMIT :limit
"""

_IS_BEGUN = """
   AND w.key >= :key
   AND w.key < :end
 GROUP BY w.thing
 ORDER BY max(w.at) DESC, w.thing
 LIMIT :limit
"""

_HAS_ALL = """
   AND w.key = :key
   AND NOT EXISTS (SELECT 1
                     FROM json_each(:others) AS j
                    WHERE NOT EXISTS (SELECT 1
                                        FROM wording AS o
                                       WHERE o.kind = w.kind
                                         AND o.key = j.value
                                         AND o.at = w.at
                                         AND o.thing = w.thing))
 ORDER BY w.at DESC, w.thing
 LIMIT :limit
"""

_EXACT = _FROM + _IS_KEY

_BEGINS = _FROM + _IS_BEGUN

_ALL_WORDS = _FROM + _HAS_ALL


class WordingView:
    """Holds the table of words; other views write into it as they are folded."""

    folds = ()
    version = 1
    schema = """
CREATE TABLE IF NOT EXISTS wording (
    kind   TEXT    NOT NULL,
    key    TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    thing  TEXT    NOT NULL,
    label  INTEGER NOT NULL,
    PRIMARY KEY (kind, key, at, thing)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS wording_of ON wording (kind, thing);
"""

    def load(self, db: apsw.Connection) -> None:
        """Do nothing: nothing is kept in memory."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Do nothing: the views of what is labelled note their words."""

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do nothing: no row here depends on where a commit ends."""


def note(  # noqa: PLR0913 - the columns of a row
    db: apsw.Connection,
    *,
    kind: str,
    thing: str,
    label: int,
    at: int,
    found_by: Wording,
) -> None:
    """Note what a thing is found by, in the place of what was noted before.

    Args:
        db: the views.
        kind: of which kind it is; each is searched by itself.
        thing: its id.
        label: the number of the label that covers all these words.
        at: when whoever may read it was told of it, in milliseconds since 1970.
        found_by: its words; all of them stand under the label.
    """
    rows = [(kind, key, at, thing, label) for key in sorted(_keys(found_by))]
    known = db.execute(_KNOWN, {"kind": kind, "thing": thing}).fetchall()
    if known == rows:
        return
    forget(db, kind=kind, thing=thing)
    db.executemany(_NOTE, rows)


def forget(db: apsw.Connection, *, kind: str, thing: str) -> None:
    """Forget what a thing is found by."""
    db.execute(_FORGET, {"kind": kind, "thing": thing})


def candidates(
    db: apsw.Connection, readable: bytes, kind: str, query: Query
) -> tuple[str, ...]:
    """Give the ids of things of a kind that may match, in the viewer's world.

    Args:
        db: the views.
        readable: a byte a label: may the viewer see what is under it?
        kind: of which kind.
        query: what is looked for.
    """
    bindings: dict[str, Any] = {
        "kind": kind,
        "readable": readable,
        "limit": CANDIDATES_MAX,
    }
    found: list[str] = []
    for statement, asked in _ways(query):
        rows: list[tuple[Any, ...]] = db.execute(statement, bindings | asked).fetchall()
        found += [row[0] for row in rows]
    return tuple(dict.fromkeys(found))


def _ways(query: Query) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the ways in which a thing may match, each with what it asks for."""
    yield _EXACT, {"key": f"{_WHOLE}{query.whole}"}
    if len(query.whole) >= BEGIN_MIN:
        yield _BEGINS, _span(f"{_WHOLE}{query.whole}")
    match query.words:
        case ():
            return
        case (word,):
            yield _EXACT, {"key": f"{_WORD}{word}"}
            if len(word) >= BEGIN_MIN:
                yield _BEGINS, _span(f"{_WORD}{word}")
        case (first, *rest):
            others = msgspec.json.encode([f"{_WORD}{each}" for each in rest]).decode()
            yield _ALL_WORDS, {"key": f"{_WORD}{first}", "others": others}


def _span(key: str) -> dict[str, str]:
    return {"key": key, "end": key + _END}


def _keys(found_by: Wording) -> set[str]:
    wholes = {f"{_WHOLE}{each}" for each in found_by.wholes}
    return wholes | {f"{_WORD}{each}" for each in found_by.words}
