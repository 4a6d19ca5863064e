"""One founded hub, of which every history gets a copy."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import msgspec

from foedus import app
from foedus.alliance import commands as alliance
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.clock import StoppedClock
from foedus.eventlog.envelope import Act as LogAct
from foedus.eventlog.envelope import Who
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening as AccountOpening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.intel import commands as intel
from foedus.intel.rules import Opening
from foedus.releasability.viewers import Role, Viewer
from tests.leaks.oracle_rows import Account
from tests.leaks.world import ACCOUNTS, BEGINNING, COLLECTIONS, FOUNDED, START

FOUNDER = Who(account=WHOEVER_RUNS_THE_HUB, nation=NationCode("NATO"), door="cli")


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
    tokens = {
        each.name: await open_for(hub, each, act)
        for each in ACCOUNTS.values()
        if not each.comes_later
    }
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
    sessions = {name: start_session(hub, name) for name in tokens}
    app.asgi(hub)  # makes the key of cursors
    hub.store.key("web.forms")
    app.close_hub(hub)
    return Keys(folder, tokens, sessions)


async def open_for(hub: Hub, account: Account, act: LogAct) -> str:
    """Open an account and give a token of it."""
    opening = AccountOpening(
        name=account.name,
        nation=account.nation,
        roles=frozenset(_roles(account)),
        clearance=account.clearance,
    )
    opened = await open_account(
        hub.registry,
        opening,
        Secret("correct horse battery"),
        alliance=hub.alliance,
        act=act,
    )
    return hub.keyring.tokens.issue(opened.account, TokenTerms(), act.at).reveal()


def _roles(account: Account) -> set[Role]:
    if account.is_staff:
        return {Role.READER, Role.SECRETARIAT}
    return {Role.READER, Role.PUBLISHER} if account.publishes else {Role.READER}


def start_session(hub: Hub, name: str) -> str:
    """Sign an account in on the web."""
    account = hub.authenticator.named(name)
    return hub.authenticator.start_session(account).reveal()


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


def copied(keys: Keys, folder: Path) -> Path:
    """Copy the founded folder."""
    return Path(shutil.copytree(keys.folder, folder))
