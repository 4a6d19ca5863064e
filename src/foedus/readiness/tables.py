"""Units and commitments as tables: CSV, JSON and Parquet, in and out.

- A row of units is a unit with the last report on it; without a posture it has none.
- A row of commitments has its needs as `TYPE:AMOUNT;TYPE:AMOUNT`.
- What is written can be read again: a row with an id is a further edition.
- Every row is read before any is refused; a refusal names rows, counted from 1 below
  the header, and what to do.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, TypeVar

import msgspec

from foedus.errors import FoedusError, InvalidInputError, TooLargeError
from foedus.readiness.commands import Recording
from foedus.readiness.reading import Held
from foedus.readiness.records import (
    Clock,
    Commitment,
    Content,
    Need,
    Posture,
    Report,
    Rotation,
    Shown,
    Unit,
)

Format = Literal["csv", "json", "parquet"]

BYTES_MAX: Final = 32 * 1024 * 1024
"""A file of 50,000 rows is a third of this."""

ROWS_MAX: Final = 50_000
"""Rows of one file: ten times the largest register."""

FAULTS_MAX: Final = 20
"""Rows that one refusal names; enough to mend a file in few rounds."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""

R = TypeVar("R", bound=msgspec.Struct)


class UnitRow(Content, frozen=True, kw_only=True):
    """A unit with the last report on it, flat.

    Attributes:
        unit: its id; empty for a new one.
        measures: separated by semicolons, as `caveats`.
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
    since: date
    until: date | None = None
    posture: Posture | None = None
    notice_h: float | None = None
    clock: Clock = "ready-to-move"
    windows: int | None = None
    available: float = 1.0
    available_to: float | None = None
    as_of: date | None = None
    valid_until: date | None = None
    evidence: str = ""
    shown: Shown = "declared"
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


def format_of(name: str) -> Format:
    """Tell the format of a file by how its name ends.

    Raises:
        InvalidInputError: it ends otherwise.
    """
    ending = name.rpartition(".")[2].lower()
    match ending:
        case "csv" | "json" | "parquet":
            return ending
        case _:
            raise InvalidInputError(
                f"{name}: call the file .csv, .json or .parquet, by what it holds"
            )


def read_units(document: bytes, form: Format) -> list[Recording]:
    """Read units and the reports on them; a report follows its unit.

    Raises:
        InvalidInputError: a row cannot be read; the detail names the rows.
        TooLargeError: the file is too long.
    """
    sent: list[Recording] = []
    faults: list[str] = []
    for number, row in _rows(document, form, UnitRow, faults):
        try:
            sent += _unit(row, len(sent) + 1)
        except (msgspec.ValidationError, FoedusError) as error:
            faults.append(f"row {number}: {_said(error)}")
    _check(faults)
    return sent


def read_commitments(document: bytes, form: Format) -> list[Recording]:
    """Read commitments.

    Raises:
        InvalidInputError: a row cannot be read; the detail names the rows.
        TooLargeError: the file is too long.
    """
    sent: list[Recording] = []
    faults: list[str] = []
    for number, row in _rows(document, form, CommitmentRow, faults):
        try:
            sent.append(_commitment(row))
        except (msgspec.ValidationError, FoedusError) as error:
            faults.append(f"row {number}: {_said(error)}")
    _check(faults)
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
    return _write(rows, UnitRow, form)


def write_commitments(commitments: Iterable[Held[Commitment]], form: Format) -> bytes:
    """Write commitments."""
    rows = [_commitment_row(each) for each in commitments]
    return _write(rows, CommitmentRow, form)


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
            "since": row.since,
            "until": row.until,
        },
        Unit,
    )
    called = "" if row.unit else f"#{number}"
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
            "available": row.available,
            "available_to": row.available_to,
            "as_of": row.as_of,
            "valid_until": row.valid_until,
            "evidence": row.evidence,
            "shown": row.shown,
        },
        Report,
    )
    return [recording, _recording(report, row)]


def _commitment(row: CommitmentRow) -> Recording:
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
    return _recording(content, row, again=row.commitment)


def _recording(
    content: Unit | Report | Commitment,
    row: UnitRow | CommitmentRow,
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


def _rows(
    document: bytes, form: Format, kind: type[R], faults: list[str]
) -> list[tuple[int, R]]:
    """Read the rows of a file; what is wrong with a row goes to the faults."""
    if len(document) > BYTES_MAX:
        raise TooLargeError(f"{len(document)} bytes; the limit is {BYTES_MAX}")
    match form:
        case "csv":
            raw = _of_csv(document, kind)
        case "json":
            raw = _of_json(document)
        case "parquet":
            raw = _of_parquet(document)
    if len(raw) > ROWS_MAX:
        raise TooLargeError(f"{len(raw)} rows; the limit is {ROWS_MAX}")
    rows = []
    for number, each in enumerate(raw, start=1):
        try:
            rows.append((number, msgspec.convert(each, kind, strict=False)))
        except msgspec.ValidationError as error:
            faults.append(f"row {number}: {_said(error)}")
    return rows


def _of_csv(document: bytes, kind: type[R]) -> list[object]:
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError("the file is no UTF-8; save it as UTF-8") from error
    try:
        table = csv.reader(io.StringIO(text), strict=True)
        header = [each.strip() for each in next(table, [])]
        unknown = set(header) - set(kind.__struct_fields__)
        if unknown or not header:
            wrong = f"; not {', '.join(sorted(unknown))}" if unknown else ""
            raise InvalidInputError(
                "the first line names the columns, of "
                f"{', '.join(kind.__struct_fields__)}{wrong}"
            )
        return [
            {
                name: _uncell(cell)
                for name, cell in zip(header, cells, strict=False)
                if cell
            }
            if len(cells) <= len(header)
            else {"": f"{len(cells)} cells under {len(header)} columns"}
            for cells in table
            if any(cells)
        ]
    except csv.Error as error:
        raise InvalidInputError(f"the file is no CSV: {error}") from error


def _of_json(document: bytes) -> list[object]:
    try:
        found = msgspec.json.decode(document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidInputError(f"the file is no JSON: {error}") from error
    if not isinstance(found, list):
        raise InvalidInputError("the file holds no list; write [{…}, {…}]")
    return found


def _of_parquet(document: bytes) -> list[object]:
    # Takes longer than most commands run, and has no types of its own.
    import pyarrow  # type: ignore[import-untyped] # noqa: ICN001, PLC0415
    from pyarrow import parquet  # noqa: PLC0415 - as above

    try:
        table = parquet.read_table(pyarrow.BufferReader(document))
        if table.num_rows > ROWS_MAX:
            raise TooLargeError(f"{table.num_rows} rows; the limit is {ROWS_MAX}")
        rows = table.to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise InvalidInputError("the file is no Parquet") from error
    return [
        {name: cell for name, cell in row.items() if cell is not None} for row in rows
    ]


def _write(rows: Sequence[R], kind: type[R], form: Format) -> bytes:
    plain: list[dict[str, Any]] = [msgspec.to_builtins(each) for each in rows]
    match form:
        case "csv":
            out = io.StringIO()
            table = csv.writer(out, lineterminator="\r\n")
            table.writerow(kind.__struct_fields__)
            for row in plain:
                table.writerow([_cell(value) for value in row.values()])
            return out.getvalue().encode()
        case "json":
            return json.dumps(plain, ensure_ascii=False, indent=1).encode() + b"\n"
        case "parquet":
            return _parquet(plain, kind)


def _cell(value: object) -> str:
    """Write a cell; a text that a spreadsheet would run as a formula gets a quote.

    Source: OWASP, "CSV Injection".
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str() if value.startswith(_FORMULA):
            return f"'{value}"
        case _:
            return str(value)


