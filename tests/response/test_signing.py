"""Making signatures: what is signed verifies, and stays bound to what it signs."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from foedus.errors import InvalidInputError
from foedus.response.signatures import Status, TrustStore, verify
from foedus.response.signing import PrivateKey, Terms, read_private_key, sign
from tests.response.books import judge, linear
from tests.response.test_signatures import WHILE_VALID, signature

TERMS = Terms(signee="Member A", created=WHILE_VALID)

KEYS: dict[str, PrivateKey] = {
    "RS256": rsa.generate_private_key(65_537, 2_048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
}


def public(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def private(key: ec.EllipticCurvePrivateKey | PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.mark.parametrize("algorithm", KEYS)
def test_what_is_signed_verifies_with_each_algorithm(algorithm: str) -> None:
    key = KEYS[algorithm]

    signed = sign(linear(), read_private_key(private(key)), TERMS)

    found = verify(signed, TrustStore([public(key)]), WHILE_VALID)
    assert [(one.status, one.algorithm) for one in found] == [(Status.VALID, algorithm)]
    assert judge(signed).rules == ()


@pytest.mark.parametrize("algorithm", KEYS)
def test_what_is_signed_and_altered_is_refused(algorithm: str) -> None:
    signed = sign(linear(), KEYS[algorithm], TERMS)
    signed["description"] = "something else"

    assert judge(signed).rules == ("V32",)


def test_a_second_signature_leaves_the_first_valid() -> None:
    once = sign(linear(), KEYS["ES256"], TERMS)
    terms = Terms(
        signee="Member B",
        created=WHILE_VALID,
        valid_until=WHILE_VALID.replace(year=2024),
        created_by="identity--0f1b651d-3f95-43d7-81a5-1b150b71c92d",
    )

    twice = sign(once, KEYS["Ed25519"], terms)

    store = TrustStore(public(key) for key in KEYS.values())
    found = verify(twice, store, WHILE_VALID)
    assert [one.status for one in found] == [Status.VALID, Status.VALID]
    assert signature(twice, 0) == signature(once, 0)


def test_a_value_in_hex_is_read_too() -> None:
    signed = sign(linear(), KEYS["Ed25519"], TERMS)
    import base64  # noqa: PLC0415

    value = str(signature(signed)["value"])
    signature(signed)["value"] = base64.urlsafe_b64decode(value + "==").hex()
    signature(signed)["hash_algorithm"] = "sha-256"

    found = verify(signed, TrustStore([public(KEYS["Ed25519"])]), WHILE_VALID)

    assert found[0].status is Status.VALID


@pytest.mark.parametrize(
    "pem",
    [
        b"no key",
        private(ec.generate_private_key(ec.SECP384R1())),
        private(rsa.generate_private_key(65_537, 1_024)),  # noqa: S505 - refused
    ],
)
def test_a_key_that_is_not_taken_is_refused(pem: bytes) -> None:
    with pytest.raises(InvalidInputError):
        read_private_key(pem)
