"""`foedus community`."""

import json

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize("text", ["NATO", "members"])
def test_a_community_is_shown_by_code_or_alias(run_nowhere: Run, text: str) -> None:
    words = ("community", "show", text, "--as-of", "2024-03-07", "--json")
    sheet = json.loads(run_nowhere(*words).stdout)

    assert (sheet["code"], sheet["as_of"], sheet["known"]) == (
        "NATO",
        "2024-03-07",
        True,
    )
    assert len(sheet["nations"]) == 32
    assert sheet["generation"] == "2024-03-07"
    assert (sheet["open"], sheet["closed"]) == ("NATO+", "NATO 2024-03-07")
    assert sheet["generations"][-1] == {
        "since": "2024-03-07",
        "joined": ["SWE"],
        "left": [],
        "count": 32,
    }


def test_the_terms_that_are_shown_are_terms_of_a_label(run_nowhere: Run) -> None:
    sheet = json.loads(run_nowhere("community", "show", "NATO", "--json").stdout)

    for term in (sheet["open"], sheet["closed"]):
        words = ("label", "preview", f"NATO RESTRICTED // REL TO {term}", "--json")
        seen = json.loads(run_nowhere(*words).stdout)["sees"]
        assert set(sheet["nations"]) == set(seen) - {"NATO"}


def test_a_person_is_shown_the_same(run_nowhere: Run) -> None:
    words = ("community", "show", "NATO", "--as-of", "1952-02-18")
    lines = run_nowhere(*words).stdout.splitlines()

    assert "closed term  NATO 1952-02-18: the nations above, whatever comes later" in (
        lines
    )
    assert "generation   1952-02-18  14 nations; joined GRC, TUR" in lines


def test_a_suspended_nation_is_shown_apart(run: Run) -> None:
    words = ("nation", "set-status", "HUN", "suspended", "--from", "2026-01-02")
    assert run(*words, "--as", "operator").exit_code == 0
    sheet = json.loads(run("community", "show", "NATO", "--json").stdout)

    assert "HUN" not in sheet["nations"]
    assert sheet["suspended"] == ["HUN"]
    assert sheet["closed"] == "NATO 2026-01-02"
    assert sheet["generations"][-1]["left"] == ["HUN"]
    lines = run("community", "show", "NATO").stdout.splitlines()
    assert "suspended    HUN" in lines
    assert (
        "open term    NATO+: the nations of whenever it is read, the suspended ones "
        "again when they return"
    ) in lines


def test_a_community_whose_nations_are_not_known_gives_no_term(
    run_nowhere: Run,
) -> None:
    sheet = json.loads(run_nowhere("community", "show", "KFOR", "--json").stdout)

    assert (sheet["known"], sheet["nations"], sheet["generations"]) == (False, [], [])
    assert (sheet["open"], sheet["closed"]) == (None, None)
    lines = run_nowhere("community", "show", "KFOR").stdout.splitlines()
    assert lines[1:] == ["its nations are not known here, so a label cannot use it"]


def test_a_community_that_is_none_is_refused_with_those_that_are(
    run_nowhere: Run,
) -> None:
    result = run_nowhere("community", "show", "ATLANTIS", "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    problem = json.loads(result.stderr)
    assert problem["status"] == 404
    assert "PARTNERSHIP" in problem["detail"]
