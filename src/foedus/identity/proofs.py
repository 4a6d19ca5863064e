"""How somebody has proved who they are, and what that suffices for.

- A person's roles that decide, release for others or administer take two factors:
  something known, and something held. Without the second they are withheld, and the
  account reads on.
- A service has no second factor: its token is long, random and kept by a machine.
- A token is made within a session, and may do no more than that session could.

Source: NIST SP 800-63B-4, section 2.2 (authentication assurance level 2).
"""

from enum import StrEnum
from typing import Final

import msgspec

from foedus.identity.accounts import Account, Holder
from foedus.releasability.viewers import Role


class Proof(StrEnum):
    """What an account showed when it signed in."""

    PASSWORD = "password"  # noqa: S105 - the name of a proof
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


def proven(account: Account, proof: Proof) -> Account:
    """Leave an account the roles that a proof suffices for.

    Args:
        account: with all roles that it has.
        proof: what it showed.
    """
    if account.holder is Holder.SERVICE or proof in TWO_FACTORS:
        return account
    withheld = account.roles & GUARDED
    if not withheld:
        return account
    return msgspec.structs.replace(
        account, roles=account.roles - withheld, withheld=withheld
    )
