import io

import msgspec
import pyarrow  # noqa: ICN001
import pytest
from pyarrow import parquet

from foedus.errors import InvalidInputError, TooLargeError
from foedus.readiness.files import (
    BYTES_MAX,
    FAULTS_MAX,
    ROWS_MAX,
    Format,
    check_rows,
    format_of,
    read_rows,
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    name: str = ""


def rows_of(document: bytes, form: Format) -> list[tuple[int, Row]]:
    return read_rows(document, form, Row, {})


def test_what_is_no_table_is_refused_in_words() -> None:
    wrong: tuple[tuple[bytes, Format, str], ...] = (
        (b"\xff", "csv", "no UTF-8"),
        (b"name,colour\n", "csv", "not colour"),
        (b"", "csv", "the first line names the columns"),
        (b"{", "json", "no JSON"),
        (b"{}", "json", "no list"),
        (b"PAR1", "parquet", "no Parquet"),
    )
    for document, form, said in wrong:
        with pytest.raises(InvalidInputError, match=said):
            rows_of(document, form)
    with pytest.raises(TooLargeError):
        rows_of(b" " * (BYTES_MAX + 1), "csv")
    with pytest.raises(InvalidInputError, match=r"units.xls: call the file .csv"):
        format_of("units.xls")
    assert format_of("a/b.CSV") == "csv"


def test_a_refusal_names_so_many_rows_and_counts_the_rest() -> None:
    faults = dict.fromkeys(range(1, FAULTS_MAX + 3), "wrong")

    with pytest.raises(InvalidInputError, match=r"row 1: .*and 2 more$"):
        check_rows(faults)
    check_rows({})


def test_a_parquet_file_says_how_long_it_is_before_it_is_unfolded() -> None:
    sink = io.BytesIO()
    table = pyarrow.table({"name": ["x" * 1_000_000] * 70})
    parquet.write_table(table, sink, compression="zstd", use_dictionary=False)
    many = io.BytesIO()
    parquet.write_table(pyarrow.table({"name": [""] * (ROWS_MAX + 1)}), many)

    assert len(sink.getvalue()) < 1_000_000
    with pytest.raises(TooLargeError, match="bytes; the limit is"):
        rows_of(sink.getvalue(), "parquet")
    with pytest.raises(TooLargeError, match="50001 rows"):
        rows_of(many.getvalue(), "parquet")
