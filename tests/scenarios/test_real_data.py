"""All real data goes in by one nation's client and comes out by another nation's.

Written by taxii2-client, read by taxii2-client and stix2, both unmodified, and
compared object by object, every version of each.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import stix2
from stix2.datastore.taxii import TAXIICollectionSource
from taxii2client.v21 import as_pages

from tests.scenarios.installation import MEMBERS, OPEN, Installation, Server

REFUSED = {
    "campaign--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061": (
        "label: marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ec is not known "
        "here; send its definition along"
    ),
}
"""What is refused, and why it has to be.

The one object of `interop-objectmarking-test.json` carries TLP:RED and a second
marking whose id differs from it in the last digit; nobody defines that one.
"""

Object = dict[str, Any]
Version = tuple[str, str]


def version_of(each: Object) -> Version:
    return each["id"], each.get("modified") or each.get("created", "")


@pytest.fixture(scope="module")
def files(shared_data: Path) -> list[list[Object]]:
    """The objects of each file."""
    paths = [
        path
        for folder in ("attack", "oasis-stix")
        for path in sorted((shared_data / folder).glob("*.json"))
    ]
    trees = [orjson.loads(path.read_bytes()) for path in paths]
    return [tree.get("objects", [tree]) for tree in trees]


@pytest.fixture(scope="module")
def given(files: list[list[Object]]) -> dict[Version, Object]:
    """Every version of every object that is not to be refused."""
    return {
        version_of(each): each
        for objects in files
        for each in objects
        if each["id"] not in REFUSED
    }


@pytest.fixture(scope="module")
def served(
    installed: Installation,
    files: list[list[Object]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A server on which Poland has published everything into both collections."""
    folder = tmp_path_factory.mktemp("real-data") / "data"
    with installed.copy(folder).serve() as server:
        for collection in (OPEN, MEMBERS):
            refused = publish(server, collection, files)
            assert refused == REFUSED
        yield server


def publish(
    server: Server, collection: str, files: list[list[Object]]
) -> dict[str, str]:
    """Publish each file as one envelope; gives what was refused, and why."""
    refused: dict[str, str] = {}
    with server.collection("pol", collection) as poland:
        for objects in files:
            status = poland.add_objects({"objects": objects})
            assert status.total_count == len(objects)
            refused |= {each["id"]: each["message"] for each in status.failures}
    return refused


def read(server: Server, name: str, collection: str) -> list[Object]:
    """Read all versions of everything that an account sees, by taxii2-client."""
    with server.collection(name, collection) as found:
        return [
            each
            for page in as_pages(found.get_objects, per_request=500, version="all")
            for each in page.get("objects", ())
        ]


def test_another_nation_reads_every_version_as_it_was_written(
    served: Server, given: dict[Version, Object]
) -> None:
    found = read(served, "fin", OPEN)

    assert len(found) == len(given)
    assert {version_of(each): each for each in found} == given


def test_a_partner_reads_what_is_public_just_as_well(
    served: Server, given: dict[Version, Object]
) -> None:
    found = read(served, "mda", OPEN)

    assert {version_of(each): each for each in found} == given


def test_stix2_reads_what_it_would_have_parsed(
    served: Server, given: dict[Version, Object]
) -> None:
    with served.collection("fin", OPEN) as finland:
        source = TAXIICollectionSource(finland, items_per_page=1000)
        found = source.query([stix2.Filter("version", "=", "all")])

    expected = [stix2.parse(each, allow_custom=True) for each in given.values()]
    assert sorted(found, key=_place) == sorted(expected, key=_place)


def test_members_read_everything_with_one_marking_of_the_hub(
    served: Server, given: dict[Version, Object]
) -> None:
    found = read(served, "fin", MEMBERS)

    [marking] = [each for each in found if version_of(each) not in given]
    assert marking["type"] == "marking-definition"
    assert "NATO RESTRICTED // REL TO NATO" in orjson.dumps(marking).decode()
    objects = [each for each in found if each is not marking]
    assert all(
        each["object_marking_refs"].count(marking["id"]) == 1 for each in objects
    )
    unmarked = {version_of(each): without(each, marking["id"]) for each in objects}
    assert len(unmarked) == len(objects)
    assert unmarked == given


def test_a_partner_reads_nothing_of_what_is_for_members(served: Server) -> None:
    assert read(served, "mda", MEMBERS) == []


def without(each: Object, marking: str) -> Object:
    """Take one marking out of an object."""
    kept = [name for name in each["object_marking_refs"] if name != marking]
    rest = {name: each[name] for name in each if name != "object_marking_refs"}
    return {**rest, "object_marking_refs": kept} if kept else rest


def _place(parsed: Any) -> tuple[str, str]:  # noqa: ANN401 - any STIX class, or a dict
    return parsed["id"], str(parsed.get("modified"))
