"""The web pages of a demo hub, asked for without a server."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from foedus import app
from foedus.hub import Hub
from foedus.web.routes import routes
from tests.web.demo_hub import Mould, copy_hub, make_mould

SignIn = Callable[[str], object]


@pytest.fixture(scope="session")
def mould(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    return make_mould(tmp_path_factory.mktemp("mould") / "data")


@pytest.fixture
def hub(mould: Mould, tmp_path: Path) -> Iterator[Hub]:
    hub = copy_hub(mould, tmp_path / "data")
    yield hub
    app.close_hub(hub)


@pytest.fixture
async def browser(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody on the machine of the hub, who has not signed in."""
    transport = httpx.ASGITransport(app=Starlette(routes=routes(hub)))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8440"
    ) as client:
        yield client


@pytest.fixture
async def stranger(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody on another machine."""
    transport = httpx.ASGITransport(
        app=Starlette(routes=routes(hub)), client=("192.0.2.7", 5000)
    )
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8440"
    ) as client:
        yield client


@pytest.fixture(scope="session")
def still_hub(mould: Mould, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub that many tests look at and none changes."""
    hub = copy_hub(mould, tmp_path_factory.mktemp("still") / "data")
    yield hub
    app.close_hub(hub)


@pytest.fixture(scope="session")
def still_cookies(still_hub: Hub, mould: Mould) -> httpx.Cookies:
    """What a browser holds that has signed in as Norway on the still hub."""

    async def sign_in() -> httpx.Cookies:
        async with looking(still_hub, httpx.Cookies()) as client:
            page = await client.get("/sign-in")
            form = {
                "form-token": form_token(page.text),
                "name": "norway",
                "password": mould.passwords["norway"],
            }
            await client.post("/sign-in", data=form)
            return client.cookies

    return asyncio.run(sign_in())


@pytest.fixture
async def norway(
    still_hub: Hub, still_cookies: httpx.Cookies
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of Norway who is signed in, and only looks."""
    async with looking(still_hub, still_cookies) as client:
        yield client


def looking(hub: Hub, cookies: httpx.Cookies) -> httpx.AsyncClient:
    """Look at a hub with a browser that holds some cookies."""
    transport = httpx.ASGITransport(app=Starlette(routes=routes(hub)))
    return httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8440", cookies=cookies
    )


@pytest.fixture
def sign_in(browser: httpx.AsyncClient, mould: Mould) -> SignIn:
    """Sign the browser in as an account of the demo."""

    async def sign_in(name: str) -> httpx.Response:
        page = await browser.get("/sign-in")
        form = {
            "form-token": form_token(page.text),
            "name": name,
            "password": mould.passwords[name],
        }
        return await browser.post("/sign-in", data=form)

    return sign_in


def form_token(html: str) -> str:
    """Find the token of the first form of a page."""
    found = re.search(r'name="form-token" value="([^"]+)"', html)
    assert found is not None, "every form carries a token"
    return found[1]
