"""The hub that the conformance tests ask, served by `foedus serve`.

- Poland, Finland and Moldova have accounts; Poland has a collection of every
  combination of rights, and hundreds of empty ones that it may read and write.
- Every test that stores something takes an empty collection of its own, so that all
  share one server process and none sees what another left.
- What goes to the collection of members has ids of its own, since a label follows an
  id into other collections.
"""

import asyncio
import shutil
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import orjson

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.clock import Clock, system_clock
from foedus.eventlog.envelope import Act
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening as AccountOpening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.intel import commands as intel
from foedus.intel.rules import Opening
from foedus.releasability.viewers import Role, Viewer
from tests.scenarios.installation import Installation, Server
from tests.taxii.world import COLLECTIONS, FOUNDER, PASSWORD, TAXII

ROOT = "/taxii2/nato/"
EMPTY_COLLECTIONS = 400
"""Enough for every test that stores something to have one of its own."""

ACCOUNTS = {
    "pol": ("POL", {Role.READER, Role.PUBLISHER}),
    "pol-2": ("POL", {Role.READER, Role.PUBLISHER}),
    "fin": ("FIN", {Role.READER, Role.PUBLISHER}),
    "mda": ("MDA", {Role.READER, Role.PUBLISHER}),
    # Of a nation to which no collection is open.
    "aut": ("AUT", {Role.READER}),
}

_EVERYBODY = "POL,FIN,MDA"


class Client:
    """An account that speaks TAXII to a server.

    Args:
        url: of the server, without a path.
        name: of the account; None is nobody.
        verify: whom to trust, over HTTPS.
    """

    def __init__(
        self, url: str, name: str | None, *, verify: ssl.SSLContext | bool = True
    ) -> None:
        self.http = httpx.Client(
            base_url=url,
            auth=None if name is None else (name, PASSWORD),
            headers={"Accept": TAXII},
            timeout=60,
            verify=verify,
        )

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        **query: str,
    ) -> httpx.Response:
        """Ask, below the API root unless the path begins with a slash.

        `match_type=` stands for `match[type]=`.
        """
        given = {
            f"match[{name[6:]}]" if name.startswith("match_") else name: value
            for name, value in query.items()
        }
        return self.http.request(
            method,
            path if path.startswith("/") else ROOT + path,
            headers=headers,
            content=body,
            params=given or None,
        )

    def get(
        self, path: str, *, headers: dict[str, str] | None = None, **query: str
    ) -> httpx.Response:
        """GET below the API root."""
        return self.ask("GET", path, headers=headers, **query)


