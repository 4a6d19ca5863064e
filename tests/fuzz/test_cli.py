"""The command line, typed wrongly: words, files and data folders that are none.

A command ends with 0, 1 or 2; when it refuses it says so in a sentence on stderr, or
as a problem where JSON was asked for; and it never shows a traceback.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from foedus.__main__ import load_app
from foedus.cli.root import foedus
from foedus.cli.station import Station
from foedus.clock import system_clock
from tests.fuzz.house import memory
from tests.fuzz.refusals import LEAKS, check_sentence

RUNS = ("dozens", pytest.param("thousands", marks=pytest.mark.soak))

LASTING = ("serve", "demo")
"""Commands that run until they are told to stop; they are typed wrongly below."""

WAITING = {"--seconds"}
"""Options that only make a command wait."""

WORDS = (
    "", "POL", "pol", "atlantis", "NATO", "open", "indicators", "-", "--", "-x", "--x",
    "\x1b[31m", "\u202e", "\U0001f525", "x" * 10_000, "'; DROP TABLE version; --", "%s",
    "{0}", "../../etc/passwd", "indicator--00000000-0000-4000-8000-000000000000",
    "release--00000000-0000-4000-8000-000000000000", "identity--x", "0", "-1", "1",
    "9" * 400, "NaN", "2026-11-23", "0001-01-01", "9999-12-31", "2026-13-45", "TLP:RED",
    "NATO SECRET // REL TO POL", "reader", "reader,operator", "member", "all", "last",
    "\udcff", "a\nb", "MEMBERS,PUBLIC", ",",
)  # fmt: skip

STDIN = (b"", b"\n", b"short\n", b"\xff\xfe\n", b"\0" * 100, b"x" * 2_000 + b"\n")


class Stage(msgspec.Struct, frozen=True):
    """Data folders and files, good and bad."""

    hubs: tuple[Path, ...]
    files: tuple[Path, ...]


@pytest.fixture(scope="module", params=RUNS)
def stage() -> Iterator[Stage]:
    with memory() as place:
        hub = place / "hub"
        assert run(hub, "init").exit_code == 0
        assert run(hub, *ACCOUNT).exit_code == 0
        assert run(hub, *COLLECTION).exit_code == 0
        yield Stage(hubs=(hub, *broken(hub)), files=tuple(files(place)))


ACCOUNT = ("account", "add", "pol", "--nation", "POL", "--role", "reader,publisher")
COLLECTION = ("collection", "add", "open", "--title", "Open", "--write", "MEMBERS")


def broken(hub: Path) -> Iterator[Path]:
    """Make data folders in which something is wrong."""
    yield hub.parent / "missing"
    file = hub.parent / "file"
    file.write_bytes(b"not a folder")
    yield file
    for name in ("log.db", "views.db", "state.db", "foedus.toml"):
        for kind, content in (("junk", os.urandom(9_000)), ("empty", b"")):
            copy = hub.parent / f"{kind}-{name}"
            shutil.copytree(hub, copy)
            (copy / name).write_bytes(content)
            yield copy
    wrong = hub.parent / "wrong-setting"
    shutil.copytree(hub, wrong)
    (wrong / "foedus.toml").write_text("[taxii]\npage_size_max = 'many'\nx = 1\n")
    yield wrong


def files(place: Path) -> Iterator[Path]:
    """Make files that no command takes as they are, and paths of none."""
    contents = {
        "junk": os.urandom(5_000),
        "empty": b"",
        "bom.json": b'\xef\xbb\xbf{"objects": []}',
        "list.json": b"[1, 2",
        "deep.json": b"[" * 100_000,
        "nan.json": b'{"objects": [{"type": "x-y", "id": NaN}]}',
        "twice.json": b'{"type": "bundle", "objects": [], "objects": [7]}',
        "wrong.json": b'{"type": "bundle", "objects": [{}, null, 7, "x", []]}',
        "utf16.json": '{"objects": []}'.encode("utf-16"),
        "long.json": b'{"objects": ["' + b"x" * 3_000_000 + b'"]}',
    }
    for name, content in contents.items():
        (place / name).write_bytes(content)
        yield place / name
    (place / "loop").symlink_to("loop")
    yield from (place, place / "loop", place / "missing", place / ("x" * 300))
    yield Path()


def run(folder: Path, *words: str, stdin: bytes = b"") -> Result:
    """Type a command."""
    station = Station(load=load_app, clock=system_clock)
    return CliRunner().invoke(
        foedus, [*words, "--data", str(folder)], input=stdin, obj=station
    )


def commands() -> dict[tuple[str, ...], click.Command]:
    """Give every verb by the words that name it."""
    found: dict[tuple[str, ...], click.Command] = {}

    def walk(command: click.Command, words: tuple[str, ...]) -> None:
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None, "what is listed is there"
                walk(inner, (*words, name))
        if words and (
            not isinstance(command, click.Group) or command.invoke_without_command
        ):
            found[words] = command

    walk(foedus, ())
    return found


COMMANDS = commands()
TYPED = sorted(words for words in COMMANDS if words[0] not in LASTING)


@st.composite
def lines(draw: st.DrawFn, stage: Stage) -> list[str]:
    """Give the words of a command, more or less as it wants them."""
    words = draw(st.sampled_from(TYPED))
    typed = list(words)
    for each in COMMANDS[words].params:
        if each.name in {"data", "json"} or WAITING & set(each.opts):
            continue
        wanted = each.required or draw(st.integers(0, 3)) == 0
        if not wanted or draw(st.integers(0, 19)) == 0:
            continue
        if isinstance(each, click.Option):
            typed.append(each.opts[0])
        if not getattr(each, "is_flag", False):
            typed.append(draw(value(each, stage)))
    if draw(st.integers(0, 19)) == 0:
        typed.append(draw(st.sampled_from(WORDS)))
    if draw(st.booleans()):
        typed.append("--json")
    return typed


def value(parameter: click.Parameter, stage: Stage) -> st.SearchStrategy[str]:
    """Give a value for a parameter: a right one now and then."""
    if isinstance(parameter.type, click.Path):
        return st.sampled_from([str(each) for each in stage.files])
    right = {"name": "pol", "alias": "open", "nation": "POL", "code": "POL"}
    usual = right.get(parameter.name or "", "x")
    return st.one_of(st.just(usual), st.sampled_from(WORDS))


@given(data=st.data())
def test_no_command_ends_in_a_traceback(stage: Stage, data: st.DataObject) -> None:
    line = data.draw(lines(stage))
    folder = data.draw(st.sampled_from((*stage.hubs[:1] * 9, *stage.hubs)))
    stdin = data.draw(st.sampled_from(STDIN))

    check(run(folder, *line, stdin=stdin), as_json="--json" in line)


@pytest.mark.parametrize("words", TYPED, ids=" ".join)
def test_a_folder_that_is_no_hub_is_refused_in_words(
    stage: Stage, words: tuple[str, ...]
) -> None:
    for folder in stage.hubs[1:]:
        usual = ("pol" for each in COMMANDS[words].params if each.required)
        check(run(folder, *words, *usual), as_json=False)


@pytest.mark.parametrize("words", LASTING)
@pytest.mark.parametrize(
    "wrong",
    [
        ("--port", "70000"),
        ("--port", "x"),
        ("--host", "999.1.1.1"),
        ("--host", ""),
        ("--host", "\udcff"),
        ("--nonsense",),
        ("more", "words"),
    ],
    ids=" ".join,
)
def test_what_runs_until_it_is_stopped_does_not_begin_wrongly(
    stage: Stage, words: str, wrong: tuple[str, ...]
) -> None:
    result = run(stage.hubs[0], words, *wrong)

    check(result, as_json=False)
    assert result.exit_code != 0


def check(result: Result, *, as_json: bool) -> None:
    """A command ended as commands end, and a refusal is told."""
    raised = result.exception
    assert raised is None or isinstance(raised, SystemExit), repr(raised)
    assert result.exit_code in {0, 1, 2}, result
    if result.exit_code == 0:
        return
    assert not LEAKS.search(result.stderr), result.stderr
    if not as_json:
        check_sentence(result.stderr)
        return
    said = [
        json.loads(line)
        for line in result.output.splitlines()
        if line.startswith(("{", "["))
    ]
    assert said, result.output
