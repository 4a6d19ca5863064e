"""Labels of what is no intelligence: decisions, tasks, updates, exercises.

- Views write the number of a label beside each row; queries take a byte a label into
  the SQL, `substr(:readable, row.label, 1) = x'01'`, so that counts and pages are
  right. A label beyond the end of the bytes reads as the empty blob: fails closed.
- What the bytes say is judged anew by the alliance as it stands: closed terms by the
  nations that were fixed at arrival, open ones by the nations of today, and nothing at
  all for a nation without standing.
- Numbers are given in order of first appearance and never leave the hub.
- There is a number for whatever was accepted: a fold never refuses. Commands refuse
  above `LABELS_OF_NATION_MAX`; if all numbers are given away nonetheless, what comes
  is read by its originator alone.

Source: DESIGN §6, "Order of judgement" and "Closed or open".
"""

from functools import lru_cache
from typing import Final

import apsw

from foedus.errors import RuleViolationError
from foedus.eventlog.envelope import Event, Recorded
from foedus.ids import NationCode
from foedus.releasability.access import Access, ReadableLabels
from foedus.releasability.join import FixedLabel, decode_label, encode_label
from foedus.releasability.labels import Clause
from foedus.releasability.viewers import Viewer

LABELS_MAX: Final = 65_535
"""Distinct labels, by originator, of all that is no intelligence. Each reader's bytes
are as long."""

NARROW_MAX: Final = 4_095
"""Numbers that are kept for labels of an originator alone: a level of each nation
of a pack, and more."""

LABELS_OF_NATION_MAX: Final = 1_024
"""Labels that a nation may come to use by what it does: a sixty-fourth of all. Recalls
make labels together up to as many, and from then on one by one."""

CLASSES_MAX: Final = 256
"""View classes whose bytes are kept at once; some MB at the most labels."""

_FIND = "SELECT label, own FROM label WHERE originator = :originator AND fixed = :fixed"

_LAST = "SELECT coalesce(max(label), 0) FROM label"

_COUNT_UNDER = "SELECT count(*) FROM label WHERE originator = :originator"

_COUNT_OWN = "SELECT count(*) FROM label WHERE originator = :originator AND own = 1"

_INSERT = """
INSERT INTO label (label, originator, fixed, own)
VALUES (:label, :originator, :fixed, :own)
"""

_OWN = "UPDATE label SET own = 1 WHERE label = :label"

_SINCE = """
SELECT originator, fixed
  FROM label
 WHERE label >= :start
 ORDER BY label
 LIMIT :limit
"""

_ONE = "SELECT originator, fixed FROM label WHERE label = :label"


