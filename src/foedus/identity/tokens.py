"""Tokens: credentials for programs, shown once and kept only as digests.

- A token is `foedus_` and 256 random bits; what is kept is its SHA-256, which for
  so much randomness needs no salt and no cost.
- A token may do at most what its account's roles say, and less where it has scopes.
- A person's token proves what the credential did that it was made with: one made with a
  password alone is worth no more than that password.
- An expired or revoked token is refused like one that never was.
"""

import hashlib
import secrets
from datetime import UTC, datetime

import msgspec

from foedus.clock import to_ms
from foedus.errors import InvalidInputError, NotFoundError
from foedus.identity.proofs import Proof
from foedus.identity.secret import Secret
from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId
from foedus.releasability.viewers import Role

PREFIX = "foedus_"
"""What every token begins with, so that scanners of repositories find leaked ones."""

TOKENS_MAX = 100
"""Tokens of one account; more than any account's programs, and a page."""

LABEL_CHARACTERS_MAX = 200
"""Characters of a token's label: one line."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS token (
    token_id   TEXT    NOT NULL PRIMARY KEY,
    digest     BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
    account_id TEXT    NOT NULL,
    label      TEXT    NOT NULL,
    ending     TEXT    NOT NULL CHECK (length(ending) = 4),
    scopes     TEXT             CHECK (scopes IS NULL OR json_valid(scopes)),
    made_ms    INTEGER NOT NULL,
    expires_ms INTEGER          CHECK (expires_ms > made_ms),
    proof      TEXT    NOT NULL DEFAULT 'password'
) STRICT;

CREATE INDEX IF NOT EXISTS token_of_account ON token (account_id);
"""

_HAS_PROOF = """
SELECT count(*) FROM pragma_table_info('token') WHERE name = 'proof'
"""

_ADD_PROOF = """
ALTER TABLE token ADD COLUMN proof TEXT NOT NULL DEFAULT 'password'
"""
"""For files from before it was kept: persons made their tokens with the password."""

_ISSUE = """
INSERT INTO token (token_id, digest, account_id, label, ending, scopes, made_ms,
                   expires_ms, proof)
VALUES (:token_id, :digest, :account_id, :label, :ending, :scopes, :made_ms,
        :expires_ms, :proof)
"""

_COUNT = "SELECT count(*) FROM token WHERE account_id = :account_id"

_BY_DIGEST = """
SELECT token.account_id, login_name.name, token.scopes, token.expires_ms,
       token.proof
  FROM token
  JOIN login_name ON login_name.account_id = token.account_id
 WHERE token.digest = :digest
   AND (token.expires_ms IS NULL OR token.expires_ms > :at_ms)
"""

_OF_ACCOUNT = """
SELECT token_id, label, ending, scopes, made_ms, expires_ms
  FROM token
 WHERE account_id = :account_id
 ORDER BY made_ms, token_id
 LIMIT :limit
"""

_REVOKE = """
DELETE FROM token WHERE token_id = :token_id AND account_id = :account_id
"""

_ERASE = "DELETE FROM token WHERE account_id = :account_id"


class TokenTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What a token is for.

    Attributes:
        label: what its owner calls it; one line.
        scopes: the roles that it may use; None is all that the account has.
        expires: when it ends; None is never.
        proof: what the credential proves that it is made with.
    """

    label: str = "token"
    scopes: frozenset[Role] | None = None
    expires: datetime | None = None
    proof: Proof = Proof.PASSWORD


class StoredToken(msgspec.Struct, frozen=True, array_like=True):
    """What may be shown of a token: never the token.

    Attributes:
        token_id: names it for `revoke`.
        label: what its owner calls it.
        ending: its last four characters.
        scopes: JSON list of roles; None is all that the account has.
        made_ms: when it was issued, in milliseconds since 1970.
        expires_ms: when it ends; None is never.
    """

    token_id: str
    label: str
    ending: str
    scopes: str | None
    made_ms: int
    expires_ms: int | None


class TokenHolder(msgspec.Struct, frozen=True, array_like=True):
    """Whose token it is, which roles it may use, when it ends, and what it proves."""

    account_id: AccountId
    name: str
    scopes: str | None
    expires_ms: int | None
    proof: Proof

    @property
    def limited(self) -> bool:
        """Tell whether it may do less than its account, or ends."""
        return self.scopes is not None or self.expires_ms is not None

    def allowed(self, roles: frozenset[Role]) -> frozenset[Role]:
        """Keep, of an account's roles, those that the token may use."""
        if self.scopes is None:
            return roles
        return roles & msgspec.json.decode(self.scopes, type=frozenset[Role])


