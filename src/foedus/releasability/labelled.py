"""Labels of what is no intelligence: decisions, tasks, updates, exercises.

- Views write the number of a label beside each row; queries take a byte a label into
  the SQL, `substr(:readable, row.label, 1) = x'01'`, so that counts and pages are
  right. A label beyond the end of the bytes reads as the empty blob: fails closed.
- What the bytes say is judged anew by the alliance as it stands: closed terms by the
  nations that were fixed at arrival, open ones by the nations of today, and nothing at
  all for a nation without standing.
- Numbers are given in order of first appearance and never leave the hub.

Source: DESIGN §6, "Order of judgement" and "Closed or open".
"""

from typing import Final

import apsw

from foedus.errors import RuleViolationError
from foedus.eventlog.envelope import Event, Recorded
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label, encode_label
from foedus.releasability.viewers import Viewer

LABELS_MAX: Final = 65_535
"""Distinct labels, by originator, of all that is no intelligence. Each reader's bytes
are as long."""

_FIND = "SELECT label FROM label WHERE originator = :originator AND fixed = :fixed"

_COUNT = "SELECT count(*) FROM label"

_COUNT_UNDER = "SELECT count(*) FROM label WHERE originator = :originator"

_INSERT = """
INSERT INTO label (label, originator, fixed)
VALUES (:label, :originator, :fixed)
"""

_ALL = """
SELECT originator, fixed
  FROM label
 ORDER BY label
 LIMIT :limit
"""

_ONE = "SELECT originator, fixed FROM label WHERE label = :label"


class LabelView:
    """Holds the table of labels; what is labelled writes into it as it is folded."""

    schema = """
CREATE TABLE IF NOT EXISTS label (
    label       INTEGER PRIMARY KEY CHECK (label BETWEEN 1 AND 65535),
    originator  TEXT NOT NULL,
    fixed       BLOB NOT NULL,
    UNIQUE (originator, fixed)
) STRICT;
"""

    def load(self, db: apsw.Connection) -> None:
        """Do nothing: nothing is kept in memory."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Do nothing: the views of what is labelled intern their labels."""

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do nothing: no row here depends on where a commit ends."""


def intern_label(db: apsw.Connection, label: FixedLabel, originator: NationCode) -> int:
    """Give the number of a label, a new one where it is the first of its kind.

    Raises:
        RuleViolationError: there are `LABELS_MAX` already.
    """
    key = {"originator": originator, "fixed": encode_label(label)}
    found = db.execute(_FIND, key).fetchone()
    if found is not None:
        return int(found[0])
    number = int(db.execute(_COUNT).get) + 1
    if number > LABELS_MAX:
        raise RuleViolationError(
            f"the hub holds {LABELS_MAX} distinct labels; use a community"
        )
    db.execute(_INSERT, {"label": number, **key})
    return number


def labels_under(db: apsw.Connection, originator: NationCode) -> int:
    """Count the labels that have a nation for their originator."""
    return int(db.execute(_COUNT_UNDER, {"originator": originator}).get)


def label_of(db: apsw.Connection, number: int) -> tuple[FixedLabel, NationCode]:
    """Read a label by its number, with the nation that originated under it."""
    originator, fixed = db.execute(_ONE, {"label": number}).get
    return decode_label(bytes(fixed)), NationCode(str(originator))


def readable_labels(db: apsw.Connection, access: Access, viewer: Viewer) -> bytes:
    """Give a byte a label: may the viewer see what is under it, now?"""
    if not access.standing(viewer.nation):
        return b""
    bit = access.bit(viewer)
    return bytes(
        bool(access.entitled(decode_label(bytes(fixed)), NationCode(originator)) & bit)
        for originator, fixed in db.execute(_ALL, {"limit": LABELS_MAX})
    )
