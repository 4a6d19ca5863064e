"""Drives the real hub: SQLite, a stopped clock, its own web application.

A history is run once and everything that was answered is recorded; judging comes
afterwards, so that one recording may be held against many oracles.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec

from foedus import app
from foedus.alliance import commands as alliance
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.clock import StoppedClock
from foedus.errors import RuleViolationError
from foedus.eventlog.envelope import Act as LogAct
from foedus.eventlog.envelope import Who
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening as AccountOpening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode, Position
from foedus.intel import commands as intel
from foedus.intel.events import Published
from foedus.intel.rules import Opening
from foedus.releasability.viewers import Role, Viewer
from tests.leaks.world import (
    ACCOUNTS,
    BEGINNING,
    COLLECTIONS,
    FOUNDED,
    START,
    Act,
    Change,
    Post,
    Withdraw,
)

TAXII = "application/taxii+json;version=2.1"
ROOT = "/taxii2/nato"
HOST = "http://127.0.0.1:8440"
FOUNDER = Who(account=WHOEVER_RUNS_THE_HUB, nation=NationCode("NATO"), door="cli")
SECOND = timedelta(seconds=1)
_FORM = "a-browser-that-has-been-here"


class Keys(msgspec.Struct, frozen=True):
    """A founded folder, and each account's token and web session."""

    folder: Path
    tokens: dict[str, str]
    sessions: dict[str, str]


def found(folder: Path) -> Keys:
    """Found a hub with all accounts and collections; copies of it are run."""
    return asyncio.run(_found(folder))


async def _found(folder: Path) -> Keys:
    clock = StoppedClock(FOUNDED)
    hub = await app.create(folder, load_pack("nato"), environment={}, clock=clock)
    act = LogAct(who=FOUNDER, at=clock())
    tokens: dict[str, str] = {}
    sessions: dict[str, str] = {}
    for each in ACCOUNTS.values():
        roles = {Role.READER, Role.PUBLISHER} if each.publishes else {Role.READER}
        opening = AccountOpening(
            name=each.name,
            nation=each.nation,
            roles=frozenset(roles),
            clearance=each.clearance,
        )
        opened = await open_account(
            hub.registry,
            opening,
            Secret("correct horse battery"),
            alliance=hub.alliance,
            act=act,
        )
        issued = hub.keyring.tokens.issue(opened.account, TokenTerms(), act.at)
        tokens[each.name] = issued.reveal()
    await _open_collections(hub, act)
    await alliance.change_status(
        hub.log,
        NationCode(BEGINNING.nation),
        status=Status(BEGINNING.status),
        since=FOUNDED.date(),
        act=act,
    )
    hub.projector.catch_up()
    clock.set(START - timedelta(minutes=10))
    for name in ACCOUNTS:
        account = hub.authenticator.named(name)
        sessions[name] = hub.authenticator.start_session(account).reveal()
    app.asgi(hub)  # makes the key of cursors
    hub.store.key("web.forms")
    app.close_hub(hub)
    return Keys(folder, tokens, sessions)


async def _open_collections(hub: Hub, act: LogAct) -> None:
    viewer = Viewer(
        nation=NationCode("NATO"),
        clearance=0,
        roles=frozenset({Role.OPERATOR}),
        account=WHOEVER_RUNS_THE_HUB,
    )
    desk = intel.Desk(log=hub.log, reading=hub.reading)
    for each in COLLECTIONS:
        opening = Opening(
            id=each.id,
            alias=each.alias,
            title=each.alias,
            default_label=each.default,
            read=each.read,
            write=each.write,
        )
        await intel.open_collection(desk, viewer, act, opening)


class Done(msgspec.Struct, kw_only=True):
    """What one act led to.

    Attributes:
        status: the code of the answer; 0 where nobody was asked.
        outcomes: of each posted (id, version) whether it succeeded, sorted.
        labels: of each stored (id, version) the label's text, and the id of the
            marking that was stamped, if any; in order.
    """

    status: int = 0
    outcomes: list[tuple[str, str, bool]] = []
    labels: list[tuple[str, str, str, str]] = []


