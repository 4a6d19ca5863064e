"""`foedus collection`."""

import json
from pathlib import Path

import pytest

from foedus.__main__ import load_app
from foedus.cli.station import Station, operator
from foedus.intel.collections import Collection
from tests.cli.conftest import Run

ADD = ("collection", "add", "reports", "--title", "Reports")
ID = "6027a298-4e3d-4be0-a399-62808e18e971"


def _seen(folder: Path, name: str) -> tuple[bool, bool]:
    """Tell whether an account may read and write the collection."""
    with Station(load=load_app, data=folder).hub() as hub:
        viewer = hub.authenticator.named(name).viewer()
        for each in hub.reading.collections(viewer):
            if each.alias == "reports":
                return each.can_read, each.can_write
    return False, False


def _default_label(folder: Path) -> str | None:
    with Station(load=load_app, data=folder).hub() as hub:
        viewer = hub.authenticator.named("pol").viewer()
        found: Collection = hub.reading.collection(viewer, "reports")
    return found.default_label


def test_a_collection_is_opened_with_an_id_of_its_own(run: Run) -> None:
    result = run(*ADD, "--json")

    answer = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert answer == {"id": answer["id"], "alias": "reports"}
    assert len(answer["id"]) == 36


def test_members_read_and_nobody_writes_by_default(run: Run, folder: Path) -> None:
    run(*ADD)

    assert _seen(folder, "pol") == (True, False)
    assert _seen(folder, "mda") == (False, False)
    assert _default_label(folder) is None


def test_rights_name_nations_and_communities(run: Run, folder: Path) -> None:
    run(*ADD, "--read", "MEMBERS,MDA", "--write", "POL")

    assert _seen(folder, "pol") == (True, True)
    assert _seen(folder, "fin") == (True, False)
    assert _seen(folder, "mda") == (True, False)


def test_the_default_label_is_kept_in_its_canonical_text(
    run: Run, folder: Path
) -> None:
    run(*ADD, "--default-label", "NATO RESTRICTED Releasable to Japan")

    assert _default_label(folder) == "NATO RESTRICTED // REL TO NATO, JPN"


@pytest.mark.parametrize(
    ("words", "ways"),
    [
        ((), (False, 0)),
        (("--tear-lines",), (True, 0)),
        (("--hold-references", "30"), (False, 30)),
    ],
)
def test_a_collection_tears_and_holds_only_where_asked_to(
    run: Run, folder: Path, words: tuple[str, ...], ways: tuple[bool, int]
) -> None:
    run(*ADD, *words)

    with Station(load=load_app, data=folder).hub() as hub:
        viewer = hub.authenticator.named("pol").viewer()
        found = hub.reading.collection(viewer, "reports")
    assert (found.tear_lines, found.hold_minutes) == ways


def test_an_id_is_taken_as_given(run: Run) -> None:
    result = run(*ADD, "--id", ID.upper(), "--json")

    assert json.loads(result.stdout)["id"] == ID


def test_a_person_is_told_alias_and_id(run: Run) -> None:
    result = run(*ADD, "--id", ID)

    assert result.stdout == f"collection  reports\nid          {ID}\n"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("indicators", "--title", "T"), 409),
        (("x", "--title", "T", "--read", "ATLANTIS"), 400),
        (("x", "--title", "T", "--default-label", "HUSH"), 422),
        (("x", "--title", ""), 400),
    ],
)
def test_what_the_rules_refuse_exits_with_1(
    run: Run, words: tuple[str, ...], status: int
) -> None:
    result = run("collection", "add", *words, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == status


@pytest.mark.parametrize(
    "words",
    [
        ("A", "--title", "T"),
        ("x",),
        ("x", "--title", "T", "--id", "1234"),
        ("x", "--title", "T", "--read", "MEMBERS, MDA"),
        ("x", "--title", "T", "--hold-references", "1441"),
    ],
)
def test_what_is_spelt_wrongly_exits_with_2(run: Run, words: tuple[str, ...]) -> None:
    assert run("collection", "add", *words).exit_code == 2


def test_the_operator_may_open_what_nobody_may_read(run: Run, folder: Path) -> None:
    run(*ADD, "--read", "", "--write", "POL")

    assert _seen(folder, "pol") == (False, True)
    with Station(load=load_app, data=folder).hub() as hub:
        assert operator(hub.alliance).nation == "NATO"


def test_collections_are_listed_as_somebody_has_them(run: Run) -> None:
    run(*ADD, "--read", "POL", "--id", ID)

    every = json.loads(run("collection", "list", "--json").stdout)
    here = json.loads(run("collection", "list", "--as", "pol", "--json").stdout)
    theirs = run("collection", "list", "--as", "mda")

    assert ID in [each["id"] for each in every]
    found = next(each for each in here if each["id"] == ID)
    assert (found["alias"], found["can_read"], found["can_write"]) == (
        "reports",
        True,
        False,
    )
    assert "key" not in found
    assert ID not in theirs.stdout


def test_collections_are_listed_in_columns_by_alias(run: Run) -> None:
    run(*ADD)

    told = run("collection", "list").stdout.splitlines()

    aliases = [line.split()[0] for line in told[1:]]
    assert aliases == sorted(aliases)
    assert "reports" in aliases
