"""Signing what is sent to webhooks, as most receivers know how to check.

Source: Standard Webhooks 1.0.0, "Signature scheme" and "Webhook headers".
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final

from foedus.identity.secret import Secret

PREFIX: Final = "whsec_"
"""What every secret begins with, so that leaked ones are found."""

SECRET_BYTES: Final = 32
"""Random bytes of a secret; the convention takes 24 to 64."""

VERSION: Final = "v1"
"""The scheme: HMAC-SHA256, symmetric."""

_ID_BYTES: Final = 16


def new_secret() -> Secret:
    """Make a secret, which is shown once."""
    drawn = secrets.token_bytes(SECRET_BYTES)
    return Secret(PREFIX + base64.b64encode(drawn).decode())


def message_id(webhook: str, body: bytes) -> str:
    """Name a message: what is sent again unchanged has the same name."""
    digest = hashlib.blake2b(body, key=webhook.encode(), digest_size=_ID_BYTES)
    return f"msg_{digest.hexdigest()}"


def signed_headers(
    secret: Secret, name: str, body: bytes, *, at: datetime
) -> dict[str, str]:
    """Give the headers by which a receiver knows who sent a message, and when.

    Args:
        secret: of the webhook.
        name: of the message; see `message_id`.
        body: exactly as it is sent.
        at: when it is sent; a receiver refuses what is minutes old.
    """
    timestamp = str(int(at.timestamp()))
    signed = b".".join((name.encode(), timestamp.encode(), body))
    key = base64.b64decode(secret.reveal().removeprefix(PREFIX))
    digest = hmac.digest(key, signed, hashlib.sha256)
    return {
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"{VERSION},{base64.b64encode(digest).decode()}",
    }
