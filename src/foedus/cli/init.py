"""`foedus init`: found an alliance's hub in an empty data folder."""

import asyncio
import os

import click

from foedus.alliance.pack import is_pack, load_pack, shipped_packs
from foedus.alliance.records import Pack
from foedus.cli import proofs
from foedus.cli.output import give, say, tell
from foedus.cli.station import PACK_DEFAULT, Station, on_station, readable
from foedus.identity.commands import Opened, give_enrolment_code, open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.releasability.viewers import Role
from foedus.settings import FILE, load_settings

FIRST_ACCOUNT = "operator"
"""The name of the account that is opened with the hub."""

SETTINGS = """\
# The settings of this hub: docs/reference/settings.md says what there is.

[sign_in]
# Persons who decide, recall, release for others or administer show two factors.
second_factor = "required"
"""
"""What the settings file of a new hub says."""


@click.command("init")
@click.option(
    "--pack",
    metavar=f"{PACK_DEFAULT}|FILE",
    default=PACK_DEFAULT,
    show_default=True,
    help="The data pack: a shipped one by name, or a file.",
)
@on_station
def command(station: Station, pack: str) -> None:
    """Found an alliance's hub in an empty data folder.

    Opens the first account, of the alliance's own body, with a random password that
    is shown this once, and the code with which its holder adds a second factor.
    """
    if not is_pack(pack):
        shipped = ", ".join(shipped_packs())
        raise click.UsageError(f"there is no pack {pack!r}: name a file, or {shipped}")
    loaded = load_pack(pack)
    opened, code = asyncio.run(_found(station, loaded))
    _answer(station, loaded, opened, code)


async def _found(station: Station, pack: Pack) -> tuple[Opened, Secret | None]:
    app = station.app()
    with readable(station.folder):
        hub = await app.create(station.folder, pack)
    try:
        _write_settings(station)
        opening = Opening(
            name=FIRST_ACCOUNT,
            nation=pack.code,
            roles=frozenset({Role.OPERATOR, Role.SECRETARIAT}),
        )
        opened = await open_account(
            hub.registry,
            opening,
            None,
            alliance=hub.alliance,
            act=station.act(pack.code),
        )
        await hub.seen([opened.position])
        code = None
        # As written just now: the hub that was founded does not know it yet.
        if load_settings(station.folder, os.environ).sign_in.requires_two_factors:
            code = give_enrolment_code(hub.registry, opened.account, at=station.clock())
    finally:
        app.close_hub(hub)
    return opened, code


def _write_settings(station: Station) -> None:
    """Write the settings of a new hub; who has written some already keeps them."""
    try:
        with (station.folder / FILE).open("x", encoding="utf-8") as file:
            file.write(SETTINGS)
    except FileExistsError:
        return


def _answer(station: Station, pack: Pack, opened: Opened, code: Secret | None) -> None:
    assert opened.password is not None, "no password was chosen, so one was made"
    password = opened.password.reveal()
    root = f"/taxii2/{pack.code.lower()}/"
    if station.as_json:
        account = {
            "name": opened.name,
            "password": password,
            "enrolment_code": code.reveal() if code else None,
        }
        give({"alliance": pack.code, "api_root": root, "account": account})
        return
    tell([f"account   {opened.name}", f"password  {password}"])
    say(f"{pack.name}: a hub in {station.folder}. The password is not shown again.")
    if code:
        tell([f"code      {code.reveal()}"])
        say(proofs.OF_THE_CODE)
