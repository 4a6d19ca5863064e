"""`foedus digest`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

SET = ("digest", "set", "fin", "--to", "duty@example.org")


def answer(run: Run, *words: str) -> Any:  # noqa: ANN401 - whatever JSON there is
    result = run("digest", *words, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_digest_is_set_listed_paused_and_removed(run: Run) -> None:
    more = ("--at", "06:30", "--zone", "Europe/Helsinki", "--every", "week")
    made = answer(run, *SET[1:], *more)
    assert made == {
        "account": "fin",
        "to": "duty@example.org",
        "at": "06:30",
        "zone": "Europe/Helsinki",
        "every": "week",
        "paused": False,
        "sent": None,
        "reason": "",
    }
    assert answer(run, "list") == [made]
    assert answer(run, "pause", "fin")["paused"] is True
    assert answer(run, "resume", "fin")["paused"] is False
    assert answer(run, "remove", "fin") == {"removed": "fin"}
    assert answer(run, "list") == []


def test_a_person_is_told_in_columns_and_that_there_is_no_mail_server(run: Run) -> None:
    made = run(*SET)
    assert "mail.host" in made.stderr
    line = "fin  duty@example.org  every day at 07:00 Europe/Brussels"
    assert made.stdout == f"{line}\n"
    assert run("digest", "list").stdout == made.stdout
    assert run("digest", "remove", "fin").stdout == ""
    assert run("digest", "list").stdout == ""


def test_what_would_be_sent_is_shown(run: Run, bundle: Path) -> None:
    run(*SET)
    words = ("--collection", "indicators", "--as", "pol")
    assert run("intel", "publish", str(bundle), *words).exit_code == 0
    shown = answer(run, "show", "fin")
    assert shown["subject"] == "Foedus: 2 new for FIN"
    assert "0 public, 2 not" in shown["text"]
    assert run("digest", "show", "fin").stdout.startswith("Foedus: ")


@pytest.mark.parametrize(
    "words",
    [
        ("set", "nobody", "--to", "duty@example.org"),
        ("set", "fin", "--to", "nowhere"),
        (*SET[1:], "--at", "7"),
        (*SET[1:], "--zone", "Mars"),
        ("remove", "fin"),
        ("pause", "fin"),
        ("resume", "fin"),
        ("show", "fin"),
        ("show", "nobody"),
    ],
)
def test_what_cannot_be_exits_with_1(run: Run, words: tuple[str, ...]) -> None:
    result = run("digest", *words)
    assert (result.exit_code, result.stdout) == (1, "")


def test_what_is_missing_is_misuse(run: Run) -> None:
    assert run("digest", "set", "fin").exit_code == 2
    assert run(*SET, "--every", "hour").exit_code == 2
