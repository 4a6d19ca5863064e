import pytest

from foedus.errors import CorruptLogError
from foedus.eventlog.draft import Draft, draft_all
from foedus.eventlog.envelope import Who
from foedus.eventlog.row import (
    ARRIVAL,
    BODY,
    KIND,
    Row,
    erased_row,
    recorded_from,
    recorded_of,
    row_of,
)
from foedus.eventlog.sequence import Placed
from foedus.ids import Position
from tests.eventlog.samples import CODEC, an_append

REQUEST = an_append(
    label="X", who=Who(account="account--2", nation="UKR", door="cli", by="account--9")
)


@pytest.fixture
def placed() -> Placed:
    (draft,) = draft_all(CODEC, [REQUEST])
    assert isinstance(draft, Draft)
    return Placed(Position(7), draft, b"d" * 32)


@pytest.fixture
def row(placed: Placed) -> Row:
    return row_of(placed, 1000)


def test_an_entry_is_the_same_whether_just_written_or_read(
    placed: Placed, row: Row
) -> None:
    assert recorded_from(placed, 1000) == recorded_of(row)


def test_a_row_holds_the_entry(row: Row) -> None:
    recorded = recorded_of(row)

    assert (recorded.position, recorded.arrival_ms) == (7, 1000)
    assert (recorded.event_id, recorded.who) == (REQUEST.event_id, REQUEST.who)
    assert (recorded.stream, recorded.label) == (REQUEST.stream, "X")
    assert (recorded.kind, recorded.residue) == ("sample.noted", None)
    assert CODEC.decode(recorded) == REQUEST.event


def test_arrival_kind_and_body_are_where_their_names_say(row: Row) -> None:
    recorded = recorded_of(row)

    assert (row[ARRIVAL], row[BODY]) == (recorded.arrival_ms, recorded.body)
    assert row[KIND] == recorded.kind


def test_an_erased_row_has_lost_body_and_salt_and_nothing_else(row: Row) -> None:
    erased = erased_row(row)

    lost = [place for place in range(len(row)) if erased[place] != row[place]]
    assert [row[place] for place in lost] == [row[10], row[BODY]]
    assert [erased[place] for place in lost] == [None, None]


def test_a_row_gives_what_is_left_of_it(row: Row) -> None:
    recorded = recorded_of(erased_row(row), b"{}")

    assert (recorded.erased, recorded.residue) == (True, b"{}")


def test_an_entry_that_lost_its_label_is_shown_to_nobody(row: Row) -> None:
    lost: Row = (*row[:9], None, *row[10:])

    with pytest.raises(CorruptLogError) as caught:
        recorded_of(lost)

    assert caught.value.position == 7
    assert caught.value.detail == "the label of the entry at position 7 is gone"
