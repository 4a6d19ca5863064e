"""Making signatures: what is signed verifies, and stays bound to what it signs."""

import base64
import hashlib
from collections.abc import Callable

import pytest
import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from foedus.errors import InvalidInputError
from foedus.response.signatures import (
    SIGNATURES_MAX,
    Status,
    TrustStore,
    message,
    verify,
)
from foedus.response.signing import PrivateKey, Terms, read_private_key, sign
from tests.response.books import Json, judge, linear
from tests.response.test_signatures import WHILE_VALID, signature

Make = Callable[[bytes], bytes]

TERMS = Terms(signee="Member A", created=WHILE_VALID)

KEYS: dict[str, PrivateKey] = {
    "RS256": rsa.generate_private_key(65_537, 2_048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "Ed25519": Ed25519PrivateKey.generate(),
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


def by_hand(signer: PrivateKey, algorithm: str, make: Make) -> Json:
    """Sign with an algorithm that this hub checks but does not make."""
    document = sign(linear(), signer, TERMS)
    one = signature(document)
    one.update(algorithm=algorithm, hash_algorithm="sha512")
    one["value"] = text_of(make(message(document, one)))
    return document


def text_of(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def test_other_algorithms_are_checked_too() -> None:
    rs, es = KEYS["RS256"], KEYS["ES256"]
    assert isinstance(rs, rsa.RSAPrivateKey)
    assert isinstance(es, ec.EllipticCurvePrivateKey)
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
    documents = [
        by_hand(rs, "PS384", lambda text: rs.sign(text, pss, hashes.SHA384())),
        by_hand(es, "ES256", lambda text: es.sign(text, ec.ECDSA(hashes.SHA256()))),
    ]
    store = TrustStore([public(rs), public(es)])

    found = [verify(document, store, WHILE_VALID)[0] for document in documents]

    assert [one.status for one in found] == [Status.VALID, Status.VALID]
    signature(documents[1])["value"] = "AAAA"
    assert verify(documents[1], store, WHILE_VALID)[0].status is Status.INVALID


def certificate(key: PrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Member A")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(WHILE_VALID)
        .not_valid_after(WHILE_VALID.replace(year=2024))
        .sign(key, None if isinstance(key, Ed25519PrivateKey) else hashes.SHA256())
    )


def test_a_certificate_names_a_key_and_can_be_trusted() -> None:
    key = KEYS["Ed25519"]
    made = certificate(key)
    document = sign(linear(), key, TERMS)
    one = signature(document)
    del one["public_key"]
    der = made.public_bytes(serialization.Encoding.DER)
    one["public_cert_chain"] = [base64.b64encode(der).decode()]
    assert isinstance(key, Ed25519PrivateKey)
    one["value"] = text_of(key.sign(message(document, one)))
    store = TrustStore([made.public_bytes(serialization.Encoding.PEM)])

    assert verify(document, store, WHILE_VALID)[0].status is Status.VALID
    assert verify(document, TrustStore(), WHILE_VALID)[0].status is Status.UNTRUSTED
    assert store.find(text_of(made.fingerprint(hashes.SHA256()))) is not None
    one["public_cert_chain"] = ["AAAA"]
    assert verify(document, store, WHILE_VALID)[0].status is Status.CANNOT_CHECK


def countersigned(key: Ed25519PrivateKey) -> Json:
    """Let a second key sign the signature of a first."""
    document = sign(linear(), KEYS["ES256"], TERMS)
    counter = dict(signature(sign(linear(), key, TERMS)))
    del counter["value"]
    signed = {**signature(document), "signature": counter}
    digest = hashlib.sha256(rfc8785.dumps(signed)).hexdigest()  # type: ignore[arg-type] # JSON
    counter["value"] = text_of(key.sign(digest.encode()))
    signature(document)["signature"] = counter
    return document


def test_a_counter_signature_signs_the_signature_it_stands_in() -> None:
    key = KEYS["Ed25519"]
    assert isinstance(key, Ed25519PrivateKey)
    document = countersigned(key)
    store = TrustStore([public(KEYS["ES256"]), public(key)])
    half = TrustStore([public(KEYS["ES256"])])

    [found] = verify(document, store, WHILE_VALID)
    [partly] = verify(document, half, WHILE_VALID)

    assert found.status is Status.VALID
    assert [one.status for one in found.counter] == [Status.VALID]
    assert [one.status for one in partly.counter] == [Status.UNTRUSTED]
    counter = signature(document)["signature"]
    assert isinstance(counter, dict)
    counter["signee"] = "Member C"
    [altered] = verify(document, store, WHILE_VALID)
    assert [one.status for one in altered.counter] == [Status.INVALID]
    counter["algorithm"] = "LMS_SHA256_M32_H5"
    [unknown] = verify(document, store, WHILE_VALID)
    assert [one.status for one in unknown.counter] == [Status.CANNOT_CHECK]


def test_a_revoked_signature_fits_and_does_not_hold() -> None:
    key = KEYS["Ed25519"]
    assert isinstance(key, Ed25519PrivateKey)
    document = sign(linear(), key, TERMS)
    one = signature(document)
    one["revoked"] = True
    one["value"] = text_of(key.sign(message(document, one)))

    found = verify(document, TrustStore([public(key)]), WHILE_VALID)

    assert found[0].status is Status.REVOKED
    assert [finding.text for finding in judge(document).findings] == ["is revoked"]


@pytest.mark.parametrize("name", ["signee", "public_key", "value"])
def test_a_signature_that_lacks_a_part_is_refused(name: str) -> None:
    document = sign(linear(), KEYS["Ed25519"], TERMS)
    del signature(document)[name]

    assert judge(document).rules == ("V32",)


def test_there_may_be_only_so_many_signatures() -> None:
    document = sign(linear(), KEYS["Ed25519"], TERMS)
    document["signatures"] = [signature(document)] * (SIGNATURES_MAX + 1)

    assert judge(document).rules == ("V33",)
