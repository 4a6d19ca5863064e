"""Codes that are read from paper and typed: recovery codes, enrolment codes.

A code is 75 random bits: guessing is hopeless, so a digest of it suffices.
"""

import hashlib
import secrets
from typing import Final

from foedus.identity.secret import Secret

_SIGNS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _GROUP = 3, 5


def new_code() -> Secret:
    """Make a code: three groups of five signs, none of which looks like another."""
    groups = (
        "".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS)
    )
    return Secret("-".join(groups))


def digest_of(code: str) -> bytes:
    """Digest a code as it was meant: without blanks, hyphens and capitals."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).digest()
