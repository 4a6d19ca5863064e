"""`foedus account`: open, list and close accounts of people and services."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import click
import msgspec

from foedus.alliance.nations import Alliance
from foedus.cli import proofs, spelling
from foedus.cli.output import give, say, table, tell
from foedus.cli.station import Station, on_station, operator
from foedus.clock import from_ms
from foedus.errors import InvalidInputError
from foedus.identity.accounts import Holder
from foedus.identity.commands import Opened, close_account, open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.identity.views import PAGE_SIZE_MAX, AccountRow, accounts
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role

if TYPE_CHECKING:
    from foedus.hub import Hub


class _Words(TypedDict):
    """The command's arguments and options."""

    name: str
    nation: str
    roles: frozenset[Role]
    clearance: str | None
    password_stdin: bool
    token: bool


@click.group("account")
def command() -> None:
    """Open, list and close accounts of people and services."""


@command.command("add")
@click.argument("name", type=spelling.name)
@click.option("--nation", metavar="CODE", required=True, help="Whose account it is.")
@click.option(
    "--role",
    "roles",
    metavar="ROLE[,ROLE…]",
    type=spelling.roles,
    required=True,
    help="What it may do: " + ", ".join(Role) + ".",
)
@click.option(
    "--clearance",
    metavar="LEVEL",
    help="Up to which level it sees; the highest unclassified one by default.",
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from a line of stdin."
)
@click.option(
    "--token", is_flag=True, help="Make a token, not a password: for a service."
)
@on_station
def add(station: Station, **words: Unpack[_Words]) -> None:
    """Open the account NAME.

    A random password is printed once, unless one is given or a token is asked for.
    """
    first = _first(password_stdin=words["password_stdin"], token=words["token"])
    opened, clearance, code = asyncio.run(_open(station, words, first))
    _answer(station, opened, clearance, code)


def _first(*, password_stdin: bool, token: bool) -> Secret | TokenTerms | None:
    """Give a chosen password, the terms of a token, or None for a made-up password."""
    if password_stdin and token:
        raise click.UsageError("--password-stdin and --token exclude each other")
    if token:
        return TokenTerms(label="first")
    if password_stdin:
        line = sys.stdin.readline()
        return Secret(line.rstrip("\r\n"))
    return None


async def _open(
    station: Station, words: _Words, first: Secret | TokenTerms | None
) -> tuple[Opened, str, Secret | None]:
    with station.hub() as hub:
        alliance = hub.alliance
        opening = Opening(
            name=words["name"],
            nation=words["nation"],
            roles=words["roles"],
            clearance=_level(words["clearance"], alliance),
            holder=Holder.SERVICE if words["token"] else Holder.PERSON,
        )
        opened = await open_account(
            hub.registry,
            opening,
            first,
            alliance=alliance,
            act=station.act(alliance.code),
        )
        await hub.seen([opened.position])
        code = proofs.enrolment_code(station, hub, opened.account)
    return opened, alliance.levels[opened.clearance].name, code


def _level(text: str | None, alliance: Alliance) -> int | None:
    if text is None:
        return None
    level = alliance.level(text)
    if level is None:
        known = ", ".join(each.name for each in alliance.levels)
        raise InvalidInputError(f"{text!r} is no level of {alliance.name}; use {known}")
    return level


def _answer(
    station: Station, opened: Opened, clearance: str, code: Secret | None
) -> None:
    password = opened.password.reveal() if opened.password else None
    token = opened.token.reveal() if opened.token else None
    if station.as_json:
        document = {
            "name": opened.name,
            "nation": opened.nation,
            "roles": opened.roles,
            "clearance": clearance,
            "password": password,
            "token": token,
            "enrolment_code": code.reveal() if code else None,
        }
        give(document)
        return
    tell([f"account   {opened.name}"])
    if password:
        tell([f"password  {password}"])
    if token:
        tell([f"token     {token}"])
    if code:
        tell([f"code      {code.reveal()}"])
    if password or token or code:
        say("This is not shown again.")
    if code:
        say(proofs.OF_THE_CODE)


@command.command("list")
@on_station
def listing(station: Station) -> None:
    """List the accounts, those that were closed among them."""
    with station.hub() as hub:
        found = list(_every(hub))
    if station.as_json:
        give(found)
    else:
        tell(table([_HEAD, *map(_row, found)]) if found else ())


_HEAD: Final = ("account", "of", "clearance", "is a", "closed", "roles")


class _Line(TypedDict):
    """An account, as it is listed."""

    id: AccountId
    name: str | None
    nation: NationCode
    roles: list[Role]
    clearance: str
    holder: Holder
    opened: datetime
    closed: datetime | None


def _every(hub: "Hub") -> Iterator[_Line]:
    """Go through all accounts, by id, page by page."""
    alliance = hub.alliance
    body = NationCode(alliance.code)
    rows: Sequence[AccountRow] = ()
    while not rows or len(rows) == PAGE_SIZE_MAX:
        after = rows[-1].account_id if rows else None
        with hub.reading.snapshot() as seen:
            rows = accounts(seen.db, operator(alliance), body=body, after=after)
        if not rows:
            return
        names = hub.keyring.names.of_all([each.account_id for each in rows])
        for each in rows:
            yield _Line(
                id=each.account_id,
                name=names.get(each.account_id),
                nation=each.nation,
                roles=msgspec.json.decode(each.roles, type=list[Role]),
                clearance=alliance.levels[each.clearance].name,
                holder=each.holder,
                opened=from_ms(each.opened_ms),
                closed=None if each.closed_ms is None else from_ms(each.closed_ms),
            )


def _row(line: _Line) -> tuple[str, ...]:
    closed = line["closed"]
    return (
        line["name"] or line["id"],
        line["nation"],
        line["clearance"],
        line["holder"],
        "" if closed is None else closed.date().isoformat(),
        ", ".join(line["roles"]),
    )


@command.command("close")
@click.argument("name", type=spelling.name)
@on_station
def close(station: Station, name: str) -> None:
    """Close the account NAME for ever; its sessions and tokens end at once."""
    asyncio.run(_close(station, name))
    if station.as_json:
        give({"name": name, "closed": True})
    else:
        tell([f"account   {name}", "closed    for ever"])


async def _close(station: Station, name: str) -> None:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        act = station.act(hub.alliance.code)
        await hub.seen([await close_account(hub.registry, account.id, act=act)])


for _each in proofs.COMMANDS:
    command.add_command(_each)
