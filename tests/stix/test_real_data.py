import json
from pathlib import Path

import pytest

from foedus.stix.objects import parse_object, split_envelope
from foedus.stix.stamp import stamp, unstamp

MARKING = "marking-definition--761df9d8-1b92-41cc-8b9b-3eb8c9b05303"


@pytest.fixture(scope="module")
def attack(shared_data: Path) -> list[bytes]:
    return split_envelope((shared_data / "attack/ics-attack-18.1.json").read_bytes())


@pytest.fixture(scope="module")
def examples(shared_data: Path) -> list[bytes]:
    files = sorted((shared_data / "oasis-stix").glob("*.json"))
    bodies = [file.read_bytes() for file in files]
    return [
        raw
        for body in bodies
        for raw in (split_envelope(body) if b'"objects"' in body else [body])
    ]


def test_every_object_of_attack_is_read(attack: list[bytes]) -> None:
    assert len(attack) == 1_826
    assert [parse_object(raw).id for raw in attack] == [
        json.loads(raw)["id"] for raw in attack
    ]


def test_the_catalogue_of_attack_refers_to_all_that_it_lists(
    attack: list[bytes],
) -> None:
    found = next(
        parsed
        for parsed in map(parse_object, attack)
        if parsed.type == "x-mitre-collection"
    )
    listed = {
        entry["object_ref"] for entry in json.loads(found.raw)["x_mitre_contents"]
    }
    assert listed <= set(found.references) | {found.created_by_ref}


def test_every_example_of_oasis_is_read(examples: list[bytes]) -> None:
    assert len(examples) > 50
    assert all(parse_object(raw).raw == raw for raw in examples)


def test_every_real_object_takes_a_stamp_and_gives_it_back(
    attack: list[bytes], examples: list[bytes]
) -> None:
    for raw in attack + examples:
        stamped, splice = stamp(raw, MARKING)
        assert splice is not None
        assert parse_object(stamped).marking_refs[0] == MARKING
        assert unstamp(stamped, splice) == raw
