"""Tickets: what a browser carries between two steps of signing in.

The hub keeps nothing while somebody looks for a phone: what the first step found out
goes to the browser and comes back with the second, under a key of the hub. A ticket is
for one step, for one browser, and for minutes.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final, TypeVar

import msgspec

from foedus.clock import to_ms
from foedus.errors import ForbiddenError
from foedus.identity.store import StateStore

LASTS: Final = timedelta(minutes=10)
"""How long a ticket is good: long enough to find a phone or wait for a code."""

_KEY: Final = "identity.tickets"
_SEAL_BYTES: Final = 32

_VOID: Final = "this sign-in was begun elsewhere or too long ago; begin anew"

T = TypeVar("T", bound=msgspec.Struct)


def write(store: StateStore, value: msgspec.Struct, browser: str, at: datetime) -> str:
    """Write a ticket.

    Args:
        store: has the key.
        value: what the next step has to know; its type says for which step it is.
        browser: a random secret that this browser alone has.
        at: now.
    """
    body = to_ms(at).to_bytes(8, "big") + msgspec.json.encode(value)
    seal = _seal(store, type(value), browser, body)
    return base64.urlsafe_b64encode(seal + body).decode()


def read(store: StateStore, text: str, kind: type[T], browser: str, at: datetime) -> T:
    """Read a ticket.

    Raises:
        ForbiddenError: it is none of ours, another browser's, for another step, or
            too old.
    """
    try:
        given = base64.urlsafe_b64decode(text.encode("ascii"))
    except (binascii.Error, ValueError) as error:
        raise ForbiddenError(_VOID) from error
    seal, body = given[:_SEAL_BYTES], given[_SEAL_BYTES:]
    if not browser or not hmac.compare_digest(seal, _seal(store, kind, browser, body)):
        raise ForbiddenError(_VOID)
    age_ms = to_ms(at) - int.from_bytes(body[:8], "big")
    if not 0 <= age_ms <= LASTS.total_seconds() * 1000:
        raise ForbiddenError(_VOID)
    return msgspec.json.decode(body[8:], type=kind)


def _seal(store: StateStore, kind: type, browser: str, body: bytes) -> bytes:
    said = f"{kind.__name__}\n{browser}\n".encode() + body
    return hmac.digest(store.key(_KEY), said, hashlib.sha256)
