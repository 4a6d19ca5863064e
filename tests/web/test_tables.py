"""Tables for other software."""

import csv

from foedus.web.tables import csv_answer


def rows(*cells: object) -> list[list[str]]:
    answer = csv_answer("name", ["a", "b"], [cells])
    return list(csv.reader(bytes(answer.body).decode().splitlines()))


def test_a_table_is_a_file_with_a_name_that_nobody_keeps() -> None:
    answer = csv_answer("name", ["a"], [])
    assert answer.headers["content-disposition"] == 'attachment; filename="name.csv"'
    assert answer.headers["cache-control"] == "no-store"


def test_cells_come_back_as_they_were() -> None:
    assert rows('a, "quoted" text', None) == [["a", "b"], ['a, "quoted" text', ""]]


def test_what_a_spreadsheet_would_work_out_stays_text() -> None:
    assert rows("=1+1", "@x")[1] == ["'=1+1", "'@x"]


def test_a_number_below_zero_stays_a_number() -> None:
    assert rows(-1.5, 2)[1] == ["-1.5", "2"]
