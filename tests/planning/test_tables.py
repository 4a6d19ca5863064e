"""Tables that people write as JSON."""

import msgspec
import pytest

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.tables import (
    NAME_LENGTH_MAX,
    NUMBER_MAX,
    TABLE_BYTES_MAX,
    counted,
    number,
    numbers,
    part,
    read_table,
)


class Row(msgspec.Struct, forbid_unknown_fields=True):
    of: dict[str, msgspec.Raw]


def test_numbers_come_in_the_order_of_their_names() -> None:
    row = read_table(b'{"of": {"X": {"b": 2, "a": 1.5}}}', Row).of["X"]

    assert numbers("of.X", row, ("a", "b")) == [1.5, 2.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "the table"),
        (b"[]", "the table"),
        (b"{}", "`of`"),
        (b'{"of": {}, "more": 1}', "`more`"),
        (b'{"of": {"a": 1, "a": 2}}', "'a' stands twice"),
        (b'{"of": {"a": NaN}}', "the table"),
        (b"[" * 100_000, "the table"),
        (b'{"of": {"\\ud800": 1}}', "the table"),
        (b'{"of": {"\xff": 1}}', "the table"),
        (b'{"of": {"a": {"\xed\xa0\x80": 1}}}', "the table"),
    ],
)
def test_what_is_no_such_table_is_refused(text: bytes, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        read_table(text, Row)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"[1]", "^row: Expected"),
        (b"{}", "^row.a: it is missing"),
        (b'{"a": null}', "^row.a: it is missing"),
        (b'{"a": 1, "z": 1}', "^row.z: there is no such name"),
        (b'{"a": "1"}', '^row.a: "1" is no number'),
        (b'{"a": [1]}', "^row.a: a list or object is no number"),
        (b'{"a": true}', "^row.a: true is no number"),
        (b'{"a": 1' + b"0" * 400 + b"}", "^row.*(at most|range)"),
        (b'{"a": 2e15}', "^row.a: at most 1e"),
    ],
)
def test_a_refusal_begins_with_the_key(row: bytes, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        numbers("row", msgspec.Raw(row), ("a",))


def test_what_is_no_number_is_shown_shortly() -> None:
    with pytest.raises(InvalidInputError, match=r"^k: \"x{39}… is no number$"):
        number("k", "x" * 1_000)


def test_the_largest_number_is_taken() -> None:
    assert number("k", NUMBER_MAX) == NUMBER_MAX


def test_a_part_of_another_form_is_named() -> None:
    with pytest.raises(InvalidInputError, match=r"^k: Expected `int`"):
        part("k", msgspec.Raw(b'"x"'), int)


def test_a_table_has_a_size_that_is_tested_from_both_sides() -> None:
    text = b'{"of": {}}'.ljust(TABLE_BYTES_MAX)

    assert read_table(text, Row).of == {}
    with pytest.raises(TooLargeError):
        read_table(text + b" ", Row)


def test_names_are_neither_too_few_nor_too_many_nor_too_long() -> None:
    longest = "x" * NAME_LENGTH_MAX

    assert counted("k", ["a", longest], least=2, most=2) == ("a", longest)
    with pytest.raises(TooLargeError, match=r"^k: at most 2"):
        counted("k", "abc", least=2, most=2)
    for names in (["a"], ["a", "a"], ["a", " "], ["a", "\x1b"], ["a", longest + "x"]):
        with pytest.raises(InvalidInputError, match=r"^k: "):
            counted("k", names, least=2, most=2)
