"""Frames of server-sent events, as OpenCTI's clients read them.

A client tells chunks apart by blank lines, decodes them with the charset of the answer,
and takes no notice of comments: a heartbeat is an event, and has an id.

Source: HTML Living Standard, section 9.2; `cti-platforms` reference, 3a.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import orjson

from foedus.compat.ids import EventId

RETRY: Final = b"retry: 10000\n\n"
"""After how many ms a client that was cut off comes back: it does so once, and ends
where it finds nobody. A hub that was killed has started again by then."""

RETRY_RESTART: Final = b"retry: 30000\n\n"
"""The same where the hub is stopped, so that there is time to start it again."""


def frame(event: str, data: bytes, event_id: EventId) -> bytes:
    """Write one event from behind which a consumer may go on."""
    return f"id: {event_id}\nevent: {event}\ndata: ".encode() + data + b"\n\n"


def connected(about: Mapping[str, object]) -> bytes:
    """Say what a consumer is connected to; without an id, clients pass over it."""
    return b"event: connected\ndata: " + orjson.dumps(about) + b"\n\n"


def heartbeat(at: datetime, event_id: EventId) -> bytes:
    """Say that there is nothing new; its id moves on all the same."""
    data = orjson.dumps(at.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    return frame("heartbeat", data, event_id)
