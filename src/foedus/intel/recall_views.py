"""What is known of recalls: what was recalled, from whom, and who has confirmed.

- A recall is noted just before its versions go, so that whoever holds one of them then
  is known: nation by nation and clearance by clearance, for as long as there is a log.
- Of each view class is noted up to which version it held the object. Who held less is
  not told that there was more.
- The ledger that others are shown tells whom the rules let have it: which of several
  nations' lanes somebody holds may follow from what those must not know (`alone`).
- Who held nothing has no row, and so no recall: not its id, not its ledger.
- Recalls are told to those who follow live, ahead of everything else; to nations that
  may read the collection as nations, not only as holders of a role.
- This view is folded before `IntelView`, whose tables it reads.

Source: DESIGN §6, "Non-interference"; §7, "Live"; ADR 18.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import apsw
import msgspec

from foedus.eventlog.envelope import Event, Recorded
from foedus.ids import NationCode
from foedus.intel.events import RecallAcknowledged, Recalled
from foedus.intel.losses import readers_of
from foedus.intel.reached import ARRIVED, Delivered, delivered, due
from foedus.intel.views import current_access
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label, encode_label
from foedus.releasability.labelled import (
    LABELS_OF_NATION_MAX,
    intern_label,
    labels_under,
)
from foedus.releasability.labels import Clause
from foedus.releasability.news import RECALL, tell
from foedus.releasability.views import to_blob
from foedus.stix.timestamps import format_us

_SCHEMA = """
CREATE TABLE IF NOT EXISTS recall (
    recall    INTEGER PRIMARY KEY,
    id        TEXT    NOT NULL UNIQUE,
    object    TEXT    NOT NULL,
    type      TEXT    NOT NULL,
    nation    TEXT    NOT NULL,
    by        TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    arrival   INTEGER NOT NULL,
    original  INTEGER
) STRICT;

CREATE INDEX IF NOT EXISTS recall_object ON recall (object);

CREATE INDEX IF NOT EXISTS recall_original ON recall (original)
 WHERE original IS NOT NULL;

