"""Frames of server-sent events."""

from datetime import UTC, datetime

from foedus.live.frames import access_ended, ended, frame, heartbeat


def test_a_frame_is_an_id_an_event_and_one_line_of_data() -> None:
    assert frame("put", b"{}", "x") == b"id: x\nevent: put\ndata: {}\n\n"
    assert frame("put", b"{}") == b"event: put\ndata: {}\n\n"


def test_a_heartbeat_has_an_id_and_the_last_words_have_none() -> None:
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    beat = heartbeat(at, "x")
    assert beat == b'id: x\nevent: heartbeat\ndata: {"at":"2026-11-23T12:00:00Z"}\n\n'
    assert access_ended() == b"event: access-ended\ndata: {}\n\n"
    assert b"id:" not in ended("too old")
