"""Leaks that OpenCTI and MISP were blamed for, tried on the streams of this hub.

Each is told twice, with and without what is hidden: not a byte may differ.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from foedus.compat.routes import routes
from foedus.compat.telling import Wish
from foedus.hub import Hub
from foedus.streaming.pulse import Pulse
from tests.api.world import FINLAND, HOST, OPEN, UNKNOWN, bearer, clock, founded, hub
from tests.api.world import World as Founded
from tests.compat.connectors import Connector
from tests.intel.world import World, moment, report, thing

PUBLIC = "NU // PUBLIC"
NATO = "NU // REL TO NATO"
SECRET = "OPERATION NIGHTFALL"  # noqa: S105 - a name
READER = "MDA0"

Story = Callable[[World], Awaitable[None]]

__all__ = ["clock", "founded", "hub"]


def relation(label: str, source: str, target: str) -> dict[str, Any]:
    made = thing(0, label)
    return {
        "type": "relationship",
        "spec_version": "2.1",
        "id": f"relationship--{UUID(int=7, version=4)}",
        "created": moment(0),
        "modified": moment(0),
        "relationship_type": "attributed-to",
        "source_ref": source,
        "target_ref": target,
        "object_marking_refs": made["object_marking_refs"],
    }


@asynccontextmanager
async def open_world() -> AsyncIterator[World]:
    """Found a hub whose collection has the same id each time."""
    with TemporaryDirectory() as folder:
        world = await World.found(Path(folder))
        await world.open(id=OPEN, default_label="NATO UNCLASSIFIED // PUBLIC")
        # What these labels are called is no secret of what comes later.
        await world.put("POL0", thing(98, PUBLIC), thing(99, NATO))
        world.later(seconds=1)
        try:
            yield world
        finally:
            world.close()


async def stream(story: Story) -> bytes:
    """Let something happen, and give all frames that the reader is sent."""
    frames = b""
    async with open_world() as world:
        wish = Wish(dependencies=True)
        connector = Connector(world, READER, recover=False, wish=wish)
        await story(world)
        world.later(minutes=5)
        connector.catch_up()
        for event_id, (name, envelope) in zip(
            connector.ids, connector.events, strict=True
        ):
            frames += f"{event_id} {name} ".encode() + orjson.dumps(envelope)
    return frames


def reports(connector: Connector) -> list[tuple[str, dict[str, Any]]]:
    """Give what was told of reports; definitions of markings come and go with them."""
    return [each for each in connector.events if each[1]["data"]["type"] == "report"]


async def test_a_hidden_relation_of_two_visible_objects_is_not_inferred() -> None:
    """opencti#11496: a RED relation showed in the list of related entities."""

    async def without(world: World) -> None:
        await world.put("POL0", thing(1, PUBLIC), thing(2, PUBLIC))
        world.later(seconds=2)
        await world.put("POL0", thing(3, PUBLIC))

    async def whole(world: World) -> None:
        await world.put("POL0", thing(1, PUBLIC), thing(2, PUBLIC))
        world.later(seconds=1)
        await world.put("POL0", relation(NATO, report(1), report(2)))
        world.later(seconds=1)
        await world.put("POL0", thing(3, PUBLIC))

    told = await stream(whole)
    assert told == await stream(without)
    assert b"attributed-to" not in told


async def test_what_changed_names_nothing_that_the_reader_could_not_see() -> None:
    """opencti#6785: the history of an entity named a hidden one."""

    async def story(world: World) -> None:
        await world.put("POL0", thing(1, NATO, name=SECRET))
        world.later(seconds=1)
        await world.put("POL0", thing(1, PUBLIC, version=1, name="Harmless"))

    told = await stream(story)
    assert b"create" in told
    assert b"Harmless" in told
    for word in (SECRET.encode(), b" update ", b"reverse_patch"):
        assert word not in told


async def test_ids_and_their_gaps_count_nothing_hidden() -> None:
    """opencti#3319: counts by type took in what was hidden."""

    def story(*hidden: int) -> Story:
        async def run(world: World) -> None:
            for number in range(1, 4):
                objects = [thing(number, PUBLIC)]
                objects += [thing(number * 10 + each, NATO) for each in hidden]
                await world.put("POL0", *objects)
                world.later(seconds=1)

        return run

    assert await stream(story(1, 2, 3)) == await stream(story())


