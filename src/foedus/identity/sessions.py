"""Web sessions: a random cookie, kept only as its digest.

- A session ends when its account is idle too long, and at the latest after a day's
  work; when it is ended; when the password changes; when something that the account
  signs in with is taken away, in another session or by the operator; when the account
  closes; when its nation loses its standing.
- A form's token is derived from the session and a key of the hub: another site
  cannot know it, and it is the same on every page of the session.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from foedus.clock import to_ms
from foedus.errors import ForbiddenError
from foedus.identity.proofs import Proof
from foedus.identity.secret import Secret
from foedus.identity.store import StateStore
from foedus.ids import AccountId

IDLE = timedelta(hours=2)
"""A session that is not used for so long ends."""

ABSOLUTE = timedelta(hours=12)
"""A session ends after so long, used or not: a shift, and a sign-in a day."""

TOUCH = timedelta(minutes=1)
"""How exactly the last use is remembered; bounds writes to one a minute."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS web_session (
    digest      BLOB    NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    account_id  TEXT    NOT NULL,
    csrf_secret BLOB    NOT NULL CHECK (length(csrf_secret) = 32),
    started_ms  INTEGER NOT NULL,
    used_ms     INTEGER NOT NULL CHECK (used_ms >= started_ms),
    proof       TEXT    NOT NULL DEFAULT 'password'
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS web_session_of_account ON web_session (account_id);
CREATE INDEX IF NOT EXISTS web_session_by_use ON web_session (used_ms);
"""

_HAS_PROOF = """
SELECT count(*) FROM pragma_table_info('web_session') WHERE name = 'proof'
"""

_ADD_PROOF = """
ALTER TABLE web_session ADD COLUMN proof TEXT NOT NULL DEFAULT 'password'
"""
"""For files from before there were second factors."""

_START = """
INSERT INTO web_session (digest, account_id, csrf_secret, started_ms, used_ms, proof)
VALUES (:digest, :account_id, :csrf_secret, :at_ms, :at_ms, :proof)
"""

_FORGET = """
DELETE FROM web_session WHERE used_ms <= :idle_ms OR started_ms <= :absolute_ms
"""

_FIND = """
SELECT web_session.account_id, login_name.name, web_session.csrf_secret,
       web_session.used_ms, web_session.proof
  FROM web_session
  JOIN login_name ON login_name.account_id = web_session.account_id
 WHERE web_session.digest = :digest
   AND web_session.used_ms > :idle_ms
   AND web_session.started_ms > :absolute_ms
"""

_TOUCH = """
UPDATE web_session SET used_ms = :at_ms WHERE digest = :digest AND used_ms < :at_ms
"""

_END = "DELETE FROM web_session WHERE digest = :digest"

_ERASE = """
DELETE FROM web_session
 WHERE account_id = :account_id
   AND (:but IS NULL OR digest <> :but)
"""

_ERASE_ALL = """
DELETE FROM web_session
 WHERE account_id IN (SELECT value FROM json_each(:account_ids))
"""

_HOLDERS = """
SELECT DISTINCT account_id
  FROM web_session
 WHERE account_id > :after
 ORDER BY account_id
 LIMIT :limit
"""

HOLDERS_MAX = 500
"""Accounts that are listed at once; bounds memory, and how long a deletion lasts."""


class StoredSession(msgspec.Struct, frozen=True, array_like=True):
    """Whose session it is, and what its forms are sealed with."""

    account_id: AccountId
    name: str
    csrf_secret: bytes
    used_ms: int
    proof: Proof = Proof.PASSWORD

    def __repr__(self) -> str:
        return f"StoredSession({self.account_id!r}, …)"


class Sessions:
    """The web sessions in `state.db`."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)
        store.ensure_column(_HAS_PROOF, _ADD_PROOF)

    def start(
        self, account_id: AccountId, at: datetime, proof: Proof = Proof.PASSWORD
    ) -> Secret:
        """Begin a session and give its cookie; sessions that have ended are removed."""
        cookie = Secret(secrets.token_urlsafe(32))
        bindings = {
            "digest": _digest(cookie),
            "account_id": account_id,
            "csrf_secret": secrets.token_bytes(32),
            "at_ms": to_ms(at),
            "proof": proof.value,
        }
        with self._store.transaction() as db:
            db.execute(_FORGET, _limits(at)).fetchall()
            db.execute(_START, bindings).fetchall()
        return cookie

    def find(self, cookie: Secret, at: datetime) -> StoredSession | None:
        """Tell whose session it is; None if it is unknown or has ended."""
        digest = _digest(cookie)
        found = self._store.row(_FIND, {"digest": digest, **_limits(at)}, StoredSession)
        if found is not None and to_ms(at - TOUCH) >= found.used_ms:
            self._store.touch(_TOUCH, {"digest": digest, "at_ms": to_ms(at)})
        return found

    def end(self, cookie: Secret) -> None:
        """End a session; one that has ended already stays so."""
        self._store.write(_END, {"digest": _digest(cookie)})

    def erase(self, account_id: AccountId, *, but: Secret | None = None) -> None:
        """End all sessions of an account.

        Args:
            account_id: whose.
            but: the cookie of one that goes on.
        """
        kept = None if but is None else _digest(but)
        self._store.write(_ERASE, {"account_id": account_id, "but": kept})

    def erase_all(self, account_ids: Sequence[AccountId]) -> None:
        """End all sessions of some accounts, at once or not at all."""
        listed = msgspec.json.encode(account_ids).decode()
        self._store.write(_ERASE_ALL, {"account_ids": listed})

    def holders(
        self, *, after: AccountId | None = None, limit: int = HOLDERS_MAX
    ) -> list[AccountId]:
        """List the accounts that have a session, over or not, by id.

        Args:
            after: the last one of the list before.
            limit: how many at the most.
        """
        found = self._store.rows(
            _HOLDERS, {"after": after or "", "limit": limit}, tuple[AccountId]
        )
        return [account for (account,) in found]


def csrf_token(session: StoredSession) -> str:
    """Give the token that every form of the session carries."""
    seal = hmac.digest(session.csrf_secret, b"form", "sha256")
    return base64.urlsafe_b64encode(seal).rstrip(b"=").decode()


def check_csrf(session: StoredSession, token: str) -> None:
    """Refuse a form that does not come from a page of this session.

    Raises:
        ForbiddenError: the token is missing or is another session's.
    """
    expected = csrf_token(session).encode()
    if not hmac.compare_digest(expected, token.encode("utf-8", "replace")):
        raise ForbiddenError("the form is not from this session; load the page again")


def _limits(at: datetime) -> dict[str, int]:
    return {"idle_ms": to_ms(at - IDLE), "absolute_ms": to_ms(at - ABSOLUTE)}


def _digest(cookie: Secret) -> bytes:
    text = cookie.reveal().encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).digest()
