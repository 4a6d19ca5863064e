"""The extension that OpenCTI's connectors look for."""

from typing import Any

import pytest

from foedus.compat.extension import described, entity_type, internal_id, lost

AT_US = 1_795_435_200_123_456
INDICATOR = {
    "id": "indicator--00000000-0000-4000-8000-000000000001",
    "type": "indicator",
    "pattern": "[file:hashes.MD5 = 'ab']",
    "pattern_type": "stix",
}


def of(tree: dict[str, Any]) -> dict[str, object]:
    return described(tree, created_us=AT_US, updated_us=AT_US + 1_000)


def test_an_indicator_has_what_connectors_take_from_it() -> None:
    assert of(INDICATOR) == {
        "extension_type": "property-extension",
        "id": internal_id(INDICATOR["id"]),
        "type": "Indicator",
        "created_at": "2026-11-23T12:00:00.123Z",
        "updated_at": "2026-11-23T12:00:00.124Z",
        "is_inferred": False,
        "score": 50,
        "detection": False,
        "main_observable_type": "StixFile",
        "observable_values": [{"type": "StixFile", "hashes": {"MD5": "ab"}}],
    }


@pytest.mark.parametrize(
    ("more", "score"),
    [
        ({"x_opencti_score": 80, "confidence": 10}, 80),
        ({"confidence": 10}, 10),
        ({"x_opencti_score": 900}, 50),
        ({"x_opencti_score": True}, 50),
    ],
)
def test_the_score_is_the_one_that_was_given(more: dict[str, Any], score: int) -> None:
    assert of({**INDICATOR, **more})["score"] == score


def test_what_the_object_says_of_itself_goes_first() -> None:
    said = of({**INDICATOR, "x_opencti_main_observable_type": "Url", "pattern": ""})
    assert said["main_observable_type"] == "Url"
    assert of({**INDICATOR, "pattern": ""})["main_observable_type"] == "Unknown"
    assert of({**INDICATOR, "x_opencti_detection": True})["detection"] is True


@pytest.mark.parametrize(
    ("tree", "name"),
    [
        ({"type": "ipv4-addr"}, "IPv4-Addr"),
        ({"type": "attack-pattern"}, "Attack-Pattern"),
        ({"type": "identity", "identity_class": "individual"}, "Individual"),
        ({"type": "identity"}, "Organization"),
        ({"type": "relationship", "relationship_type": "indicates"}, "indicates"),
        ({"type": "sighting"}, "stix-sighting-relationship"),
    ],
)
def test_types_are_called_as_opencti_calls_them(
    tree: dict[str, Any], name: str
) -> None:
    assert of({"id": "x", **tree})["type"] == name


def test_of_what_is_lost_the_same_id_and_the_type_are_said() -> None:
    said = lost(INDICATOR["id"], "indicator")
    assert said.keys() == {"extension_type", "id", "type"}
    assert said["id"] == of(INDICATOR)["id"]
    assert entity_type("url") == "Url"
