"""TAXII 2.1, sections 1.6, 3.1, 3.2, 3.6 and 8.2: transport, negotiation, errors."""

import pytest

from tests.taxii.world import (
    OPEN,
    ROOT,
    TAXII,
    UNKNOWN,
    Client,
    Clients,
    basic,
    indicator,
)

ENDPOINTS = (
    "/taxii2/",
    ROOT,
    f"{ROOT}collections/",
    f"{ROOT}collections/{OPEN}/",
    f"{ROOT}collections/{OPEN}/manifest/",
    f"{ROOT}collections/{OPEN}/objects/",
    f"{ROOT}collections/{OPEN}/objects/{indicator(1)['id']}/",
    f"{ROOT}collections/{OPEN}/objects/{indicator(1)['id']}/versions/",
)
ERRORS = (
    (f"{ROOT}collections/{UNKNOWN}/", 404),
    (f"{ROOT}status/{UNKNOWN}/", 404),
    (f"{ROOT}collections/{OPEN}/objects/{indicator(9)['id']}/", 404),
    (f"{ROOT}collections/{OPEN}/objects/?limit=0", 400),
    (f"{ROOT}nowhere/", 404),
    ("/taxii2/other/collections/", 404),
)


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_3_1_every_answer_is_taxii_2_1(pol: Client, path: str) -> None:
    await pol.add(indicator(1))

    response = await pol.get(path)

    assert response.status_code == 200
    assert response.headers["content-type"] == TAXII


@pytest.mark.parametrize(
    "accept",
    [
        "application/taxii+json",
        "application/taxii+json; version=2.1",
        "application/taxii+json ; version=2.1",
        'Application/TAXII+json;Version="2.1"',
        "application/taxii+json;version=2.1;q=0.5",
        "text/html, application/taxii+json;q=0.8",
        "application/*",
        "*/*",
        "text/html,application/xhtml+xml,*/*;q=0.1",
        "",
    ],
)
async def test_3_1_every_spelling_of_the_media_type_is_acceptable(
    pol: Client, accept: str
) -> None:
    response = await pol.get("collections/", headers={"Accept": accept})

    assert response.status_code == 200
    assert response.headers["content-type"] == TAXII


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/taxii+json;version=2.0",
        "application/vnd.oasis.taxii+json",
        "application/taxii+json;q=0",
        "application/taxii+json;version=2.1;q=0, */*",
        "application/taxii+json;q=often",
    ],
)
async def test_3_1_what_cannot_be_given_is_refused_by_406(
    pol: Client, accept: str
) -> None:
    response = await pol.get("collections/", headers={"Accept": accept})

    assert response.status_code == 406
    assert response.headers["content-type"] == TAXII


@pytest.mark.parametrize(
    "content_type",
    [
        "application/taxii+json",
        "application/taxii+json; version=2.1",
        'application/taxii+json;version="2.1"',
        "application/taxii+json;version=2.1;charset=utf-8",
    ],
)
async def test_3_1_every_spelling_of_the_content_type_is_taken(
    pol: Client, content_type: str
) -> None:
    response = await pol.post([indicator(1)], headers={"Content-Type": content_type})

    assert response.status_code == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"Content-Type": "application/taxii+json;version=2.0"},
        {"Content-Type": "application/taxii+json, text/plain"},
        {"Content-Type": ""},
        {"Content-Type": TAXII, "Content-Encoding": "gzip"},
    ],
)
async def test_3_1_a_body_of_another_type_is_refused_by_415(
    pol: Client, headers: dict[str, str]
) -> None:
    response = await pol.post([indicator(1)], headers=headers)

    assert response.status_code == 415


async def test_3_1_a_path_without_its_last_slash_leads_to_the_one_with_it(
    pol: Client,
) -> None:
    response = await pol.get("collections", limit="1")

    assert response.status_code == 308
    assert response.headers["location"] == f"{ROOT}collections/?limit=1"


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_3_1_head_gives_the_headers_of_get_and_no_body(
    pol: Client, path: str
) -> None:
    await pol.add(indicator(1))

    got = await pol.get(path)
    head = await pol.ask("HEAD", path)

    assert head.status_code == 200
    assert head.headers == got.headers
    assert head.content == b""


@pytest.mark.parametrize("path", ["/taxii2/", f"collections/{OPEN}/objects/"])
async def test_3_1_another_method_is_refused_by_405(pol: Client, path: str) -> None:
    response = await pol.ask("PUT", path)

    assert response.status_code == 405
    assert "GET" in response.headers["allow"]
    assert response.json()["http_status"] == "405"


@pytest.mark.parametrize(("path", "status"), ERRORS)
async def test_3_6_1_an_error_is_an_error_object_of_its_status(
    pol: Client, path: str, status: int
) -> None:
    response = await pol.get(path)

    assert response.status_code == status
    assert response.headers["content-type"] == TAXII
    assert response.json()["http_status"] == str(status)
    assert response.json()["title"]


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_1_6_9_without_a_credential_everything_is_401_and_challenged(
    clients: Clients, path: str
) -> None:
    response = await clients.nobody.get(path)

    assert response.status_code == 401
    assert response.headers["content-type"] == TAXII
    assert "Basic" in response.headers["www-authenticate"]
    assert response.json()["http_status"] == "401"


@pytest.mark.parametrize(
    "authorization", ["Bearer nonsense", "Basic nonsense", "Digest x", "Basic", ""]
)
async def test_1_6_9_a_bad_credential_is_401(
    clients: Clients, authorization: str
) -> None:
    headers = {"Authorization": authorization}

    response = await clients.nobody.get("collections/", headers=headers)

    assert response.status_code == 401


async def test_8_3_1_basic_authentication_is_taken(clients: Clients) -> None:
    right = await clients.nobody.get("collections/", headers=basic("pol"))
    again = await clients.nobody.get("collections/", headers=basic("pol"))
    wrong = await clients.nobody.get("collections/", headers=basic("pol", "guess"))

    assert [right.status_code, again.status_code, wrong.status_code] == [200, 200, 401]


async def test_8_2_1_a_request_without_user_agent_is_taken(clients: Clients) -> None:
    del clients.nobody.http.headers["user-agent"]

    response = await clients.pol.get("/taxii2/")

    assert response.status_code == 200
