"""Ids of events, and what clients write in their place."""

import pytest

from foedus.compat.ids import BEGINNING, EventId, read_id
from foedus.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0-0", BEGINNING),
        ("1795435200000-7570587875968815102", (1795435200000, 7570587875968815102)),
        ("1795435200000-0", (1795435200000, 0)),
        ("1795435200000", (1795435200000, 0)),
        ("2026-11-23T12:00:00Z", (1795435200000, 0)),
        ("2026-11-23T12:00:00", (1795435200000, 0)),
        ("2026-11-23T13:00:00+01:00", (1795435200000, 0)),
        ("1795435200-0", (1795435200000, 0)),
    ],
)
def test_an_id_an_instant_or_a_date_is_read(text: str, read: tuple[int, int]) -> None:
    assert read_id(text, "from") == EventId(*read)


def test_ids_are_written_as_they_are_read_and_compare_as_events_follow() -> None:
    assert str(EventId(5, 7)) == "5-7"
    assert EventId(5, 7) < EventId(5, 8) < EventId(6)
    assert EventId(5, 7).is_given
    assert not EventId(5).is_given


@pytest.mark.parametrize(
    "text",
    ["x", "1-2-3", "-1", "1-9999999999999999999", "9" * 15, "9" * 16, "٣-٤", "1e3"],
)
def test_what_is_no_id_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(InvalidInputError, match="from"):
        read_id(text, "from")
