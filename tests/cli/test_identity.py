"""`foedus identity`."""

import asyncio
import json
from pathlib import Path

import pytest

from foedus.__main__ import load_app
from foedus.cli.station import Station
from foedus.intel.identities import PAGE_SIZE_MAX, register
from tests.cli.conftest import Run

ID = "identity--00000000-0000-4000-8000-000000000001"
OTHER = "identity--00000000-0000-4000-8000-000000000002"
REGISTERED = {"identity": ID, "nation": "POL"}


def test_an_identity_is_registered_and_listed(run: Run) -> None:
    result = run("identity", "register", ID, "--nation", "POL", "--as", "pol", "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == REGISTERED
    assert json.loads(run("identity", "list", "--json").stdout) == [REGISTERED]


def test_a_person_is_told_identity_and_nation(run: Run) -> None:
    words = ("identity", "register", ID, "--nation", "Poland", "--as", "operator")

    assert run("identity", "list").stdout == ""
    assert run(*words).stdout == f"{ID}  POL\n"
    assert run("identity", "list").stdout == f"{ID}  POL\n"


@pytest.mark.parametrize(
    ("identity", "nation", "name", "status"),
    [
        (ID, "POL", "fin", 403),
        (ID, "FIN", "fin", 409),
        (ID, "POL", "pol", 409),
        (OTHER, "ATLANTIS", "operator", 400),
        ("tool--" + ID[10:], "POL", "pol", 400),
        (OTHER, "POL", "nobody", 404),
    ],
)
def test_what_the_rules_refuse_exits_with_1(
    run: Run, identity: str, nation: str, name: str, status: int
) -> None:
    run("identity", "register", ID, "--nation", "POL", "--as", "pol")

    words = ("identity", "register", identity, "--nation", nation, "--as", name)
    result = run(*words, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == status


@pytest.mark.parametrize(
    "words",
    [(ID, "--nation", "POL"), (ID, "--as", "pol"), ("--nation", "POL", "--as", "pol")],
)
def test_what_is_missing_is_misuse(run: Run, words: tuple[str, ...]) -> None:
    assert run("identity", "register", *words).exit_code == 2


def test_a_list_of_several_pages_is_whole(run: Run, folder: Path) -> None:
    count = PAGE_SIZE_MAX + 1
    asyncio.run(_register_many(folder, count))

    listed = json.loads(run("identity", "list", "--json").stdout)

    assert len({each["identity"] for each in listed}) == len(listed) == count


async def _register_many(folder: Path, count: int) -> None:
    with Station(load=load_app, data=folder).hub() as hub:
        account = hub.authenticator.named("pol")
        act = hub.act(account, door="cli", at=hub.clock())
        for number in range(count):
            identity = f"identity--00000000-0000-4000-8000-{number:012x}"
            await register(hub.desk, account.viewer(), act, identity, "POL")
