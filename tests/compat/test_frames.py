"""Frames, as OpenCTI's clients read them."""

from datetime import UTC, datetime

from foedus.compat.frames import RETRY, RETRY_RESTART, connected, frame, heartbeat
from foedus.compat.ids import EventId


def test_an_event_has_its_id_and_its_data_on_one_line() -> None:
    written = frame("create", '{"a":"\u2028"}'.encode(), EventId(5, 7))
    assert written.decode() == 'id: 5-7\nevent: create\ndata: {"a":"\u2028"}\n\n'


def test_a_heartbeat_is_an_event_with_an_id_and_no_comment() -> None:
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert heartbeat(at, EventId(5, 1)) == (
        b'id: 5-1\nevent: heartbeat\ndata: "2026-11-23T12:00:00.000Z"\n\n'
    )


def test_what_a_client_is_connected_to_has_no_id() -> None:
    assert connected({"id": "live"}) == b'event: connected\ndata: {"id":"live"}\n\n'
    assert RETRY != RETRY_RESTART
