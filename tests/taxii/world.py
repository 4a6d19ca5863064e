"""A small founded hub for the tests of the TAXII surface.

Poland and Finland are members, Moldova is a partner. The hub is founded once and
copied for each test, so that a test may change whatever it likes.
"""

import asyncio
import base64
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import orjson
import pytest
from starlette.applications import Starlette

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.clock import StoppedClock
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening as AccountOpening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.intel import commands as intel
from foedus.intel.rules import Opening
from foedus.releasability.viewers import Role, Viewer
from foedus.taxii.routes import routes

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105 - of test accounts
TAXII = "application/taxii+json;version=2.1"
ROOT = "/taxii2/nato/"
HOST = "https://hub.example"
FOUNDER = Who(account=WHOEVER_RUNS_THE_HUB, nation=NationCode("NATO"), door="cli")

OPEN = "11111111-1111-4111-8111-111111111111"
MEMBERS = "22222222-2222-4222-8222-222222222222"
READ_ONLY = "33333333-3333-4333-8333-333333333333"
WRITE_ONLY = "44444444-4444-4444-8444-444444444444"
NO_ACCESS = "55555555-5555-4555-8555-555555555555"
UNKNOWN = "66666666-6666-4666-8666-666666666666"

_ALL = "POL,FIN,MDA"
COLLECTIONS = (
    Opening(
        id=OPEN,
        alias="open",
        title="Open",
        description="For everybody.",
        default_label="TLP:CLEAR",
        read="PUBLIC",
        write=_ALL,
    ),
    Opening(
        id=MEMBERS,
        alias="members",
        title="Members",
        default_label="NATO UNCLASSIFIED",
        read="PUBLIC",
        write=_ALL,
    ),
    Opening(
        id=READ_ONLY,
        alias="read-only",
        title="Poland reads",
        default_label="TLP:CLEAR",
        read="PUBLIC",
        write="FIN",
    ),
    Opening(
        id=WRITE_ONLY,
        alias="write-only",
        title="Poland writes",
        default_label="TLP:CLEAR",
        read="FIN",
        write="POL,FIN",
    ),
    Opening(
        id=NO_ACCESS,
        alias="no-access",
        title="Finland alone",
        default_label="TLP:CLEAR",
        read="FIN",
        write="FIN",
    ),
)
"""Every combination of rights, as Poland has them."""

ACCOUNTS = {"pol": "POL", "pol-2": "POL", "fin": "FIN", "mda": "MDA"}


class World(msgspec.Struct, frozen=True):
    """The founded folder, and a token for each account."""

    folder: Path
    tokens: dict[str, str]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("taxii") / "data"
    return World(folder, asyncio.run(_found(folder)))


async def _found(folder: Path) -> dict[str, str]:
    clock = StoppedClock(NOON - timedelta(days=1))
    hub = await app.create(folder, load_pack("nato"), environment={}, clock=clock)
    act = Act(who=FOUNDER, at=clock())
    tokens = {}
    for name, nation in ACCOUNTS.items():
        tokens[name] = await _open_account(hub, act, name, nation)
    await open_collections(hub, act)
    hub.projector.catch_up()
    app.close_hub(hub)
    return tokens


async def open_collections(hub: Hub, act: Act) -> None:
    viewer = Viewer(
        nation=NationCode("NATO"),
        clearance=0,
        roles=frozenset({Role.OPERATOR}),
        account=WHOEVER_RUNS_THE_HUB,
    )
    desk = intel.Desk(log=hub.log, reading=hub.reading)
    for opening in COLLECTIONS:
        await intel.open_collection(desk, viewer, act, opening)


async def _open_account(hub: Hub, act: Act, name: str, nation: str) -> str:
    """Open an account with the password that all have, and a token."""
    opening = AccountOpening(
        name=name, nation=nation, roles=frozenset({Role.READER, Role.PUBLISHER})
    )
    opened = await open_account(
        hub.registry, opening, Secret(PASSWORD), alliance=hub.alliance, act=act
    )
    token = hub.keyring.tokens.issue(opened.account, TokenTerms(), act.at)
    return token.reveal()


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def environment() -> dict[str, str]:
    """Settings of the hub; a test may override the fixture."""
    return {"FOEDUS_PUBLIC_URL": HOST}


