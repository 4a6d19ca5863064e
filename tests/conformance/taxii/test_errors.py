"""TAXII 2.1, sections 1.6.9 and 3.6: who may not, and how an error looks."""

import re

import pytest

from tests.conformance.taxii.world import ROOT, Client, Clients, Shelf
from tests.taxii.world import (
    NO_ACCESS,
    OPEN,
    TAXII,
    UNKNOWN,
    basic,
    indicator,
)

ONE = indicator(1)["id"]
ENDPOINTS = (
    ("GET", "/taxii2/"),
    ("GET", ROOT),
    ("GET", f"{ROOT}status/{UNKNOWN}/"),
    ("GET", f"{ROOT}collections/"),
    ("GET", f"{ROOT}collections/{OPEN}/"),
    ("GET", f"{ROOT}collections/{OPEN}/manifest/"),
    ("GET", f"{ROOT}collections/{OPEN}/objects/"),
    ("HEAD", f"{ROOT}collections/{OPEN}/objects/"),
    ("POST", f"{ROOT}collections/{OPEN}/objects/"),
    ("GET", f"{ROOT}collections/{OPEN}/objects/{ONE}/"),
    ("DELETE", f"{ROOT}collections/{OPEN}/objects/{ONE}/"),
    ("GET", f"{ROOT}collections/{OPEN}/objects/{ONE}/versions/"),
)
"""Every endpoint of the table in section 3.1."""

ERRORS = (
    (f"{ROOT}collections/{UNKNOWN}/", {}, 404),
    (f"{ROOT}status/{UNKNOWN}/", {}, 404),
    (f"{ROOT}status/no-uuid/", {}, 404),
    (f"{ROOT}collections/{OPEN}/objects/{indicator(9)['id']}/", {}, 404),
    (f"{ROOT}collections/{OPEN}/objects/?limit=0", {}, 400),
    (f"{ROOT}collections/{OPEN}/manifest/?added_after=now", {}, 400),
    (f"{ROOT}nowhere/", {}, 404),
    ("/taxii2/other/", {}, 404),
    ("/taxii2/other/collections/", {}, 404),
    (f"{ROOT}collections/", {"Accept": "text/html"}, 406),
    (f"{ROOT}collections/", {"Authorization": "Bearer nonsense"}, 401),
)
PROPERTIES = {
    "title",
    "description",
    "error_id",
    "error_code",
    "http_status",
    "external_details",
    "details",
}


@pytest.mark.parametrize(("path", "headers", "status"), ERRORS)
def test_an_error_is_an_error_object_of_its_status(
    pol: Client, path: str, headers: dict[str, str], status: int
) -> None:
    """TAXII 2.1, 3.6.1; check C5."""
    response = pol.http.get(path, headers=headers, auth=_auth(pol, headers))

    error = response.json()
    assert response.status_code == status
    assert response.headers["content-type"] == TAXII
    assert error["http_status"] == str(status)
    assert error.keys() <= PROPERTIES
    assert error["title"]
    assert error["description"]


def _auth(client: Client, headers: dict[str, str]) -> object:
    return None if "Authorization" in headers else client.http.auth


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_without_a_credential_every_endpoint_is_401(
    clients: Clients, method: str, path: str
) -> None:
    """TAXII 2.1, 1.6.9 and 5.1 to 5.8; check U1."""
    assert clients.nobody.ask(method, path).status_code == 401


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_a_401_says_which_schemes_there_are(
    clients: Clients, method: str, path: str
) -> None:
    """TAXII 2.1, 1.6.9; RFC 7235, 4.1; check U2."""
    challenges = clients.nobody.ask(method, path).headers.get_list("www-authenticate")

    assert [each.split()[0] for each in challenges] == ["Basic", "Bearer"]
    assert all(re.search(r'realm="[^"]+"', each) for each in challenges)


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer nonsense",
        "Basic nonsense",
        "Basic",
        "Basic =",
        "Digest x",
        "",
        *(
            basic(name, password)["Authorization"]
            for name, password in (("pol", "guess"), ("nobody", "guess"), ("", ""))
        ),
    ],
)
def test_a_bad_credential_is_401(clients: Clients, authorization: str) -> None:
    """TAXII 2.1, 1.6.9; check U3."""
    headers = {"Authorization": authorization}

    assert clients.nobody.get("collections/", headers=headers).status_code == 401


def test_a_401_has_an_error_object(clients: Clients) -> None:
    """TAXII 2.1, 3.6.1 and 5.1; check U4."""
    response = clients.nobody.get("collections/")

    assert response.headers["content-type"] == TAXII
    assert response.json()["http_status"] == "401"


def test_a_name_and_a_password_sign_in(clients: Clients) -> None:
    """TAXII 2.1, 8.2.2; RFC 7617; check U5."""
    response = clients.nobody.get("collections/", headers=basic("pol"))

    assert response.status_code == 200


def test_the_scheme_is_read_in_any_case(clients: Clients) -> None:
    """TAXII 2.1, 8.2.2; RFC 7235, 2.1; check U5."""
    pair = basic("pol")["Authorization"].split()[1]

    response = clients.nobody.get(
        "/taxii2/", headers={"Authorization": f"bASIC {pair}"}
    )

    assert response.status_code == 200


def test_a_bad_credential_hides_what_else_is_wrong(clients: Clients) -> None:
    """TAXII 2.1, 1.6.9; check U3."""
    headers = {"Accept": "text/html", "Authorization": "Bearer nonsense"}

    answers = [
        clients.nobody.get(path, headers=headers)
        for path in ("collections/", f"collections/{UNKNOWN}/objects/?limit=0")
    ]

    assert [each.status_code for each in answers] == [401, 401]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "manifest/"),
        ("GET", "objects/"),
        ("GET", f"objects/{ONE}/"),
        ("GET", f"objects/{ONE}/versions/"),
        ("DELETE", f"objects/{ONE}/"),
        ("POST", "objects/"),
    ],
)
def test_a_collection_without_rights_answers_like_an_unknown_one(
    pol: Client, method: str, path: str
) -> None:
    """TAXII 2.1, 5.2 to 5.8; checks R3 and S6."""
    answers = [
        pol.ask(method, f"collections/{name}/{path}", headers={"Content-Type": TAXII})
        for name in (NO_ACCESS, "no-access", UNKNOWN)
    ]
    for each in answers:
        each.headers.pop("date")

    hidden, alias, unknown = answers
    assert unknown.status_code == 404
    assert hidden.content == alias.content == unknown.content
    assert hidden.headers == alias.headers == unknown.headers


def test_what_is_not_releasable_answers_like_what_is_not_there(
    clients: Clients,
) -> None:
    """TAXII 2.1, 1.6.9 and 8.2.2; check S6."""
    members = Shelf(clients.pol, "members")
    members.add(indicator(701))
    hidden, unknown = indicator(701)["id"], indicator(702)["id"]

    for path in ("objects/{}/", "objects/{}/versions/", "objects/?match[id]={}"):
        one = members.of(clients.mda).get(path.format(hidden))
        other = members.of(clients.mda).get(path.format(unknown))
        for name in ("date", "etag"):
            one.headers.pop(name, None)
            other.headers.pop(name, None)

        assert one.status_code == other.status_code
        assert one.content == other.content
        assert one.headers == other.headers
    assert members.of(clients.fin).ids(match_id=hidden) == [hidden]
