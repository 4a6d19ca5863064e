"""What is recorded, as a viewer may read it.

- A record is read as of a day: its last edition that holds then.
- It is read by whoever may read it and what it is about; of the rest there is no trace:
  in no count, order or page.
- Lists begin with what was recorded last.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, Generic, TypeVar

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import NotFoundError
from foedus.ids import NationCode
from foedus.readiness.events import KIND_OF
from foedus.readiness.records import AnyContent
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.labelled import readable_labels
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer

RECORDS_MAX: Final = 50_000
"""Records of one kind that are read at once: ten times the largest register."""

EVER: Final = date.max
"""As of when every edition holds that is recorded, those of days to come as well."""

C = TypeVar("C", bound=msgspec.Struct)

_NAMING: Final = frozenset({"unit", "exercise", "requirement"})
"""Kinds whose lists name records that may have narrower labels than they."""

_READABLE = """
SELECT DISTINCT record
  FROM readiness_record
 WHERE kind IN ('measure', 'module')
   AND substr(:readable, label, 1) = x'01'
 ORDER BY record
 LIMIT :limit
"""

_HELD_BEGIN = """
SELECT r.record, r.author, r.illustrative, r.arrival_ms, l.fixed, r.content
  FROM readiness_record AS r
  JOIN label AS l ON l.label = r.label
 WHERE r.kind = :kind
"""

_OF_MODULE = "   AND r.module = :module"

_HELD_END = """
   AND substr(:readable, r.label, 1) = x'01'
   AND r.position = (SELECT max(x.position)
                       FROM readiness_record AS x
                      WHERE x.record = r.record AND x.since <= :on)
   AND (:record IS NULL OR r.record = :record)
   AND (:about IS NULL OR r.about = :about)
   AND (:nation IS NULL OR r.nation = :nation)
   AND (r.about = '' OR EXISTS (SELECT 1
                                  FROM readiness_record AS p
                                 WHERE p.record = r.about
                                   AND substr(:readable, p.label, 1) = x'01'))
   AND (r.also = '' OR EXISTS (SELECT 1
                                 FROM readiness_record AS p
                                WHERE p.record = r.also
                                  AND substr(:readable, p.label, 1) = x'01'))
   AND (:after IS NULL
        OR r.first < (SELECT min(x.first)
                        FROM readiness_record AS x
                       WHERE x.record = :after
                         AND substr(:readable, x.label, 1) = x'01'))
 ORDER BY r.first DESC
 LIMIT :limit
"""

_HELD = _HELD_BEGIN + _HELD_END

_HELD_OF_MODULE = _HELD_BEGIN + _OF_MODULE + _HELD_END


class Held(msgspec.Struct, Generic[C], frozen=True, kw_only=True):
    """A record as it stands.

    Attributes:
        record: its id.
        author: the nation that recorded it, or the alliance's own body.
        recorded: the day on which this edition arrived.
        illustrative: whether it was made up to show something.
        label: who may see it.
    """

    record: str
    author: NationCode
    recorded: date
    illustrative: bool
    label: str
    content: C


class Labelled(msgspec.Struct, Generic[C], frozen=True, kw_only=True):
    """A record with its label as it was fixed, for pages that join labels."""

    held: Held[C]
    fixed: FixedLabel


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which records are wanted; None means any.

    Attributes:
        on: as of when.
        about: the record that they are about.
        module: the module, of the pack or declared, to which they belong.
        after: the record behind which to go on.
    """

    on: date = EVER
    record: str | None = None
    about: str | None = None
    module: str | None = None
    nation: NationCode | None = None
    after: str | None = None
    limit: int = RECORDS_MAX


ANY: Final = Wanted()
"""Every record of a kind."""


def labelled(
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    kind: type[C],
    wanted: Wanted = ANY,
) -> list[Labelled[C]]:
    """List the records of a kind that a viewer may see, the last recorded first."""
    rows: Iterator[tuple[Any, ...]] = db.execute(
        _HELD if wanted.module is None else _HELD_OF_MODULE,
        {
            **msgspec.structs.asdict(wanted),
            "kind": kind_of(kind),
            "on": wanted.on.isoformat(),
            "readable": readable_labels(db, access, viewer),
        },
    )
    decoder = msgspec.json.Decoder(kind)
    labels = _Labels(access)
    found = [_labelled(row, decoder, labels) for row in rows]
    if kind_of(kind) not in _NAMING:
        return found
    seen = _readable_ids(db, access, viewer)
    return [_without_hidden(each, seen) for each in found]


def list_held(
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    kind: type[C],
    wanted: Wanted = ANY,
) -> list[Held[C]]:
    """List the records of a kind that a viewer may see, the last recorded first."""
    return [each.held for each in labelled(db, access, viewer, kind, wanted)]


def find_held(
    db: apsw.Connection, access: Access, viewer: Viewer, kind: type[C], record: str
) -> Labelled[C]:
    """Find one record.

    Raises:
        NotFoundError: there is none of this id, or not for this viewer.
    """
    wanted = Wanted(record=record, limit=1)
    for each in labelled(db, access, viewer, kind, wanted):
        return each
    word = kind_of(kind).replace("-", " ")
    raise NotFoundError(f"no such {word}; list those that are there for you")


def kind_of(kind: type[C]) -> str:
    """Name a kind of record."""
    names: dict[type[AnyContent], str] = KIND_OF
    return next(name for each, name in names.items() if each is kind)


class _Labels(dict[bytes, tuple[FixedLabel, str]]):
    """Reads and prints each label once: thousands of records share a few."""

    def __init__(self, access: Access) -> None:
        super().__init__()
        self._alliance = access.alliance

    def __missing__(self, raw: bytes) -> tuple[FixedLabel, str]:
        fixed = decode_label(raw)
        self[raw] = fixed, print_label(fixed.label, self._alliance)
        return self[raw]


def _labelled(
    row: tuple[Any, ...], decoder: msgspec.json.Decoder[C], labels: _Labels
) -> Labelled[C]:
    fixed, printed = labels[bytes(row[4])]
    held = Held(
        record=row[0],
        author=NationCode(row[1]),
        recorded=from_ms(row[3]).date(),
        illustrative=bool(row[2]),
        label=printed,
        content=decoder.decode(row[5]),
    )
    return Labelled(held=held, fixed=fixed)


def _readable_ids(db: apsw.Connection, access: Access, viewer: Viewer) -> set[str]:
    readable = readable_labels(db, access, viewer)
    rows = db.execute(_READABLE, {"readable": readable, "limit": RECORDS_MAX})
    return {str(record) for (record,) in rows}


def _without_hidden(found: Labelled[C], seen: set[str]) -> Labelled[C]:
    """Leave out of the lists of a content what the viewer may not see."""
    content = found.held.content
    changes: dict[str, tuple[str, ...]] = {
        name: kept
        for name in ("measures", "modules")
        if (named := getattr(content, name, ()))
        and (kept := tuple(each for each in named if "--" not in each or each in seen))
        != named
    }
    if not changes:
        return found
    held = msgspec.structs.replace(
        found.held, content=msgspec.structs.replace(content, **changes)
    )
    return Labelled(held=held, fixed=found.fixed)