class Tokens:
    """The tokens in `state.db`."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)
        store.ensure_column(_HAS_PROOF, _ADD_PROOF)

    def issue(self, account_id: AccountId, terms: TokenTerms, at: datetime) -> Secret:
        """Make a token, which is shown now and never again.

        Raises:
            InvalidInputError: its terms cannot be kept, or the account has too many.
        """
        _check(terms, at)
        token = Secret(PREFIX + secrets.token_urlsafe(32))
        bindings = {
            "token_id": secrets.token_hex(8),
            "digest": _digest(token),
            "account_id": account_id,
            "label": terms.label,
            "ending": token.reveal()[-4:],
            "scopes": _scopes(terms),
            "made_ms": to_ms(at),
            "expires_ms": None if terms.expires is None else to_ms(terms.expires),
            "proof": terms.proof.value,
        }
        with self._store.transaction() as db:
            if db.execute(_COUNT, {"account_id": account_id}).get >= TOKENS_MAX:
                raise InvalidInputError(
                    f"an account has at most {TOKENS_MAX} tokens; revoke one first"
                )
            db.execute(_ISSUE, bindings).fetchall()
        return token

    def find(self, token: Secret, at: datetime) -> TokenHolder | None:
        """Tell whose token it is; None if it is unknown, revoked or expired."""
        bindings: Bindings = {"digest": _digest(token), "at_ms": to_ms(at)}
        return self._store.row(_BY_DIGEST, bindings, TokenHolder)

    def list_of(self, account_id: AccountId) -> list[StoredToken]:
        """List an account's tokens, oldest first."""
        bindings: Bindings = {"account_id": account_id, "limit": TOKENS_MAX}
        return self._store.rows(_OF_ACCOUNT, bindings, StoredToken)

    def revoke(self, account_id: AccountId, token_id: str) -> None:
        """End a token at once.

        Raises:
            NotFoundError: the account has no such token.
        """
        bindings = {"account_id": account_id, "token_id": token_id}
        if not self._store.write(_REVOKE, bindings):
            raise NotFoundError("no such token; list those of the account")

    def erase(self, account_id: AccountId) -> None:
        """End all tokens of an account."""
        self._store.write(_ERASE, {"account_id": account_id})


def _check(terms: TokenTerms, at: datetime) -> None:
    if (
        not 0 < len(terms.label) <= LABEL_CHARACTERS_MAX
        or not terms.label.isprintable()
    ):
        raise InvalidInputError(
            f"a token's label is one line of 1 to {LABEL_CHARACTERS_MAX} characters"
        )
    if terms.expires is not None and to_ms(_in_utc(terms.expires)) <= to_ms(at):
        raise InvalidInputError("a token expires in the future; give a later instant")


def _in_utc(expires: datetime) -> datetime:
    try:
        return expires.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInputError(
            "a token expires between the years 1 and 9999 in UTC; leave `expires` out "
            "for one that never does"
        ) from error


def _scopes(terms: TokenTerms) -> str | None:
    if terms.scopes is None:
        return None
    return msgspec.json.encode(sorted(terms.scopes)).decode()


def _digest(token: Secret) -> bytes:
    text = token.reveal().encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).digest()