class Shelf:
    """One collection as one account has it.

    Args:
        client: the account.
        id: of the collection, or its alias.
    """

    def __init__(self, client: Client, id: str) -> None:  # noqa: A002 - as the field
        self.client = client
        self.id = id
        self.path = f"collections/{id}/"

    def of(self, client: Client) -> "Shelf":
        """Give the same collection as another account has it."""
        return Shelf(client, self.id)

    def get(
        self, path: str = "", *, headers: dict[str, str] | None = None, **query: str
    ) -> httpx.Response:
        """GET below the collection."""
        return self.client.get(self.path + path, headers=headers, **query)

    def post(
        self,
        objects: list[dict[str, Any]] | bytes,
        *,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """POST objects, or a body as it is."""
        body = objects
        if not isinstance(body, bytes):
            body = orjson.dumps({"objects": body})
        return self.client.ask(
            "POST",
            self.path + "objects/",
            body=body,
            headers={"Content-Type": TAXII, **(headers or {})},
        )

    def add(self, *objects: dict[str, Any]) -> dict[str, Any]:
        """Publish objects, all of which are expected to be taken; gives the status."""
        response = self.post(list(objects))
        assert response.status_code == 202, response.text
        status: dict[str, Any] = response.json()
        assert status["failure_count"] == 0, status
        return status

    def delete(self, object_id: str, **query: str) -> httpx.Response:
        """DELETE an object."""
        return self.client.ask("DELETE", f"{self.path}objects/{object_id}/", **query)

    def objects(self, **query: str) -> list[dict[str, Any]]:
        """Give a page of objects."""
        return self._listed("objects/", **query)

    def manifest(self, **query: str) -> list[dict[str, Any]]:
        """Give a page of the manifest."""
        return self._listed("manifest/", **query)

    def ids(self, **query: str) -> list[str]:
        """Give the ids of a page of objects."""
        return [each["id"] for each in self.objects(**query)]

    def modified(self, **query: str) -> list[str]:
        """Give when the objects of a page were modified."""
        return [each["modified"] for each in self.objects(**query)]

    def added(self, **query: str) -> list[str]:
        """Give when the objects of a page were added."""
        return [each["date_added"] for each in self.manifest(**query)]

    def versions(self, object_id: str) -> list[str]:
        """Give the versions of an object; none where there is no such object."""
        response = self.get(f"objects/{object_id}/versions/")
        found: list[str] = response.json().get("versions", [])
        return found

    def pages(self, path: str, **query: str) -> list[httpx.Response]:
        """Follow `next` to the end."""
        found = [self.get(path, **query)]
        while found[-1].json().get("more"):
            query["next"] = found[-1].json()["next"]
            found.append(self.get(path, **query))
        return found

    def _listed(self, path: str, **query: str) -> list[dict[str, Any]]:
        response = self.get(path, **query)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json().get("objects", [])
        return found


class Clients(msgspec.Struct, frozen=True):
    """A client for each account, and one of nobody."""

    pol: Client
    pol_2: Client
    fin: Client
    mda: Client
    aut: Client
    nobody: Client


def clients_of(url: str) -> Clients:
    """Make a client for each account."""
    named = {name.replace("-", "_"): Client(url, name) for name in ACCOUNTS}
    return Clients(**named, nobody=Client(url, None))


class Founded(msgspec.Struct, frozen=True):
    """A founded folder, to copy and not to serve, and a token of Poland."""

    folder: Path
    token: str


def found(folder: Path, *, clock: Clock = system_clock) -> Founded:
    """Found the hub."""
    return Founded(folder, asyncio.run(_found(folder, clock)))


async def _found(folder: Path, clock: Clock) -> str:
    hub = await app.create(folder, load_pack("nato"), environment={}, clock=clock)
    act = Act(who=FOUNDER, at=clock())
    opened = {}
    for name, (nation, roles) in ACCOUNTS.items():
        opening = AccountOpening(name=name, nation=nation, roles=frozenset(roles))
        opened[name] = await open_account(
            hub.registry, opening, Secret(PASSWORD), alliance=hub.alliance, act=act
        )
    await _open_collections(hub, act)
    hub.projector.catch_up()
    token = hub.keyring.tokens.issue(opened["pol"].account, TokenTerms(), act.at)
    app.close_hub(hub)
    return token.reveal()


async def _open_collections(hub: Hub, act: Act) -> None:
    operator = Viewer(
        nation=NationCode("NATO"),
        clearance=0,
        roles=frozenset({Role.OPERATOR}),
        account=WHOEVER_RUNS_THE_HUB,
    )
    desk = intel.Desk(log=hub.log, reading=hub.reading)
    named = (
        msgspec.structs.replace(each, read=each.read.replace("PUBLIC", _EVERYBODY))
        for each in COLLECTIONS
    )
    for opening in (*named, *map(_empty, range(EMPTY_COLLECTIONS))):
        await intel.open_collection(desk, operator, act, opening)


def empty_id(number: int) -> str:
    """Name the empty collection of that number."""
    return str(uuid.UUID(int=number, version=4))


def _empty(number: int) -> Opening:
    return Opening(
        id=empty_id(number),
        alias=f"empty-{number}",
        title=f"Empty {number}",
        default_label="TLP:CLEAR",
        read=_EVERYBODY,
        write=_EVERYBODY,
    )


@contextmanager
def serving(founded: Founded, folder: Path, settings: str = "") -> Iterator[Server]:
    """Serve a copy of a founded folder, with settings of its own."""
    shutil.copytree(founded.folder, folder)
    (folder / "foedus.toml").write_text(settings)
    with Installation(folder).serve() as server:
        yield server
