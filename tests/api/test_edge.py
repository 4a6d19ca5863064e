"""The edge: who may ask, what is kept, and how every failure looks."""

import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from structlog.testing import capture_logs

from foedus import app
from foedus.api.edge import Endpoint, session_cookie
from foedus.api.operations import Answer, Asked, Door, Keep, Operation
from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.web.visitors import session_cookie as cookie_of_the_web
from tests.api.world import HOST, PASSWORD, Clients, basic, suspend
from tests.identity.test_certificates import der, make_certificate, pem
from tests.test_proxies import BEHIND_A_PROXY

ME = "/api/v1/me"
TOKENS = "/api/v1/me/tokens"


def is_problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == status
    return found


def session(hub: Hub) -> dict[str, str]:
    cookie = hub.authenticator.start_session(hub.authenticator.named("pol"))
    return {"Cookie": f"{session_cookie(hub)}={cookie.reveal()}"}


async def test_nobody_gets_nothing_and_is_told_how_to_sign_in(clients: Clients) -> None:
    response = await clients.nobody.get(ME)

    is_problem(response, 401)
    assert response.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    "value", ["", "Basic", "Basic ???", "Bearer foedus_none", "Digest x", "\xff"]
)
async def test_a_credential_that_proves_nothing_is_refused(
    clients: Clients, value: str
) -> None:
    headers = {b"Authorization": value.encode("latin-1")}

    response = await clients.nobody.http.get(ME, headers=headers)

    is_problem(response, 401)


async def test_a_name_and_password_sign_in_again_and_again(clients: Clients) -> None:
    headers = basic("pol")

    answers = [await clients.nobody.get(ME, **headers) for _ in range(2)]

    assert [each.json()["name"] for each in answers] == ["pol", "pol"]


async def test_two_credentials_are_none(clients: Clients) -> None:
    headers = [("Authorization", clients.pol.headers["Authorization"])] * 2

    is_problem(await clients.nobody.http.get(ME, headers=headers), 401)


async def test_a_web_session_may_read(hub: Hub, clients: Clients) -> None:
    response = await clients.nobody.ask("GET", ME, headers=session(hub))

    assert response.json()["name"] == "pol"


async def test_a_web_session_alone_changes_nothing(hub: Hub, clients: Clients) -> None:
    response = await clients.nobody.post(TOKENS, {}, **session(hub))

    is_problem(response, 401)
    assert len(hub.keyring.tokens.list_of(hub.authenticator.named("pol").id)) == 1


async def test_a_session_that_has_ended_is_refused(hub: Hub, clients: Clients) -> None:
    cookie = session(hub)
    hub.authenticator.end_session(cookie["Cookie"].partition("=")[2])

    is_problem(await clients.nobody.ask("GET", ME, headers=cookie), 401)


async def test_a_session_of_a_nation_without_standing_is_refused(
    hub: Hub, clients: Clients
) -> None:
    cookie = session(hub)
    await suspend(hub, "POL")

    is_problem(await clients.nobody.ask("GET", ME, headers=cookie), 401)


def test_the_cookie_is_the_one_that_the_web_sets(hub: Hub) -> None:
    assert session_cookie(hub) == cookie_of_the_web(hub)


async def test_who_guesses_is_told_to_wait(clients: Clients) -> None:
    for _ in range(5):
        await clients.nobody.get(ME, **basic("pol", "wrong password"))

    response = await clients.nobody.get(ME, **basic("pol", "wrong password"))

    is_problem(response, 429)
    assert int(response.headers["retry-after"]) >= 1


async def test_an_answer_that_the_client_has_is_not_sent_again(
    clients: Clients,
) -> None:
    first = await clients.pol.get(ME)
    etag = first.headers["etag"]

    named = [etag, f"W/{etag}", f'"other", {etag}', "*"]
    again = [await clients.pol.get(ME, If_None_Match=each) for each in named]

    assert [each.status_code for each in again] == [304] * 4
    assert {each.content for each in again} == {b""}
    assert {each.headers["etag"] for each in again} == {etag}


async def test_another_answer_has_another_etag(clients: Clients) -> None:
    mine = await clients.pol.get(ME)
    theirs = await clients.fin.get(ME, If_None_Match=mine.headers["etag"])

    assert theirs.status_code == 200
    assert theirs.headers["etag"] != mine.headers["etag"]


async def test_no_shared_cache_may_keep_what_an_account_is_told(
    clients: Clients,
) -> None:
    response = await clients.pol.get(ME)

    assert response.headers["cache-control"] == "private, no-cache"
    assert response.headers["vary"] == "Authorization, Cookie"


