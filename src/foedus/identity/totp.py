"""One-time codes of an authenticator app. Source: RFC 6238, RFC 4226.

Six digits, SHA-1 and steps of 30 seconds are what every app speaks. SHA-1 is sound
here: HMAC does not rest on collisions.
"""

import base64
import secrets
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from foedus.clock import to_ms

SECRET_BYTES: Final = 20
"""Bytes of a secret: as long as the digest. Source: RFC 4226, section 4, R6."""

DIGITS: Final = 6
STEP_S: Final = 30

DRIFT_STEPS: Final = 1
"""Steps that a clock may be off, either way. Source: RFC 6238, section 5.2."""


def new_secret() -> bytes:
    """Make the secret that the hub and the app share."""
    return secrets.token_bytes(SECRET_BYTES)


def spell(secret: bytes) -> str:
    """Write a secret as it is typed into an app: base32, in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def uri(secret: bytes, *, name: str, issuer: str) -> str:
    """Write a secret as apps read it from a picture: an `otpauth` address."""
    return _totp(secret).get_provisioning_uri(name, issuer)


def code_at(secret: bytes, at: datetime) -> str:
    """Give the code that an app shows at an instant."""
    return _totp(secret).generate(to_ms(at) // 1000).decode()


def is_code(text: str) -> bool:
    """Tell whether something is written as a code: six digits."""
    return len(text) == DIGITS and text.isascii() and text.isdecimal()


def step_of(secret: bytes, code: str, at: datetime, *, after: int) -> int | None:
    """Tell to which step a code belongs.

    Args:
        secret: what the hub and the app share.
        code: six digits.
        at: now.
        after: the last step that was used; a code is good once.

    Returns:
        The step since 1970; None if the code is wrong, old or used.
    """
    now = to_ms(at) // 1000 // STEP_S
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        right = secrets.compare_digest(
            _totp(secret).generate(step * STEP_S), code.encode("ascii", "replace")
        )
        if right and step > after:
            found = step
    return found


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303 - see above
