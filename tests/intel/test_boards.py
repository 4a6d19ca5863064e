"""What lies on the board when one POST is judged."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from foedus.eventlog.envelope import Act, Who
from foedus.intel.boards import (
    Board,
    Post,
    board_of,
    ends_of_lanes,
    settled_text,
    wanted_ids,
)
from foedus.stix.markings import (
    TLP_2,
    HubDefinition,
    TlpDefinition,
    make_hub_definition,
)
from foedus.stix.objects import parse_object
from tests.intel.world import (
    NOON,
    World,
    address,
    dump,
    marking,
    report,
    thing,
    viewer,
)

NATO = "NATO UNCLASSIFIED // REL TO NATO"
DATED = NATO + " 2024-03-07"
PRIVATE = "NATO UNCLASSIFIED // REL TO POL"


@contextmanager
def board(
    world: World,
    name: str,
    *objects: dict[str, Any] | bytes,
    ceiling: int | None = None,
) -> Iterator[Board]:
    """Lay out what a POST of some objects is judged by."""
    parsed = [
        parse_object(raw if isinstance(raw, bytes) else dump(raw)) for raw in objects
    ]
    who = viewer(name)
    act = Act(who=Who(account="a", nation=who.nation, door="test"), at=NOON)
    with world.reading.snapshot() as seen:
        collection = seen.collection(who, "c")
        post = Post(viewer=who, act=act, collection=collection, ceiling=ceiling)
        yield board_of(seen, post, parsed)


async def test_own_versions_are_known_up_to_the_clearance(world: World) -> None:
    await world.put("POL3", thing(1, "NATO SECRET // REL TO NATO"))
    await world.put("POL0", thing(1, NATO, version=1))
    for name, count in (("POL0", 1), ("POL3", 2), ("FIN3", 0)):
        with board(world, name, thing(1)) as found:
            assert len(found.own(report(1))) == count
            assert found.own(report(2)) == ()


async def test_others_versions_are_held_where_they_were_delivered(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, PRIVATE))
    with board(world, "FIN0", thing(1), thing(2)) as found:
        assert [each.nation for each in found.held(report(1))] == ["POL"]
        assert found.held(report(2)) == []
        assert found.held(report(3)) == ()
    with board(world, "POL0", thing(1)) as found:
        assert found.held(report(1)) == []


async def test_what_stands_in_a_collection_that_may_not_be_read_is_not_held(
    world: World,
) -> None:
    await world.open("few", read="POL", write="POL", default_label="NU // PUBLIC")
    await world.put("POL0", thing(1), to="few")
    with board(world, "FIN0", thing(1)) as found:
        assert found.held(report(1)) == []


async def test_the_ceiling_is_the_highest_level_unless_it_is_set(world: World) -> None:
    highest = len(world.reading.access().alliance.levels) - 1
    for given, expected in ((None, highest), (1, 1)):
        with board(world, "POL0", thing(1), ceiling=given) as found:
            assert found.ceiling == expected


async def test_a_definition_that_is_stored_goes_before_what_the_request_says(
    world: World,
) -> None:
    await world.put("POL0", thing(1, PRIVATE))
    false = make_hub_definition(NATO).replace(
        marking(NATO).encode(), marking(PRIVATE).encode()
    )
    with board(world, "POL0", thing(2, PRIVATE), false) as found:
        stored = found.definition(marking(PRIVATE))
    assert stored == HubDefinition(text=PRIVATE)


async def test_a_definition_that_is_hidden_is_known_from_the_request_alone(
    world: World,
) -> None:
    await world.put("POL0", thing(1, PRIVATE))
    with board(world, "FIN0", thing(2, PRIVATE)) as found:
        assert found.definition(marking(PRIVATE)) is None
    with board(world, "FIN0", thing(2, PRIVATE), make_hub_definition(PRIVATE)) as found:
        assert found.definition(marking(PRIVATE)) == HubDefinition(text=PRIVATE)


async def test_what_an_own_version_carries_is_known_where_it_may_not_be_read(
    world: World,
) -> None:
    await world.open("box", read="POL", write="PUBLIC", default_label="NU // PUBLIC")
    own = "NATO UNCLASSIFIED // REL TO POL, FIN"
    await world.put("FIN0", thing(1, own), to="box")
    with board(world, "FIN0", thing(2, own)) as found:
        assert found.definition(marking(own)) == HubDefinition(text=own)
    with board(world, "SWE0", thing(2, own)) as found:
        assert found.definition(marking(own)) is None


async def test_what_an_own_version_carries_is_known_while_another_s_is_held(
    world: World,
) -> None:
    fact = address("192.0.2.1")
    await world.put("MDA0", {**fact, "object_marking_refs": [str(TLP_2["GREEN"])]})
    await world.put("POL0", {**fact, "object_marking_refs": [marking(PRIVATE)]})
    with board(world, "POL0", thing(2, PRIVATE)) as found:
        assert found.definition(marking(PRIVATE)) == HubDefinition(text=PRIVATE)


async def test_the_lights_are_known_everywhere(world: World) -> None:
    with board(world, "FIN0", thing(1)) as found:
        light = found.definition(str(TLP_2["AMBER+STRICT"]))
        assert light == TlpDefinition(version=2, name="AMBER+STRICT")
        assert found.definition("marking-definition--unknown") is None


async def test_it_is_told_whether_anything_was_released(world: World) -> None:
    given = await world.release("POL0", "UKR", label=NATO, ask=("FIN",))
    for name, told in (("POL0", True), ("FIN0", False), ("UKR0", False)):
        with board(world, name, thing(1)) as found:
            assert found.has_releases is told
    await world.consent("FIN0", given)
    with board(world, "FIN0", thing(1)) as found:
        assert found.has_releases


async def test_a_lane_ends_where_it_last_changed(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, NATO))
    await world.withdraw("POL0", report(1))
    withdrawn = world.log.head()
    who = viewer("POL0")
    ids = [report(1), report(2), report(3)]
    with world.reading.snapshot() as seen:
        known = seen.stored(who, ids)
        ends = ends_of_lanes(seen, who, seen.collection(who, "c"), known, ids)
    assert ends == {report(1): withdrawn, report(2): withdrawn - 1}


def test_a_post_needs_to_know_what_it_names() -> None:
    part = {"marking_ref": marking(PRIVATE), "selectors": ["name"]}
    whole = parse_object(
        dump(thing(1, NATO, refs=[report(2)], granular_markings=[part]))
    )
    assert wanted_ids([whole]) == {
        report(1), report(2), marking(NATO), marking(PRIVATE),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "is_settled"),
    [(DATED, True), (PRIVATE, True), (NATO, False), ("no label at all", False)],
)
async def test_only_what_no_day_changes_is_settled(
    world: World, text: str, *, is_settled: bool
) -> None:
    alliance = world.reading.access().alliance
    found = settled_text(HubDefinition(text=text), alliance)
    assert found == (text if is_settled else None)


async def test_a_light_has_no_text_of_the_hub_s(world: World) -> None:
    alliance = world.reading.access().alliance
    assert settled_text(TlpDefinition(version=2, name="RED"), alliance) is None
