"""`foedus nation`."""

import json

import pytest

from tests.cli.conftest import Run


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