async def test_a_deletion_tells_no_audience_and_no_value() -> None:
    """MISP#10019: rosters travelled along; OpenCTI: deletes with the whole object."""

    async def story(world: World) -> None:
        await world.put("POL0", thing(1, "NU // REL TO MDA, POL", name=SECRET))
        world.later(minutes=2)
        reader = Connector(world, READER, recover=False).catch_up()
        await world.withdraw("POL0", report(1), "all")
        reader.events.clear()
        [(name, envelope)] = reports(reader.catch_up())
        assert name == "delete"
        assert envelope["data"].keys() == {"id", "type", "extensions"}
        [extension] = envelope["data"]["extensions"].values()
        assert extension.keys() == {"extension_type", "id", "type"}
        for word in (SECRET, "MDA", "POL", "patch"):
            assert word not in orjson.dumps(envelope).decode()

    await stream(story)


async def test_what_leaves_a_readers_scope_is_deleted_without_its_new_value() -> None:
    """OpenCTI told who lost an object its new state, and the patch to it."""

    async def story(world: World) -> None:
        await world.put("POL0", thing(1, PUBLIC))
        world.later(minutes=2)
        reader = Connector(world, READER, recover=False).catch_up()
        reader.events.clear()
        await world.put("POL0", thing(1, NATO, version=1, name=SECRET))
        assert reader.catch_up().said() == [], "the older version is still the reader's"
        await world.withdraw("POL0", report(1), "first")
        [(name, envelope)] = reports(reader.catch_up())
        assert name == "delete"
        assert SECRET not in orjson.dumps(envelope).decode()

    await stream(story)


async def test_a_patch_back_leads_to_nothing_that_was_taken_away() -> None:
    """OpenCTI's updates carry the old values, whether or not one may know them."""

    async def story(world: World) -> None:
        await world.put("POL0", thing(1, PUBLIC, name=SECRET))
        await world.withdraw("POL0", report(1), "all")
        world.later(seconds=1)
        await world.put("POL0", thing(1, PUBLIC, version=1, name="Harmless"))

    assert SECRET.encode() not in await stream(story)


async def test_a_dependency_is_given_only_as_far_as_the_reader_sees_it() -> None:
    async def story(world: World) -> None:
        await world.put("FIN0", thing(1, NATO, name=SECRET))
        await world.put("POL0", thing(2, PUBLIC, refs=[report(9)]))
        await world.put("FIN0", thing(9, NATO, name=SECRET))

    told = await stream(story)
    assert report(2).encode() in told
    assert SECRET.encode() not in told


@asynccontextmanager
async def client(hub: Hub, token: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=routes(hub, Pulse(hub))))
    async with httpx.AsyncClient(
        transport=transport, base_url=HOST, headers=bearer(token)
    ) as found:
        yield found


@pytest.mark.parametrize("name", [FINLAND, "finland"])
async def test_a_hidden_stream_answers_like_one_that_is_not(
    hub: Hub, founded: Founded, name: str
) -> None:
    query = "query StreamCollection { streamCollection(id: $id) { id } }"
    async with client(hub, founded.tokens["mda"]) as http:
        for hidden, unknown in ((name, UNKNOWN),):
            one = await http.get(f"/stream/{hidden}?follow=0")
            other = await http.get(f"/stream/{unknown}?follow=0")
            assert one.status_code == other.status_code == 401
            assert one.text.replace(hidden, "") == other.text.replace(unknown, "")
            asked = [
                await http.post(
                    "/graphql", json={"query": query, "variables": {"id": each}}
                )
                for each in (hidden, unknown)
            ]
            assert asked[0].text == asked[1].text


async def test_connectors_of_others_are_not_there(hub: Hub, founded: Founded) -> None:
    register = "mutation RegisterConnector { registerConnector(input: $input) { id } }"
    ping = "mutation PingConnector { pingConnector(id: $id) { id } }"
    async with client(hub, founded.tokens["fin"]) as http:
        variables = {"input": {"id": "one", "name": SECRET}}
        await http.post("/graphql", json={"query": register, "variables": variables})
        state = {"id": "one", "state": '{"start_from":"1-1"}'}
        await http.post("/graphql", json={"query": ping, "variables": state})
        opened = await http.get(f"/stream/{OPEN}?follow=0")
        connection = opened.text.partition('"connectionId":"')[2].partition('"')[0]
    async with client(hub, founded.tokens["mda"]) as http:
        answers = [
            await http.post("/graphql", json={"query": ping, "variables": {"id": each}})
            for each in ("one", "two")
        ]
        assert answers[0].text == answers[1].text
        own = await http.post(
            "/graphql", json={"query": register, "variables": variables}
        )
        assert own.json()["data"]["registerConnector"]["connector_state"] is None
        for each in (connection, "unknown"):
            url = f"/stream/connection/{each}"
            answer = await http.post(url, json={"delay": 1})
            assert (answer.status_code, answer.json()["detail"]) == (
                401,
                "no such connection of yours",
            )
