"""No command comes in without somebody saying how it keeps secrets; and they do."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from foedus.__main__ import load_app
from foedus.cli.output import MISUSED
from foedus.cli.root import foedus
from foedus.cli.station import Station
from foedus.clock import StoppedClock
from tests.leaks.attacking import HIDDEN, hide
from tests.leaks.commands import COMMANDS, Case, commands
from tests.leaks.driver import running
from tests.leaks.founding import Keys
from tests.leaks.proofs import CAMPAIGN, PUBLIC, REPORT, TWO, post, release, thing
from tests.leaks.world import COLLECTIONS, START

NOBODYS = "release--00000000-0000-4000-8000-000000000009"
WEBHOOK = "webhook--00000000-0000-4000-8000-000000000009"

TYPED = {
    "intel publish": [
        ("{file}", "--collection", "open"),
        ("{file}", "--collection", "open", "--dry-run"),
    ],
    "intel export": [("--collection", each.alias) for each in COLLECTIONS],
    "intel withdraw": [(HIDDEN, "--reason", "a test")],
    "intel tear-line": [(HIDDEN,)],
    "intel recall": [(HIDDEN, "--reason", "a test")],
    "intel acknowledge": [(HIDDEN,)],
    "intel recalls": [(), (HIDDEN,)],
    "intel seen": [(HIDDEN,)],
    "live tail": [("--snapshot", "--no-follow")],
    "webhook add": [
        ("https://siem.example/in", "--ceiling", "NU"),
        ("https://siem.example/in", "--ceiling", "NU", "--collection", "allies"),
    ],
    "webhook list": [()],
    "webhook remove": [(WEBHOOK,)],
    "webhook pause": [(WEBHOOK,)],
    "webhook resume": [(WEBHOOK,)],
    "webhook test": [(WEBHOOK,)],
    "guide": [("MDA",), ("SWE", "--as-of", "2024-03-06")],
    "release add": [
        ("--to", "AUT", "--since", "2026-11-20", "--label", TWO, "--dry-run"),
        ("--to", "AUT", "--since", "2026-11-20", "--label", TWO, "--ask", "FIN"),
    ],
    "release list": [()],
    "release consent": [("{release}",)],
    "release withdraw": [("{release}", "--reason", "a test")],
}
"""What is typed behind each traced command, as somebody who may not know."""


def test_every_command_has_a_case() -> None:
    found = commands(foedus)
    missing, gone = found.keys() - COMMANDS.keys(), COMMANDS.keys() - found.keys()
    assert not missing, f"say in commands.py how {sorted(missing)} keep secrets"
    assert not gone, f"{sorted(gone)} are gone; take them out of commands.py"


def test_every_traced_command_is_typed() -> None:
    assert TYPED.keys() == {k for k, v in COMMANDS.items() if v is Case.TRACED}


def test_only_the_operators_own_commands_act_as_nobody() -> None:
    as_nobody = {
        words
        for words, command in commands(foedus).items()
        if all("--as" not in each.opts for each in command.params)
    }
    cases = {COMMANDS[words] for words in as_nobody}
    assert cases <= {Case.OPERATOR, Case.KNOWN}


def typed(folder: Path, *words: str) -> tuple[int, str, str]:
    """Type a command; what it says, without what is drawn by lot."""
    station = Station(load=load_app, clock=StoppedClock(START))
    result = CliRunner().invoke(
        foedus, [*words, "--json", "--data", str(folder)], obj=station
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), words
    drawn = r"(release|bundle)--[0-9a-f-]{36}"
    assert result.exit_code != MISUSED, result.stderr
    return (
        result.exit_code,
        re.sub(drawn, r"\1", result.stdout),
        re.sub(drawn, r"\1", result.stderr),
    )


async def lived(keys: Keys, folder: Path, *, is_there: bool) -> str:
    """Let Finland hide and release a thing, or not; give the release, or nobody's."""
    async with running(keys, folder) as hub:
        await hub.do(post("fin", thing(REPORT, PUBLIC)))
        if is_there:
            await hide(hub)
            await hub.do(release(0, TWO))
            return hub.release(0)
        hub.pass_by()
        hub.pass_by()
    return NOBODYS


@pytest.mark.parametrize("command", TYPED)
@pytest.mark.parametrize("account", ["swe", "mda-restricted"])
def test_a_command_says_nothing_of_what_is_hidden(
    keys: Keys, folder: Path, command: str, account: str
) -> None:
    bundle = folder / "bundle.json"
    items = [*thing(HIDDEN), *thing(CAMPAIGN, x_about_refs=[HIDDEN])]
    bundle.write_text(json.dumps({"objects": items}), encoding="utf-8")
    said = []
    for is_there in (True, False):
        data = folder / str(is_there)
        name = asyncio.run(lived(keys, data, is_there=is_there))
        said.append(
            [
                typed(
                    data,
                    *command.split(),
                    *(each.format(file=bundle, release=name) for each in words),
                    "--as",
                    account,
                )
                for words in TYPED[command]
            ]
        )
    assert said[0] == said[1]
