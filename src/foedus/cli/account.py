"""`foedus account`: open accounts of people and services."""

import asyncio
import sys
from typing import TypedDict, Unpack

import click

from foedus.alliance.nations import Alliance
from foedus.cli import proofs, spelling
from foedus.cli.output import give, say, tell
from foedus.cli.station import Station, on_station
from foedus.errors import InvalidInputError
from foedus.identity.accounts import Holder
from foedus.identity.commands import Opened, open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.releasability.viewers import Role


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
    """Open accounts of people and services."""


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


for _each in proofs.COMMANDS:
    command.add_command(_each)
