"""What public stream connectors make of a stream, by the facts of their sources.

Each keeps a store of its own by what it reads of an event; afterwards the store is what
the reader sees. The real client is in tests/scenarios/test_opencti.py.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from foedus.compat.extension import DEFINITION, internal_id
from tests.compat.connectors import Connector
from tests.intel.world import World, moment, report, thing

PUBLIC = "NU // PUBLIC"


def indicator(number: int, **more: object) -> dict[str, Any]:
    made = thing(number, PUBLIC)
    for name in ("published", "object_refs", "name"):
        del made[name]
    return made | {
        "type": "indicator",
        "id": report(number).replace("report", "indicator"),
        "pattern": f"[ipv4-addr:value = '192.0.2.{number}']",
        "pattern_type": "stix",
        "valid_from": moment(0),
        **more,
    }


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Connector]:
    """A stream in which one indicator came and changed, and another came and went."""
    world = await World.found(tmp_path)
    await world.open(default_label="NATO UNCLASSIFIED // PUBLIC")
    connector = Connector(world, "SWE0").catch_up()
    world.later(seconds=1)
    await world.put("POL0", indicator(1), indicator(2), thing(3, PUBLIC))
    connector.catch_up()
    await world.put("POL0", indicator(1, modified=moment(1), confidence=90))
    await world.withdraw("POL0", indicator(2)["id"], "all")
    yield connector.catch_up()
    world.close()


def in_extension(name: str, data: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Look a value up as the client's library does: the extension goes first."""
    extension = data.get("extensions", {}).get(DEFINITION, {})
    return extension.get(name, data.get(name))


def test_microsoft_sentinel_intel_uploads_indicators_and_deletes_by_their_ids(
    told: Connector,
) -> None:
    store: dict[str, dict[str, Any]] = {}
    for event, envelope in told.events:
        data = envelope["data"]
        if data["type"] != "indicator":
            continue
        if event in {"create", "update"}:
            store[data["id"]] = {k: v for k, v in data.items() if k != "extensions"}
        else:
            del store[data["id"]]
    assert store == {
        indicator(1)["id"]: indicator(1, modified=moment(1), confidence=90)
    }


def test_splunk_keeps_objects_by_the_internal_id_and_updates_what_it_has(
    told: Connector,
) -> None:
    store: dict[str, str] = {}
    for event, envelope in told.events:
        data = envelope["data"]
        key = in_extension("id", data)
        if event == "create":
            store[key] = data["id"]
        elif event == "update":
            assert key in store, "it posts to the key of an update"
            store[key] = data["id"]
        else:
            del store[key]
    found = {each for each in store.values() if not each.startswith("marking")}
    assert found == {indicator(1)["id"], report(3)}
    assert all(internal_id(each) == key for key, each in store.items())


def test_elastic_takes_value_and_score_from_the_extension(told: Connector) -> None:
    rows: dict[str, tuple[Any, ...]] = {}
    for event, envelope in told.events:
        data = envelope["data"]
        if event == "delete":
            rows.pop(data["id"], None)
        elif data["type"] == "indicator":
            [value] = in_extension("observable_values", data)
            score = in_extension("score", data)
            main = in_extension("main_observable_type", data)
            rows[data["id"]] = (main, value["type"], value["value"], score)
    assert rows == {indicator(1)["id"]: ("IPv4-Addr", "IPv4-Addr", "192.0.2.1", 90)}


def test_stream_exporter_writes_envelopes_down_and_looks_for_renamed_ids(
    told: Connector,
) -> None:
    for event, envelope in told.events:
        assert envelope["type"] == event
        patch = envelope["context"].get("reverse_patch", [])
        assert [each for each in patch if each.get("path") == "/id"] == []
        assert in_extension("files", envelope["data"]) is None, "it would fetch them"
