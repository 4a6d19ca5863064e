"""Words of labelled things: noted anew as they change, given as labels let."""

from collections.abc import Iterator

import apsw
import pytest

from foedus.releasability.wordings import (
    CANDIDATES_MAX,
    WordingView,
    candidates,
    forget,
    note,
)
from foedus.stix.wording import query_of, wording

OPEN, HIDDEN = 1, 2
READABLE = b"\x01\x00"


@pytest.fixture
def db() -> Iterator[apsw.Connection]:
    connection = apsw.Connection(":memory:")
    connection.execute(WordingView.schema)
    yield connection
    connection.close()


def noted(
    db: apsw.Connection, thing: str, *texts: str, label: int = OPEN, at: int = 1
) -> None:
    found_by = wording(texts[:1], texts[1:])
    note(db, kind="text", thing=thing, label=label, at=at, found_by=found_by)


def found(db: apsw.Connection, text: str) -> tuple[str, ...]:
    return candidates(db, READABLE, "text", query_of(text))


@pytest.mark.parametrize(
    "text", ["Quiet harbours", "quiet har", "quiet", "qui", "kite harbours"]
)
def test_a_thing_may_match_whole_by_its_beginning_or_by_its_words(
    db: apsw.Connection, text: str
) -> None:
    noted(db, "a", "Quiet harbours", "They fly a kite.")
    assert found(db, text) == ("a",)


@pytest.mark.parametrize("text", ["harbours quiet boats", "ki", "", "the"])
def test_what_does_not_match_is_not_given(db: apsw.Connection, text: str) -> None:
    noted(db, "a", "Quiet harbours", "They fly a kite.")
    assert found(db, text) == ()


def test_what_is_hidden_is_not_given_and_takes_no_place(db: apsw.Connection) -> None:
    noted(db, "a", "kite", at=1)
    for number in range(CANDIDATES_MAX + 1):
        noted(db, f"hidden {number}", "kite", label=HIDDEN, at=2)
    assert found(db, "kite") == ("a",)


def test_what_was_told_of_last_comes_first(db: apsw.Connection) -> None:
    for at, thing in ((2, "b"), (3, "c"), (1, "a")):
        noted(db, thing, "kite", at=at)
    assert found(db, "kite") == ("c", "b", "a")


def test_a_word_that_a_text_no_longer_has_is_forgotten(db: apsw.Connection) -> None:
    noted(db, "a", "kite")
    noted(db, "a", "lantern", label=HIDDEN)
    assert found(db, "kite") == ()
    assert found(db, "lantern") == ()
    forget(db, kind="text", thing="a")
    assert db.execute("SELECT count(*) FROM wording").get == 0


def test_other_kinds_are_searched_by_themselves(db: apsw.Connection) -> None:
    noted(db, "a", "kite")
    assert candidates(db, READABLE, "other", query_of("kite")) == ()
