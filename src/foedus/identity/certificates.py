"""Client certificates: a card or a machine's key, checked by a proxy in front.

- The proxy proves possession and the chain; the hub knows which certificate is whose.
  A certificate that nobody has enrolled here signs in nobody, whoever issued it.
- What is compared is the SHA-256 of the whole certificate; one that has run out is
  refused, though the proxy let it pass.

Source: RFC 9440 (the header), RFC 5280 (the certificate).
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from foedus.clock import from_ms, to_ms
from foedus.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId

CERTIFICATE: Final = "foedus.certificate"
"""Where a request's scope holds the certificate that a trusted proxy vouches for."""

CERTIFICATES_MAX: Final = 10
"""Certificates of one account: the old one, the new one, a few machines."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS certificate (
    fingerprint BLOB    NOT NULL PRIMARY KEY CHECK (length(fingerprint) = 32),
    account_id  TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    begins_ms   INTEGER NOT NULL,
    ends_ms     INTEGER NOT NULL,
    enrolled_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS certificate_of_account ON certificate (account_id);
"""

_ENROL = """
INSERT INTO certificate
       (fingerprint, account_id, subject, begins_ms, ends_ms, enrolled_ms)
VALUES (:fingerprint, :account_id, :subject, :begins_ms, :ends_ms, :enrolled_ms)
    ON CONFLICT (fingerprint) DO NOTHING
"""

_FIND = """
SELECT account_id
  FROM certificate
 WHERE fingerprint = :fingerprint AND begins_ms <= :at_ms AND ends_ms > :at_ms
"""

_LIST = """
SELECT fingerprint, subject, begins_ms, ends_ms
  FROM certificate
 WHERE account_id = :account_id
 ORDER BY enrolled_ms, fingerprint
 LIMIT :limit
"""

_REMOVE = """
DELETE FROM certificate
 WHERE account_id = :account_id AND fingerprint = :fingerprint
"""

_ERASE = "DELETE FROM certificate WHERE account_id = :account_id"


class Certificate(msgspec.Struct, frozen=True, array_like=True):
    """A certificate that signs in an account.

    Attributes:
        fingerprint: SHA-256 of the certificate in DER.
        subject: whom it names (RFC 4514); for people to know it again.
        begins_ms: from when it is good.
        ends_ms: when it runs out.
    """

    fingerprint: bytes
    subject: str
    begins_ms: int
    ends_ms: int


class Certificates:
    """The certificates in `state.db`."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)

    def enrol(self, account_id: AccountId, pem: bytes, at: datetime) -> Certificate:
        """Let a certificate sign in an account.

        Args:
            account_id: whose it is.
            pem: the file; its first certificate counts.
            at: now.

        Raises:
            InvalidInputError: the file holds none that can be read.
            RuleViolationError: it has run out, or the account has too many.
            ConflictError: it signs in an account already.
        """
        read = _read(pem)
        if read.ends_ms <= to_ms(at):
            raise RuleViolationError(
                f"the certificate ran out on {from_ms(read.ends_ms):%Y-%m-%d}; "
                "enrol its successor"
            )
        if len(self.list_of(account_id)) >= CERTIFICATES_MAX:
            raise RuleViolationError(
                f"an account has at most {CERTIFICATES_MAX} certificates; remove one"
            )
        bindings: Bindings = {
            "fingerprint": read.fingerprint,
            "account_id": account_id,
            "subject": read.subject,
            "begins_ms": read.begins_ms,
            "ends_ms": read.ends_ms,
            "enrolled_ms": to_ms(at),
        }
        if self._store.write(_ENROL, bindings) == 0:
            raise ConflictError("this certificate signs in an account here already")
        return read

    def holder(self, der: bytes, at: datetime) -> AccountId | None:
        """Tell whom a certificate signs in; None if nobody, or not now."""
        fingerprint = hashlib.sha256(der).digest()
        bindings: Bindings = {"fingerprint": fingerprint, "at_ms": to_ms(at)}
        return self._store.value(_FIND, bindings, AccountId)

    def list_of(self, account_id: AccountId) -> Sequence[Certificate]:
        """List the certificates of an account, in the order of their enrolment."""
        bindings: Bindings = {"account_id": account_id, "limit": CERTIFICATES_MAX}
        return self._store.rows(_LIST, bindings, Certificate)

    def remove(self, account_id: AccountId, fingerprint: str) -> None:
        """Let a certificate sign in nobody any more.

        Raises:
            NotFoundError: the account has none of that fingerprint.
        """
        try:
            digest = bytes.fromhex(fingerprint.replace(":", ""))
        except ValueError:
            digest = b""
        bindings: Bindings = {"account_id": account_id, "fingerprint": digest}
        if self._store.write(_REMOVE, bindings) == 0:
            raise NotFoundError(
                "the account has no such certificate; copy the fingerprint from the "
                "list of its certificates"
            )

    def erase(self, account_id: AccountId) -> None:
        """Forget all certificates of an account."""
        self._store.write(_ERASE, {"account_id": account_id})


def read_header(value: bytes) -> bytes | None:
    """Read a certificate as a proxy hands it on; None if it is not written so.

    Taken are a byte sequence (`:base64:`, RFC 9440) and base64 alone.
    """
    try:
        return base64.b64decode(value.strip().strip(b":"), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def span(certificate: Certificate) -> str:
    """Say from when until when a certificate is good."""
    begins, ends = from_ms(certificate.begins_ms), from_ms(certificate.ends_ms)
    return f"{begins:%Y-%m-%d} to {ends:%Y-%m-%d}"


def _read(pem: bytes) -> Certificate:
    # 40 ms that only enrolment needs.
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    try:
        read = x509.load_pem_x509_certificate(pem)
        subject = read.subject.rfc4514_string()
    except ValueError as error:
        raise InvalidInputError(
            "the file holds no certificate in PEM; it begins with "
            "-----BEGIN CERTIFICATE-----"
        ) from error
    return Certificate(
        fingerprint=hashlib.sha256(read.public_bytes(Encoding.DER)).digest(),
        subject=subject,
        begins_ms=to_ms(read.not_valid_before_utc),
        ends_ms=to_ms(read.not_valid_after_utc),
    )
