"""A small founded hub for the tests of the API.

Founded once and copied for each test, so that a test may change whatever it likes.
`chief` is an operator and `desk` the secretariat of the alliance's own body; `pol` is
of Poland and publishes, `fin` reads for Finland, `mda` for Moldova, `pol-audit` is
Poland's auditor.
"""

import asyncio
import base64
import shutil
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import httpx
import msgspec
import orjson
import pytest
from starlette.applications import Starlette

from foedus import app
from foedus.alliance.commands import change_status
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.api.routes import routes
from foedus.clock import StoppedClock
from foedus.errors import UnavailableError
from foedus.eventlog.envelope import Act, Who
from foedus.hub import STALE_S_MAX, Hub
from foedus.identity.accounts import Account
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening as AccountOpening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.intel import commands as intel
from foedus.intel.rules import Opening
from foedus.releasability.viewers import Role, Viewer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105 - of test accounts
HOST = "https://hub.example"
FOUNDER = Who(account=WHOEVER_RUNS_THE_HUB, nation=NationCode("NATO"), door="cli")

OPEN = "11111111-1111-4111-8111-111111111111"
MEMBERS = "22222222-2222-4222-8222-222222222222"
FINLAND = "33333333-3333-4333-8333-333333333333"
UNKNOWN = "66666666-6666-4666-8666-666666666666"

COLLECTIONS = (
    Opening(
        id=OPEN,
        alias="open",
        title="Open",
        default_label="TLP:CLEAR",
        read="PUBLIC",
        write="MEMBERS",
    ),
    Opening(
        id=MEMBERS,
        alias="members",
        title="Members",
        default_label="NATO UNCLASSIFIED",
        read="PUBLIC",
        write="POL,FIN",
    ),
    Opening(id=FINLAND, alias="finland", title="Finland", read="FIN", write="FIN"),
)

ACCOUNTS = {
    "chief": ("NATO", Role.OPERATOR),
    "desk": ("NATO", Role.SECRETARIAT),
    "pol": ("POL", Role.PUBLISHER),
    "pol-audit": ("POL", Role.AUDITOR),
    "fin": ("FIN", Role.READER),
    "mda": ("MDA", Role.READER),
}


class World(msgspec.Struct, frozen=True):
    """The founded folder, and a token for each account."""

    folder: Path
    tokens: dict[str, str]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("api") / "data"
    return World(folder, asyncio.run(_found(folder)))


async def _found(folder: Path) -> dict[str, str]:
    clock = StoppedClock(NOON - timedelta(days=1))
    hub = await app.create(folder, load_pack("nato"), environment={}, clock=clock)
    act = Act(who=FOUNDER, at=clock())
    tokens = {}
    for name, (nation, role) in ACCOUNTS.items():
        tokens[name] = await _open(hub, act, name, nation, role)
    viewer = Viewer(
        nation=NationCode("NATO"),
        clearance=0,
        roles=frozenset({Role.OPERATOR}),
        account=WHOEVER_RUNS_THE_HUB,
    )
    desk = intel.Desk(log=hub.log, reading=hub.reading)
    for opening in COLLECTIONS:
        await intel.open_collection(desk, viewer, act, opening)
    hub.projector.catch_up()
    app.close_hub(hub)
    return tokens


async def _open(hub: Hub, act: Act, name: str, nation: str, role: Role) -> str:
    opening = AccountOpening(
        name=name, nation=nation, roles=frozenset({Role.READER, role})
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
def hub(founded: World, tmp_path: Path, clock: StoppedClock) -> Iterator[Hub]:
    folder = tmp_path / "data"
    shutil.copytree(founded.folder, folder)
    environment = {"FOEDUS_PUBLIC_URL": HOST}
    hub = app.open_hub(folder, environment=environment, clock=clock)
    hub.projector.start()
    yield hub
    app.close_hub(hub)


@pytest.fixture
async def lagging(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the views refuse what the log holds, for longer than is allowed."""
    hub.projector.stop()
    views = apsw.Connection(str(hub.folder / app.VIEWS))
    views.execute(_REFUSE).fetchall()
    views.close()
    chief = hub.authenticator.named("chief")
    await intel.open_collection(
        intel.Desk(log=hub.log, reading=hub.reading),
        chief.viewer(),
        hub.act(chief, door="cli", at=NOON),
        Opening(alias="late", title="Late"),
    )
    with pytest.raises(UnavailableError):
        hub.projector.catch_up()
    told = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: told() + STALE_S_MAX + 1)


_REFUSE = """
CREATE TRIGGER refuse BEFORE INSERT ON collection
BEGIN
    SELECT raise(ABORT, 'refused');
END
"""


class Client:
    """A client of the API, of one account or of nobody."""

    def __init__(self, http: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.http = http
        self.headers = headers

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """Send a request."""
        return await self.http.request(
            method, path, headers={**self.headers, **(headers or {})}, content=content
        )

    async def get(self, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask("GET", path, headers=named)

    async def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        named = {"Content-Type": "application/json"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask("POST", path, headers=named, content=content)

    async def delete(self, path: str) -> httpx.Response:
        return await self.ask("DELETE", path)


class Clients(msgspec.Struct, frozen=True):
    """A client for each account, and one of nobody."""

    chief: Client
    desk: Client
    pol: Client
    pol_audit: Client
    fin: Client
    mda: Client
    nobody: Client


@pytest.fixture
async def http(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=routes(hub)))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as found:
        yield found


@pytest.fixture
def clients(http: httpx.AsyncClient, founded: World) -> Clients:
    def client(name: str) -> Client:
        return Client(http, bearer(founded.tokens[name]))

    return Clients(
        chief=client("chief"),
        desk=client("desk"),
        pol=client("pol"),
        pol_audit=client("pol-audit"),
        fin=client("fin"),
        mda=client("mda"),
        nobody=Client(http, {}),
    )


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def suspend(hub: Hub, nation: str) -> None:
    """Take a nation's standing from it, today."""
    now = hub.clock()
    position = await change_status(
        hub.log,
        NationCode(nation),
        status=Status.SUSPENDED,
        since=now.date(),
        act=Act(who=FOUNDER, at=now),
    )
    await hub.seen([position])


async def publish(hub: Hub, account: Account, collection: str, number: int) -> str:
    """Publish an indicator, and give its id."""
    found = indicator(number)
    act = hub.act(account, door="taxii", at=NOON - timedelta(minutes=1))
    place = hub.reading.collection(account.viewer(), collection)
    [outcome] = await hub.publish(account, act, place.id, [orjson.dumps(found)])
    assert outcome.outcome == "stored", outcome
    return outcome.id


def indicator(number: int) -> dict[str, str]:
    """Give the indicator of that number."""
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.UUID(int=number, version=4)}",
        "created": "2026-11-01T00:00:00.000Z",
        "modified": "2026-11-01T00:00:00.000Z",
        "name": f"Indicator {number}",
        "pattern": "[ipv4-addr:value = '192.0.2.1']",
        "pattern_type": "stix",
        "valid_from": "2026-11-01T00:00:00Z",
    }


__all__ = ["clients", "clock", "founded", "http", "hub", "lagging"]
