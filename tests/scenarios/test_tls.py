"""HTTPS by the hub itself, with a certificate of an authority of the tests' own."""

import os
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from requests.exceptions import SSLError
from taxii2client.v21 import Collection

from tests.scenarios.certificates import Authority
from tests.scenarios.installation import (
    ENDS_WITHIN_S,
    OPEN,
    PASSWORD,
    Installation,
    Server,
)
from tests.scenarios.publishers import new_object


class Secured:
    """A hub served by HTTPS, and who vouches for it."""

    def __init__(self, server: Server, authority: Authority) -> None:
        self.server = server
        self.authority = authority
        self.trust = ssl.create_default_context(cafile=str(authority.root))

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.server.url, verify=self.trust, timeout=ENDS_WITHIN_S
        )

    def connect(self, trust: ssl.SSLContext) -> ssl.SSLSocket:
        port = int(self.server.url.rpartition(":")[2])
        plain = socket.create_connection(("127.0.0.1", port), ENDS_WITHIN_S)
        return trust.wrap_socket(plain, server_hostname="127.0.0.1")

    def serial(self) -> int:
        """Give the number of the certificate that a new connection meets."""
        with self.connect(self.trust) as connection:
            shown = connection.getpeercert(binary_form=True)
        assert shown is not None, "a server shows one"
        return x509.load_der_x509_certificate(shown).serial_number


@pytest.fixture(scope="module")
def hub(
    installed: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("tls")
    authority = Authority(folder)
    certificate, key = authority.issue("server")
    copy = installed.copy(folder / "data")
    words = ("--certificate", str(certificate), "--key", str(key))
    with copy.serve(*words, trust=authority.root) as server:
        yield Secured(server, authority)


@pytest.fixture(autouse=True)
def no_other_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing but what a client is given say whom it trusts."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


def collection(hub: Secured, verify: str | bool) -> Collection:  # noqa: FBT001 - as requests has it
    return Collection(
        f"{hub.server.url}/taxii2/nato/collections/{OPEN}/",
        user="pol",
        password=PASSWORD,
        verify=verify,
    )


def test_an_unmodified_client_verifies_the_hub_and_publishes(hub: Secured) -> None:
    published = new_object()
    found = collection(hub, str(hub.authority.root))
    status = found.add_objects({"objects": [published]})
    read = found.get_objects()
    found.close()

    assert status.success_count == 1
    assert published["id"] in {each["id"] for each in read["objects"]}


def test_a_client_that_does_not_know_the_authority_goes_away(hub: Secured) -> None:
    stranger = collection(hub, verify=True)

    with pytest.raises(SSLError):
        stranger.get_objects()
    stranger.close()


def test_urls_are_https_and_browsers_are_told_to_stay_with_it(hub: Secured) -> None:
    with hub.client() as client:
        answer = client.get("/sign-in")

    assert hub.server.url.startswith("https://")
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert "__Host-foedus-form" in answer.headers["set-cookie"]
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_from_1_2_on_is_spoken(hub: Secured, version: ssl.TLSVersion) -> None:
    trust = ssl.create_default_context(cafile=str(hub.authority.root))
    trust.minimum_version = trust.maximum_version = version

    with hub.connect(trust) as connection:
        assert connection.version() == version.name.replace("_", ".")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_older_tls_is_not(hub: Secured) -> None:
    trust = ssl.create_default_context(cafile=str(hub.authority.root))
    trust.set_ciphers("ALL:@SECLEVEL=0")
    trust.minimum_version = ssl.TLSVersion.TLSv1
    trust.maximum_version = ssl.TLSVersion.TLSv1_1

    with pytest.raises(ssl.SSLError):
        hub.connect(trust)


def test_plain_http_is_not_answered_there(hub: Secured) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(hub.server.url.replace("https", "http") + "/health/live")


def test_a_renewed_certificate_is_taken_at_a_hangup_and_no_answer_is_lost(
    hub: Secured,
) -> None:
    before = hub.serial()
    stop = threading.Event()
    codes: set[int] = set()

    def ask() -> None:
        with hub.client() as client:
            while not stop.is_set():
                try:
                    response = client.get("/health/live")
                except httpx.RemoteProtocolError:
                    # The kept connection ended as the question was sent. A client asks
                    # again then, and gets its answer (RFC 9112, section 9.3.1).
                    response = client.get("/health/live")
                codes.add(response.status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    certificate, key = hub.authority.issue("renewed")
    replace(key, hub.authority.folder / "server.key")
    replace(certificate, hub.authority.folder / "server.pem")
    os.kill(hub.server.pid, signal.SIGHUP)
    pause = threading.Event()
    for _ in range(ENDS_WITHIN_S * 10):
        if hub.serial() != before and len(hub.server.workers()) == 1:
            break
        pause.wait(0.1)
    stop.set()
    asking.join()

    assert hub.serial() != before
    assert codes == {200}


def replace(new: Path, old: Path) -> None:
    os.replace(new, old)  # noqa: PTH105 - says better what it does
