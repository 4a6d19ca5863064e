"""TAXII 2.1, sections 1.6 to 3.1 and 8.2: paths, media types, transport."""

import re
import socket
from urllib.parse import urlsplit

import pytest

from tests.conformance.taxii.world import ROOT, Client, Shelf
from tests.taxii.world import OPEN, TAXII, basic, indicator

ONE = indicator(1)["id"]

GETS = (
    "/taxii2/",
    ROOT,
    f"{ROOT}collections/",
    f"{ROOT}collections/{OPEN}/",
    f"{ROOT}collections/{OPEN}/manifest/",
    f"{ROOT}collections/{OPEN}/objects/",
)


def below(shelf: Shelf) -> tuple[str, ...]:
    """Give the paths of a collection that has the first indicator."""
    shelf.add(indicator(1))
    return ("", "manifest/", "objects/", f"objects/{ONE}/", f"objects/{ONE}/versions/")


@pytest.mark.parametrize("path", GETS)
def test_every_answer_says_that_it_is_taxii_2_1(pol: Client, path: str) -> None:
    """TAXII 2.1, 3.1; check N10."""
    response = pol.get(path)

    assert response.status_code == 200
    assert response.headers["content-type"] == TAXII


def test_every_answer_about_an_object_says_that_it_is_taxii_2_1(shelf: Shelf) -> None:
    """TAXII 2.1, 3.1; check N10."""
    answers = [shelf.get(path) for path in below(shelf)]
    posted = shelf.post([indicator(2)])
    deleted = shelf.delete(ONE)

    assert {each.headers["content-type"] for each in (*answers, posted, deleted)} == {
        TAXII
    }


@pytest.mark.parametrize(
    "accept",
    [
        pytest.param("application/taxii+json", id="no version"),
        pytest.param("application/taxii+json;", id="no parameter"),
    ],
)
def test_accept_without_a_version_is_answered_in_the_highest(
    pol: Client, accept: str
) -> None:
    """TAXII 2.1, 1.6.8 and 3.1; check N1."""
    response = pol.get("collections/", headers={"Accept": accept})

    assert response.status_code == 200
    assert response.headers["content-type"] == TAXII