async def test_head_answers_as_get_without_the_body(clients: Clients) -> None:
    get = await clients.pol.get(ME)
    head = await clients.pol.ask("HEAD", ME)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v1/me/", "/api/v2/me", "/health/well"]
)
async def test_a_path_that_is_none_is_a_problem(clients: Clients, path: str) -> None:
    assert is_problem(await clients.nobody.get(path), 404)["instance"] == path


async def test_a_method_that_is_none_is_a_problem(clients: Clients) -> None:
    response = await clients.pol.ask("PUT", TOKENS)

    is_problem(response, 405)
    assert response.headers["allow"] == "GET, HEAD, POST"


async def test_head_of_nothing_has_no_body(clients: Clients) -> None:
    response = await clients.pol.ask("HEAD", "/api/v1/nothing")

    assert (response.status_code, response.content) == (404, b"")


async def test_an_unknown_parameter_is_refused(clients: Clients) -> None:
    assert (
        "colour" in is_problem(await clients.pol.get(f"{ME}?colour=1"), 400)["detail"]
    )


@pytest.mark.usefixtures("lagging")
async def test_nothing_that_needs_an_account_is_given_from_views_that_lag(
    clients: Clients,
) -> None:
    response = await clients.pol.get(ME)

    is_problem(response, 503)
    assert response.headers["retry-after"] == "1"


async def test_what_nobody_foresaw_is_a_problem_without_internals_and_one_line(
    hub: Hub,
) -> None:
    labelled = "a labelled thing"

    async def fail(_: Asked) -> Answer:
        raise ValueError(labelled)

    operation = Operation(
        method="GET",
        path="/",
        name="fail",
        summary="Fails.",
        handler=fail,
        gives=None,
        door=Door.OPEN,
        keep=Keep.NOBODY,
    )
    route = Route("/", Endpoint(hub, {"GET": operation}), methods=["GET"])

    transport = httpx.ASGITransport(app=Starlette(routes=[route]))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
        with capture_logs() as logged:
            response = await http.get("/")

    problem = is_problem(response, 500)
    [line] = logged
    assert line["error_id"] in problem["detail"]
    assert (line["event"], line["error"]) == ("api_request_failed", "ValueError")
    assert labelled not in f"{response.text}{logged}"


async def test_a_password_is_never_in_an_answer(clients: Clients) -> None:
    response = await clients.nobody.get(ME, **basic("nobody-at-all"))

    assert PASSWORD not in response.text


CONSENT = "/api/v1/releases/release--00000000-0000-4000-8000-000000000000/consent"


@pytest.fixture
async def card(hub: Hub, clock: StoppedClock) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of the chief's, which shows a client certificate to the hub."""
    card = make_certificate(ends=clock() + timedelta(days=1))
    chief = hub.authenticator.named("chief")
    hub.keyring.certificates.enrol(chief.id, pem(card), clock())
    header = {"Client-Cert": f":{base64.b64encode(der(card)).decode()}:"}
    behind = msgspec.structs.replace(hub, settings=BEHIND_A_PROXY)
    transport = httpx.ASGITransport(app=app.asgi(behind), client=("10.0.0.1", 5000))
    async with httpx.AsyncClient(
        transport=transport, base_url=HOST, headers=header
    ) as client:
        yield client


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain;charset=UTF-8"},
        {"Sec-Fetch-Site": "same-site", "Content-Type": "application/json"},
        {"Origin": "https://evil.example", "Content-Type": "application/json"},
        {"Origin": "null"},
    ],
)
async def test_another_site_s_page_cannot_act_by_a_client_certificate(
    card: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await card.post(CONSENT, headers=headers)

    assert "another site" in is_problem(response, 403)["detail"]


@pytest.mark.parametrize("content_type", ["text/plain", "", "multipart/form-data"])
async def test_by_a_certificate_even_an_empty_body_says_that_it_is_json(
    card: httpx.AsyncClient, content_type: str
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    bare = await card.post(CONSENT, headers=headers)
    said = await card.post(CONSENT, headers={"Content-Type": "application/json"})

    is_problem(bare, 415)
    is_problem(said, 404)


async def test_another_site_s_page_cannot_act_by_a_password_that_a_browser_keeps(
    clients: Clients,
) -> None:
    evil = {"Sec-Fetch-Site": "cross-site"}
    http = clients.nobody.http

    by_password = await http.post(CONSENT, headers=basic("chief") | evil)
    by_program = await http.post(CONSENT, headers=basic("chief"))

    is_problem(by_password, 403)
    is_problem(by_program, 404)
