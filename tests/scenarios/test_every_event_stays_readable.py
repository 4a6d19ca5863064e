"""`tests/data/events-v1.jsonl` holds one of every event ever written.

The file is only ever appended to. Every line must decode, and folding all of them
must give the views that they always gave.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

import apsw
import msgspec
import pytest

from foedus import app
from foedus.alliance.views import load_alliance
from foedus.clock import system_clock
from foedus.eventlog.envelope import Append, Event, Recorded, Who
from foedus.eventlog.memory import MemoryEventLog
from foedus.eventlog.projector import Projector
from foedus.ids import NationCode, Position
from foedus.intel.events import Published
from foedus.intel.views import current_access

WRITTEN = Path(__file__).parents[1] / "data" / "events-v1.jsonl"


class Line(msgspec.Struct, frozen=True):
    position: int
    event_id: str
    stream: str
    kind: str
    account: str
    nation: str
    door: str
    by: str | None
    arrival_ms: int
    label: str
    body: msgspec.Raw

    def recorded(self) -> Recorded:
        return Recorded(
            position=Position(self.position),
            event_id=UUID(self.event_id),
            stream=self.stream,
            kind=self.kind,
            who=Who(
                account=self.account, nation=self.nation, door=self.door, by=self.by
            ),
            arrival_ms=self.arrival_ms,
            label=self.label,
            body=bytes(self.body),
        )


LINES = msgspec.json.Decoder(Line).decode_lines(WRITTEN.read_bytes())


def decoded(line: Line) -> Event:
    return app.codec().decode(line.recorded())


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.kind)
def test_an_event_reads_as_it_was_written(line: Line) -> None:
    event = decoded(line)

    again = msgspec.json.decode(msgspec.json.encode(event))
    written = msgspec.json.decode(line.body)
    assert as_far_as(written, again) == written


def as_far_as(written: object, again: Any) -> object:  # noqa: ANN401 - JSON
    """Leave out what was added since, at any depth: new optional fields."""
    if isinstance(written, dict):
        return {key: as_far_as(each, again[key]) for key, each in written.items()}
    if isinstance(written, list) and len(written) == len(again):
        return [as_far_as(*pair) for pair in zip(written, again, strict=True)]
    return again


def test_one_of_every_event_is_written() -> None:
    assert {line.kind for line in LINES} == app.codec().kinds


async def folded(folder: Path) -> apsw.Connection:
    """Fold all of them; gives the views."""
    log = MemoryEventLog(app.codec(), system_clock)
    for line in LINES:
        recorded = line.recorded()
        await log.append(
            Append(
                event_id=recorded.event_id,
                stream=recorded.stream,
                event=decoded(line),
                who=recorded.who,
                label=recorded.label,
            )
        )
    projector = Projector(log, folder / "views.db", app.codec(), app.views())
    projector.catch_up()
    projector.close()
    log.close()
    return apsw.Connection(str(folder / "views.db"))


async def test_a_view_is_given_every_event_that_would_change_its_tables(
    tmp_path: Path,
) -> None:
    db = await folded(tmp_path)

    for view in app.views():
        view.load(db)
        for line in LINES:
            event, before = decoded(line), db.total_changes()
            if not issubclass(type(event), view.folds):
                view.apply(db, line.recorded(), event)
            assert db.total_changes() == before, (type(view).__name__, line.kind)


async def test_folding_them_gives_what_they_always_gave(tmp_path: Path) -> None:
    db = await folded(tmp_path)

    shown = db.execute(
        "SELECT object, withdrawn FROM version WHERE nation <> '' ORDER BY version"
    ).fetchall()
    # The first is redacted, the second withdrawn, and one is replaced by a newer one;
    # the last but one has a version behind it that stands in for it, being revoked;
    # the last was taken over from another server, and recalled.
    published = [e.id for e in map(decoded, LINES) if isinstance(e, Published)]
    gone = (1, 1, 0, 0, 0, 0, 1, 0, 0, 1)
    *rest, moved = zip(published, gone, strict=True)
    assert shown == [*rest, (published[-2], 0), moved]
    assert db.execute("SELECT max(at) FROM unit WHERE at % 1000 > 0").get == (
        1_778_230_800_123_456
    )
    assert db.execute("SELECT ended FROM import").fetchall() == [(1,)]
    assert db.execute("SELECT count(*) FROM version WHERE origin > 0").get == 3
    assert db.execute("SELECT nation, withdrawn, consents FROM release").fetchall() == [
        ("QMA", 1, b"[]")
    ]
    assert db.execute("SELECT count(*) FROM recall").get == 2  # the second of a part
    assert db.execute("SELECT nation FROM recall_acknowledgement").get == "QMB"
    assert db.execute("SELECT count(*) FROM widening").get == 0
    assert db.execute("SELECT nation FROM identity").fetchall() == [("QMA",)]
    assert db.execute("SELECT count(*) FROM account WHERE closed_ms > 0").get == 1
    alliance = load_alliance(db)
    access = current_access(db)
    assert access is not None
    assert not access.standing(NationCode("QME"))
    assert alliance.code == "HARBOUR"