@pytest.fixture
def hub(
    founded: World,
    tmp_path: Path,
    clock: StoppedClock,
    environment: dict[str, str],
) -> Iterator[Hub]:
    folder = tmp_path / "data"
    shutil.copytree(founded.folder, folder)
    hub = app.open_hub(folder, environment=environment, clock=clock)
    hub.projector.start()
    yield hub
    app.close_hub(hub)


class Client:
    """A TAXII client of one account."""

    def __init__(self, http: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.http = http
        self.headers = headers

    async def get(
        self,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> httpx.Response:
        """GET below the API root; `match_type=` stands for `match[type]=`."""
        return await self.ask("GET", path, headers=headers, **query)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> httpx.Response:
        given = {
            f"match[{name[6:]}]" if name.startswith("match_") else name: value
            for name, value in query.items()
        }
        url = f"{HOST}{path}" if path.startswith("/") else path
        return await self.http.request(
            method,
            url,
            headers={**self.headers, **(headers or {})},
            params=given or None,
        )

    async def post(
        self,
        objects: list[dict[str, Any]] | bytes,
        *,
        to: str = OPEN,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        body = (
            objects
            if isinstance(objects, bytes)
            else orjson.dumps({"objects": objects})
        )
        return await self.http.post(
            f"collections/{to}/objects/",
            content=body,
            headers={**self.headers, "Content-Type": TAXII, **(headers or {})},
        )

    async def add(self, *objects: dict[str, Any], to: str = OPEN) -> dict[str, Any]:
        """Publish objects, all of which are expected to be taken."""
        response = await self.post(list(objects), to=to)
        assert response.status_code == 202, response.text
        status: dict[str, Any] = response.json()
        assert status["failure_count"] == 0, status
        return status

    async def ids(self, of: str = OPEN, **query: str) -> list[str]:
        """Give the ids of a page of objects."""
        response = await self.get(f"collections/{of}/objects/", **query)
        assert response.status_code == 200, response.text
        return [each["id"] for each in response.json().get("objects", [])]


class Clients(msgspec.Struct, frozen=True):
    """A client for each account, and one of nobody."""

    pol: Client
    pol_2: Client
    fin: Client
    mda: Client
    nobody: Client


@pytest.fixture
async def clients(hub: Hub, founded: World) -> AsyncIterator[Clients]:
    transport = httpx.ASGITransport(app=Starlette(routes=routes(hub)))
    base = f"{HOST}{ROOT}"
    async with httpx.AsyncClient(transport=transport, base_url=base) as http:
        accept = {"Accept": TAXII}

        def client(name: str) -> Client:
            bearer = f"Bearer {founded.tokens[name]}"
            return Client(http, {**accept, "Authorization": bearer})

        yield Clients(
            pol=client("pol"),
            pol_2=client("pol-2"),
            fin=client("fin"),
            mda=client("mda"),
            nobody=Client(http, accept),
        )


@pytest.fixture
def pol(clients: Clients) -> Client:
    return clients.pol


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def indicator(number: int, *, modified: str = "2026-11-01T00:00:00.000Z") -> Any:  # noqa: ANN401 - JSON
    """Give the indicator of that number, in some version."""
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.UUID(int=number, version=4)}",
        "created": "2026-11-01T00:00:00.000Z",
        "modified": modified,
        "name": f"Indicator {number}",
        "pattern": f"[ipv4-addr:value = '192.0.2.{number % 256}']",
        "pattern_type": "stix",
        "valid_from": "2026-11-01T00:00:00Z",
    }


def malware(number: int) -> dict[str, Any]:
    """Give the malware of that number."""
    return {
        "type": "malware",
        "spec_version": "2.1",
        "id": f"malware--{uuid.UUID(int=number, version=4)}",
        "created": "2026-11-01T00:00:00.000Z",
        "modified": "2026-11-01T00:00:00.000Z",
        "name": f"Malware {number}",
        "is_family": False,
    }


__all__ = ["clients", "clock", "environment", "founded", "hub", "pol"]
