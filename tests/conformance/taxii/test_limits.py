"""TAXII 2.1, sections 3.4, 4.2.1 and 8.2.2: limits of the server, and HTTPS."""

import ssl
from collections.abc import Iterator

import httpx
import orjson
import pytest
from taxii2client.v21 import Server

from tests.conformance.taxii.conftest import LENGTH_MAX, Small
from tests.conformance.taxii.world import ROOT, Client, Shelf, empty_id
from tests.taxii.world import PASSWORD, indicator


@pytest.fixture
def narrow(small: Small) -> Iterator[Shelf]:
    """A collection of the small server."""
    client = Client(small.url, "pol", verify=small.trust)
    yield Shelf(client, empty_id(0))
    client.http.close()


def envelope(length: int) -> bytes:
    """Give an envelope of exactly that many bytes."""
    body = orjson.dumps({"objects": [indicator(1)]})
    return body + b" " * (length - len(body))


def test_the_server_may_give_fewer_than_asked_for_and_says_that_there_is_more(
    narrow: Shelf,
) -> None:
    """TAXII 2.1, 3.4; checks G13 and G15."""
    shelf = Shelf(narrow.client, empty_id(1))
    for number in range(5):
        shelf.add(indicator(number))

    pages = shelf.pages("objects/", limit="100")

    assert [len(page.json()["objects"]) for page in pages] == [3, 2]


def test_a_body_of_max_content_length_is_taken(narrow: Shelf) -> None:
    """TAXII 2.1, 4.2.1; check P10."""
    told = narrow.client.get(ROOT).json()["max_content_length"]

    assert told == LENGTH_MAX
    assert narrow.post(envelope(LENGTH_MAX)).status_code == 202


@pytest.mark.parametrize("length", [LENGTH_MAX + 1, 10 * LENGTH_MAX])
def test_a_longer_body_is_413(narrow: Shelf, length: int) -> None:
    """TAXII 2.1, 5.5; check P10."""
    response = narrow.post(envelope(length))

    assert response.status_code == 413
    assert response.json()["http_status"] == "413"
    assert str(LENGTH_MAX) in response.json()["description"]


def test_a_longer_body_that_does_not_tell_its_length_is_413(narrow: Shelf) -> None:
    """TAXII 2.1, 5.5; check P10."""
    pieces = iter([envelope(LENGTH_MAX), b" "])
    http, path = narrow.client.http, f"{ROOT}{narrow.path}objects/"

    response = http.post(
        path,
        content=pieces,
        headers={"Content-Type": "application/taxii+json;version=2.1"},
    )

    assert response.status_code == 413


def test_a_body_longer_than_50_megabytes_is_answered(pol: Client) -> None:
    """TAXII 2.1, 5.5; check P10."""
    told = pol.get(ROOT).json()["max_content_length"]

    response = Shelf(pol, empty_id(0)).post(b" " * (told + 1))

    assert response.status_code == 413


def suited(small: Small, version: ssl.TLSVersion, ciphers: str = "") -> ssl.SSLContext:
    """Speak one version of TLS only, and of 1.2 some suites only."""
    context = ssl.create_default_context(cafile=small.root)
    context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(ciphers)
    return context


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_everything_is_said_over_tls_1_2_and_1_3(
    small: Small, version: ssl.TLSVersion
) -> None:
    """TAXII 2.1, 8.2.2; check E4."""
    client = Client(small.url, "pol", verify=suited(small, version))

    found = client.get("/taxii2/").json()
    root = client.http.get(found["default"])

    assert root.status_code == 200
    client.http.close()


@pytest.mark.parametrize("suites", ["AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256"])
def test_suites_that_http_2_forbids_are_refused(small: Small, suites: str) -> None:
    """TAXII 2.1, 8.2.2; RFC 7540, appendix A; check E4."""
    context = suited(small, ssl.TLSVersion.TLSv1_2, suites)
    client = Client(small.url, "pol", verify=context)

    with pytest.raises(httpx.ConnectError, match="HANDSHAKE"):
        client.get("/taxii2/")
    client.http.close()


def test_api_roots_are_https_where_the_hub_is_reached_so(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TAXII 2.1, 4.1.1; checks D3 and E4."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(small.root))

    with Server(f"{small.url}/taxii2/", user="pol", password=PASSWORD) as server:
        assert server.default.url == f"{small.url}{ROOT}"
        assert server.default.collections
