import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foedus import app
from foedus.errors import UnauthorizedError
from foedus.identity import totp
from foedus.identity.proofs import Proof
from tests.cli.conftest import run_in
from tests.identity.test_certificates import make_certificate, pem


@pytest.fixture
def person(folder: Path) -> Path:
    """A hub with the account `ania`."""
    words = ("account", "add", "ania", "--nation", "POL", "--role", "reader")
    assert run_in(folder, *words).exit_code == 0
    return folder


@pytest.fixture
def card(tmp_path: Path) -> Path:
    file = tmp_path / "ania.pem"
    file.write_bytes(pem(make_certificate(ends=datetime.now(UTC) + timedelta(days=9))))
    return file


def _proofs(folder: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads(
        run_in(folder, "account", "proofs", "ania", "--json").stdout
    )
    return told


def test_it_tells_how_an_account_signs_in(person: Path) -> None:
    assert _proofs(person) == {
        "name": "ania",
        "password": True,
        "app": False,
        "recovery_codes": 0,
        "passkeys": [],
        "certificates": [],
        "linked_to": None,
    }
    assert "app             no" in run_in(person, "account", "proofs", "ania").stdout


def test_an_unknown_account_is_refused(person: Path) -> None:
    result = run_in(person, "account", "proofs", "nobody")

    assert result.exit_code == 1
    assert "no open account is named nobody" in result.stderr


def test_reset_forgets_the_second_factors_of_one_account(person: Path) -> None:
    hub = app.open_hub(person, environment={})
    account_id = hub.authenticator.named("ania").id
    secret = hub.keyring.factors.propose_app(account_id, hub.clock())
    code = totp.code_at(secret, hub.clock())
    assert hub.keyring.factors.confirm_app(account_id, code, hub.clock())
    app.close_hub(hub)
    assert _proofs(person)["app"] is True

    result = run_in(person, "account", "reset", "ania")

    assert result.exit_code == 0
    assert "signed out" in result.stderr
    assert _proofs(person)["app"] is False


def test_reset_gives_a_code_to_whoever_needs_two_factors(person: Path) -> None:
    words = ("account", "add", "ben", "--nation", "POL", "--role", "delegate")
    added = json.loads(run_in(person, *words, "--json").stdout)["enrolment_code"]

    reset = run_in(person, "account", "reset", "ben")
    told = json.loads(run_in(person, "account", "reset", "ania", "--json").stdout)

    code = reset.stdout.removeprefix("code      ").strip()
    hub = app.open_hub(person, environment={})
    ben, now = hub.authenticator.named("ben").id, hub.clock()
    assert hub.keyring.enrolments.is_right(ben, code, now)
    assert not hub.keyring.enrolments.is_right(ben, added, now)
    app.close_hub(hub)
    assert told == {"name": "ania", "enrolment_code": None}


def test_a_certificate_is_enrolled_and_removed(person: Path, card: Path) -> None:
    enrolled = run_in(person, "account", "certificate", "ania", str(card), "--json")
    told = json.loads(enrolled.stdout)
    assert told["subject"] == "CN=Ania"
    assert "certificate_header" in enrolled.stderr
    assert _proofs(person)["certificates"] == [told]

    words = ("account", "certificate", "ania", "--remove", told["fingerprint"])
    removed = run_in(person, *words)

    assert removed.exit_code == 0
    assert _proofs(person)["certificates"] == []


def test_a_removed_certificate_ends_the_sessions_that_it_opened(
    person: Path, card: Path
) -> None:
    enrolled = run_in(person, "account", "certificate", "ania", str(card), "--json")
    fingerprint = json.loads(enrolled.stdout)["fingerprint"]
    hub = app.open_hub(person, environment={})
    ania = hub.authenticator.named("ania")
    cookie = hub.authenticator.start_session(ania, Proof.CERTIFICATE)
    app.close_hub(hub)

    run_in(person, "account", "certificate", "ania", "--remove", fingerprint)

    hub = app.open_hub(person, environment={})
    with pytest.raises(UnauthorizedError):
        hub.authenticator.session(cookie.reveal())
    app.close_hub(hub)


def test_a_certificate_needs_a_file_or_what_to_remove(person: Path, card: Path) -> None:
    neither = run_in(person, "account", "certificate", "ania")
    both = run_in(person, "account", "certificate", "ania", str(card), "--remove", "00")

    assert neither.exit_code == both.exit_code == 2


def test_a_file_that_is_no_certificate_is_refused(person: Path, tmp_path: Path) -> None:
    file = tmp_path / "letter.pem"
    file.write_bytes(b"x" * 65_536)
    refused = run_in(person, "account", "certificate", "ania", str(file))
    file.write_bytes(b"x" * 65_537)
    too_long = run_in(person, "account", "certificate", "ania", str(file))

    assert "no certificate in PEM" in refused.stderr
    assert "at most 65536 bytes" in too_long.stderr


def test_a_link_needs_a_provider(person: Path) -> None:
    result = run_in(person, "account", "link", "ania", "17")

    assert result.exit_code == 1
    assert "set oidc.issuer and oidc.client_id first" in result.stderr


def test_a_person_of_the_provider_is_linked_and_unlinked(
    person: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOEDUS_OIDC_ISSUER", "https://provider.example")
    monkeypatch.setenv("FOEDUS_OIDC_CLIENT_ID", "foedus")
    assert run_in(person, "account", "link", "ania", "17").exit_code == 0
    assert _proofs(person)["linked_to"] == "17"

    assert run_in(person, "account", "unlink", "ania").exit_code == 0

    assert _proofs(person)["linked_to"] is None
    assert run_in(person, "account", "unlink", "ania").exit_code == 1
