"""Making signatures of playbooks: RS256, ES256 and Ed25519, as the TC writes them.

Source: CACAO 2.0, section 10.15 and appendix A; RFC 7518, section 3; RFC 8037.
"""

import base64
import uuid
from collections.abc import Mapping
from datetime import datetime

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from foedus.errors import InvalidInputError
from foedus.response.signatures import instant_text, message

Json = Mapping[str, object]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

RSA_BITS_MIN = 2_048
"""Bits of an RSA key; shorter ones can be broken."""

_P256_BYTES = 32


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs, when, and until when it holds."""

    signee: str
    created: datetime
    valid_until: datetime | None = None
    created_by: str | None = None


def read_private_key(pem: bytes) -> PrivateKey:
    """Read a private key without a password.

    Raises:
        InvalidInputError: it is none of RSA, P-256 and Ed25519, or locked.
    """
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidInputError(
            "give a private key in PEM, without a password"
        ) from error
    match key:
        case ed25519.Ed25519PrivateKey():
            return key
        case rsa.RSAPrivateKey() if key.key_size >= RSA_BITS_MIN:
            return key
        case ec.EllipticCurvePrivateKey() if key.curve.name == "secp256r1":
            return key
    raise InvalidInputError(
        f"sign with Ed25519, P-256 or RSA of {RSA_BITS_MIN} bits or more"
    )


def sign(playbook: Json, key: PrivateKey, terms: Terms) -> dict[str, object]:
    """Add a signature to a playbook; everything else stays as it is.

    Args:
        playbook: as it was read.
        key: the key of the signee.
        terms: who signs, when, until when.
    """
    now = instant_text(terms.created)
    signature: dict[str, object] = {
        "type": "jss",
        "id": f"jss--{uuid.uuid4()}",
        "created": now,
        "modified": now,
        "signee": terms.signee,
        "valid_from": now,
        "related_to": playbook.get("id"),
        "related_version": playbook.get("modified"),
        "hash_algorithm": "sha-256",
        "algorithm": _algorithm(key),
        "public_key": _public_text(key),
    }
    if terms.created_by is not None:
        signature["created_by"] = terms.created_by
    if terms.valid_until is not None:
        signature["valid_until"] = instant_text(terms.valid_until)
    value = _sign(key, message(playbook, signature))
    signature["value"] = base64.urlsafe_b64encode(value).rstrip(b"=").decode()
    before = playbook.get("signatures")
    return {
        **playbook,
        "signatures": [*(before if isinstance(before, list) else []), signature],
    }


def _algorithm(key: PrivateKey) -> str:
    match key:
        case rsa.RSAPrivateKey():
            return "RS256"
        case ec.EllipticCurvePrivateKey():
            return "ES256"
        case _:
            return "Ed25519"


def _public_text(key: PrivateKey) -> str:
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()


def _sign(key: PrivateKey, signed: bytes) -> bytes:
    match key:
        case rsa.RSAPrivateKey():
            return key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        case ec.EllipticCurvePrivateKey():
            r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(_P256_BYTES) + s.to_bytes(_P256_BYTES)
        case _:
            return key.sign(signed)
