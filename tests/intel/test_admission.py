"""One POST is judged as one set: no order, no cycle, no luck."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.intel.admission import (
    VERSIONS_MAX,
)
from foedus.releasability.labels import print_label
from tests.intel.world import (
    World,
    address,
    marking,
    moment,
    passing_world,
    report,
    thing,
)

FINNISH, POLISH = "NU // REL TO FIN", "NU // REL TO POL"
LABELS = (
    "",
    "NU // PUBLIC",
    "NU // REL TO POL, FIN",
    "NU // REL TO NATO+",
    "NU // REL TO PARTNERSHIP+",
    "NATO SECRET // REL TO NATO+, MDA",
)
IDS = range(6)

objects = st.lists(
    st.builds(
        lambda number, label, refs: (number, label, tuple(refs)),
        st.sampled_from(IDS),
        st.sampled_from(LABELS),
        st.lists(st.sampled_from([*IDS, 99]), max_size=3),
    ),
    max_size=6,
    unique_by=lambda each: each[0],
)

Part = tuple[int, str, tuple[int, ...]]


async def outcome(before: list[Part], posted: list[Part]) -> dict[str, str]:
    """Publish some objects before, and the others together; print their labels."""
    async with passing_world() as world:
        if before:
            await world.post("POL3", *map(made, before))
        await world.post("POL3", *map(made, posted))
        alliance = world.reading.access().alliance
        return {
            each.id: print_label(each.label.label, alliance)
            for each in world.walk("POL3")
            if each.nation
        }


def made(part: Part) -> dict[str, object]:
    number, label, refs = part
    return thing(number, label, refs=[report(each) for each in refs])


@settings(max_examples=15)
@given(objects, objects, st.randoms(use_true_random=False))
def test_the_order_of_a_request_does_not_matter(
    before: list[Part], posted: list[Part], dice: object
) -> None:
    shuffled = list(posted)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert asyncio.run(outcome(before, posted)) == asyncio.run(
        outcome(before, shuffled)
    )


@settings(max_examples=15)
@given(st.lists(st.sampled_from(LABELS), min_size=1, max_size=6))
def test_every_member_of_a_cycle_ends_alike(labels: list[str]) -> None:
    cycle: list[Part] = [
        (number, label, ((number + 1) % len(labels),))
        for number, label in enumerate(labels)
    ]
    found = asyncio.run(outcome([], cycle))
    reports = {found[report(number)] for number in range(len(labels))}
    assert len(reports) == 1


async def test_an_object_that_refers_to_itself_is_joined_with_nothing(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+", refs=[report(1)]))
    assert world.label("FIN0", report(1)) == "NATO UNCLASSIFIED // REL TO NATO+"


async def test_the_same_request_goes_before_what_is_stored(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL, FIN"))
    await world.put(
        "POL0",
        thing(2, "NU // PUBLIC", refs=[report(1)]),
        thing(1, "NU // PUBLIC", version=1),
    )
    assert world.sees("SWE0", report(2))


async def test_the_own_lane_goes_before_the_one_that_is_held(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL"))
    await world.put("FIN0", thing(1, "NU // REL TO FIN, POL"))
    await world.put("POL0", thing(2, refs=[report(1)]))
    assert world.ids("FIN0") == [report(1)]


async def test_of_a_lane_the_newest_version_counts(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL"))
    await world.put("POL0", thing(1, "NU // PUBLIC", version=1))
    await world.put("POL0", thing(2, refs=[report(1)]))
    assert world.sees("FIN0", report(2))


async def test_the_age_of_information_is_that_of_the_oldest_joined(
    world: World,
) -> None:
    await world.put("POL0", thing(1))
    ((oldest,),) = world.query("SELECT arrival FROM version WHERE type = 'report'")
    world.later(days=1)
    await world.put("POL0", thing(2, refs=[report(1)]))
    world.later(days=1)
    await world.put("POL0", thing(3, refs=[report(4)]), thing(4, refs=[report(2)]))
    ages = world.query("SELECT DISTINCT information FROM version")
    assert ages == [(oldest,)]


@pytest.mark.parametrize("extra", [0, 1])
async def test_a_request_holds_so_many_versions_of_an_id_and_no_more(
    world: World, extra: int
) -> None:
    versions = [
        thing(1, "NU // PUBLIC", version=n) for n in range(VERSIONS_MAX + extra)
    ]
    outcomes = await world.post("POL0", *versions)
    refused = [each for each in outcomes if each.outcome == "refused"]
    assert len(refused) == extra


async def test_a_copy_is_joined_with_the_lane_that_the_poster_holds(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL, FIN"))
    await world.put("FIN0", thing(1, "NU // PUBLIC"))
    assert not world.sees("SWE0", report(1))


async def test_observables_are_facts_and_are_not_joined(world: World) -> None:
    await world.put("POL0", {**address("192.0.2.1"), "object_marking_refs": [
        marking("NU // REL TO POL, FIN")]})  # fmt: skip
    await world.put("FIN0", address("192.0.2.1"))
    assert world.sees("SWE0", address("192.0.2.1")["id"])


async def test_an_observable_under_a_random_id_is_joined(world: World) -> None:
    copied = {**address("192.0.2.1"), "id": "ipv4-addr--" + report(1)[8:]}
    narrow = {**copied, "object_marking_refs": [marking("NU // REL TO POL, FIN")]}
    await world.put("POL0", narrow)
    await world.put("FIN0", copied)
    assert not world.sees("SWE0", copied["id"])


async def test_what_is_referred_to_narrows_its_referrer(world: World) -> None:
    await world.put("POL0", thing(1, FINNISH))
    await world.put("POL0", thing(2, refs=[report(1)]), thing(3))
    assert world.ids("FIN0") == [report(1), report(2), report(3)]
    assert world.ids("SWE0") == [report(3)]


async def test_what_comes_later_never_narrows_what_was_admitted(world: World) -> None:
    await world.put("POL0", thing(1, refs=[report(2)]))
    for name in ("POL0", "FIN0"):
        await world.put(name, thing(2, POLISH if name == "POL0" else FINNISH))
    assert world.ids("SWE0") == [report(1)]


async def test_who_made_it_is_no_reference(world: World) -> None:
    identity = thing(1, FINNISH, type="identity", id="identity--" + report(1)[8:])
    await world.put("POL0", identity)
    await world.put("POL0", thing(2, created_by_ref=identity["id"]))
    assert world.ids("SWE0") == [report(2)]


async def test_any_property_that_ends_like_a_reference_is_one(world: World) -> None:
    await world.put("POL0", thing(1, FINNISH))
    await world.put("POL0", thing(2, x_see_ref=report(1)))
    assert world.ids("SWE0") == []


async def test_a_join_is_written_in_the_event(world: World) -> None:
    await world.put("POL0", thing(1, FINNISH))
    await world.put("POL0", thing(2, refs=[report(1), report(3)]), thing(3))
    body = next(
        recorded.body
        for recorded in world.log.read_after(0, 100)
        if report(2) in recorded.stream
    )
    assert {each["id"] for each in json.loads(body)["joined"]} == {report(1), report(3)}


async def test_a_label_is_fixed_for_good_and_a_new_version_may_have_another(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL, SWE"))
    await world.put("POL0", thing(1, "NU // PUBLIC", version=1))
    assert [each.version for each in world.walk("SWE0") if each.nation == "POL"] == [
        moment(0),
        moment(1),
    ]
    assert len(world.ids("FIN0", "all")) == 1
