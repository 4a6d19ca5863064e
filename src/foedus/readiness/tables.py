"""Units, commitments and routes as tables: CSV, JSON and Parquet, in and out.

- A row of units is a unit with the last report on it; without a posture it has none.
- A report keeps its own label, however wide that of its unit: a row names the report
  that it was written from, and goes in again under that label or a narrower one.
- A row of commitments has its needs as `TYPE:AMOUNT;TYPE:AMOUNT`.
- What is written can be read again: a row with an id is a further edition.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec

from foedus.errors import FoedusError, InvalidInputError
from foedus.readiness.commands import CALLED, Recording
from foedus.readiness.files import (
    Faults,
    Format,
    check_rows,
    fault_of,
    read_rows,
    write_rows,
)
from foedus.readiness.reading import Held
from foedus.readiness.records import (
    Absence,
    Clock,
    Commitment,
    Content,
    Need,
    Posture,
    Report,
    Rotation,
    Route,
    Shown,
    Spell,
    Unit,
)


class UnitRow(Content, frozen=True, kw_only=True):
    """A unit with the last report on it, flat.

    Attributes:
        unit: its id; empty for a new one.
        measures: separated by semicolons, as `caveats`.
        away: when it is not there, as `2027-01-04/2027-02-01 refit;…`.
        present: when it is there of what is periodic, as `2027-01-04/2027-02-01;…`.
        report: the report that the row was written from; empty for none.
        report_label: who may see the report; empty for whoever sees the one before, or
            of a first one the unit.
        label: who may see it; of a further edition left as it was.
    """

    unit: str = ""
    nation: str
    name: str
    type: str
    size: float = 1.0
    measures: str = ""
    location: str = ""
    caveats: str = ""
    tour_months: float | None = None
    home_months: float | None = None
    away: str = ""
    tonnes: float = 0.0
    since: date
    until: date | None = None
    posture: Posture | None = None
    notice_h: float | None = None
    clock: Clock = "ready-to-move"
    windows: int | None = None
    present: str = ""
    every_days: int | None = None
    available: float = 1.0
    available_to: float | None = None
    as_of: date | None = None
    valid_until: date | None = None
    evidence: str = ""
    shown: Shown = "declared"
    report: str = ""
    report_label: str = ""
    illustrative: bool = False
    label: str = ""


class CommitmentRow(Content, frozen=True, kw_only=True):
    """A commitment, flat.

    Attributes:
        commitment: its id; empty for a new one.
        needs: as `TYPE:AMOUNT;TYPE:AMOUNT`.
        label: who may see it; of a further edition left as it was.
    """

    commitment: str = ""
    title: str
    location: str
    measure: str = ""
    needs: str
    since: date
    until: date | None = None
    priority: int = 1
    deadline_h: float | None = None
    clock: Clock = "on-station"
    illustrative: bool = False
    label: str = ""


class RouteRow(Content, frozen=True, kw_only=True):
    """A way between two places, flat.

    Attributes:
        route: its id; empty for a new one.
        label: who may see it; of a further edition left as it was.
    """

    route: str = ""
    start: str
    end: str
    loading_h: float = 0.0
    travel_h: float
    reception_h: float = 0.0
    km: float = 0.0
    one_way: bool = False
    source: str
    since: date
    illustrative: bool = False
    label: str = ""


R = TypeVar("R", bound=UnitRow | CommitmentRow | RouteRow)


def read_units(document: bytes, form: Format) -> list[Recording]:
    """Read units and the reports on them; a report follows its unit.

    Raises:
        InvalidInputError: a row cannot be read; the detail names the rows.
        TooLargeError: the file is too long.
    """
    return _read(document, form, UnitRow, _unit)


def read_commitments(document: bytes, form: Format) -> list[Recording]:
    """Read commitments.

    Raises:
        InvalidInputError: a row cannot be read; the detail names the rows.
        TooLargeError: the file is too long.
    """
    return _read(document, form, CommitmentRow, _commitment)


def read_routes(document: bytes, form: Format) -> list[Recording]:
    """Read ways between places.

    Raises:
        InvalidInputError: a row cannot be read; the detail names the rows.
        TooLargeError: the file is too long.
    """
    return _read(document, form, RouteRow, _route)


def _read(
    document: bytes,
    form: Format,
    kind: type[R],
    records: Callable[[R, int], list[Recording]],
) -> list[Recording]:
    """Read a file of rows; `records` gives what a row records, and from which place."""
    sent: list[Recording] = []
    faults: Faults = {}
    for number, row in read_rows(document, form, kind, faults):
        try:
            found = records(row, len(sent) + 1)
        except (msgspec.ValidationError, FoedusError) as error:
            faults[number] = fault_of(error)
            continue
        sent += [msgspec.structs.replace(each, row=number) for each in found]
    check_rows(faults)
    return sent


def write_units(
    units: Iterable[Held[Unit]],
    reports: Mapping[str, Sequence[Held[Report]]],
    form: Format,
) -> bytes:
    """Write units with the last report on each.

    Args:
        units: which.
        reports: of each unit, by its id, the latest first.
        form: in which format.
    """
    rows = []
    for each in units:
        last = next(iter(reports.get(each.record, ())), None)
        rows.append(_unit_row(each, last))
    return write_rows(rows, UnitRow, form)


def write_commitments(commitments: Iterable[Held[Commitment]], form: Format) -> bytes:
    """Write commitments."""
    rows = [_commitment_row(each) for each in commitments]
    return write_rows(rows, CommitmentRow, form)


def write_routes(routes: Iterable[Held[Route]], form: Format) -> bytes:
    """Write ways between places."""
    rows = [
        RouteRow(
            **msgspec.structs.asdict(each.content),
            route=each.record,
            illustrative=each.illustrative,
            label=each.label,
        )
        for each in routes
    ]
    return write_rows(rows, RouteRow, form)


def absences_of(text: str) -> tuple[Absence, ...]:
    """Read absences that are written as `2027-01-04/2027-02-01 refit;…`.

    Raises:
        InvalidInputError: one is written otherwise.
    """
    found = []
    for part in _parts(text):
        days, _, reason = part.partition(" ")
        since, _, until = days.partition("/")
        try:
            said = {"since": since, "until": until, "reason": reason.strip()}
            found.append(msgspec.convert(said, Absence))
        except msgspec.ValidationError as error:
            raise InvalidInputError(
                f"away: {part!r}; write it as in 2027-01-04/2027-02-01 refit"
            ) from error
    return tuple(found)


def spells_of(text: str) -> tuple[Spell, ...]:
    """Read the days of a pattern that are written as `2027-01-04/2027-02-01;…`.

    Raises:
        InvalidInputError: some are written otherwise.
    """
    found = []
    for part in _parts(text):
        since, _, until = part.partition("/")
        try:
            said = {"since": since.strip(), "until": until.strip()}
            found.append(msgspec.convert(said, Spell))
        except msgspec.ValidationError as error:
            raise InvalidInputError(
                f"present: {part!r}; write it as in 2027-01-04/2027-02-01"
            ) from error
    return tuple(found)


def needs_of(text: str) -> tuple[Need, ...]:
    """Read needs that are written as `TYPE:AMOUNT;TYPE:AMOUNT`.

    Raises:
        InvalidInputError: one is written otherwise.
    """
    found = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        kind, colon, amount = part.rpartition(":")
        try:
            number = float(amount)
        except ValueError:
            number = 0.0
        if not colon or not kind.strip() or not number > 0:
            raise InvalidInputError(f"needs: {part!r}; write it as in company:4")
        found.append(Need(type=kind.strip(), amount=number))
    return tuple(found)


def _unit(row: UnitRow, number: int) -> list[Recording]:
    """Give the unit of a row, and the report on it if it has one."""
    rotation = None
    if row.tour_months is not None or row.home_months is not None:
        months = {"tour_months": row.tour_months, "home_months": row.home_months}
        rotation = msgspec.convert(months, Rotation)
    unit = msgspec.convert(
        {
            "nation": row.nation,
            "name": row.name,
            "type": row.type,
            "size": row.size,
            "measures": _parts(row.measures),
            "location": row.location,
            "caveats": _parts(row.caveats),
            "rotation": rotation,
            "away": absences_of(row.away),
            "tonnes": row.tonnes,
            "since": row.since,
            "until": row.until,
        },
        Unit,
    )
    called = "" if row.unit else f"{CALLED}{number}"
    recording = _recording(unit, row, again=row.unit, called=called)
    if row.posture is None:
        return [recording]
    report = msgspec.convert(
        {
            "unit": row.unit or called,
            "posture": row.posture,
            "notice_h": row.notice_h,
            "clock": row.clock,
            "windows": row.windows,
            "present": spells_of(row.present),
            "every_days": row.every_days,
            "available": row.available,
            "available_to": row.available_to,
            "as_of": row.as_of,
            "valid_until": row.valid_until,
            "evidence": row.evidence,
            "shown": row.shown,
        },
        Report,
    )
    reported = Recording(
        content=report,
        # A new unit's first report is as wide as the unit; see `intake` for others.
        label=row.report_label or ("" if row.unit else row.label),
        illustrative=row.illustrative,
        drawn=row.report,
    )
    return [recording, reported]


def _commitment(row: CommitmentRow, _: int) -> list[Recording]:
    content = msgspec.convert(
        {
            "title": row.title,
            "location": row.location,
            "measure": row.measure,
            "needs": [msgspec.to_builtins(each) for each in needs_of(row.needs)],
            "since": row.since,
            "until": row.until,
            "priority": row.priority,
            "deadline_h": row.deadline_h,
            "clock": row.clock,
        },
        Commitment,
    )
    return [_recording(content, row, again=row.commitment)]


def _route(row: RouteRow, _: int) -> list[Recording]:
    said = msgspec.structs.asdict(row)
    fields = {name: said[name] for name in Route.__struct_fields__}
    return [_recording(msgspec.convert(fields, Route), row, again=row.route)]


def _recording(
    content: Unit | Commitment | Route,
    row: UnitRow | CommitmentRow | RouteRow,
    *,
    again: str = "",
    called: str = "",
) -> Recording:
    return Recording(
        content=content,
        label="" if again else row.label,
        illustrative=row.illustrative,
        again=again,
        called=called,
    )


def _unit_row(held: Held[Unit], last: Held[Report] | None) -> UnitRow:
    unit = held.content
    said: dict[str, Any] = {}
    if last is not None:
        said = msgspec.structs.asdict(last.content)
        said |= {"report": last.record, "report_label": last.label}
        said["present"] = ";".join(
            f"{each.since}/{each.until}" for each in last.content.present
        )
    said |= {
        "unit": held.record,
        "nation": unit.nation,
        "name": unit.name,
        "type": unit.type,
        "size": unit.size,
        "measures": ";".join(unit.measures),
        "location": unit.location,
        "caveats": ";".join(unit.caveats),
        "tour_months": unit.rotation.tour_months if unit.rotation else None,
        "home_months": unit.rotation.home_months if unit.rotation else None,
        "away": ";".join(map(_absence, unit.away)),
        "tonnes": unit.tonnes,
        "since": unit.since,
        "until": unit.until,
        "illustrative": held.illustrative,
        "label": held.label,
    }
    return UnitRow(**said)


def _commitment_row(held: Held[Commitment]) -> CommitmentRow:
    said = msgspec.structs.asdict(held.content)
    needs = ";".join(f"{each.type}:{each.amount:g}" for each in held.content.needs)
    said |= {
        "commitment": held.record,
        "needs": needs,
        "illustrative": held.illustrative,
        "label": held.label,
    }
    return CommitmentRow(**said)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in text.split(";"))))


def _absence(each: Absence) -> str:
    return f"{each.since}/{each.until} {each.reason}".replace(";", ",").strip()
