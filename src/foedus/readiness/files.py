"""Tables as files: rows of a struct as CSV, JSON and Parquet, in and out.

- Every row is read before any is refused; a refusal names rows, counted from 1 below
  the header, and what to do.
- What is written can be read again, also after a spreadsheet has had it.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeVar

import msgspec

from foedus.errors import FoedusError, InvalidInputError, TooLargeError

Format = Literal["csv", "json", "parquet"]

BYTES_MAX: Final = 32 * 1024 * 1024
"""A file of 50,000 rows is a third of this."""

UNFOLDED_MAX: Final = 2 * BYTES_MAX
"""Bytes of a file of Parquet, unfolded: what is longer is packed to deceive."""

ROWS_MAX: Final = 50_000
"""Rows of one file: ten times the largest register."""

FAULTS_MAX: Final = 20
"""Rows that one refusal names; enough to mend a file in few rounds."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""

Faults = dict[int, str]
"""What is wrong with rows, by their numbers."""

R = TypeVar("R", bound=msgspec.Struct)


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


def read_rows(
    document: bytes, form: Format, kind: type[R], faults: Faults
) -> list[tuple[int, R]]:
    """Read the rows of a file, with their numbers below the header, empty ones counted.

    Args:
        document: the file.
        form: its format.
        kind: what a row is.
        faults: gets what is wrong with a row, by its number.

    Raises:
        InvalidInputError: it is no file of that format.
        TooLargeError: it is too long.
    """
    if len(document) > BYTES_MAX:
        raise TooLargeError(f"{len(document)} bytes; the limit is {BYTES_MAX}")
    match form:
        case "csv":
            raw = _of_csv(document, kind, faults)
        case "json":
            raw = list(enumerate(_of_json(document), start=1))
        case "parquet":
            raw = list(enumerate(_of_parquet(document), start=1))
    if len(raw) > ROWS_MAX:
        raise TooLargeError(f"{len(raw)} rows; the limit is {ROWS_MAX}")
    rows = []
    for number, each in raw:
        try:
            rows.append((number, msgspec.convert(each, kind, strict=False)))
        except msgspec.ValidationError as error:
            faults[number] = fault_of(error)
    return rows


def _of_csv(document: bytes, kind: type[R], faults: Faults) -> list[tuple[int, object]]:
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
        rows = list(enumerate(table, start=1))
    except csv.Error as error:
        raise InvalidInputError(f"the file is no CSV: {error}") from error
    return list(_named(header, rows, faults))


def _named(
    header: Sequence[str], rows: Iterable[tuple[int, list[str]]], faults: Faults
) -> Iterator[tuple[int, object]]:
    """Name the cells of rows; a row without any is left, and counted."""
    for number, cells in rows:
        if any(cells[len(header) :]):
            faults[number] = f"{len(cells)} cells under {len(header)} columns"
        elif any(cells):
            named = zip(header, cells, strict=False)
            yield number, {name: _uncell(cell) for name, cell in named if cell}


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
        # How long it is says its end; few bytes may unfold to more than there is room.
        file = parquet.ParquetFile(pyarrow.BufferReader(document))
        told = file.metadata
        if told.num_rows > ROWS_MAX:
            raise TooLargeError(f"{told.num_rows} rows; the limit is {ROWS_MAX}")
        unfolded = sum(
            told.row_group(group).total_byte_size
            for group in range(told.num_row_groups)
        )
        if unfolded > UNFOLDED_MAX:
            raise TooLargeError(f"{unfolded} bytes; the limit is {UNFOLDED_MAX}")
        rows = file.read().to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise InvalidInputError("the file is no Parquet") from error
    return [
        {name: cell for name, cell in row.items() if cell is not None} for row in rows
    ]


def write_rows(rows: Sequence[R], kind: type[R], form: Format) -> bytes:
    """Write rows, with the names of the columns even where there is no row."""
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


def fault_of(error: Exception) -> str:
    """Say what is wrong with a row."""
    text = error.detail if isinstance(error, FoedusError) else str(error)
    return text.replace(" - at `$.", " - in `").replace("Object", "the row")


def check_rows(faults: Faults) -> None:
    """Refuse a file that has faults.

    Raises:
        InvalidInputError: it has; the detail names the first rows.
    """
    if faults:
        raise InvalidInputError(rows_said(faults))


def rows_said(faults: Faults) -> str:
    """Name the first rows that have faults, in order, and count the others."""
    listed = [f"row {number}: {faults[number]}" for number in sorted(faults)]
    left = len(listed) - FAULTS_MAX
    more = [f"and {left} more"] if left > 0 else []
    return "; ".join([*listed[:FAULTS_MAX], *more])


def refusal_of(faults: Mapping[int, FoedusError], *, alone: bool) -> FoedusError:
    """Give the refusal of the first row; whoever sends many is told of every one."""
    first = faults[min(faults)]
    if not alone:
        first.args = (rows_said({row: each.detail for row, each in faults.items()}),)
    return first
