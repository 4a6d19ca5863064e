"""`foedus nation`."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from foedus import app
from foedus.clock import system_clock
from foedus.eventlog.envelope import Who
from tests.cli.conftest import Run

PAST = "2020-01-01"
TODAY = system_clock().date().isoformat()
LATER = (system_clock().date() + timedelta(days=30)).isoformat()


def _codes(run: Run, *words: str) -> list[str]:
    result = run("nation", "list", *words, "--json")
    assert result.exit_code == 0
    return [each["code"] for each in json.loads(result.stdout)]


def test_every_nation_is_listed_by_code_with_its_status(run_nowhere: Run) -> None:
    listed = json.loads(run_nowhere("nation", "list", "--json").stdout)

    assert listed == sorted(listed, key=lambda each: each["code"])
    assert {
        "code": "SWE",
        "name": "Sweden",
        "status": "member",
        "since": "2024-03-07",
    } in listed


@pytest.mark.parametrize(
    ("day", "members"), [("1949-08-24", 12), ("2004-03-28", 19), ("2024-03-07", 32)]
)
def test_the_list_is_of_a_day(run_nowhere: Run, day: str, members: int) -> None:
    found = _codes(run_nowhere, "--as-of", day, "--status", "member")

    assert len(found) == members


def test_a_status_that_nobody_has_gives_an_empty_list(run_nowhere: Run) -> None:
    words = ("--as-of", "1949-08-24", "--status", "suspended")

    assert _codes(run_nowhere, *words) == []
    assert run_nowhere("nation", "list", *words).stdout == ""


def test_a_person_sees_columns(run_nowhere: Run) -> None:
    result = run_nowhere("nation", "list", "--status", "member")

    assert "SWE  member  2024-03-07  Sweden" in result.stdout.splitlines()


@pytest.mark.parametrize("text", ["MDA", "mda", "Republic of Moldova"])
def test_a_nation_is_shown_by_code_or_name(run_nowhere: Run, text: str) -> None:
    result = run_nowhere("nation", "show", text, "--json")

    sheet = json.loads(result.stdout)
    assert (sheet["code"], sheet["status"]) == ("MDA", "partner")
    assert "PARTNERSHIP" in sheet["communities"]
    assert "pfp" in [each["framework"] for each in sheet["frameworks"]]


def test_a_nation_is_shown_as_of_a_day(run_nowhere: Run) -> None:
    result = run_nowhere("nation", "show", "SWE", "--as-of", "2024-03-06", "--json")

    sheet = json.loads(result.stdout)
    assert (sheet["as_of"], sheet["status"]) == ("2024-03-06", "invitee")


def test_a_person_is_shown_the_same(run_nowhere: Run) -> None:
    result = run_nowhere("nation", "show", "SWE")

    assert "status       member since 2024-03-07" in result.stdout
    assert "framework    " in result.stdout


def test_a_nation_that_the_pack_does_not_have_is_refused(run_nowhere: Run) -> None:
    result = run_nowhere("nation", "show", "ATL", "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == 404


def test_a_status_that_is_none_is_misuse(run_nowhere: Run) -> None:
    assert run_nowhere("nation", "list", "--status", "vassal").exit_code == 2


def test_a_hub_answers_for_its_own_alliance(run: Run) -> None:
    assert len(_codes(run, "--status", "member")) == 32


def _set(run: Run, *words: str, name: str = "operator") -> dict[str, object]:
    result = run("nation", "set-status", *words, "--as", name, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, object] = json.loads(result.stdout)
    return found


def _status(run: Run, code: str) -> str:
    shown = json.loads(run("nation", "show", code, "--json").stdout)
    return str(shown["status"])


def test_a_past_date_acts_now(run: Run) -> None:
    told = _set(run, "mda", "member", "--from", "2020-01-01")

    assert (
        told.pop("position")
        == json.loads(run("log", "verify", "--json").stdout)["position"]
    )
    assert told == {
        "nation": "MDA",
        "status": "member",
        "from": "2020-01-01",
        "acts": "now",
    }
    assert _status(run, "MDA") == "member"


def test_a_date_to_come_acts_when_it_has_come(run: Run) -> None:
    told = _set(run, "MDA", "invitee", "--from", LATER)

    assert told["acts"] == LATER
    assert _status(run, "MDA") == "partner"


@pytest.mark.parametrize(
    ("status", "day", "says"),
    [
        ("member", PAST, "opens nothing by itself, so release what arrived before"),
        ("member", PAST, "with `foedus release add`"),
        ("suspended", PAST, "it acts from now, and not back to that day\n"),
        ("invitee", LATER, f"it acts from {LATER}, 00:00 UTC, and not before\n"),
        ("none", TODAY, "on who may see what it acts now\n"),
    ],
)
def test_a_person_is_told_in_a_sentence_from_when_it_acts(
    run: Run, status: str, day: str, says: str
) -> None:
    words = ("nation", "set-status", "MDA", status, "--from", day)
    result = run(*words, "--as", "operator")

    assert result.exit_code == 0
    [line] = result.stdout.splitlines(keepends=True)
    assert line.startswith(f"MDA has the status {status} from {day} on; ")
    assert says in line


def test_an_account_of_a_nation_changes_no_status(run: Run) -> None:
    words = ("nation", "set-status", "MDA", "member", "--from", PAST)
    result = run(*words, "--as", "pol", "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == 403
    assert _status(run, "MDA") == "partner"


@pytest.mark.parametrize(
    ("code", "status", "problem"), [("ATL", "member", 404), ("POL", "member", 422)]
)
def test_an_unknown_nation_and_no_change_are_refused(
    run: Run, code: str, status: str, problem: int
) -> None:
    words = ("nation", "set-status", code, status, "--from", TODAY, "--as", "operator")
    result = run(*words, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == problem


def test_a_change_is_recorded_as_the_operator_s_on_that_account_s_behalf(
    run: Run, folder: Path
) -> None:
    _set(run, "MDA", "suspended", "--from", PAST)

    hub = app.open_hub(folder, environment={})
    last = hub.log.read("alliance")[-1].who
    account = hub.authenticator.named("operator")
    app.close_hub(hub)
    assert last == Who(account=account.id, nation="NATO", door="cli", by="operator")


@pytest.mark.parametrize("words", [("vassal", "--from", PAST), ("member",)])
def test_a_status_or_a_day_that_is_none_is_misuse(
    run: Run, words: tuple[str, ...]
) -> None:
    result = run("nation", "set-status", "MDA", *words, "--as", "operator")

    assert result.exit_code == 2