class LabelView:
    """Holds the table of labels; what is labelled writes into it as it is folded."""

    folds = ()
    schema = """
CREATE TABLE IF NOT EXISTS label (
    label       INTEGER PRIMARY KEY CHECK (label BETWEEN 1 AND 65535),
    originator  TEXT NOT NULL,
    fixed       BLOB NOT NULL,
    own         INTEGER NOT NULL CHECK (own IN (0, 1)),
    UNIQUE (originator, fixed)
) STRICT;
"""

    def load(self, db: apsw.Connection) -> None:
        """Do nothing: nothing is kept in memory."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Do nothing: the views of what is labelled intern their labels."""

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do nothing: no row here depends on where a commit ends."""


class LabelBudget:
    """How many further labels a nation may come to use by what it does.

    It counts what the nation itself said, and so tells it nothing of others: labels
    under which others' doings are told to it do not count.
    """

    def __init__(self, db: apsw.Connection, originator: NationCode) -> None:
        self._db = db
        self._originator = originator
        used = int(db.execute(_COUNT_OWN, {"originator": originator}).get)
        self._left = LABELS_OF_NATION_MAX - used
        self._new: set[FixedLabel] = set()

    def spend(self, label: FixedLabel) -> None:
        """Take a label into use; one that is in use costs nothing.

        Raises:
            RuleViolationError: it would be one too many.
        """
        if label in self._new or self._is_used(label):
            return
        if len(self._new) >= self._left:
            raise RuleViolationError(
                f"a nation may use {LABELS_OF_NATION_MAX} distinct labels and yours "
                "has used as many; take one of them, or a community"
            )
        self._new.add(label)

    def _is_used(self, label: FixedLabel) -> bool:
        key = {"originator": self._originator, "fixed": encode_label(label)}
        row = self._db.execute(_FIND, key).fetchone()
        return row is not None and bool(row[1])


def intern_label(
    db: apsw.Connection,
    label: FixedLabel,
    originator: NationCode,
    *,
    own: bool = True,
) -> int:
    """Give the number of a label, a new one where it is the first of its kind.

    Args:
        db: the views.
        label: as it was fixed when the thing was recorded.
        originator: whose thing it is.
        own: whether the originator itself said it; not so where others' doings are
            told to it.

    Returns:
        Where no number is left: that of the originator alone, at the same level.
    """
    found = _number(db, label, originator, LABELS_MAX - NARROW_MAX - 1, own=own)
    if found is None:
        narrow = _narrowed(label.level, originator)
        found = _number(db, narrow, originator, LABELS_MAX - 1, own=False)
    if found is None:
        found = _number(db, _NOBODY, _NO_NATION, LABELS_MAX, own=False)
    assert found is not None, "the last number is kept for nobody"
    return found


_NO_NATION: Final = NationCode("")

_NOBODY: Final = FixedLabel(
    level=0, closed_terms=Clause(), closed=frozenset(), no_onward=True
)


@lru_cache(maxsize=NARROW_MAX)
def _narrowed(level: int, originator: NationCode) -> FixedLabel:
    return FixedLabel(
        level=level,
        closed_terms=Clause(nations=(originator,)),
        closed=frozenset([originator]),
        no_onward=True,
    )


def _number(
    db: apsw.Connection,
    label: FixedLabel,
    originator: NationCode,
    up_to: int,
    *,
    own: bool,
) -> int | None:
    key = {"originator": originator, "fixed": encode_label(label)}
    row = db.execute(_FIND, key).fetchone()
    if row is not None:
        if own and not row[1]:
            db.execute(_OWN, {"label": row[0]})
        return int(row[0])
    number = int(db.execute(_LAST).get) + 1
    if number > up_to:
        return None
    db.execute(_INSERT, {"label": number, "own": int(own), **key})
    return number


def labels_under(db: apsw.Connection, originator: NationCode) -> int:
    """Count the labels that have a nation for their originator."""
    return int(db.execute(_COUNT_UNDER, {"originator": originator}).get)


def label_of(db: apsw.Connection, number: int) -> tuple[FixedLabel, NationCode]:
    """Read a label by its number, with the nation that originated under it."""
    originator, fixed = db.execute(_ONE, {"label": number}).get
    return decode_label(bytes(fixed)), NationCode(str(originator))


def readable_labels(db: apsw.Connection, access: Access, viewer: Viewer) -> bytes:
    """Give a byte a label: may the viewer see what is under it, now?

    What was worked out is kept with the access, and extended by new labels alone.
    """
    if not access.standing(viewer.nation):
        return b""
    bit = access.bit(viewer)
    kept = access.readable.get(bit, _NOTHING_KEPT)
    known, rows = kept.readable, _labels_since(db, max(len(kept.readable), 1))
    if known and rows[:1] != [kept.last]:  # these are the labels of other views
        known, rows = b"", _labels_since(db, 1)
    elif known:
        rows = rows[1:]
    if not rows:
        return known
    known += bytes(
        bool(access.entitled(decode_label(fixed), NationCode(originator)) & bit)
        for originator, fixed in rows
    )
    if len(access.readable) >= CLASSES_MAX:
        access.readable.clear()
    access.readable[bit] = ReadableLabels(known, rows[-1])
    return known


_NOTHING_KEPT: Final = ReadableLabels(b"", ("", b""))


def _labels_since(db: apsw.Connection, start: int) -> list[tuple[str, bytes]]:
    rows = db.execute(_SINCE, {"start": start, "limit": LABELS_MAX})
    return [(str(originator), bytes(fixed)) for originator, fixed in rows]
