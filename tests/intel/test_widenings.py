"""What waits for its steps: in the table, and the same in memory."""

from collections.abc import Iterator

import apsw
import pytest

from foedus.intel.tables import SCHEMA
from foedus.intel.widenings import EVERYBODY_S, Widening, Widenings, load_widenings


@pytest.fixture
def db() -> Iterator[apsw.Connection]:
    connection = apsw.Connection(":memory:")
    connection.execute(SCHEMA)
    yield connection
    connection.close()


def of_release(nation: str = "POL", *, cause: int = 7) -> Widening:
    return Widening(cause=cause, release=3, nation=nation, until=20)


def of_alliance(cause: int = 9) -> Widening:
    return Widening(cause=cause, release=0, nation="", until=20, gains={5: 0b110})


def test_a_version_waits_from_the_progress_to_the_end() -> None:
    widening = of_release()
    widening.progress = 10
    waits = [position for position in range(30) if widening.waits(position)]
    assert waits == list(range(11, 21))


def test_what_begins_is_read_again(db: apsw.Connection) -> None:
    pending = Widenings()
    pending.begin(db, of_alliance())
    pending.begin(db, of_release())
    again = Widenings()
    again.load(db)

    assert load_widenings(db) == [of_release(), of_alliance()]
    assert again.find(7) == pending.find(7) == of_release()
    assert again.find(8) is None
    assert again.without_waiting(0b011, 5, 20) == 0b001


def test_progress_is_read_again_and_the_end_leaves_nothing(db: apsw.Connection) -> None:
    pending = Widenings()
    widening = of_alliance()
    pending.begin(db, widening)

    pending.advance(db, widening, until=19, last=30)
    (kept,) = load_widenings(db)
    assert (kept.progress, kept.last, kept.gains) == (19, 30, {5: 0b110})
    assert pending.without_waiting(0b111, 5, 20) == 0b001
    assert pending.without_waiting(0b111, 5, 19) == 0b111

    pending.advance(db, widening, until=20, last=31)
    assert load_widenings(db) == []
    assert db.execute("SELECT count(*) FROM widening_gain").get == 0
    assert pending.without_waiting(0b111, 5, 20) == 0b111


def test_only_who_gained_under_an_audience_waits(db: apsw.Connection) -> None:
    pending = Widenings()
    pending.begin(db, of_alliance())
    assert pending.without_waiting(0b111, 6, 10) == 0b111
    assert pending.without_waiting(0b111, 5, 21) == 0b111
    assert pending.without_waiting(0b111, 5, 10) == 0b001


def test_a_release_waits_for_the_nations_whose_part_it_is(db: apsw.Connection) -> None:
    pending = Widenings()
    pending.begin(db, of_release("POL"))
    assert pending.waits(3, "POL", 10)
    assert not pending.waits(3, "FIN", 10)
    assert not pending.waits(4, "POL", 10)
    assert not pending.waits(3, "POL", 21)
    pending.begin(db, of_release(EVERYBODY_S, cause=8))
    assert pending.waits(3, "FIN", 10)


@pytest.mark.parametrize(
    ("nation", "left"),
    [(None, [9]), ("POL", [8, 9]), ("FIN", [7, 9]), ("SWE", [7, 8, 9])],
)
def test_a_release_stops_as_a_whole_or_for_one_nation(
    db: apsw.Connection, nation: str | None, left: list[int]
) -> None:
    pending = Widenings()
    for widening in (of_release("POL"), of_release("FIN", cause=8), of_alliance()):
        pending.begin(db, widening)

    pending.stop(db, 3, nation)

    assert [each.cause for each in load_widenings(db)] == left
    assert [cause for cause in (7, 8, 9) if pending.find(cause)] == left