class Driver:
    """A running hub that everybody can be asked through."""

    def __init__(self, hub: Hub, clock: StoppedClock, keys: Keys) -> None:
        self.hub = hub
        self.clock = clock
        self._keys = keys
        self.app = app.asgi(hub)
        transport = httpx.ASGITransport(app=self.app)
        self._http = httpx.AsyncClient(transport=transport, base_url=HOST)

    async def close(self) -> None:
        await self._http.aclose()
        app.close_hub(self.hub)

    async def taxii(
        self,
        account: str,
        method: str,
        path: str,
        **request: Any,  # noqa: ANN401
    ) -> httpx.Response:
        """Ask below the API root, as a TAXII client does."""
        headers = {
            "Authorization": f"Bearer {self._keys.tokens[account]}",
            "Accept": TAXII,
            "Content-Type": TAXII,
        }
        return await self._http.request(
            method, f"{ROOT}{path}", headers=headers, **request
        )

    async def get(self, account: str, url: str) -> httpx.Response:
        """Ask any address: pages in a browser that is signed in, the rest by token."""
        if url.startswith(("/taxii2/", "/api/")):
            accept = TAXII if url.startswith("/taxii2/") else "application/json"
            token = f"Bearer {self._keys.tokens[account]}"
            headers = {"Authorization": token, "Accept": accept}
        else:
            session = f"foedus-session={self._keys.sessions[account]}"
            cookie = f"{session}; foedus-form={_FORM}"  # else each form has its own
            headers = {"Cookie": cookie, "Accept": "text/html"}
        return await self._http.get(url, headers=headers)

    def pass_by(self) -> None:
        """Let a second pass."""
        self.clock.advance(SECOND)

    async def answer_to(self, act: Post | Withdraw) -> httpx.Response:
        """Let an account do something, a second after the last."""
        self.pass_by()
        url = f"/collections/{act.collection}/objects/"
        if isinstance(act, Post):
            body = json.dumps({"objects": act.items})
            return await self.taxii(act.account, "POST", url, content=body)
        query = {} if act.match == "last" else {"match[version]": act.match}
        return await self.taxii(act.account, "DELETE", f"{url}{act.id}/", params=query)

    async def do(self, act: Act) -> Done:
        """Let one thing happen, a second after the last."""
        if isinstance(act, Change):
            self.pass_by()
            await self._change(act)
            return Done()
        before = self.hub.log.head()
        answer = await self.answer_to(act)
        done = Done(status=answer.status_code)
        if answer.status_code == httpx.codes.ACCEPTED:
            self._note(done, answer, before)
        return done

    async def _change(self, act: Change) -> None:
        try:
            position = await alliance.change_status(
                self.hub.log,
                NationCode(act.nation),
                status=Status(act.status),
                since=self.clock().date(),
                act=LogAct(who=FOUNDER, at=self.clock()),
            )
        except RuleViolationError:
            return  # it has that status already: a history was shortened
        await self.hub.projector.wait(position)

    def _note(self, done: Done, answer: httpx.Response, before: Position) -> None:
        """Note what became of each item, and the labels that were given."""
        status = answer.json()
        done.outcomes = sorted(
            (each["id"], each["version"], name == "successes")
            for name in ("successes", "failures")
            for each in status.get(name, ())
        )
        for recorded in self.hub.log.read_after(before, 1_000):
            event = self.hub.codec.decode(recorded)
            if isinstance(event, Published):
                done.labels.append(_label(event, recorded.label))


def _label(event: Published, text: str) -> tuple[str, str, str, str]:
    return (event.id, event.version, text, event.stamp or "")


@asynccontextmanager
async def running(keys: Keys, folder: Path) -> AsyncIterator[Driver]:
    """Run a copy of the founded hub."""
    shutil.copytree(keys.folder, folder)
    clock = StoppedClock(START)
    hub = app.open_hub(folder, environment={}, clock=clock)
    hub.projector.start()
    driver = Driver(hub, clock, keys)
    try:
        yield driver
    finally:
        await driver.close()
