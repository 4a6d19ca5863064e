import pytest

from foedus.errors import CorruptLogError
from foedus.eventlog.draft import Draft, draft_all
from foedus.eventlog.row import ARRIVAL, BODY, Row, recorded_of, row_of
from foedus.eventlog.sequence import Placed
from foedus.ids import Position
from tests.eventlog.samples import CODEC, an_append

REQUEST = an_append(label="X")


@pytest.fixture
def row() -> Row:
    (draft,) = draft_all(CODEC, [REQUEST])
    assert isinstance(draft, Draft)
    return row_of(Placed(Position(7), draft, b"d" * 32), 1000)


def test_a_row_holds_the_entry(row: Row) -> None:
    recorded = recorded_of(row)

    assert (recorded.position, recorded.arrival_ms) == (7, 1000)
    assert (recorded.event_id, recorded.who) == (REQUEST.event_id, REQUEST.who)
    assert (recorded.stream, recorded.label) == (REQUEST.stream, "X")
    assert CODEC.decode(recorded) == REQUEST.event


def test_arrival_and_body_are_where_their_names_say(row: Row) -> None:
    recorded = recorded_of(row)

    assert (row[ARRIVAL], row[BODY]) == (recorded.arrival_ms, recorded.body)


def test_an_entry_that_lost_its_label_is_shown_to_nobody(row: Row) -> None:
    lost: Row = (*row[:9], None, *row[10:])

    with pytest.raises(CorruptLogError) as caught:
        recorded_of(lost)

    assert caught.value.position == 7
