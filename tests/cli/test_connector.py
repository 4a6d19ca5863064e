"""`foedus connector`."""

import json
from pathlib import Path

import pytest

from foedus.app import STATE
from foedus.identity.keyring import Keyring
from foedus.identity.store import StateStore
from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def connectors(folder: Path) -> None:
    """Let two accounts have a connector of one id, and one another."""
    store = StateStore(folder / STATE)
    keyring = Keyring(store)
    for name, connector in (("pol", "one"), ("fin", "one"), ("fin", "two")):
        reserved = keyring.names.find(name)
        assert reserved is not None
        account = reserved.account_id
        keyring.connectors.register(account, connector, "A name", at_ms=1)
        keyring.connectors.keep(account, connector, '{"start_from":"5-5"}', at_ms=2)
    store.close()


def listed(run: Run, *words: str) -> list[dict[str, str]]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, str]] = json.loads(result.stdout)
    return found


def test_connectors_are_listed_with_how_far_they_are(run: Run) -> None:
    assert len(listed(run, "connector", "list")) == 3
    [found] = listed(run, "connector", "list", "--as", "pol")
    assert (found["id"], found["account"], found["last"]) == ("one", "pol", "5-5")
    assert "going" in run("connector", "list").stdout


def test_a_connector_is_sent_back_stopped_and_started(run: Run) -> None:
    [moved] = listed(run, "connector", "rewind", "two")
    assert (moved["last"], moved["state"]) == ("0-0", "moved")
    [stopped] = listed(run, "connector", "stop", "two")
    assert stopped["state"] == "stopped"
    assert listed(run, "connector", "start", "two")[0]["state"] == "moved"


def test_a_connector_passes_over_what_follows(run: Run) -> None:
    [skipping] = listed(run, "connector", "skip", "two")
    assert skipping["skips_after"] == "5-5"


def test_one_of_several_has_to_be_named(run: Run) -> None:
    refused = run("connector", "skip", "one")
    assert (refused.exit_code, "--as" in refused.stderr) == (1, True)
    assert listed(run, "connector", "skip", "one", "--as", "fin")
    assert run("connector", "skip", "three").exit_code == 1
    assert run("connector", "rewind", "two", "--to", "x").exit_code == 1
