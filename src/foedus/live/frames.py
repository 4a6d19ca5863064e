"""Frames of server-sent events.

Source: HTML Living Standard, section 9.2; `cti-platforms` reference, 3a.
"""

import secrets
from datetime import datetime
from typing import Final

import orjson

RETRY: Final = b"retry: 3000\n\n"
"""After how many ms a client that was cut off comes back."""

RETRY_FIRST_MS: Final = 1_000
"""Milliseconds after which the first client comes back to a hub that starts anew."""

RETRY_SPREAD_MS: Final = 4_000
"""Milliseconds within which all the others do: not all of them at once."""


def frame(event: str, data: bytes, event_id: str = "") -> bytes:
    """Write one event; an id where the consumer may go on from it."""
    named = f"id: {event_id}\n" if event_id else ""
    return f"{named}event: {event}\ndata: ".encode() + data + b"\n\n"


def heartbeat(at: datetime, event_id: str) -> bytes:
    """Say that there is nothing new; its id moves on all the same."""
    data = {"at": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return frame("heartbeat", orjson.dumps(data), event_id)


def stopping() -> bytes:
    """Say that the hub stops, and how soon to come back to whoever follows it."""
    retry_ms = RETRY_FIRST_MS + secrets.randbelow(RETRY_SPREAD_MS)
    return f": the hub stops\nretry: {retry_ms}\n\n".encode()


def access_ended() -> bytes:
    """Say that the consumer may follow no longer; nothing comes after it."""
    return frame("access-ended", b"{}")


def ended(detail: str) -> bytes:
    """Say why the stream ends here though access does not."""
    return frame("ended", orjson.dumps({"detail": detail}))
