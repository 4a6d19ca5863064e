"""Where a command runs, and as whom."""

import json
import os
from pathlib import Path

import apsw
import pytest
from click.testing import CliRunner

from foedus.__main__ import load_app
from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.cli import station
from foedus.cli.root import foedus
from foedus.cli.station import Station
from foedus.errors import NotFoundError, UnavailableError


def test_the_folder_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOEDUS_DATA", "of-the-environment")

    assert Station(load=load_app, data=Path("named")).folder == Path("named")


def test_the_folder_is_else_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOEDUS_DATA", "of-the-environment")

    assert Station(load=load_app).folder == Path("of-the-environment")


@pytest.mark.parametrize("value", ["", None])
def test_the_folder_is_else_foedus_data(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("FOEDUS_DATA", raising=False)
    if value is not None:
        monkeypatch.setenv("FOEDUS_DATA", value)

    assert Station(load=load_app).folder == Path("foedus-data")


def test_a_folder_without_a_hub_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with (
        pytest.raises(NotFoundError, match="foedus init"),
        Station(load=load_app, data=tmp_path).hub(),
    ):
        pass


def test_without_a_hub_the_shipped_pack_answers(tmp_path: Path) -> None:
    here = Station(load=load_app, data=tmp_path)

    assert here.access().alliance.code == "NATO"
    assert here.access().on == here.clock().date()


def test_a_hub_answers_for_itself(folder: Path) -> None:
    here = Station(load=load_app, data=folder)

    assert here.access().alliance.name == "North Atlantic Treaty Organization"


def test_a_file_that_is_no_database_is_refused_in_words(folder: Path) -> None:
    (folder / "log.db").write_bytes(b"nonsense" * 1_000)
    for name in ("log.db-wal", "log.db-shm"):
        (folder / name).unlink(missing_ok=True)

    with (
        pytest.raises(UnavailableError, match="do not open"),
        Station(load=load_app, data=folder).hub(),
    ):
        pass


def test_a_folder_that_cannot_be_used_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(UnavailableError, match="cannot be used"),
        station.readable(tmp_path),
    ):
        (tmp_path / "file" / "inside").read_bytes()


def test_a_full_disk_is_told_from_one_that_can_only_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        pytest.raises(UnavailableError, match="is full; make room"),
        station.readable(tmp_path),
    ):
        raise apsw.FullError

    monkeypatch.setattr(os, "access", lambda *_: False)
    with (
        pytest.raises(UnavailableError, match="can only be read"),
        station.readable(tmp_path),
    ):
        raise apsw.CantOpenError


def test_the_operator_sees_every_level() -> None:
    alliance = Alliance.from_pack(load_pack("nato"))

    viewer = station.operator(alliance)

    assert (viewer.nation, viewer.clearance) == ("NATO", 4)


def test_an_act_for_an_account_names_account_nation_door_and_operator(
    folder: Path,
) -> None:
    here = Station(load=load_app, data=folder)
    with here.hub() as hub:
        account = hub.authenticator.named("pol")
        who = here.act_for(account).who

    assert (who.account, who.nation) == (account.id, "POL")
    assert (who.door, who.by) == ("cli", "operator")


def test_the_folder_may_stand_before_the_noun(folder: Path) -> None:
    words = ("--data", str(folder), "--json", "log", "verify")

    result = CliRunner().invoke(foedus, words, obj=Station(load=load_app))

    assert json.loads(result.stdout)["valid"]


def test_what_stands_behind_the_verb_wins(folder: Path, tmp_path: Path) -> None:
    words = ("--data", str(tmp_path / "no"), "log", "verify", "--data", str(folder))

    result = CliRunner().invoke(foedus, words, obj=Station(load=load_app))

    assert result.exit_code == 0
