"""How somebody has proved who they are, and what that suffices for.

- A person's roles that decide, release for others or administer take two factors:
  something known, and something held. Without the second they are withheld, and the
  account reads on.
- A service has no second factor: its token is long, random and kept by a machine.
- So it is for all where the hub requires two, and for each person that holds a second
  factor: whoever has one is known by the password alone no more.
- An enrolment code of the operator's, after a password or a provider, lets a person add
  the first second factor, and opens nothing else.
- A token is made by some credential, and proves what that one did; see `accounts`.

Source: NIST SP 800-63B-4, section 2.2 (authentication assurance level 2).
"""

from enum import StrEnum
from typing import Final

from foedus.releasability.viewers import Role


class Proof(StrEnum):
    """What an account showed when it signed in."""

    PASSWORD = "password"  # noqa: S105 - the name of a proof
    ENROLMENT_CODE = "enrolment-code"
    TOTP = "totp"
    RECOVERY_CODE = "recovery-code"
    PASSKEY = "passkey"
    OIDC = "oidc"
    OIDC_TWO_FACTORS = "oidc-two-factors"
    CERTIFICATE = "certificate"


TWO_FACTORS: Final = frozenset(
    {
        Proof.TOTP,
        Proof.RECOVERY_CODE,
        Proof.PASSKEY,
        Proof.OIDC_TWO_FACTORS,
        Proof.CERTIFICATE,
    }
)
"""Proofs of two factors: with a password, or by a key that its holder unlocks."""

GUARDED: Final = frozenset(
    {Role.DUTY_OFFICER, Role.DELEGATE, Role.SECRETARIAT, Role.OPERATOR}
)
"""Roles that take two factors: they decide, recall, release for others, administer."""
