"""Links: whose account somebody's name at an OIDC provider opens.

An operator makes a link; a person has at most one account by each provider.
"""

from typing import Final

from foedus.errors import ConflictError, InvalidInputError, NotFoundError
from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId

SUBJECT_CHARACTERS_MAX: Final = 255
"""Characters of a subject. Source: OpenID Connect Core 1.0, section 2 (`sub`)."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS oidc_link (
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS oidc_link_of_account ON oidc_link (account_id);
"""

_MAKE = """
INSERT INTO oidc_link (issuer, subject, account_id)
VALUES (:issuer, :subject, :account_id)
    ON CONFLICT (issuer, subject) DO NOTHING
"""

_FIND = """
SELECT account_id
  FROM oidc_link
 WHERE issuer = :issuer AND subject = :subject
"""

_OF = """
SELECT subject
  FROM oidc_link
 WHERE issuer = :issuer AND account_id = :account_id
 ORDER BY subject
 LIMIT 1
"""

_CUT = """
DELETE FROM oidc_link WHERE issuer = :issuer AND account_id = :account_id
"""

_ERASE = "DELETE FROM oidc_link WHERE account_id = :account_id"


class Links:
    """The links in `state.db`."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)

    def make(self, account_id: AccountId, issuer: str, subject: str) -> None:
        """Let somebody at a provider sign in to an account; replaces its earlier link.

        Raises:
            InvalidInputError: the subject is empty or longer than any.
            ConflictError: it opens another account.
        """
        if not 1 <= len(subject) <= SUBJECT_CHARACTERS_MAX:
            raise InvalidInputError(
                f"a subject has 1 to {SUBJECT_CHARACTERS_MAX} characters; ask the "
                "provider's operators for the claim `sub` of the person"
            )
        bindings: Bindings = {
            "issuer": issuer,
            "subject": subject,
            "account_id": account_id,
        }
        with self._store.transaction():
            holder = self.holder(issuer, subject)
            if holder not in (None, account_id):
                raise ConflictError(
                    "this subject opens another account; cut that first"
                )
            self._store.write(_CUT, {"issuer": issuer, "account_id": account_id})
            self._store.write(_MAKE, bindings)

    def holder(self, issuer: str, subject: str) -> AccountId | None:
        """Tell whose account a subject opens."""
        bindings: Bindings = {"issuer": issuer, "subject": subject}
        return self._store.value(_FIND, bindings, AccountId)

    def subject_of(self, account_id: AccountId, issuer: str) -> str | None:
        """Tell by which subject an account is opened; None if by none."""
        bindings: Bindings = {"issuer": issuer, "account_id": account_id}
        return self._store.value(_OF, bindings, str)

    def cut(self, account_id: AccountId, issuer: str) -> None:
        """Let nobody at a provider sign in to an account.

        Raises:
            NotFoundError: nobody could.
        """
        bindings: Bindings = {"issuer": issuer, "account_id": account_id}
        if self._store.write(_CUT, bindings) == 0:
            raise NotFoundError("the account is linked to nobody at the provider")

    def erase(self, account_id: AccountId) -> None:
        """Forget the links of an account."""
        self._store.write(_ERASE, {"account_id": account_id})
