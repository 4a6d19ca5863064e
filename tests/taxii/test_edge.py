import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from foedus.errors import UnavailableError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.taxii.answers import Answer
from foedus.taxii.edge import Endpoint, Handler
from foedus.taxii.exchange import Exchange
from foedus.taxii.surface import Surface, surface_of
from tests.taxii.world import HOST, OPEN, ROOT, Client, Clients

TOLD = "the secret of the object"


async def breaks(_surface: Surface, _exchange: Exchange, _account: Account) -> Answer:
    raise ValueError(TOLD)


async def is_busy(_surface: Surface, _exchange: Exchange, _account: Account) -> Answer:
    raise UnavailableError("the queue is full", retry_after_s=3)


async def ask(hub: Hub, handler: Handler, client: Client) -> httpx.Response:
    endpoint = Endpoint(surface_of(hub), {"GET": handler})
    application = Starlette(routes=[Route("/", endpoint, methods=["GET"])])
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
        return await http.get("/", headers=client.headers)


async def test_a_failure_is_an_error_object_and_tells_nothing(
    hub: Hub, pol: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    response = await ask(hub, breaks, pol)

    assert response.status_code == 500
    assert response.json()["http_status"] == "500"
    logged = capsys.readouterr()
    assert TOLD not in response.text
    assert response.json()["error_id"] in logged.out + logged.err
    assert TOLD not in logged.out + logged.err


async def test_a_hub_that_is_busy_says_when_to_come_back(hub: Hub, pol: Client) -> None:
    response = await ask(hub, is_busy, pol)

    assert response.status_code == 503
    assert response.headers["retry-after"] == "3"


async def test_the_credential_is_judged_before_anything_else(clients: Clients) -> None:
    response = await clients.nobody.get(
        f"{ROOT}collections/{OPEN}/objects/?limit=0", headers={"Accept": "text/html"}
    )

    assert response.status_code == 401


@pytest.mark.parametrize("path", ["/taxii2", "/taxii2/nato"])
async def test_a_missing_slash_is_added(pol: Client, path: str) -> None:
    response = await pol.get(path)

    assert response.status_code == 308
    assert response.headers["location"] == path + "/"


@pytest.mark.parametrize("path", ["/taxii2/nato/nowhere", "/taxii2//", "/taxii2/x/y/z"])
async def test_what_is_no_resource_is_404(pol: Client, path: str) -> None:
    response = await pol.get(path)

    assert response.status_code == 404
    assert response.json()["http_status"] == "404"


async def test_another_site_s_page_cannot_publish_by_a_browser_s_credential(
    pol: Client,
) -> None:
    evil = {"Sec-Fetch-Site": "cross-site"}
    kept = {"Authorization": "Basic cG9sOnBhc3N3b3Jk"}

    refused = await pol.post([], headers=kept | evil)
    by_program = await pol.post([], headers=kept)
    read = await pol.http.get("", headers={**pol.headers, **evil})

    assert refused.status_code == 403
    assert "another site" in refused.json()["description"]
    assert by_program.status_code == 401
    assert read.status_code == 200
