"""`foedus init`."""

import asyncio
import json
from pathlib import Path

import pytest

from foedus.__main__ import load_app
from foedus.alliance.pack import load_pack, print_pack
from foedus.cli.station import Station
from foedus.releasability.viewers import Role
from foedus.settings import load_settings
from tests.cli.conftest import Run, run_in


def test_a_hub_is_founded_with_one_account_of_the_body(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "hub"

    result = run_in(folder, "init", "--json")

    answer = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert answer == {
        "alliance": "NATO",
        "api_root": "/taxii2/nato/",
        "account": {
            "name": "operator",
            "password": answer["account"]["password"],
            "enrolment_code": answer["account"]["enrolment_code"],
        },
    }
    names = {path.name for path in folder.iterdir()}
    assert {"log.db", "views.db", "state.db"} <= names
    with Station(load=load_app, data=folder).hub() as hub:
        account = hub.authenticator.named("operator")
    assert (account.nation, account.clearance) == ("NATO", 0)
    assert account.roles == {Role.OPERATOR, Role.SECRETARIAT}


def test_a_person_is_told_the_password_once(tmp_path: Path) -> None:
    result = run_in(tmp_path / "hub", "init")

    assert result.stdout.splitlines()[0] == "account   operator"
    assert result.stdout.splitlines()[1].startswith("password  ")
    assert "not shown again" in result.stderr


def test_the_first_account_gets_a_code_that_adds_its_second_factor(
    tmp_path: Path,
) -> None:
    result = run_in(tmp_path / "hub", "init")

    line = result.stdout.splitlines()[2]
    assert "by another way than the password" in result.stderr
    with Station(load=load_app, data=tmp_path / "hub").hub() as hub:
        operator = hub.authenticator.named("operator").id
        code = line.removeprefix("code      ")
        assert hub.keyring.enrolments.is_right(operator, code, hub.clock())


def test_a_hub_that_only_offers_second_factors_gives_no_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOEDUS_SIGN_IN_SECOND_FACTOR", "offered")

    answer = json.loads(run_in(tmp_path / "hub", "init", "--json").stdout)

    assert answer["account"]["enrolment_code"] is None


def test_every_hub_has_a_password_of_its_own(tmp_path: Path) -> None:
    first, second = (
        json.loads(run_in(tmp_path / name, "init", "--json").stdout)
        for name in ("first", "second")
    )

    assert first["account"]["password"] != second["account"]["password"]


def test_the_password_signs_in(tmp_path: Path) -> None:
    answer = json.loads(run_in(tmp_path / "hub", "init", "--json").stdout)
    password = answer["account"]["password"]

    with Station(load=load_app, data=tmp_path / "hub").hub() as hub:
        account = asyncio.run(
            hub.authenticator.basic("operator", password, address="127.0.0.1")
        )
    assert account.name == "operator"


def test_a_folder_in_use_is_refused_and_left_alone(folder: Path, run: Run) -> None:
    before = (folder / "log.db").read_bytes()

    result = run("init", "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == 409
    assert (folder / "log.db").read_bytes() == before


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()

    result = run_in(tmp_path, "init")

    assert result.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_pack_of_ones_own_is_taken_from_a_file(tmp_path: Path) -> None:
    pack = tmp_path / "pack.json"
    pack.write_bytes(print_pack(load_pack("nato")))

    result = run_in(tmp_path / "hub", "init", "--pack", str(pack), "--json")

    assert json.loads(result.stdout)["alliance"] == "NATO"


def test_a_pack_that_is_not_there_is_misuse(tmp_path: Path) -> None:
    result = run_in(tmp_path / "hub", "init", "--pack", "atlantis")

    assert result.exit_code == 2
    assert "no pack 'atlantis'" in result.stderr
    assert not (tmp_path / "hub").exists()


@pytest.mark.parametrize("text", ["nonsense", "{}", "[]"])
def test_a_pack_that_cannot_be_used_is_refused_before_anything_is_made(
    tmp_path: Path, text: str
) -> None:
    pack = tmp_path / "pack.json"
    pack.write_text(text, encoding="utf-8")

    result = run_in(tmp_path / "hub", "init", "--pack", str(pack), "--json")

    assert result.exit_code == 1
    assert json.loads(result.stderr)["status"] == 400
    assert not (tmp_path / "hub").exists()


def test_a_new_hub_asks_for_two_factors(tmp_path: Path) -> None:
    run_in(tmp_path / "hub", "init")

    assert load_settings(tmp_path / "hub", {}).sign_in.second_factor == "required"
