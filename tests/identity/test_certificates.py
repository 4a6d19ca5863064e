import base64
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from foedus.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.identity.certificates import (
    CERTIFICATES_MAX,
    Certificates,
    read_header,
    span,
)
from foedus.identity.keyring import Keyring
from foedus.ids import AccountId
from tests.identity.conftest import NOON

ANIA, BEN = AccountId("account--ania"), AccountId("account--ben")


def make_certificate(
    name: str = "Ania", *, ends: datetime = NOON + timedelta(days=30)
) -> x509.Certificate:
    """Make a card's certificate; who issued it does not matter here."""
    key = Ed25519PrivateKey.generate()
    named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder(named, named, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOON - timedelta(days=1))
        .not_valid_after(ends)
        .sign(key, None)
    )


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


@pytest.fixture
def certificates(keyring: Keyring) -> Certificates:
    return keyring.certificates


def test_an_enrolled_certificate_signs_in_its_account(
    certificates: Certificates,
) -> None:
    card = make_certificate()
    enrolled = certificates.enrol(ANIA, pem(card), NOON)

    assert certificates.holder(der(card), NOON) == ANIA
    assert certificates.list_of(ANIA) == [enrolled]
    assert enrolled.subject == "CN=Ania"
    assert span(enrolled) == "2026-11-22 to 2026-12-23"


def test_a_certificate_of_the_same_name_signs_in_nobody(
    certificates: Certificates,
) -> None:
    certificates.enrol(ANIA, pem(make_certificate()), NOON)

    assert certificates.holder(der(make_certificate()), NOON) is None


@pytest.mark.parametrize(("after", "signs_in"), [(29, True), (30, False), (-2, False)])
def test_a_certificate_is_good_between_its_dates(
    certificates: Certificates,
    after: int,
    signs_in: bool,  # noqa: FBT001 - a case
) -> None:
    card = make_certificate()
    certificates.enrol(ANIA, pem(card), NOON)

    holder = certificates.holder(der(card), NOON + timedelta(days=after))

    assert (holder == ANIA) is signs_in


def test_one_that_ran_out_is_not_enrolled(certificates: Certificates) -> None:
    with pytest.raises(RuleViolationError, match="ran out on 2026-11-23"):
        certificates.enrol(ANIA, pem(make_certificate(ends=NOON)), NOON)


@pytest.mark.parametrize("file", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n", b"\xff"])
def test_what_is_no_certificate_is_refused(
    certificates: Certificates, file: bytes
) -> None:
    with pytest.raises(InvalidInputError, match="no certificate in PEM"):
        certificates.enrol(ANIA, file, NOON)


def test_a_certificate_is_one_accounts(certificates: Certificates) -> None:
    card = pem(make_certificate())
    certificates.enrol(ANIA, card, NOON)

    with pytest.raises(ConflictError):
        certificates.enrol(BEN, card, NOON)


def test_an_account_has_so_many_and_no_more(certificates: Certificates) -> None:
    for _ in range(CERTIFICATES_MAX):
        certificates.enrol(ANIA, pem(make_certificate()), NOON)

    with pytest.raises(RuleViolationError, match="remove one"):
        certificates.enrol(ANIA, pem(make_certificate()), NOON)


def test_a_removed_certificate_signs_in_nobody(certificates: Certificates) -> None:
    card = make_certificate()
    fingerprint = certificates.enrol(ANIA, pem(card), NOON).fingerprint
    with pytest.raises(NotFoundError):
        certificates.remove(BEN, fingerprint.hex())

    certificates.remove(ANIA, fingerprint.hex(":").upper())

    assert certificates.holder(der(card), NOON) is None
    with pytest.raises(NotFoundError):
        certificates.remove(ANIA, "no fingerprint")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (b":" + base64.b64encode(b"card") + b":", b"card"),
        (base64.b64encode(b"card"), b"card"),
        (b"", None),
        (b"::", None),
        (b":not base64:", None),
    ],
)
def test_a_header_is_read_as_proxies_write_it(value: bytes, read: bytes | None) -> None:
    assert read_header(value) == read
