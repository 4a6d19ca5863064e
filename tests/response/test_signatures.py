"""Signatures: the TC's own samples, what is altered, and what cannot be checked."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from foedus.errors import InvalidInputError
from foedus.response.signatures import (
    CannotCheckError,
    Json,
    PublicKey,
    Status,
    TrustStore,
    instant_text,
    message,
    thumbprint,
    verify,
)

WHILE_VALID = datetime(2023, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "cacao/oasis-examples"


def load(folder: Path, name: str) -> dict[str, object]:
    document = json.loads((folder / name).read_bytes())
    assert isinstance(document, dict)
    return document


def signature(document: Json, n: int = 0) -> dict[str, object]:
    listed = document["signatures"]
    assert isinstance(listed, list)
    found = listed[n]
    assert isinstance(found, dict)
    return found


def trusting(document: Json) -> TrustStore:
    body = signature(document, -1)["public_key"]
    pem = f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
    return TrustStore([pem.encode()])


def statuses(document: Json, store: TrustStore, when: datetime) -> list[Status]:
    return [one.status for one in verify(document, store, when)]


def test_the_sample_of_the_committee_verifies(folder: Path) -> None:
    document = load(folder, "signed-rsa.json")

    assert message(document, signature(document)) == (
        b"973bb6492184e4681b1eab9df1f56926fc1a91582e3529bfd0bfb231e1c51b0a"
    )
    assert statuses(document, trusting(document), WHILE_VALID) == [Status.VALID]


def test_of_two_signatures_one_is_good_and_one_cannot_be_checked(folder: Path) -> None:
    document = load(folder, "signed-two-signatures.json")

    found = statuses(document, trusting(document), WHILE_VALID)

    assert found == [Status.CANNOT_CHECK, Status.VALID]


def test_a_key_that_nobody_vouches_for_is_never_valid(folder: Path) -> None:
    document = load(folder, "signed-rsa.json")

    assert statuses(document, TrustStore(), WHILE_VALID) == [Status.UNTRUSTED]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (datetime(2023, 1, 1, tzinfo=UTC), Status.NOT_YET),
        (datetime(2023, 6, 10, 17, 39, 31, 319_000, tzinfo=UTC), Status.EXPIRED),
    ],
)
def test_a_signature_holds_only_in_its_time(
    folder: Path, when: datetime, expected: Status
) -> None:
    document = load(folder, "signed-rsa.json")

    assert statuses(document, trusting(document), when) == [expected]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("name", "Playbook 2", Status.INVALID),
        ("modified", "2022-05-18T11:31:31.320Z", Status.INVALID),
    ],
)
def test_what_was_altered_is_invalid(
    folder: Path, name: str, value: str, expected: Status
) -> None:
    document = load(folder, "signed-rsa.json")
    store = trusting(document)

    assert statuses({**document, name: value}, store, WHILE_VALID) == [expected]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("algorithm", "XMSS-SHA2_10_256"),
        ("algorithm", "HS256"),
        ("hash_algorithm", "whirlpool"),
        ("public_key", "AAAA"),
        ("value", "*"),
        ("valid_until", "later"),
    ],
)
def test_what_is_not_known_here_cannot_be_checked(
    folder: Path, name: str, value: str
) -> None:
    document = load(folder, "signed-rsa.json")
    store = trusting(document)
    signature(document)[name] = value

    found = verify(document, store, WHILE_VALID)

    expected = Status.INVALID if name == "valid_until" else Status.CANNOT_CHECK
    assert found[0].status is expected


def test_nothing_is_fetched(folder: Path) -> None:
    document = load(folder, "signed-rsa.json")
    del signature(document)["public_key"]
    signature(document)["cert_url"] = "https://example.org/key.pem"

    found = verify(document, TrustStore(), WHILE_VALID)

    assert found[0].status is Status.CANNOT_CHECK
    assert "nothing is fetched" in found[0].reason


def test_a_thumbprint_names_a_trusted_key(folder: Path) -> None:
    store = trusting(load(folder, "signed-rsa.json"))
    body = signature(load(folder, "signed-rsa.json"))["public_key"]
    key: PublicKey = serialization.load_pem_public_key(  # type: ignore[assignment]
        f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n".encode()
    )

    assert store.find(thumbprint(key)) is not None
    assert store.find("AAAA") is None


def test_what_is_no_key_is_not_trusted() -> None:
    with pytest.raises(InvalidInputError):
        TrustStore([b"my key"])


def test_a_document_without_a_canonical_form_cannot_be_checked() -> None:
    with pytest.raises(CannotCheckError):
        message({"n": 2**60}, {"hash_algorithm": "sha-256"})


def test_instants_are_written_with_three_decimals() -> None:
    assert instant_text(WHILE_VALID) == "2023-03-01T00:00:00.000Z"
