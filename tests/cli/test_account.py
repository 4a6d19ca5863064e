"""`foedus account`."""

import json
from pathlib import Path

import pytest

from foedus.__main__ import load_app
from foedus.cli.station import Station
from foedus.identity.accounts import Holder
from tests.cli.conftest import ROOT, Run, run_in

ADD = ("account", "add", "nor", "--nation", "NOR", "--role", "reader,publisher")


def test_an_account_gets_a_random_password_and_the_lowest_clearance(run: Run) -> None:
    result = run(*ADD, "--json")

    answer = json.loads(result.stdout)
    password = answer.pop("password")
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(password) == 29
    assert answer == {
        "name": "nor",
        "nation": "NOR",
        "roles": ["publisher", "reader"],
        "clearance": "NATO UNCLASSIFIED",
        "token": None,
        "enrolment_code": None,
    }


def test_a_chosen_password_is_read_from_one_line_and_not_shown(run: Run) -> None:
    result = run(*ADD, "--password-stdin", "--json", input="correct horse\nmore\n")

    assert json.loads(result.stdout)["password"] is None
    assert "horse" not in result.output


def test_a_short_password_is_refused_without_being_shown(run: Run) -> None:
    result = run(*ADD, "--password-stdin", input="short\n")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "at least 8 characters" in result.stderr


def test_a_token_is_made_for_a_service(run: Run, folder: Path) -> None:
    result = run(*ADD, "--token", "--json")

    answer = json.loads(result.stdout)
    assert answer["password"] is None
    assert answer["token"].startswith("foedus_")
    with Station(load=load_app, data=folder).hub() as hub:
        assert hub.authenticator.named("nor").holder is Holder.SERVICE


def test_password_and_token_exclude_each_other(run: Run) -> None:
    result = run(*ADD, "--token", "--password-stdin", input="correct horse\n")

    assert result.exit_code == 2


@pytest.mark.parametrize("level", ["NATO SECRET", "ns"])
def test_a_clearance_is_named_in_full_or_short(run: Run, level: str) -> None:
    result = run(*ADD, "--clearance", level, "--json")

    assert json.loads(result.stdout)["clearance"] == "NATO SECRET"


def test_a_person_is_shown_the_credential_once(run: Run) -> None:
    by_password = run(*ADD)
    by_token = run(
        "account", "add", "x", "--nation", "Norway", "--role", "reader", "--token"
    )
    chosen = run(
        *("account", "add", "y", "--nation", "nato", "--role", "auditor"),
        "--password-stdin",
        input="correct horse\n",
    )

    assert "password  " in by_password.stdout
    assert "token     foedus_" in by_token.stdout
    assert chosen.stdout == "account   y\n"
    assert chosen.stderr == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pol", "--nation", "POL", "--role", "reader"), "is taken"),
        (("x", "--nation", "ATL", "--role", "reader"), "knows no nation"),
        (("x", "--nation", "NOR", "--role", "operator"), "alliance's own body"),
        (
            ("x", "--nation", "NOR", "--role", "reader", "--clearance", "TOP"),
            "is no level",
        ),
    ],
)
def test_what_the_rules_refuse_exits_with_1(
    run: Run, words: tuple[str, ...], said: str
) -> None:
    result = run("account", "add", *words, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert said in json.loads(result.stderr)["detail"]


@pytest.mark.parametrize(
    "words",
    [
        ("Bad Name", "--nation", "NOR", "--role", "reader"),
        ("x" * 65, "--nation", "NOR", "--role", "reader"),
        ("x", "--nation", "NOR", "--role", "king"),
        ("x", "--nation", "NOR", "--role", "reader, publisher"),
        ("x", "--nation", "NOR"),
        ("x", "--role", "reader"),
    ],
)
def test_what_is_spelt_wrongly_exits_with_2(run: Run, words: tuple[str, ...]) -> None:
    assert run("account", "add", *words).exit_code == 2


def test_a_clearance_reaches_the_nation_s_ceiling_and_no_further(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "harbour"
    pack = ROOT / "tests/alliance/data/harbour.json"
    assert run_in(folder, "init", "--pack", str(pack)).exit_code == 0
    words = ("account", "add", "cinder", "--nation", "QMC", "--role", "reader")
    above = run_in(folder, *words, "--clearance", "BD", "--json")
    reached = run_in(folder, *words, "--clearance", "IH", "--json")

    assert (above.exit_code, above.stdout) == (1, "")
    assert json.loads(above.stderr)["status"] == 422
    assert "ceiling, IN HARBOUR" in json.loads(above.stderr)["detail"]
    assert json.loads(reached.stdout)["clearance"] == "IN HARBOUR"


def test_a_closed_account_is_listed_and_serves_nobody(run: Run) -> None:
    run(*ADD, "--token", "--json")
    before = {
        each["name"]: each
        for each in json.loads(run("account", "list", "--json").stdout)
    }

    closed = run("account", "close", "nor")

    assert (closed.exit_code, closed.stderr) == (0, "")
    after = {
        each["id"]: each for each in json.loads(run("account", "list", "--json").stdout)
    }
    assert after.keys() == {each["id"] for each in before.values()}
    assert (before["nor"]["nation"], before["nor"]["holder"]) == ("NOR", "service")
    assert before["nor"]["closed"] is None
    assert after[before["nor"]["id"]]["closed"] is not None
    again = run("account", "close", "nor")
    assert (again.exit_code, again.stderr) == (
        1,
        "foedus: no open account is named nor\n",
    )


def test_accounts_are_listed_in_columns(run: Run) -> None:
    told = run("account", "list").stdout.splitlines()

    assert told[0].split() == [
        "account",
        "of",
        "clearance",
        "is",
        "a",
        "closed",
        "roles",
    ]
    assert any(line.startswith("pol ") for line in told[1:])
