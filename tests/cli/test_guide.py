"""`foedus guide`."""

import json

import pytest

from tests.cli.conftest import Run


def test_it_answers_three_steps_without_a_data_folder(run_nowhere: Run) -> None:
    result = run_nowhere("guide", "SWE", "--as-of", "2024-03-06", "--json")

    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert set(found) == {"nation", "as_of", "steps"}
    assert (found["nation"], found["as_of"]) == ("SWE", "2024-03-06")
    assert len(found["steps"]) == 3
    for step in found["steps"]:
        assert set(step) == {"title", "items"}
        for item in step["items"]:
            assert set(item) == {"text", "source", "basis", "as_of"}


def test_people_read_it_with_its_sources(run_nowhere: Run) -> None:
    said = run_nowhere("guide", "austria", "--as-of", "2020-01-01").stdout

    assert said.startswith("AUT  Austria, as of 2020-01-01")
    assert "1. Find your frameworks" in said
    assert "Austria is not a member" in said
    assert "as of 2024-08-06: Partnership for Peace: Framework Document" in said


def test_an_unknown_nation_is_refused_with_a_suggestion(run_nowhere: Run) -> None:
    result = run_nowhere("guide", "Swedn")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "did you mean SWE (Sweden)?" in result.stderr


@pytest.mark.parametrize(
    "words", [(), ("SWE", "--as-of", "yesterday"), ("SWE", "NOR"), ("SWE", "--no")]
)
def test_wrong_usage_is_told_from_refusal(
    run_nowhere: Run, words: tuple[str, ...]
) -> None:
    assert run_nowhere("guide", *words).exit_code == 2


def test_a_reader_is_told_of_the_collections_it_may_read(run: Run) -> None:
    def third(*words: str) -> str:
        found = json.loads(run("guide", "MDA", *words, "--json").stdout)
        return " ".join(item["text"] for item in found["steps"][2]["items"])

    run("collection", "add", "inner", "--title", "Inner", "--read", "MEMBERS")

    assert "Collection Indicators" in third()
    assert "Inner" not in third()
    assert "Inner" not in third("--as", "mda")
    assert "Collection Inner: inner" in third("--as", "pol")


def test_a_status_that_was_recorded_here_is_told_from_its_day_on(run: Run) -> None:
    words = ("nation", "set-status", "MDA", "invitee", "--from", "2026-01-01")
    assert run(*words, "--as", "operator").exit_code == 0

    found = json.loads(run("guide", "MDA", "--json").stdout)

    first = found["steps"][0]["items"][0]
    assert "is an invitee: it is not a member" in first["text"]
    assert (first["basis"], first["source"][0]["sid"]) == ("recorded", "hub")
