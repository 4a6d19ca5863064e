"""What was recorded: one table of rows with their labels, as each was recorded.

- A row is one edition of one record. What is withdrawn goes with all its editions;
  only published intelligence can be redacted, so nothing here is.
- A row names what it is about: a unit, an exercise, a declared measure or module. It is
  read by whoever may read both.
- Nothing here is read without the bytes that say which labels the viewer may read.
"""

from datetime import date
from typing import Final

import apsw
import msgspec

from foedus.eventlog.envelope import Event, Recorded
from foedus.ids import NationCode
from foedus.readiness.events import (
    KIND_OF,
    AnyRecorded,
    ReadinessEvent,
    RecordWithdrawn,
)
from foedus.readiness.records import (
    Adoption,
    AnyContent,
    Commitment,
    Completion,
    Enrolment,
    Evaluation,
    Exercise,
    Lesson,
    Measure,
    Module,
    PairTest,
    Participation,
    Report,
    Requirement,
    Route,
    Unit,
)
from foedus.releasability.join import decode_label
from foedus.releasability.labelled import intern_label

ALWAYS: Final = date.min
"""The first day of what has none of its own."""


class ReadinessView:
    """Folds what is recorded into one table."""

    folds = ReadinessEvent
    version = 3
    schema = """
CREATE TABLE IF NOT EXISTS readiness_record (
    position      INTEGER NOT NULL PRIMARY KEY,
    record        TEXT    NOT NULL,
    first         INTEGER NOT NULL CHECK (first <= position),
    kind          TEXT    NOT NULL,
    about         TEXT    NOT NULL,
    also          TEXT    NOT NULL,
    module        TEXT    NOT NULL,
    nation        TEXT    NOT NULL,
    since         TEXT    NOT NULL,
    author        TEXT    NOT NULL,
    illustrative  INTEGER NOT NULL CHECK (illustrative IN (0, 1)),
    arrival_ms    INTEGER NOT NULL,
    label         INTEGER NOT NULL,
    content       BLOB    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS readiness_record_of ON readiness_record (record, position);

CREATE INDEX IF NOT EXISTS readiness_record_kind ON readiness_record (kind, first);

CREATE INDEX IF NOT EXISTS readiness_record_module
    ON readiness_record (kind, module, first);

CREATE INDEX IF NOT EXISTS readiness_record_about ON readiness_record (about);
"""

    def load(self, db: apsw.Connection) -> None:
        """Do nothing: nothing is kept in memory."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event; those of other capabilities change nothing here."""
        if isinstance(event, ReadinessEvent):
            _fold(db, recorded, event)

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do nothing: no row here depends on where a commit ends."""


_FIRST = "SELECT min(first) FROM readiness_record WHERE record = :record"

_RECORD = """
INSERT INTO readiness_record (position, record, first, kind, about, also, module,
                              nation, since, author, illustrative, arrival_ms, label,
                              content)
VALUES (:position, :record, :first, :kind, :about, :also, :module, :nation,
        :since, :author, :illustrative, :arrival_ms, :label, :content)
"""

_WITHDRAW = "DELETE FROM readiness_record WHERE record = :record"


def _fold(db: apsw.Connection, recorded: Recorded, event: ReadinessEvent) -> None:
    if isinstance(event, RecordWithdrawn):
        db.execute(_WITHDRAW, {"record": event.record})
        return
    about, also = parents_of(event.content)
    db.execute(
        _RECORD,
        {
            "position": recorded.position,
            "record": event.record,
            "first": _first(db, recorded, event),
            "kind": KIND_OF[type(event.content)],
            "about": about,
            "also": also,
            "module": module_of(event.content),
            "nation": nation_of(event.content),
            "since": since_of(event.content).isoformat(),
            "author": event.author,
            "illustrative": int(event.illustrative),
            "arrival_ms": recorded.arrival_ms,
            "label": intern_label(db, decode_label(bytes(event.label)), event.author),
            "content": msgspec.json.encode(event.content),
        },
    )


def _first(db: apsw.Connection, recorded: Recorded, event: AnyRecorded) -> int:
    found = db.execute(_FIRST, {"record": event.record}).get
    return recorded.position if found is None else int(found)


def parents_of(content: AnyContent) -> tuple[str, str]:
    """Name the records that a content is about; empty where it is about none.

    What is of the pack is no record: its key has no place here.
    """
    about, also = "", ""
    match content:
        case Report(unit=unit):
            about = unit
        case Requirement(measure=key) | Commitment(measure=key) | PairTest(measure=key):
            about = key
        case Enrolment(module=key) | Completion(module=key):
            about = key
        case Evaluation(exercise=exercise) | Lesson(exercise=exercise):
            about = exercise
        case Participation(exercise=exercise, unit=unit):
            about, also = exercise, unit
        case _:
            pass
    return (about if "--" in about else ""), also


def module_of(content: AnyContent) -> str:
    """Name the module, of the pack or declared, to which a content belongs."""
    match content:
        case Enrolment(module=module) | Completion(module=module):
            return module
        case _:
            return ""


def nation_of(content: AnyContent) -> NationCode:
    """Name the nation of whom a content tells; empty where of none or several."""
    match content:
        case (
            Unit(nation=nation)
            | Adoption(nation=nation)
            | Enrolment(nation=nation)
            | Completion(nation=nation)
            | Participation(nation=nation)
            | Evaluation(nation=nation)
        ):
            return nation
        case _:
            return NationCode("")


def since_of(content: AnyContent) -> date:
    """Give the day from which a content holds."""
    match content:
        case Report():
            return content.as_of
        case (
            Requirement(since=since)
            | Unit(since=since)
            | Adoption(since=since)
            | Route(since=since)
        ):
            return since
        case PairTest(on=on) | Enrolment(on=on) | Completion(on=on) | Evaluation(on=on):
            return on
        case (
            Measure()
            | Module()
            | Exercise()
            | Participation()
            | Lesson()
            | Commitment()
        ):
            return ALWAYS
