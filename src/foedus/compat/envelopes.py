"""Envelopes: one event of OpenCTI's stream as JSON, in its version 4.

Source: `cti-platforms` reference, 3a.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import orjson

from foedus.compat import extension
from foedus.stix.differences import difference

VERSION: Final = "4"

INIT: Final = {"referer": "init-create"}
"""The origin of what is told since it is there, not since it has come."""

DEPENDENCY: Final = {"referer": "init-dependencies"}
"""The origin of what is told since another object refers to it."""

_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")


def told(
    event: str,
    about: Mapping[str, Any],
    raw: bytes,
    *,
    origin: Mapping[str, str],
    context: Mapping[str, object],
) -> bytes:
    """Tell of an object that is there.

    Args:
        event: `create` or `update`.
        about: the object, as read.
        raw: its bytes, as they are served.
        origin: why it is told.
        context: what has changed.
    """
    head = _head(event, str(about["id"]), str(about["type"]), origin) | {
        "context": context
    }
    data = raw.translate(_ONE_LINE)
    return msgspec.json.encode(head)[:-1] + b',"data":' + data + b"}"


def gone(stix_id: str, stix_type: str) -> bytes:
    """Tell that an object is there no longer: which it was, and nothing else of it."""
    head = _head("delete", stix_id, stix_type, {}) | {
        "context": {"deletions": []},
        "data": {
            "id": stix_id,
            "type": stix_type,
            "extensions": {extension.DEFINITION: extension.lost(stix_id, stix_type)},
        },
    }
    return orjson.dumps(head)


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, object]:
    """Say how one version of an object became another, and how to go back."""
    return {
        "patch": difference(old, new),
        "reverse_patch": difference(new, old),
    }


def _head(
    event: str, stix_id: str, stix_type: str, origin: Mapping[str, str]
) -> dict[str, object]:
    return {
        "version": VERSION,
        "type": event,
        "scope": "external",
        "message": f"{event}s {extension.entity_type(stix_type)} {stix_id}",
        "origin": origin,
    }