@pytest.mark.parametrize(
    "accept",
    [
        "application/taxii+json; version=2.1",
        "application/taxii+json ; version=2.1",
        "application/taxii+json\t;version=2.1",
        'Application/TAXII+json;Version="2.1"',
    ],
)
def test_accept_may_have_blanks_quotes_and_capitals(pol: Client, accept: str) -> None:
    """TAXII 2.1, 3.1; RFC 7231, 3.1.1.1; check N2."""
    assert pol.get("collections/", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    "accept",
    [
        "text/html, application/taxii+json;q=0.8",
        "application/taxii+json;version=2.1;q=0.5, application/json",
        "application/taxii+json;version=2.1, application/taxii+json;version=2.0",
        "text/html;q=0.9,application/taxii+json;version=2.1;q=0.001",
    ],
)
def test_accept_may_be_a_list_with_qualities(pol: Client, accept: str) -> None:
    """TAXII 2.1, 3.1; RFC 7231, 5.3.2; check N3."""
    assert pol.get("collections/", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize("path", ["objects/", "manifest/"])
def test_the_accept_that_the_tables_ask_for_is_taken(shelf: Shelf, path: str) -> None:
    """TAXII 2.1, 5.3 and 5.4; check N4."""
    accept = "application/taxii+json;version=2.1,application/stix+json;version=2.1"

    assert shelf.get(path, headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/json",
        "application/taxii+json;version=2.0",
        "application/vnd.oasis.taxii+json; version=2.0",
        "application/taxii+json;q=0",
        "application/taxii+json;version=2.1;q=0, */*",
        "application/taxii+json;q=often",
    ],
)
def test_what_cannot_be_given_is_refused_by_406(pol: Client, accept: str) -> None:
    """TAXII 2.1, 3.1; check N5."""
    response = pol.get("collections/", headers={"Accept": accept})

    assert response.status_code == 406
    assert response.headers["content-type"] == TAXII


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*", "text/html,application/xhtml+xml,*/*;q=0.1", ""]
)
def test_whoever_takes_anything_is_given_taxii(pol: Client, accept: str) -> None:
    """TAXII 2.1, 3.1; check N6."""
    response = pol.get("collections/", headers={"Accept": accept})

    assert response.status_code == 200
    assert response.headers["content-type"] == TAXII


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/taxii+json, text/plain"},
        {"Content-Type": ""},
    ],
)
def test_a_body_of_another_type_is_refused_by_415(
    shelf: Shelf, headers: dict[str, str]
) -> None:
    """TAXII 2.1, 3.1 and 5.5; check N7."""
    response = shelf.post([indicator(1)], headers=headers)

    assert response.status_code == 415
    assert shelf.ids() == []


def test_a_body_may_leave_the_version_out_of_its_type(shelf: Shelf) -> None:
    """TAXII 2.1, 1.6.8 and 3.1; check N8."""
    headers = {"Content-Type": "application/taxii+json"}

    assert shelf.post([indicator(1)], headers=headers).status_code == 202


@pytest.mark.parametrize(
    "content_type",
    [
        "application/taxii+json; version=2.1",
        'application/taxii+json;version="2.1"',
        "Application/Taxii+JSON;VERSION=2.1",
        "application/taxii+json;version=2.1;charset=utf-8",
    ],
)
def test_the_type_of_a_body_may_be_spelt_in_any_way(
    shelf: Shelf, content_type: str
) -> None:
    """TAXII 2.1, 3.1; RFC 7231, 3.1.1.1; check N9."""
    headers = {"Content-Type": content_type}

    assert shelf.post([indicator(1)], headers=headers).status_code == 202


@pytest.mark.parametrize(
    "content_type",
    [
        "application/taxii+json;version=2.0",
        "application/taxii+json;version=3.0",
        "application/stix+json;version=1.2",
        "application/vnd.oasis.stix+json; version=2.0",
    ],
)
def test_a_body_of_another_version_is_refused_by_415(
    shelf: Shelf, content_type: str
) -> None:
    """TAXII 2.1, 3.1; check N11."""
    response = shelf.post([indicator(1)], headers={"Content-Type": content_type})

    assert response.status_code == 415
    assert response.json()["http_status"] == "415"


@pytest.mark.parametrize("path", ["/taxii2", ROOT.rstrip("/"), f"{ROOT}collections"])
def test_a_path_without_its_last_slash_leads_to_the_one_with_it(
    pol: Client, path: str
) -> None:
    """TAXII 2.1, 3.1; check E2."""
    response = pol.get(path, limit="1")

    assert response.status_code == 308
    assert urlsplit(response.headers["location"])[2:4] == (f"{path}/", "limit=1")


def test_a_request_without_user_agent_is_taken(pol: Client) -> None:
    """TAXII 2.1, 8.2.1; check E3."""
    request = pol.http.build_request("GET", "/taxii2/")
    del request.headers["user-agent"]

    assert pol.http.send(request).status_code == 200


@pytest.mark.parametrize("path", GETS)
def test_head_gives_the_headers_of_get_and_no_body(pol: Client, path: str) -> None:
    """TAXII 2.1, 8.2.1; check S10."""
    got, head = pol.get(path), pol.ask("HEAD", path)

    got.headers.pop("date", None)
    head.headers.pop("date", None)
    assert head.status_code == 200
    assert head.headers == got.headers
    assert head.content == b""


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_method_that_an_endpoint_lacks_is_refused_by_405(
    shelf: Shelf, method: str
) -> None:
    """TAXII 2.1, 8.2.1; check S10."""
    response = shelf.client.ask(method, f"{shelf.path}objects/")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, POST"
    assert response.json()["http_status"] == "405"


def test_a_client_can_read_the_clock_of_the_server(pol: Client) -> None:
    """TAXII 2.1, 3.4, note on `added_after`; check L8."""
    date = pol.get("/taxii2/").headers["date"]

    assert re.fullmatch(
        r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", date
    )


def test_names_of_headers_are_read_in_any_case(url: str) -> None:
    """TAXII 2.1, 3.1; RFC 7230, 3.2; check N2."""
    where = urlsplit(url)
    lines = (
        f"GET /taxii2/ HTTP/1.1\r\nHOST: {where.netloc}\r\n"
        f"aCCEPT: {TAXII}\r\nCONNECTION: close\r\n"
        f"AUTHORIZATION: {basic('pol')['Authorization']}\r\n\r\n"
    )
    address = (where.hostname, where.port)

    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(lines.encode())
        answer = connection.makefile("rb").readline()

    assert answer == b"HTTP/1.1 200 OK\r\n"
