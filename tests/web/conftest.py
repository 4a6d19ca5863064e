"""The web pages of a demo hub, asked for without a server."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette

from foedus import app
from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.web.routes import routes
from tests.response.conftest import founded_theatre
from tests.web.demo_hub import Mould, copy_hub, make_mould
from tests.web.guiding import Told, tell

if TYPE_CHECKING:
    from tests.web.deciding import Seats
    from tests.web.responding import Floor

__all__ = ["founded_theatre"]

SignIn = Callable[[str], object]

SITE = "http://127.0.0.1:8440"
STRICT = {"FOEDUS_SIGN_IN_SECOND_FACTOR": "required", "FOEDUS_PUBLIC_URL": SITE}


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
    return asyncio.run(signed_in(still_hub, mould, "norway"))


@pytest.fixture(scope="session")
def partner_cookies(still_hub: Hub, mould: Mould) -> httpx.Cookies:
    """The session of a partner's account on that hub."""
    return asyncio.run(signed_in(still_hub, mould, "moldova"))


@pytest.fixture
async def moldova(
    still_hub: Hub, partner_cookies: httpx.Cookies
) -> AsyncIterator[httpx.AsyncClient]:
    """A partner, signed in on the hub that nobody changes."""
    async with looking(still_hub, partner_cookies) as client:
        yield client


@pytest.fixture
async def norway(
    still_hub: Hub, still_cookies: httpx.Cookies
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of Norway who is signed in, and only looks."""
    async with looking(still_hub, still_cookies) as client:
        yield client


@pytest.fixture(scope="session")
def guided_mould(mould: Mould, tmp_path_factory: pytest.TempPathFactory) -> Mould:
    """A hub in which nations have reported, engaged and laid down."""
    folder = tmp_path_factory.mktemp("guided") / "data"
    hub = copy_hub(mould, folder)
    TOLD[str(folder)] = asyncio.run(tell(hub))
    app.close_hub(hub)
    return Mould(folder=folder, passwords=mould.passwords)


TOLD: dict[str, Told] = {}
"""What was told in a mould, by its folder."""


@pytest.fixture(scope="session")
def told(guided_mould: Mould) -> Told:
    """The names of what was told."""
    return TOLD[str(guided_mould.folder)]


@pytest.fixture(scope="session")
def guided_hub(
    guided_mould: Mould, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hub]:
    """The same, that many tests look at and none changes."""
    hub = copy_hub(guided_mould, tmp_path_factory.mktemp("looked") / "data")
    yield hub
    app.close_hub(hub)


@pytest.fixture(scope="session")
def guided_cookies(guided_hub: Hub, mould: Mould) -> dict[str, httpx.Cookies]:
    """What browsers hold that have signed in there, by the name of the account."""

    async def sign_in() -> dict[str, httpx.Cookies]:
        names = ("norway", "sweden", "moldova")
        return {name: await signed_in(guided_hub, mould, name) for name in names}

    return asyncio.run(sign_in())


@pytest.fixture
async def guided(
    guided_hub: Hub, guided_cookies: dict[str, httpx.Cookies]
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of Norway who only looks."""
    async with looking(guided_hub, guided_cookies["norway"]) as client:
        yield client


@pytest.fixture
async def guided_sweden(
    guided_hub: Hub, guided_cookies: dict[str, httpx.Cookies]
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of Sweden who only looks."""
    async with looking(guided_hub, guided_cookies["sweden"]) as client:
        yield client


@pytest.fixture
async def guided_moldova(
    guided_hub: Hub, guided_cookies: dict[str, httpx.Cookies]
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of a partner who only looks."""
    async with looking(guided_hub, guided_cookies["moldova"]) as client:
        yield client


async def signed_in(hub: Hub, mould: Mould, name: str) -> httpx.Cookies:
    """Sign in, and give what the browser holds then."""
    async with looking(hub, httpx.Cookies()) as client:
        page = await client.get("/sign-in")
        form = {
            "form-token": form_token(page.text),
            "name": name,
            "password": mould.passwords[name],
        }
        await client.post("/sign-in", data=form)
        return client.cookies


@pytest.fixture(scope="session")
def seats(mould: Mould, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Seats"]:
    """A hub with delegates, for tests that make decisions of their own."""
    from tests.web.deciding import open_seats  # noqa: PLC0415 - it imports from here

    found = open_seats(mould, tmp_path_factory.mktemp("seats") / "data")
    yield found
    app.close_hub(found.hub)


@pytest.fixture(scope="session")
def floor(
    founded_theatre: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Floor"]:
    """A hub on which protocols run; who acts does so in runs of their own."""
    from tests.web.responding import Floor  # noqa: PLC0415 - it imports from here

    found = Floor(founded_theatre, tmp_path_factory.mktemp("floor"))
    asyncio.run(found.open())
    yield found
    found.close()


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


@pytest.fixture
def stopped() -> StoppedClock:
    """The clock of the strict hub."""
    return StoppedClock(datetime.now(UTC))


@pytest.fixture
def strict(mould: Mould, tmp_path: Path, stopped: StoppedClock) -> Iterator[Hub]:
    """A hub that asks for two factors."""
    folder = tmp_path / "strict"
    shutil.copytree(mould.folder, folder)
    hub = app.open_hub(folder, environment=STRICT, clock=stopped)
    yield hub
    app.close_hub(hub)


@pytest.fixture
async def person(strict: Hub) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has not signed in there."""
    async with looking(strict, httpx.Cookies()) as client:
        yield client