def _uncell(cell: str) -> str:
    """Read a cell as `_cell` writes it."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell


def _parquet(plain: list[dict[str, Any]], kind: type[R]) -> bytes:
    import pyarrow  # noqa: ICN001, PLC0415 - as above
    from pyarrow import parquet  # noqa: PLC0415 - as above

    types = {bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64()}
    schema = pyarrow.schema(
        [
            (field.name, types.get(_bare(field.type), pyarrow.string()))
            for field in msgspec.structs.fields(kind)
        ]
    )
    sink = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(plain, schema=schema), sink)
    return sink.getvalue()


def _bare(kind: Any) -> Any:  # noqa: ANN401 - types of fields, which may be unions
    """Give the type of a field without `None`."""
    parts = [each for each in getattr(kind, "__args__", ()) if each is not type(None)]
    return parts[0] if len(parts) == 1 else kind


def _said(error: Exception) -> str:
    text = error.detail if isinstance(error, FoedusError) else str(error)
    return text.replace(" - at `$.", " - in `").replace("Object", "the row")


def _check(faults: Sequence[str]) -> None:
    if not faults:
        return
    left = len(faults) - FAULTS_MAX
    more = [f"and {left} more"] if left > 0 else []
    raise InvalidInputError("; ".join([*faults[:FAULTS_MAX], *more]))
