"""News: what capabilities tell those who follow live.

- A view that folds an event calls `tell`: what happened to which thing, under which
  label, and the document that a reader gets. Who may read it is judged when it is
  read, inside the SQL.
- News stand in the order of the log. To a reader an item is named by a digest of what
  it says, so that nothing in the name depends on what others were told.
- Recalls go first: they stand in an order of their own, by commit and name, which each
  consumer goes through before anything else.
- News are kept for `KEPT_MS` by the clock of the log, and go when the entry that told
  them is redacted; folding the log again gives the same rows.

Source: DESIGN §6, "Non-interference"; §7, "Live"; ADR 14.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, get_args

import apsw
import msgspec

from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.ids import NationCode
from foedus.releasability.join import FixedLabel, decode_label, encode_label
from foedus.releasability.labelled import label_of

NewsKind = Literal["decision", "task", "update", "recall"]
"""What news may be about."""

NEWS_KINDS: Final[tuple[NewsKind, ...]] = get_args(NewsKind)

RECALL: Final = "recall"
"""The kind that goes first."""

KEPT_MS: Final = 31 * 86_400_000
"""How long news are kept: a day more than anybody may come back after."""

_HIGH_BYTES: Final = 7
_NAME_BYTES: Final = 15
_LOW_MAX: Final = (1 << 62) - 1

_TURN = "SELECT count(*) FROM news WHERE at = :at AND position = :position"

_TELL = """
INSERT INTO news (at, position, turn, kind, thing, type, label, high, low, document)
VALUES (:at, :position, :turn, :kind, :thing, :type, :label, :high, :low, :document)
"""

_FORGET = "DELETE FROM news WHERE at < :before"

_ERASE = "DELETE FROM news WHERE position = :position"

_LAST = "SELECT at FROM news ORDER BY at DESC LIMIT 1"

_FIND = """
SELECT position, turn
  FROM news
 WHERE at = :at AND high = :high AND low = :low
 ORDER BY position, turn
 LIMIT 1
"""

_AFTER = """
SELECT n.at, n.position, n.turn, n.kind, n.thing, n.type, n.high, n.low,
       l.originator, l.fixed, n.document
  FROM news AS n
 CROSS JOIN label AS l ON l.label = n.label
 WHERE (n.at, n.position, n.turn) > (:at, :position, :turn)
   AND n.kind <> 'recall'
   AND substr(:readable, n.label, 1) = x'01'
   AND (:kinds IS NULL OR n.kind IN (SELECT value FROM json_each(:kinds)))
   AND (:types IS NULL OR n.type IN (SELECT value FROM json_each(:types)))
 ORDER BY n.at, n.position, n.turn
 LIMIT :limit
"""

_RECALLS_AFTER = """
SELECT n.at, n.position, n.turn, n.kind, n.thing, n.type, n.high, n.low,
       l.originator, l.fixed, n.document
  FROM news AS n INDEXED BY news_recall
 CROSS JOIN label AS l ON l.label = n.label
 WHERE (n.at, n.high, n.low) > (:at, :high, :low)
   AND n.kind = 'recall'
   AND substr(:readable, n.label, 1) = x'01'
 ORDER BY n.at, n.high, n.low
 LIMIT :limit
"""

_ANY_RECALL_AFTER = """
SELECT EXISTS (
       SELECT 1
         FROM news
        WHERE kind = 'recall' AND (at, high, low) > (:at, :high, :low))
"""

_LAST_RECALL = """
SELECT at, high, low
  FROM news
 WHERE kind = 'recall' AND at >= :first AND substr(:readable, label, 1) = x'01'
 ORDER BY at DESC, high DESC, low DESC
 LIMIT 1
"""


class Name(NamedTuple):
    """What an item is named by, to those who may read it.

    Attributes:
        at_ms: when its commit was made.
        high: the first part of a digest of what it says.
        low: the rest of it.
    """

    at_ms: int
    high: int
    low: int


NO_NAME: Final = Name(0, 0, 0)
"""Before every item."""


class Spot(NamedTuple):
    """Where an item stands among all; it never leaves the hub."""

    at_ms: int
    position: int
    turn: int


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item, as it was told.

    Attributes:
        thing: the id of what it is about.
        type: what that is; of intelligence, its STIX type.
        document: the JSON that a reader gets.
    """

    spot: Spot
    name: Name
    kind: NewsKind
    thing: str
    type: str
    nation: NationCode
    label: FixedLabel
    document: bytes


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which news are wanted; None means no restriction."""

    kinds: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None


class NewsView:
    """Holds the table of news; other views write into it as they are folded."""

    folds = Redacted
    version = 1
    schema = """
