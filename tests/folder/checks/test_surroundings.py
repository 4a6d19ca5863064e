import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import apsw
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from foedus.folder.checks import surroundings
from foedus.folder.findings import Case, Finding, Level
from tests.folder.checks.conftest import only


def setting(case: Case, text: str) -> None:
    (case.folder / "foedus.toml").write_text(text)


def test_settings_that_are_wrong_are_named(case: Case) -> None:
    assert only([*surroundings.settings(case)]).level is Level.OK
    setting(case, "nonsense = 1")

    found = only([*surroundings.settings(case)])

    assert found.level is Level.ERROR
    assert "nonsense" in found.what
    assert [*surroundings.public_url(case)] == []


@pytest.mark.parametrize(("name", "level"), [("NS", Level.OK), ("XX", Level.ERROR)])
def test_a_ceiling_has_to_be_a_level_of_the_alliance(
    case: Case, name: str, level: Level
) -> None:
    setting(case, f'ceiling = "{name}"')

    assert only([*surroundings.settings(case)]).level is level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("", Level.OK),
        ('public_url = "https://hub.example"', Level.OK),
        ('public_url = "http://127.0.0.1:8440"', Level.OK),
        ('public_url = "http://localhost"', Level.OK),
        ('public_url = "http://hub.example"', Level.ERROR),
        ('public_url = "hub.example"', Level.ERROR),
        ('public_url = "https://a.example"\nweb.secure_cookies = false', Level.ERROR),
    ],
)
def test_an_address_over_which_credentials_travel_in_clear_is_an_error(
    case: Case, text: str, level: Level
) -> None:
    setting(case, text)

    assert only([*surroundings.public_url(case)]).level is level


def make_certificate(case: Case, lasts: timedelta) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub.example")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(1)
        .not_valid_before(case.at - timedelta(days=400))
        .not_valid_after(case.at + lasts)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (case.folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (case.folder / "key.pem").write_bytes(
        key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (case.folder / "key.pem").chmod(0o600)
    setting(case, '[tls]\ncertificate = "cert.pem"\nkey = "key.pem"')


@pytest.mark.parametrize(
    ("days", "level"), [(100, Level.OK), (7, Level.WARN), (-1, Level.ERROR)]
)
def test_a_certificate_that_ends_is_told_in_time(
    case: Case, days: int, level: Level
) -> None:
    make_certificate(case, timedelta(days=days))

    certificate, key = surroundings.tls(case)

    assert certificate.level is level
    assert key.level is Level.OK


def test_a_key_that_others_may_read_is_an_error(case: Case) -> None:
    make_certificate(case, timedelta(days=100))
    (case.folder / "key.pem").chmod(0o644)

    assert [*surroundings.tls(case)][1].level is Level.ERROR

    (case.folder / "key.pem").unlink()
    (case.folder / "cert.pem").write_text("nonsense")
    assert [each.level for each in surroundings.tls(case)] == [Level.ERROR] * 2


def test_tls_needs_both_files_or_none(case: Case) -> None:
    assert [*surroundings.tls(case)] == []
    setting(case, '[tls]\nkey = "key.pem"')

    assert only([*surroundings.tls(case)]).level is Level.ERROR


@pytest.mark.parametrize(
    ("listen", "level"),
    [
        ("127.0.0.1:9000", Level.OK),
        ("[::1]:9000", Level.OK),
        ("0.0.0.0:9000", Level.WARN),
    ],
)
def test_metrics_in_public_are_a_warning(case: Case, listen: str, level: Level) -> None:
    assert [*surroundings.metrics(case)] == []
    setting(case, f'metrics.listen = "{listen}"')

    assert only([*surroundings.metrics(case)]).level is level


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/live" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_it_is_told_who_listens_where_the_hub_would(case: Case) -> None:
    assert only([*surroundings.port(case)]).what.startswith("nobody listens")
    with answering() as number:
        hub = msgspec.structs.replace(case, port=number)
        assert only([*surroundings.port(hub)]).what.startswith("a hub answers")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        other = msgspec.structs.replace(case, port=silent.getsockname()[1])
        assert only([*surroundings.port(other)]).level is Level.WARN


@pytest.mark.parametrize(("soft", "level"), [(1_024, Level.WARN), (4_096, Level.OK)])
def test_few_file_descriptors_are_a_warning(
    case: Case, soft: int, level: Level
) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
    try:
        found = only([*surroundings.descriptors(case)])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    assert found.level is level


@pytest.mark.parametrize(
    ("version", "level"), [("3.40.1", Level.ERROR), ("3.54.1", Level.OK)]
)
def test_an_old_sqlite_is_an_error(
    case: Case, monkeypatch: pytest.MonkeyPatch, version: str, level: Level
) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: version)

    assert only([*surroundings.sqlite(case)]).level is level


def test_paths_are_meant_from_the_data_folder(case: Case, tmp_path: Path) -> None:
    make_certificate(case, timedelta(days=100))
    absolute = tmp_path / "cert.pem"
    (case.folder / "cert.pem").rename(absolute)
    setting(case, f'[tls]\ncertificate = "{absolute}"\nkey = "key.pem"')

    assert {each.level for each in surroundings.tls(case)} == {Level.OK}


def test_whose_word_on_client_certificates_is_believed_is_told(case: Case) -> None:
    header = {"FOEDUS_SIGN_IN_CERTIFICATE_HEADER": "Client-Cert"}
    wide = header | {"FOEDUS_TRUSTED_PROXIES": "10.0.0.1,10.1.0.0/16"}
    assert [*surroundings.certificates(case)] == []

    def found(environment: dict[str, str]) -> Finding:
        changed = msgspec.structs.replace(case, environment=environment)
        return only([*surroundings.certificates(changed)])

    named = {"FOEDUS_SIGN_IN_CERTIFICATE_PROXIES": "10.0.0.1"}
    wrong = {"FOEDUS_SIGN_IN_CERTIFICATE_PROXIES": "10.1.0.0/16"}
    assert found(wide).level is Level.WARN
    assert "1 are too wide" in found(wide).what
    assert found(wide | named).level is Level.OK
    assert found(wide | wrong).level is Level.ERROR
