"""`foedus quiz`."""

import json

import pytest

from tests.cli.conftest import Run


def test_nobody_at_a_terminal_is_asked_nothing(run_nowhere: Run) -> None:
    result = run_nowhere("quiz", "--count", "2")

    assert result.exit_code == 0
    assert result.stdout.startswith("1. ")
    assert "\nAnswers\n1. " in result.stdout


def test_programs_get_answers_and_why(run_nowhere: Run) -> None:
    found = json.loads(run_nowhere("quiz", "--count", "3", "--json").stdout)

    assert len(found["questions"]) == 3
    for each in found["questions"]:
        assert 0 <= each["answer"] < len(each["choices"])
        assert each["why"]["source"]


@pytest.mark.parametrize("count", ["0", "101", "many"])
def test_a_count_that_is_none_is_misuse(run_nowhere: Run, count: str) -> None:
    assert run_nowhere("quiz", "--count", count).exit_code == 2


def test_who_sits_at_a_terminal_is_asked_and_told(
    run_nowhere: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = json.loads(run_nowhere("quiz", "--count", "2", "--json").stdout)
    first, second = (each["answer"] for each in printed["questions"])
    typed = "ab"[first] + "\n" + "ba"[min(second, 1)] + "\n"
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)

    result = run_nowhere("quiz", "--count", "2", input=typed)

    assert result.stdout.endswith("1 of 2 right\n")
    assert "Right. " in result.stderr
    assert "No, it is " in result.stderr
