"""Publishing files of any size, set by set."""

import asyncio
import json
from collections import Counter
from pathlib import Path

import click
import pytest

from foedus.__main__ import load_app
from foedus.cli.publishing import (
    REFUSED_SHOWN_MAX,
    Limits,
    Order,
    Tally,
    publish_files,
    sets_of,
)
from foedus.cli.station import Station
from foedus.errors import InvalidInputError
from foedus.intel.judging import Outcome
from tests.cli.conftest import Run

STORED = Outcome(id="note--1", version="v", outcome="stored")
REFUSED = Outcome(id="note--2", version="v", outcome="refused", reason="why")
THREE = Limits(objects=3, length=1_000)
SHORT = Limits(objects=1_000, length=10)
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
    capsys: pytest.CaptureFixture[str],
) -> None:
    objects = [b"%d" % number for number in range(3)]

    assert list(sets_of(iter(objects), "f", THREE)) == [objects]
    assert capsys.readouterr().err == ""


def test_more_is_published_in_sets_and_says_so_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    objects = [b"%d" % number for number in range(8)]

    assert list(sets_of(iter(objects), "f", THREE)) == [
        objects[:3],
        objects[3:6],
        objects[6:],
    ]
    assert capsys.readouterr().err.count("published in sets") == 1


def test_a_set_is_bounded_in_bytes_too() -> None:
    sets = list(sets_of([b"x" * 6, b"y" * 4, b"z", b"w" * 20], "f", SHORT))

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


def publish(folder: Path, *files: Path) -> Counter[str]:
    """Publish files in sets of two."""
    station = Station(load=load_app, data=folder)
    limits = Limits(objects=2, length=9_999)
    order = Order(name="pol", collection="indicators", limits=limits)
    with Tally(keeps_all=False) as tally:
        asyncio.run(publish_files(station, [str(file) for file in files], order, tally))
        return tally.counts


def test_a_file_that_breaks_off_publishes_nothing(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "many.json"
    whole = json.dumps([malware(number) for number in range(5)])
    path.write_text(whole[:-20], encoding="utf-8")

    with pytest.raises(InvalidInputError, match=r"many\.json: objects\[4\]"):
        publish(folder, path)

    path.write_text(whole, encoding="utf-8")
    assert publish(folder, path) == {"stored": 5}


def test_publishing_again_finishes_what_was_interrupted(
    folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "many.json"
    path.write_text(json.dumps([malware(number) for number in range(3)]), "utf-8")
    assert publish(folder, path) == {"stored": 3}

    path.write_text(json.dumps([malware(number) for number in range(5)]), "utf-8")
    assert publish(folder, path) == {"duplicate": 3, "stored": 2}


def test_stdin_publishes_what_was_whole(run: Run) -> None:
    objects = json.dumps([malware(number) for number in range(3)])

    cut = run("intel", "publish", "-", *AS_POL, "--json", input=objects[:-20])

    assert (cut.exit_code, cut.stdout) == (1, "")
    assert "objects[2]" in json.loads(cut.stderr)["detail"]
