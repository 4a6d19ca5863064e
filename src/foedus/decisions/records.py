"""Records that prove an outcome without the hub: signed, and checked by folding anew.

- A record holds the events of a decision with their arrival, and what they made of it.
  Words that its reader may not see are withheld; no step is on which the outcome rests.
- The signature is Ed25519 over the JCS form of everything else (RFC 8032, RFC 8785).
- Whoever verifies folds the events again: the stated outcome has to be what they make,
  and what was adopted has to have the hash that was circulated.
"""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from foedus.decisions.events import Adopted, DecisionEvent
from foedus.decisions.folding import fold
from foedus.decisions.states import Decision, Phase
from foedus.decisions.telling import Entry
from foedus.decisions.texts import hash_of
from foedus.errors import InvalidInputError, RuleViolationError
from foedus.ids import DecisionId

KEY: Final = "decision-records"
"""The name of the signing key in `state.db`."""

FORMAT: Final = "foedus-decision-record-1"

_SEED_BYTES: Final = 32


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One event, with its arrival in milliseconds since 1970."""

    arrival_ms: int
    event: DecisionEvent


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed, and by whom.

    Attributes:
        outcome: the phase that the events make.
        effective_ms: when the procedure ended, in milliseconds since 1970.
        key: the public key, in hexadecimal.
        signature: over everything else, in hexadecimal.
    """

    format: Literal["foedus-decision-record-1"] = FORMAT
    alliance: str
    decision: DecisionId
    outcome: Phase
    text_hash: str
    effective_ms: int | None
    events: tuple[Line, ...]
    key: str = ""
    signature: str = ""


def public_key(secret: bytes) -> str:
    """Give the public key of a hub, in hexadecimal."""
    return _private(secret).public_key().public_bytes_raw().hex()


def lines_of(entries: Iterable[Entry]) -> tuple[Line, ...]:
    """Give the lines of a record; see `telling.for_record`."""
    return tuple(Line(arrival_ms=each.arrival_ms, event=each.event) for each in entries)


def record_of(
    decision: Decision, events: tuple[Line, ...], alliance: str, secret: bytes
) -> bytes:
    """Make the record of a decision, signed."""
    record = Record(
        alliance=alliance,
        decision=decision.id,
        outcome=decision.phase,
        text_hash=decision.adopted_hash or decision.text_hash,
        effective_ms=decision.effective_ms,
        events=events,
        key=public_key(secret),
    )
    signed = _private(secret).sign(_canonical(record)).hex()
    return msgspec.json.encode(msgspec.structs.replace(record, signature=signed))


def verify(document: bytes, key: str | None = None) -> Record:
    """Check a record.

    Args:
        document: the record.
        key: the public key that is trusted; None for the one in the record, which
            proves only that nothing was altered since.

    Raises:
        InvalidInputError: it is no record.
        RuleViolationError: it was altered, is signed by another key, or its events do
            not make the outcome that it states.
    """
    try:
        record = msgspec.json.decode(document, type=Record)
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(record.key))
        signature = bytes.fromhex(record.signature)
    except (msgspec.MsgspecError, ValueError) as error:
        raise InvalidInputError(f"this is no record of a decision: {error}") from error
    if key is not None and key.strip().lower() != record.key:
        raise RuleViolationError("the record is signed by another key than yours")
    try:
        public.verify(signature, _canonical(record))
    except InvalidSignature as error:
        raise RuleViolationError(
            "the record was altered since it was signed"
        ) from error
    _check_outcome(record)
    return record


def _check_outcome(record: Record) -> None:
    made = fold((each.event, each.arrival_ms) for each in record.events)
    if made is None or (made.id, made.phase, made.effective_ms) != (
        record.decision,
        record.outcome,
        record.effective_ms,
    ):
        raise RuleViolationError("its events do not make the outcome that it states")
    adopted = any(isinstance(each.event, Adopted) for each in record.events)
    if adopted and hash_of(made.text) != record.text_hash:
        raise RuleViolationError("what was adopted is not what was circulated")


def _canonical(record: Record) -> bytes:
    unsigned = msgspec.structs.replace(record, signature="")
    return rfc8785.dumps(msgspec.json.decode(msgspec.json.encode(unsigned)))


def _private(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret[:_SEED_BYTES])
