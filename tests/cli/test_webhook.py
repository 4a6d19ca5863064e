"""`foedus webhook`."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Run

ADD = ("webhook", "add", "https://siem.example/in", "--as", "siem", "--ceiling", "NU")
UNKNOWN = "webhook--00000000-0000-4000-8000-000000000009"


@pytest.fixture(autouse=True)
def siem(run: Run) -> None:
    words = ("account", "add", "siem", "--nation", "FIN", "--role", "reader", "--token")
    assert run(*words).exit_code == 0


def answer(run: Run, *words: str) -> Any:  # noqa: ANN401 - whatever JSON there is
    result = run("webhook", *words, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def test_one_is_made_listed_and_removed(run: Run) -> None:
    more = ("--type", "tool,malware", "--collection", "indicators", "--own-system")
    more += ("--label", "NU", "--label", "NU // REL TO FIN, POL")
    more += ("--confidence-min", "50", "--pattern", "[tool:name = 'x']")
    made = answer(run, *ADD[1:], *more, "--kind", "intel", "--snapshot")
    assert made.pop("secret").startswith("whsec_")
    assert made["types"] == ["malware", "tool"]
    assert len(made["collections"]) == 1
    assert len(made["labels"]) == 2
    assert (made["confidence_min"], made["pattern"]) == (50, "[tool:name = 'x']")
    assert answer(run, "list") == answer(run, "list", "--as", "siem") == [made]
    assert answer(run, "list", "--as", "pol") == []
    assert answer(run, "remove", made["id"], "--as", "siem") == {"removed": made["id"]}
    assert run("webhook", "list").stdout == ""


def test_a_person_is_told_the_secret_once_and_the_state_in_columns(run: Run) -> None:
    made = run(*ADD)
    assert made.stdout.splitlines()[1].startswith("secret   whsec_")
    [line] = run("webhook", "list").stdout.splitlines()
    assert " active  siem  FIN  up to NATO UNCLASSIFIED  https://siem" in line
    webhook = line.split()[0]
    assert " paused " in run("webhook", "pause", webhook).stdout
    assert " active " in run("webhook", "resume", webhook).stdout
    assert run("webhook", "remove", webhook).exit_code == 0


def test_a_test_that_is_not_taken_says_why_and_exits_with_1(run: Run) -> None:
    words = ("webhook", "add", "https://localhost/", "--as", "siem", "--ceiling", "NU")
    webhook = json.loads(run(*words, "--json").stdout)["id"]
    result = run("webhook", "test", webhook)
    assert result.exit_code == 1
    assert result.stdout.startswith("not taken: the receiver's address is not one")
    assert (
        json.loads(run("webhook", "test", webhook, "--json").stdout)["taken"] is False
    )


@pytest.mark.parametrize(
    "words",
    [
        ("add", "http://siem.example/", *ADD[3:]),
        ("add", "https://10.0.0.1/", *ADD[3:]),
        (*ADD[1:5], "--ceiling", "NS"),
        ("add", "https://siem.example/", "--as", "pol", "--ceiling", "NU"),
        (*ADD[1:], "--pattern", "[tool:name"),
        (*ADD[1:], "--label", "COSMIC"),
        ("list", "--as", "nobody"),
        ("remove", UNKNOWN),
        ("pause", UNKNOWN, "--as", "siem"),
        ("resume", UNKNOWN),
        ("test", UNKNOWN),
    ],
)
def test_what_the_rules_refuse_exits_with_1(run: Run, words: tuple[str, ...]) -> None:
    result = run("webhook", *words)
    assert (result.exit_code, result.stdout) == (1, "")


def test_what_is_missing_is_misuse(run: Run) -> None:
    assert run("webhook", "add", "https://siem.example/", "--as", "siem").exit_code == 2
    assert run("webhook", "pause").exit_code == 2
