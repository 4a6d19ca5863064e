"""Signatures of playbooks: whether the maths fits, and what that is worth.

- What is signed is the lower-case hex text of a hash of the canonical playbook, which
  holds of `signatures` only the one in question, without its `value`.
- Mathematics is not trust: a key that came with the playbook proves nothing until
  somebody says whose it is. `valid` is said only of a trusted key.
- What this hub cannot check is called so, never invalid: other algorithms, keys that
  would have to be fetched.
- A counter-signature signs the signature it stands in, `value` included.

Source: CACAO 2.0, sections 2.5, 10.15 and appendix A, measured on the TC's own
samples; RFC 8785 (JCS); RFC 7518, section 3.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec
import rfc8785
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.x509 import load_der_x509_certificate

from foedus.errors import InvalidInputError
from foedus.response.findings import Findings, at
from foedus.stix.timestamps import Instant, parse_instant, parse_us

SIGNATURES_MAX = 64
"""Signatures of one playbook, and counter-signatures of one signature."""

Json = Mapping[str, object]
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

KEY_FORMS = ("public_key", "public_cert_chain", "cert_url", "thumbprint")

_HASHES = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}
_SPELLINGS = {name.replace("-", ""): name for name in _HASHES}
_BITS: dict[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}
_CURVE_BYTES = {"ES256": 32, "ES384": 48, "ES512": 66}
_WEAK = frozenset({"HS256", "HS384", "HS512"})


class Status(StrEnum):
    """What a signature is worth."""

    VALID = "valid"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    NOT_YET = "not yet valid"
    REVOKED = "revoked"
    INVALID = "invalid"
    CANNOT_CHECK = "cannot check"


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of checking one signature.

    Attributes:
        status: what it is worth.
        reason: why it is not worth more.
        counter: the counter-signatures, from the inner to the outer.
    """

    id: str
    signee: str
    algorithm: str
    status: Status
    reason: str = ""
    counter: tuple["Checked", ...] = ()


class CannotCheckError(InvalidInputError):
    """This hub cannot check such a signature; it may be good."""

    slug = "cannot-check"
    title = "The signature cannot be checked here"


class TrustStore:
    """The keys of which it is known whose they are.

    Args:
        keys: public keys or certificates, each in PEM.

    Raises:
        InvalidInputError: one of them is neither.
    """

    def __init__(self, keys: Iterable[bytes] = ()) -> None:
        self._by_thumbprint: dict[str, PublicKey] = {}
        for pem in keys:
            self._add(pem)

    def holds(self, key: PublicKey) -> bool:
        """Tell whether a key is trusted."""
        return thumbprint(key) in self._by_thumbprint

    def find(self, name: str) -> PublicKey | None:
        """Give the trusted key of a thumbprint, as base64url or hex."""
        return self._by_thumbprint.get(name.rstrip("="))

    def _add(self, pem: bytes) -> None:
        try:
            if b"BEGIN CERTIFICATE" in pem:
                from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415

                certificate = load_pem_x509_certificate(pem)
                key = _known(certificate.public_key())
                der = certificate.public_bytes(serialization.Encoding.DER)
                self._by_thumbprint[_base64url(hashlib.sha256(der).digest())] = key
            else:
                key = _known(serialization.load_pem_public_key(pem))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise InvalidInputError(
                "a key to trust is a public key or a certificate, in PEM"
            ) from error
        self._by_thumbprint[thumbprint(key)] = key


def thumbprint(key: PublicKey) -> str:
    """Give the SHA-256 of a public key's DER, as base64url."""
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return _base64url(hashlib.sha256(der).digest())