CREATE TABLE IF NOT EXISTS news (
    at        INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    turn      INTEGER NOT NULL CHECK (turn >= 0),
    kind      TEXT    NOT NULL,
    thing     TEXT    NOT NULL,
    type      TEXT    NOT NULL,
    label     INTEGER NOT NULL,
    high      INTEGER NOT NULL,
    low       INTEGER NOT NULL,
    document  BLOB    NOT NULL,
    PRIMARY KEY (at, position, turn)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS news_position ON news (position);

CREATE INDEX IF NOT EXISTS news_recall ON news (at, high, low)
 WHERE kind = 'recall';
"""

    def load(self, db: apsw.Connection) -> None:
        """Do nothing: nothing is kept in memory."""

    def apply(
        self,
        db: apsw.Connection,
        recorded: Recorded,  # noqa: ARG002 - the projector's port
        event: Event,
    ) -> None:
        """Drop what an entry told that is erased; all else is told by other views."""
        if isinstance(event, Redacted):
            db.execute(_ERASE, {"position": event.position})

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Forget what is too old."""
        db.execute(_FORGET, {"before": arrival_ms - KEPT_MS})


def tell(  # noqa: PLR0913 - the columns of an item
    db: apsw.Connection,
    recorded: Recorded,
    *,
    kind: NewsKind,
    thing: str,
    type: str,  # noqa: A002 - as readers get it
    label: int,
    document: object,
) -> None:
    """Tell everybody who may read what is under a label of something.

    Called by a view while it folds the entry that made it so. Who may not read the
    label by the time of reading is told nothing; nobody is told again later on.

    Args:
        db: the views.
        recorded: the entry that is folded.
        kind: what it is about; `recall` goes before all others.
        thing: the id of what it is about.
        type: what that is, such as `decision`; of intelligence, its STIX type.
        label: the number of its label, from `intern_label`.
        document: what a reader gets: whatever msgspec writes as JSON, or a
            `msgspec.Raw` of it. It holds nothing that the label does not cover.
    """
    written = msgspec.json.encode(document).replace(b"\r", b" ").replace(b"\n", b" ")
    fixed, originator = label_of(db, label)
    said: list[object] = [kind, thing, type, originator, encode_label(fixed), written]
    high, low = _digest(said)
    where = {"at": recorded.arrival_ms, "position": recorded.position}
    db.execute(
        _TELL,
        {
            **where,
            "turn": int(db.execute(_TURN, where).get),
            "kind": kind,
            "thing": thing,
            "type": type,
            "label": label,
            "high": high,
            "low": low,
            "document": written,
        },
    )


def last_told_ms(db: apsw.Connection) -> int:
    """Give when the last commit was made that told anything; nobody's to know."""
    return int(db.execute(_LAST).get or 0)


def spot_of(db: apsw.Connection, name: Name) -> Spot:
    """Find where an item stands; before its commit's where it is there no longer."""
    row = db.execute(_FIND, {"at": name.at_ms, "high": name.high, "low": name.low})
    found = row.fetchone()
    return Spot(name.at_ms, *found) if found else Spot(name.at_ms, 0, -1)


def items_after(
    db: apsw.Connection, readable: bytes, wanted: Wanted, spot: Spot, *, limit: int
) -> list[Item]:
    """Read the next items but for recalls, in the order of the log.

    Args:
        db: the views.
        readable: a byte a label: may the reader see what is under it?
        wanted: what of it is wanted.
        spot: behind which to read.
        limit: how many at most.
    """
    bindings: dict[str, int | bytes | str | None] = {
        "at": spot.at_ms,
        "position": spot.position,
        "turn": spot.turn,
        "readable": readable,
        "kinds": _json(wanted.kinds),
        "types": _json(wanted.types),
        "limit": limit,
    }
    return _items(db, _AFTER, bindings)


def has_recall_after(db: apsw.Connection, name: Name) -> bool:
    """Tell whether anybody was told of a recall behind a name; nobody's to know."""
    where = {"at": name.at_ms, "high": name.high, "low": name.low}
    return bool(db.execute(_ANY_RECALL_AFTER, where).get)


def recalls_after(
    db: apsw.Connection, readable: bytes, name: Name, *, limit: int
) -> list[Item]:
    """Read the next recalls, in their own order; otherwise as `items_after`."""
    where = {"at": name.at_ms, "high": name.high, "low": name.low}
    return _items(db, _RECALLS_AFTER, {**where, "readable": readable, "limit": limit})


def last_recall(db: apsw.Connection, readable: bytes, first: Name) -> Name:
    """Give the name of the last recall since a first that a reader may see."""
    where = {"readable": readable, "first": first.at_ms}
    found = db.execute(_LAST_RECALL, where).fetchone()
    return Name(*found) if found else NO_NAME


def _items(
    db: apsw.Connection,
    statement: str,
    bindings: Mapping[str, int | bytes | str | None],
) -> list[Item]:
    rows: list[tuple[Any, ...]] = db.execute(statement, bindings).fetchall()
    return [
        Item(
            spot=Spot(row[0], row[1], row[2]), name=Name(row[0], row[6], row[7]),
            kind=row[3], thing=row[4], type=row[5], nation=NationCode(row[8]),
            label=decode_label(row[9]), document=row[10],
        )
        for row in rows
    ]  # fmt: skip


def _json(values: tuple[str, ...] | None) -> str | None:
    return None if values is None else msgspec.json.encode(values).decode()


def _digest(said: list[object]) -> tuple[int, int]:
    digest = hashlib.blake2b(msgspec.json.encode(said), digest_size=_NAME_BYTES)
    high, low = digest.digest()[:_HIGH_BYTES], digest.digest()[_HIGH_BYTES:]
    return int.from_bytes(high, "big"), int.from_bytes(low, "big") & _LOW_MAX
