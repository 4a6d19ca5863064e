"""Secrets: passwords and tokens on their way, which never print themselves."""

import secrets

import msgspec

from foedus.errors import InvalidInputError

PASSWORD_CHARACTERS_MIN = 8
"""Characters of a chosen password. Source: NIST SP 800-63B-4, section 3.1.1.2."""

PASSWORD_BYTES_MAX = 1_024
"""Bytes of a password. Room for any passphrase; bounds what is hashed."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's 32 signs: none is taken for another when read aloud or copied."""

_GROUPS, _GROUP = 5, 5


class Secret(msgspec.Struct, frozen=True):
    """A password or token in clear, which shows itself only when asked to.

    Attributes:
        hidden: the text itself; ask with `reveal`, so that it can be searched for.
    """

    hidden: str

    def reveal(self) -> str:
        """Give the text itself: to show it once, or to compare it."""
        return self.hidden

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


def generate_password() -> Secret:
    """Make a password that can be read aloud, of 125 random bits."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP))
        for _ in range(_GROUPS)
    )
    return Secret("-".join(groups))


def check_password(password: Secret) -> None:
    """Refuse a chosen password that is too short or too long.

    Raises:
        InvalidInputError: the detail names the limit, never the password.
    """
    text = password.reveal()
    if len(text) < PASSWORD_CHARACTERS_MIN:
        raise InvalidInputError(
            f"a password has at least {PASSWORD_CHARACTERS_MIN} characters"
        )
    if len(text.encode("utf-8", "surrogatepass")) > PASSWORD_BYTES_MAX:
        raise InvalidInputError(f"a password has at most {PASSWORD_BYTES_MAX} bytes")