CREATE TABLE IF NOT EXISTS recall_holder (
    recall      INTEGER NOT NULL,
    nation      TEXT    NOT NULL,
    clearance   INTEGER NOT NULL,
    collection  INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    since       INTEGER NOT NULL,
    how         TEXT    NOT NULL CHECK (how IN ('arrival', 'release', 'community')),
    PRIMARY KEY (recall, nation, clearance, collection)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS recall_held ON recall_holder (nation, clearance, recall);

CREATE TABLE IF NOT EXISTS recall_ledger (
    recall      INTEGER NOT NULL,
    nation      TEXT    NOT NULL,
    clearance   INTEGER NOT NULL,
    collection  INTEGER NOT NULL,
    since       INTEGER NOT NULL,
    how         TEXT    NOT NULL CHECK (how IN ('arrival', 'release', 'community')),
    PRIMARY KEY (recall, nation, clearance, collection)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS recall_delivery (
    recall      INTEGER NOT NULL,
    collection  INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    mask        BLOB    NOT NULL,
    PRIMARY KEY (recall, collection, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS recall_acknowledgement (
    recall    INTEGER NOT NULL,
    nation    TEXT    NOT NULL,
    arrival   INTEGER NOT NULL,
    PRIMARY KEY (recall, nation)
) STRICT, WITHOUT ROWID;
"""

_FIND = "SELECT recall FROM recall WHERE id = :id"

_RECALL = """
INSERT INTO recall
       (id, object, type, nation, by, reason, arrival, original)
VALUES (:id, :object, :type, :nation, :by, :reason, :arrival, :original)
RETURNING recall
"""

_HOLD = """
INSERT INTO recall_holder
       (recall, nation, clearance, collection, until, since, how)
VALUES (:recall, :nation, :clearance, :collection, :until, :since, :how)
"""

_TELL = """
INSERT INTO recall_ledger (recall, nation, clearance, collection, since, how)
VALUES (:recall, :nation, :clearance, :collection, :since, :how)
"""

_DELIVERY = """
INSERT INTO recall_delivery (recall, collection, number, mask)
VALUES (:recall, :collection, :number, :mask)
"""

_ACKNOWLEDGE = """
INSERT INTO recall_acknowledgement (recall, nation, arrival)
VALUES (:recall, :nation, :arrival)
    ON CONFLICT DO NOTHING
"""

_COLLECTION = "SELECT collection FROM collection WHERE id = :id"

_GOING = """
SELECT v.version, v.modified, v.arrival, a.label
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 WHERE v.object = :object
   AND v.collection = :collection
   AND v.nation = :nation
   AND v.withdrawn = 0
   AND v.modified IN (SELECT value FROM json_each(:versions))
 ORDER BY v.version
 LIMIT 100000
"""

_MADE_FROM = """
SELECT v.version, v.modified, v.arrival, a.label
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 WHERE v.origin IN (SELECT value FROM json_each(:origins))
   AND v.object = :object
   AND v.withdrawn = 0
 ORDER BY v.version
 LIMIT 100000
"""

_NATIONS = "SELECT DISTINCT nation FROM recall_holder WHERE recall = :recall"


class RecallNews(msgspec.Struct, frozen=True, kw_only=True):
    """What those who follow live are told of a recall.

    Attributes:
        recall: the recall, by which it is acknowledged.
        id: the object, as its readers know it.
        nation: whose object it was.
        by: who recalled it: the same, or the alliance's own body.
        reason: why; empty of what was made from a recalled object.
    """

    recall: str
    id: str
    type: str
    nation: NationCode
    by: NationCode
    at: str
    reason: str


class _Version(NamedTuple):
    key: int
    modified_us: int
    arrival_ms: int
    label: FixedLabel


class _Going(msgspec.Struct, frozen=True, kw_only=True):
    """What goes by one event under one id."""

    recall: str
    object: str
    collection: int
    versions: tuple[_Version, ...]
    original: int | None = None


class RecallView:
    """Folds recalls, and what nations say of them."""

    folds = Recalled | RecallAcknowledged
    version = 4
    schema = _SCHEMA

    def load(self, db: apsw.Connection) -> None:
        """Do nothing: nothing is kept in memory."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event."""
        match event:
            case Recalled():
                _recall(db, recorded, event)
            case RecallAcknowledged():
                found = db.execute(_FIND, {"id": event.recall}).fetchone()
                if found is not None:
                    said = {"nation": event.nation, "arrival": recorded.arrival_ms}
                    db.execute(_ACKNOWLEDGE, {"recall": found[0], **said})
            case _:
                pass

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do nothing: no row here depends on where a commit ends."""


def _recall(db: apsw.Connection, recorded: Recorded, event: Recalled) -> None:
    access = current_access(db)
    assert access is not None, "founding comes first"
    collection = int(db.execute(_COLLECTION, {"id": event.collection}).get)
    where = {
        "object": event.id,
        "collection": collection,
        "nation": event.nation,
        "versions": msgspec.json.encode(event.versions).decode(),
    }
    versions = tuple(
        each
        for each in _versions(db.execute(_GOING, where))
        if each.label.level <= event.clearance
    )
    going = _Going(
        recall=event.recall, object=event.id, collection=collection, versions=versions
    )
    number = _note(db, recorded, event, going, access)
    origins = msgspec.json.encode([each.key for each in versions]).decode()
    for part in event.parts:
        made = {"object": part.id, "origins": origins}
        torn = _Going(
            recall=part.recall,
            object=part.id,
            collection=collection,
            versions=tuple(_versions(db.execute(_MADE_FROM, made))),
            original=number,
        )
        _note(db, recorded, event, torn, access)


def _versions(rows: Iterable[tuple[Any, ...]]) -> Iterator[_Version]:
    for key, modified_us, arrival_ms, label in rows:
        fixed = decode_label(bytes(label))
        yield _Version(int(key), int(modified_us), int(arrival_ms), fixed)


def _note(
    db: apsw.Connection,
    recorded: Recorded,
    event: Recalled,
    going: _Going,
    access: Access,
) -> int:
    """Note a recall and who holds what goes, and tell them; gives its number."""
    # Why the original goes is for its readers, not for those of a part of it.
    reason = event.reason if going.original is None else ""
    number = _number(db, recorded, event, going, reason)
    keys = [each.key for each in going.versions]
    found = delivered(db, access, going.collection, keys)
    shown = due(db, access, going.collection, keys)
    where = {"recall": number, "collection": going.collection}
    places: dict[int, int] = {}
    for each in filter(lambda each: each.number, [*found, *shown]):
        places[each.number] = places.get(each.number, 0) | each.classes
    db.executemany(
        _DELIVERY,
        [
            {**where, "number": place, "mask": to_blob(classes)}
            for place, classes in places.items()
        ],
    )
    db.executemany(_TELL, [{**where, **row} for row in _held(shown, access)])
    # What a nation published it has, whether or not it may read it there.
    found += [
        Delivered(
            access.mask([event.nation], each.label.level),
            ARRIVED,
            each.arrival_ms,
            each.modified_us,
            0,
            each.label,
        )
        for each in going.versions
    ]
    held = _held(found, access)
    told = _nations_of(db, number)
    db.executemany(_HOLD, [{**where, **row} for row in held])
    by_nation = readers_of(db, access, going.collection, by_role=False) - told
    lowest: dict[NationCode, FixedLabel] = {}
    for row in held:
        if (nation := NationCode(str(row["nation"]))) in by_nation:
            level = int(row["clearance"])
            bit = 1 << access.place(nation, level)
            lowest.setdefault(nation, _label(event.nation, level, found, bit))
    news = RecallNews(
        recall=going.recall,
        id=going.object,
        type=event.type,
        nation=event.nation,
        by=NationCode(recorded.who.nation),
        at=format_us(recorded.arrival_ms * 1_000),
        reason=reason,
    )
    _tell(db, recorded, news, lowest)
    return number


def _number(
    db: apsw.Connection,
    recorded: Recorded,
    event: Recalled,
    going: _Going,
    reason: str,
) -> int:
    """Give the number of a recall; it is new unless it began in another collection."""
    known = db.execute(_FIND, {"id": going.recall}).fetchone()
    if known is not None:
        return int(known[0])
    new = {
        "id": going.recall,
        "object": going.object,
        "type": event.type,
        "nation": event.nation,
        "by": recorded.who.nation,
        "reason": reason,
        "arrival": recorded.arrival_ms,
        "original": going.original,
    }
    return int(db.execute(_RECALL, new).get)


def _nations_of(db: apsw.Connection, number: int) -> set[NationCode]:
    """Name the nations that were told already: by the same recall elsewhere."""
    rows = db.execute(_NATIONS, {"recall": number})
    return {NationCode(str(nation)) for (nation,) in rows}


def _held(found: Sequence[Delivered], access: Access) -> list[dict[str, int | str]]:
    """Tell class by class what was held, by nation and then by clearance."""
    rows: list[dict[str, int | str]] = []
    for nation, clearance, bit in _classes(access):
        mine = [each for each in found if each.classes & bit]
        if mine:
            first = min(mine, key=lambda each: each.since_ms)
            rows.append(
                {
                    "nation": nation,
                    "clearance": clearance,
                    "until": max(each.version for each in mine),
                    "since": first.since_ms,
                    "how": first.how,
                }
            )
    return rows


def _classes(access: Access) -> list[tuple[NationCode, int, int]]:
    """Give every view class by nation and clearance, and its bit."""
    return [
        (nation, clearance, 1 << access.place(nation, clearance))
        for nation in sorted(access.everybody)
        for clearance in range(len(access.alliance.levels))
    ]


def _labels(
    db: apsw.Connection, whose: NationCode, lowest: dict[NationCode, FixedLabel]
) -> Iterator[tuple[FixedLabel, NationCode]]:
    """Give the labels under which nations are told, with who originates under each.

    Together where they had the same; one by one once there have been very many, so
    that nobody uses up all the numbers by recalling from ever other nations.
    """
    groups = [
        (had, [each for each in lowest if lowest[each] == had])
        for had in sorted(set(lowest.values()), key=encode_label)
    ]
    for had, nations in groups:
        # The originator always reads its own; it is told once.
        first = whose if whose in nations else nations[0]
        if labels_under(db, first) < LABELS_OF_NATION_MAX:
            yield msgspec.structs.replace(had, closed=frozenset(nations)), first
            continue
        for nation in nations:
            own = frozenset([nation])
            clause = Clause(nations=(nation,))
            label = FixedLabel(
                level=had.level, closed_terms=clause, closed=own, no_onward=True
            )
            yield label, nation


def _label(
    originator: NationCode, clearance: int, found: Sequence[Delivered], bit: int
) -> FixedLabel:
    """Give the label under which a class is told: as that of what it had is printed.

    Who may read it is said beside that: whoever had it, by whatever it came. Where
    several terms have to hold together, it is printed for its originator alone: no
    single one of them says it.
    """
    mine = [each for each in found if each.classes & bit]
    had = max(mine, key=lambda each: (each.version, each.number)).label
    terms = had.label.audience
    clause = terms[0] if len(terms) == 1 else Clause(nations=(originator,))
    return FixedLabel(
        level=clearance,
        closed_terms=clause if terms else None,
        controllers=had.controllers,
        no_onward=had.no_onward,
    )


def _tell(
    db: apsw.Connection,
    recorded: Recorded,
    news: RecallNews,
    lowest: dict[NationCode, FixedLabel],
) -> None:
    """Tell nations of a recall, each from the lowest clearance that held it."""
    for label, originator in _labels(db, news.nation, lowest):
        tell(
            db,
            recorded,
            kind=RECALL,
            thing=news.id,
            type=news.type,
            label=intern_label(db, label, originator, own=False),
            document=news,
        )
