"""Publishing files of any size, set by set."""

import asyncio
import json
from pathlib import Path

import click
import pytest

from foedus.__main__ import load_app
from foedus.cli import publishing
from foedus.cli.publishing import REFUSED_SHOWN_MAX, Tally, sets_of
from foedus.cli.station import Station
from foedus.errors import InvalidInputError
from foedus.intel.commands import PLAINLY, Outcome
from tests.cli.conftest import Run

STORED = Outcome(id="note--1", version="v", outcome="stored")
REFUSED = Outcome(id="note--2", version="v", outcome="refused", reason="why")
AS_POL = ("--collection", "indicators", "--as", "pol")


def malware(number: int) -> dict[str, object]:
    return {
        "type": "malware",
        "spec_version": "2.1",
        "id": f"malware--11111111-1111-4111-8111-{number:012d}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "is_family": False,
        "object_marking_refs": [
            "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
        ],
    }


def test_a_file_is_one_set_as_long_as_memory_allows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(publishing, "SET_OBJECTS_MAX", 3)
    objects = [b"%d" % number for number in range(3)]

    assert list(sets_of(iter(objects), "f")) == [objects]
    assert capsys.readouterr().err == ""


def test_more_is_published_in_sets_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(publishing, "SET_OBJECTS_MAX", 3)
    objects = [b"%d" % number for number in range(8)]

    assert list(sets_of(iter(objects), "f")) == [objects[:3], objects[3:6], objects[6:]]
    assert capsys.readouterr().err.count("published in sets") == 1


def test_a_set_is_bounded_in_bytes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "SET_BYTES_MAX", 10)

    sets = list(sets_of([b"x" * 6, b"y" * 4, b"z", b"w" * 20], "f"))

    assert sets == [[b"x" * 6, b"y" * 4], [b"z"], [b"w" * 20]]


def test_outcomes_are_told_as_one_document(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    with Tally(keeps_all=True) as tally:
        tally.add([STORED])
        tally.add([STORED, STORED])
        tally.tell()

    told = json.loads(capsysbinary.readouterr().out)
    assert [each["id"] for each in told] == ["note--1"] * 3


@pytest.mark.parametrize("keeps_all", [False, True])
def test_a_refusal_ends_with_1(keeps_all: bool) -> None:  # noqa: FBT001
    with Tally(keeps_all=keeps_all) as tally:
        tally.add([STORED, REFUSED])
        with pytest.raises(click.exceptions.Exit) as raised:
            tally.tell()

    assert raised.value.exit_code == 1


def test_a_person_is_shown_the_first_refusals(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tally = Tally(keeps_all=False)
    tally.add([REFUSED] * (REFUSED_SHOWN_MAX + 2))

    with pytest.raises(click.exceptions.Exit):
        tally.tell()

    told = capsys.readouterr()
    assert len(told.out.splitlines()) == REFUSED_SHOWN_MAX
    assert "and 2 more" in told.err


def test_a_file_that_breaks_off_publishes_nothing(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "SET_OBJECTS_MAX", 2)
    path = tmp_path / "many.json"
    whole = json.dumps([malware(number) for number in range(5)])
    path.write_text(whole[:-20], encoding="utf-8")
    station = Station(load=load_app, data=folder)

    with (
        Tally(keeps_all=False) as tally,
        pytest.raises(InvalidInputError, match=r"many\.json: objects\[4\]"),
    ):
        asyncio.run(
            publishing.publish_files(
                station, [str(path)], ("pol", "indicators"), PLAINLY, tally
            )
        )

    exported = run("intel", "export", *AS_POL)
    assert json.loads(exported.stdout)["objects"] == []


def test_publishing_again_finishes_what_was_interrupted(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "SET_OBJECTS_MAX", 2)
    objects = json.dumps([malware(number) for number in range(5)])
    cut = run("intel", "publish", "-", *AS_POL, "--json", input=objects[:-20])
    assert (cut.exit_code, cut.stdout) == (1, "")

    again = run("intel", "publish", "-", *AS_POL, "--json", input=objects)

    outcomes = [each["outcome"] for each in json.loads(again.stdout)]
    assert outcomes == ["duplicate"] * 2 + ["stored"] * 3
