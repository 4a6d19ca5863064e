"""Events, appends and views that the tests of the log share."""

import itertools
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

import apsw
import msgspec

from foedus.clock import StoppedClock
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import (
    NOTHING,
    Append,
    Event,
    Recorded,
    Redacted,
    Who,
    redaction_stream,
)
from foedus.ids import Position

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_MS = 1_772_366_400_000


class Noted(Event, frozen=True, kw_only=True, tag="sample.noted"):
    text: str = ""
    raw: msgspec.Raw = msgspec.Raw(b"null")


class Counted(Event, frozen=True, kw_only=True, tag="sample.counted"):
    number: int


CODEC = Codec(Noted | Counted)

ANALYST = Who(account="account--1", nation="NOR", door="taxii")

_ids = itertools.count(1)


def clock_at_noon() -> StoppedClock:
    return StoppedClock(NOON)


def an_append(  # noqa: PLR0913 - every field of an append may be given
    stream: str = "notes/1",
    *,
    event: Event | None = None,
    event_id: uuid.UUID | None = None,
    who: Who = ANALYST,
    label: str = "",
    after: Position | None = None,
) -> Append:
    return Append(
        event_id=event_id or uuid.uuid5(uuid.NAMESPACE_OID, str(next(_ids))),
        stream=stream,
        event=event or Noted(text="seen"),
        who=who,
        label=label,
        after=after,
    )


def a_redaction(
    position: int,
    *,
    reason: str = "spilled",
    residue: Event | None = None,
    stream: str | None = None,
    event_id: uuid.UUID | None = None,
) -> Append:
    left = NOTHING if residue is None else msgspec.Raw(CODEC.encode(residue)[1])
    event = Redacted(position=Position(position), reason=reason, residue=left)
    return an_append(
        stream or redaction_stream(position), event=event, event_id=event_id
    )


def appends(count: int, stream: str = "notes/1") -> list[Append]:
    return [an_append(stream, event=Counted(number=n)) for n in range(count)]


def numbers(entries: Sequence[Recorded]) -> list[int]:
    events = [CODEC.decode(recorded) for recorded in entries]
    return [event.number for event in events if isinstance(event, Counted)]


class Sums:
    """A view of one sum per stream, and of the commits it has seen."""

    folds = Counted
    schema = """
    CREATE TABLE IF NOT EXISTS total (
        stream TEXT PRIMARY KEY, number INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS closed (arrival_ms INTEGER PRIMARY KEY) STRICT;
    """

    def __init__(self) -> None:
        self.loads = 0
        self._totals: dict[str, int] = {}

    def load(self, db: apsw.Connection) -> None:
        self.loads += 1
        self._totals = dict(db.execute("SELECT stream, number FROM total"))

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        assert isinstance(event, Counted), "it is given no others"
        total = self._totals.get(recorded.stream, 0) + event.number
        self._totals[recorded.stream] = total
        db.execute(
            "INSERT OR REPLACE INTO total VALUES (?, ?)", (recorded.stream, total)
        )

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        db.execute("INSERT INTO closed VALUES (?)", (arrival_ms,))
