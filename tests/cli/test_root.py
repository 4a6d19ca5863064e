"""The command line as a whole: nouns, help, and how every refusal ends."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from foedus.__main__ import load_app
from foedus.cli.root import NOUNS, foedus
from foedus.cli.station import Station
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]


def _commands(command: click.Command, words: tuple[str, ...]) -> list[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        return [words]
    return [
        found
        for name, inner in command.commands.items()
        for found in _commands(inner, (*words, name))
    ]


COMMANDS = _commands(foedus, ())


def test_every_command_of_the_issue_is_there() -> None:
    assert {" ".join(words) for words in COMMANDS} == {
        "init",
        "account add",
        "account certificate",
        "account close",
        "account link",
        "account list",
        "account proofs",
        "account reset",
        "account unlink",
        "collection add",
        "collection list",
        "serve",
        "intel publish",
        "intel export",
        "intel explain",
        "intel withdraw",
        "intel tear-line",
        "intel recall",
        "intel acknowledge",
        "intel recalls",
        "intel seen",
        "receipts list",
        "search",
        "live tail",
        "digest set",
        "digest list",
        "digest remove",
        "digest pause",
        "digest resume",
        "digest show",
        "webhook add",
        "webhook list",
        "webhook remove",
        "webhook pause",
        "webhook resume",
        "webhook test",
        "connector list",
        "connector rewind",
        "connector skip",
        "connector stop",
        "connector start",
        "import medallion",
        "decision draft",
        "decision circulate",
        "decision break",
        "decision extend",
        "decision amend",
        "decision withdraw",
        "decision comment",
        "decision position",
        "decision duty",
        "decision activate",
        "decision act",
        "decision list",
        "decision show",
        "decision diff",
        "decision preview",
        "decision record",
        "decision verify",
        "consultation ask",
        "consultation join",
        "consultation hold",
        "consultation close",
        "consultation list",
        "consultation show",
        "release add",
        "release list",
        "release consent",
        "release withdraw",
        "identity register",
        "identity list",
        "protocol validate",
        "protocol simulate",
        "protocol verify",
        "protocol sign",
        "protocol import",
        "protocol list",
        "protocol show",
        "protocol export",
        "protocol start",
        "protocol runs",
        "protocol status",
        "protocol cancel",
        "protocol pause",
        "protocol resume",
        "protocol end-step",
        "protocol clocks",
        "task clocks",
        "task pause",
        "task resume",
        "task list",
        "task show",
        "task ack",
        "task accept",
        "task decline",
        "task delegate",
        "task start",
        "task done",
        "task authorise",
        "task confirm",
        "task return",
        "task note",
        "protocol calendar import",
        "protocol calendar list",
        "protocol calendar show",
        "protocol catalogue list",
        "protocol catalogue show",
        "protocol report",
        "protocol rule add",
        "protocol rule list",
        "protocol rule remove",
        "protocol proposals",
        "protocol approve",
        "protocol dismiss",
        "label parse",
        "label preview",
        "guide",
        "framework list",
        "framework show",
        "framework join",
        "framework leave",
        "glossary",
        "quiz",
        "obligation list",
        "obligation report",
        "engagement add",
        "engagement list",
        "engagement report",
        "update import",
        "update publish",
        "update list",
        "update show",
        "update diff",
        "update ack",
        "measure list",
        "measure show",
        "measure compare",
        "measure declare",
        "measure require",
        "unit import",
        "unit list",
        "unit show",
        "unit report",
        "unit export",
        "unit withdraw",
        "readiness report",
        "readiness adopt",
        "readiness test",
        "exercise plan",
        "exercise list",
        "exercise show",
        "exercise status",
        "exercise join",
        "exercise evaluate",
        "exercise lesson",
        "exercise advise",
        "module list",
        "module show",
        "module add",
        "module enrol",
        "module complete",
        "nation list",
        "nation show",
        "nation set-status",
        "community show",
        "assess",
        "share costs",
        "share index",
        "share compare",
        "share rank",
        "plan coverage",
        "plan drop",
        "plan surge",
        "plan closure",
        "plan list",
        "plan show",
        "plan again",
        "log verify",
        "log find",
        "log redact",
        "log redactions",
        "backup verify",
        "restore",
        "doctor",
        "views rebuild",
        "demo",
    }


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_takes_data_and_json(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(foedus, [*words, "--help"], obj=_station())

    assert result.exit_code == 0
    assert "--data DIR" in result.stdout
    assert "--json" in result.stdout


def test_help_lists_every_noun_in_the_order_of_a_first_day() -> None:
    result = CliRunner().invoke(foedus, ["--help"], obj=_station())

    listed = [
        line.split()[0] for line in result.stdout.splitlines() if line[:2] == "  "
    ]
    assert [word for word in listed if word in NOUNS] == list(NOUNS)


@pytest.mark.parametrize(
    "words",
    [
        ("conquer",),
        ("--conquer",),
        ("nation",),
        ("nation", "conquer"),
        ("nation", "list", "--conquer"),
        ("nation", "list", "surplus"),
        ("nation", "show"),
        ("serve", "--port", "70000"),
        ("serve", "--workers", "0"),
    ],
)
def test_misuse_exits_with_2_and_says_why_on_stderr(
    run_nowhere: Run, words: tuple[str, ...]
) -> None:
    result = run_nowhere(*words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


def test_misuse_under_json_is_a_problem_document(run_nowhere: Run) -> None:
    result = run_nowhere("nation", "list", "--as-of", "yesterday", "--json")

    problem = json.loads(result.stderr)
    assert (result.exit_code, result.stdout) == (2, "")
    assert problem["type"] == "https://foedus.example/problems/invalid-input"
    assert "yesterday" in problem["detail"]


def test_a_refusal_exits_with_1_and_leaves_stdout_empty(run_nowhere: Run) -> None:
    result = run_nowhere("log", "verify", "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == 404


def test_the_nouns_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        foedus.commands["conquer"] = click.Command("conquer")
    with pytest.raises(TypeError):
        del foedus.commands["init"]
    assert len(foedus.commands) == len(NOUNS)


def test_asking_what_there_is_loads_no_noun() -> None:
    program = (
        "import sys; from foedus.cli.root import foedus; "
        "foedus(['--help'], standalone_mode=False); "
        "print({'granian', 'starlette', 'structlog'} & set(sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "set()"


def test_a_label_is_parsed_without_loading_the_server(tmp_path: Path) -> None:
    program = (
        "import sys; from foedus.__main__ import main; "
        "sys.argv = ['foedus', 'label', 'parse', 'NATO SECRET', '--data', 'nowhere']\n"
        "try: main()\n"
        "finally: print({'granian', 'starlette', 'structlog'} & set(sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "set()"


def _station() -> Station:
    return Station(load=load_app)


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    done = CliRunner().invoke(foedus, ["--version"], obj=Station(load=load_app))

    assert done.exit_code == 0
    assert done.output == f"foedus, version {project['project']['version']}\n"


def test_a_word_in_bytes_of_no_encoding_is_misuse(run: Run) -> None:
    result = run("log", "find", "\udcff")

    assert result.exit_code == 2
    assert result.stderr == (
        "foedus: a word of the command is not UTF-8; type it anew\n"
    )