def verify(playbook: Json, trusted: TrustStore, at_instant: datetime) -> list[Checked]:
    """Check every signature of a playbook.

    Args:
        playbook: as it was read.
        trusted: the keys of which it is known whose they are.
        at_instant: the instant at which it should be valid.
    """
    moment = parse_instant(at_instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    found = []
    for signature in _signatures(playbook):
        kept = {key: signature[key] for key in signature if key != "signature"}
        found.append(_check(playbook, kept, signature, (trusted, moment)))
    return found


def message(playbook: Json, signature: Json) -> bytes:
    """Give what a signature of a playbook signs.

    Raises:
        CannotCheckError: the hash is unknown, or there is no canonical form.
    """
    bare = {k: v for k, v in signature.items() if k not in ("value", "signature")}
    return _hex_hash({**playbook, "signatures": [bare]}, signature)


def check_signatures(playbook: Json, findings: Findings) -> None:
    """Check signatures as far as no clock and no trust is needed (V32)."""
    listed = playbook.get("signatures")
    if listed is None:
        return
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        findings.refuse("V32", "$.signatures", "write a list of signatures")
        return
    if len(listed) > SIGNATURES_MAX:
        findings.refuse("V33", "$.signatures", f"at most {SIGNATURES_MAX}")
        return
    for n, signature in enumerate(listed):
        path = at("$.signatures", n)
        _check_form(playbook, signature, path, findings)
        _check_maths(playbook, signature, path, findings)


def _check_form(playbook: Json, signature: Json, path: str, findings: Findings) -> None:
    for name in ("id", "signee", "algorithm", "hash_algorithm", "value"):
        if not isinstance(signature.get(name), str):
            findings.refuse("V32", at(path, name), "required; give it as a string")
    if sum(name in signature for name in KEY_FORMS) != 1:
        findings.refuse("V32", path, f"give exactly one of {', '.join(KEY_FORMS)}")
    for name, wanted in (("related_to", "id"), ("related_version", "modified")):
        if signature.get(name) != playbook.get(wanted):
            findings.refuse("V32", at(path, name), f"is not the playbook's {wanted}")
    if signature.get("revoked") is True:
        findings.warn("V32", path, "is revoked")
    if signature.get("algorithm") in _WEAK:
        findings.warn("V32", at(path, "algorithm"), "a shared secret proves nothing")


def _check_maths(
    playbook: Json, signature: Json, path: str, findings: Findings
) -> None:
    try:
        key = _key_of(signature, TrustStore())
        fits = _fits(key, signature, message(playbook, signature))
    except CannotCheckError as error:
        findings.warn("V32", path, f"cannot be checked here: {error}")
        return
    if not fits:
        findings.refuse("V32", path, "does not fit the playbook; it was altered")


def _signatures(playbook: Json) -> Iterator[Json]:
    listed = playbook.get("signatures")
    for one in (listed if isinstance(listed, list) else [])[:SIGNATURES_MAX]:
        if isinstance(one, dict):
            yield one


def _check(
    playbook: Json, signature: Json, whole: Json, world: tuple[TrustStore, Instant]
) -> Checked:
    trusted, moment = world
    try:
        key = _key_of(signature, trusted)
        fits = _fits(key, signature, message(playbook, signature))
    except CannotCheckError as error:
        return _checked(whole, Status.CANNOT_CHECK, str(error), world)
    if not fits:
        return _checked(whole, Status.INVALID, "it does not fit the playbook", world)
    for name, wanted in (("related_to", "id"), ("related_version", "modified")):
        if signature.get(name) != playbook.get(wanted):
            reason = f"{name} is not the playbook's {wanted}"
            return _checked(whole, Status.INVALID, reason, world)
    status, reason = _standing(signature, moment)
    if status is Status.VALID and not trusted.holds(key):
        status, reason = Status.UNTRUSTED, "nobody vouches for its key"
    return _checked(whole, status, reason, world)


def _checked(
    signature: Json, status: Status, reason: str, world: tuple[TrustStore, Instant]
) -> Checked:
    return Checked(
        id=str(signature.get("id", "")),
        signee=str(signature.get("signee", "")),
        algorithm=str(signature.get("algorithm", "")),
        status=status,
        reason=reason,
        counter=tuple(_counter(signature, world)),
    )


def _counter(signed: Json, world: tuple[TrustStore, Instant]) -> Iterator[Checked]:
    """Check the chain of counter-signatures, each of the one it stands in."""
    for _ in range(SIGNATURES_MAX):
        counter = signed.get("signature")
        if not isinstance(counter, dict):
            return
        alone = {k: v for k, v in counter.items() if k != "signature"}
        bare = {k: v for k, v in alone.items() if k != "value"}
        status, reason = _judge_counter({**signed, "signature": bare}, alone, world)
        yield Checked(
            id=str(counter.get("id", "")),
            signee=str(counter.get("signee", "")),
            algorithm=str(counter.get("algorithm", "")),
            status=status,
            reason=reason,
        )
        signed = counter


def _judge_counter(
    signed: Json, counter: Json, world: tuple[TrustStore, Instant]
) -> tuple[Status, str]:
    trusted, moment = world
    try:
        key = _key_of(counter, trusted)
        fits = _fits(key, counter, _hex_hash(signed, counter))
    except CannotCheckError as error:
        return Status.CANNOT_CHECK, str(error)
    if not fits:
        return Status.INVALID, "it does not fit the signature"
    status, reason = _standing(counter, moment)
    if status is Status.VALID and not trusted.holds(key):
        return Status.UNTRUSTED, "nobody vouches for its key"
    return status, reason


def _standing(signature: Json, moment: Instant) -> tuple[Status, str]:
    if signature.get("revoked") is True:
        return Status.REVOKED, "its maker revoked it"
    for name, status in (
        ("valid_from", Status.NOT_YET),
        ("valid_until", Status.EXPIRED),
    ):
        limit = signature.get(name)
        if limit is None:
            continue
        try:
            when = parse_instant(str(limit))
        except InvalidInputError:
            return Status.CANNOT_CHECK, f"{name} is no instant"
        late = moment >= when
        if late is (status is Status.EXPIRED):
            return status, f"{name} is {limit}"
    return Status.VALID, ""


def _hex_hash(document: Json, signature: Json) -> bytes:
    spelled = str(signature.get("hash_algorithm", ""))
    name = _HASHES.get(_SPELLINGS.get(spelled.lower(), spelled.lower()))
    if name is None:
        raise CannotCheckError(f"the hash {spelled[:40]!a} is not known here")
    try:
        canonical = rfc8785.dumps(dict(document))  # type: ignore[arg-type] # JSON as read
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise CannotCheckError("the playbook has no canonical form") from error
    return hashlib.new(name, canonical).hexdigest().encode()


def _key_of(signature: Json, trusted: TrustStore) -> PublicKey:
    """Give the key that a signature names.

    Raises:
        CannotCheckError: it must be fetched, is not known, or is no key.
    """
    match signature:
        case {"public_key": str(text)}:
            return _read_key(text)
        case {"public_cert_chain": [str(text), *_]}:
            return _read_certificate(text)
        case {"thumbprint": str(name)}:
            key = trusted.find(name)
            if key is None:
                raise CannotCheckError("the key of this thumbprint is not known here")
            return key
    raise CannotCheckError("its key is not in the playbook; nothing is fetched")


def _read_key(text: str) -> PublicKey:
    body = re.sub(r"-----[A-Z ]+-----|\s", "", text)
    try:
        der = base64.b64decode(body, validate=True)
        return _known(serialization.load_der_public_key(der))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CannotCheckError("its public key cannot be read") from error


def _read_certificate(text: str) -> PublicKey:
    try:
        der = base64.b64decode(re.sub(r"\s", "", text), validate=True)
        return _known(load_der_x509_certificate(der).public_key())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CannotCheckError("its certificate cannot be read") from error


def _known(key: object) -> PublicKey:
    if isinstance(
        key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
    ):
        return key
    raise CannotCheckError("keys of this kind are not known here")


def _fits(key: PublicKey, signature: Json, signed: bytes) -> bool:
    """Tell whether the maths fits.

    Raises:
        CannotCheckError: the algorithm or the encoding is not known here.
    """
    algorithm = str(signature.get("algorithm", ""))
    value = _read_value(str(signature.get("value", "")))
    try:
        match key, algorithm[:2], algorithm[2:]:
            case rsa.RSAPublicKey(), "RS", bits if bits in _BITS:
                key.verify(value, signed, padding.PKCS1v15(), _BITS[bits])
            case rsa.RSAPublicKey(), "PS", bits if bits in _BITS:
                size = _BITS[bits].digest_size
                pss = padding.PSS(padding.MGF1(_BITS[bits]), size)
                key.verify(value, signed, pss, _BITS[bits])
            case ec.EllipticCurvePublicKey(), "ES", bits if bits in _BITS:
                der = _as_der(value, _CURVE_BYTES[algorithm])
                key.verify(der, signed, ec.ECDSA(_BITS[bits]))
            case ed25519.Ed25519PublicKey(), "Ed", "25519" | "DSA":
                key.verify(value, signed)
            case _:
                raise CannotCheckError(
                    f"{algorithm[:40]!a} with this key is not known here"
                )
    except InvalidSignature:
        return False
    return True


def _read_value(text: str) -> bytes:
    """Read a signature's value: base64url as the TC writes it, or hex as some do."""
    if re.fullmatch(r"(?:[0-9a-f]{2}){32,}", text):
        return bytes.fromhex(text)
    try:
        padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotCheckError("its value is neither base64url nor hex") from error


def _as_der(value: bytes, size: int) -> bytes:
    """Take a signature of a curve as two numbers, or as DER already."""
    if len(value) == 2 * size:
        r, s = value[:size], value[size:]
        return encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    try:
        decode_dss_signature(value)
    except ValueError as error:
        raise InvalidSignature from error
    return value


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def instant_text(when: datetime) -> str:
    """Write an instant as CACAO does: UTC, three decimals."""
    text = when.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    assert parse_us(text) >= 0, "instants of signatures are after 1970"
    return text
