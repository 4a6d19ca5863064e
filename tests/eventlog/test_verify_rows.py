"""What verification says of single rows; whole logs are altered in `test_verify`."""

from typing import cast

import pytest

from foedus.errors import CorruptLogError
from foedus.eventlog.envelope import chain, commit_to, fixed_header, header
from foedus.eventlog.row import Row, erased_row
from foedus.eventlog.sequence import Head
from foedus.eventlog.verify import positions_redacted, verify_rows
from foedus.ids import Position

ROW: Row = (
    1, b"i" * 16, "s", "k", "a", "NOR", "web", None, 1, "", b"s" * 16,
    commit_to(b"s" * 16, b"{}"), b"d" * 32, b"{}",
)  # fmt: skip


GOOD: list[Row] = [
    (
        *ROW[:12],
        chain(
            bytes(32),
            header(
                1, 1, fixed_header(b"i" * 16, ("s", "k", "a", "NOR", "web", None), "")
            ),
            ROW[11],
        ),
        ROW[13],
    )
]
GOOD_HEAD = Head(position=Position(1), digest=GOOD[0][12], arrival_ms=1)


@pytest.mark.parametrize(
    ("place", "value"),
    [(1, "text"), (1, None), (2, b"bytes"), (8, "1"), (9, None), (13, "{}"), (12, 5)],
)
def test_a_value_of_another_type_is_named(place: int, value: object) -> None:
    row = cast("Row", (*ROW[:place], value, *ROW[place + 1 :]))  # what no type allows
    head = Head(position=Position(1), digest=b"d" * 32, arrival_ms=1)

    with pytest.raises(CorruptLogError) as caught:
        verify_rows([row], head)

    assert caught.value.position == 1


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (2, "t", "is not what was written"),
        (1, None, "holds what cannot have been written"),
        (2, b"bytes", "is not what was written"),
        (2, "\ud800", "holds what cannot have been written"),
        (8, "1", "holds what cannot have been written"),
        (9, None, "has lost its label"),
        (10, None, "has another body than was written"),
        (13, None, "has another body than was written"),
        (13, b"[]", "has another body than was written"),
    ],
)
def test_an_entry_that_was_altered_is_told_by_its_position(
    place: int, value: object, words: str
) -> None:
    row = cast("Row", (*ROW[:place], value, *ROW[place + 1 :]))  # what no type allows
    head = Head(position=Position(1), digest=b"d" * 32, arrival_ms=1)

    with pytest.raises(CorruptLogError) as caught:
        verify_rows([row], head)

    assert caught.value.position == 1
    assert caught.value.detail == f"the entry at position 1 {words}"


def test_an_arrival_that_is_no_whole_number_is_told() -> None:
    row = cast("Row", (*GOOD[0][:8], 1.0, *GOOD[0][9:]))  # what no type allows

    with pytest.raises(CorruptLogError, match=r"1 is not what was written$"):
        verify_rows([row], GOOD_HEAD)


def test_an_entry_erased_without_a_redaction_is_told() -> None:
    with pytest.raises(CorruptLogError) as caught:
        verify_rows([erased_row(GOOD[0])], GOOD_HEAD)

    assert caught.value.detail == (
        "the entry at position 1 was erased, and no redaction names it"
    )
    assert verify_rows([erased_row(GOOD[0])], GOOD_HEAD, redacted={1}) == 1


@pytest.mark.parametrize(
    ("rows", "head", "position", "words"),
    [
        ([], GOOD_HEAD, 1, "is missing; the log had 1 entries"),
        (
            GOOD,
            Head(position=Position(9), digest=GOOD_HEAD.digest, arrival_ms=1),
            2,
            "is missing; the log had 9 entries",
        ),
        ([(2, *GOOD[0][1:])], GOOD_HEAD, 1, "is missing; 2 follows"),
        (
            GOOD,
            Head(position=Position(1), digest=b"d" * 32, arrival_ms=1),
            1,
            "is not the end that the log has noted",
        ),
        (
            GOOD,
            Head(position=Position(1), digest=GOOD_HEAD.digest, arrival_ms=2),
            1,
            "is not the end that the log has noted",
        ),
        ([], Head(arrival_ms=2), 1, "is not the end that the log has noted"),
    ],
)
def test_what_is_missing_is_told_by_its_position(
    rows: list[Row], head: Head, position: int, words: str
) -> None:
    with pytest.raises(CorruptLogError) as caught:
        verify_rows(rows, head)

    assert caught.value.position == position
    assert caught.value.detail == f"the entry at position {position} {words}"


def test_progress_is_told_at_the_end_even_of_an_empty_log() -> None:
    told: list[Position] = []

    verify_rows([], Head(), progress=told.append)
    verify_rows(GOOD, GOOD_HEAD, progress=told.append)

    assert told == [0, 1]


def test_a_redaction_that_cannot_be_read_names_nothing() -> None:
    redactions = [(3, b'{"kind":"log.redacted","position":1}'), (4, b"{"), (5, None)]

    assert positions_redacted(redactions) == {1}


def test_a_redaction_names_only_what_stands_before_it() -> None:
    body = b'{"kind":"log.redacted","position":3}'

    assert positions_redacted([(3, body)]) == set()
    assert positions_redacted([(2, body)]) == set()
    assert positions_redacted([(2, body), (4, body), (5, body)]) == {3}
