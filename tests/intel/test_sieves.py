"""Sieves: what a consumer wants of all that it may see."""

from typing import Any

import pytest

from foedus.errors import InvalidInputError
from foedus.intel.places import Interest
from foedus.intel.sieves import PATTERN_CHARS_MAX, narrow
from tests.intel.consumers import Consumer
from tests.intel.world import World, report, thing

PUBLIC = "NU // PUBLIC"
NARROW = "NU // REL TO SWE, FIN"


def wanted(world: World, **words: Any) -> Interest:  # noqa: ANN401 - of `narrow`
    with world.reading.snapshot() as seen:
        return narrow(seen, Interest(), **words)


def indicator(number: int, pattern: str, version: int = 0) -> dict[str, Any]:
    made = thing(number, PUBLIC, version=version)
    return {
        **made,
        "type": "indicator",
        "id": made["id"].replace("report", "indicator"),
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
    }


async def test_a_label_is_wanted_exactly_and_a_level_with_all_below_it(
    world: World,
) -> None:
    await world.put("POL0", thing(1, PUBLIC))
    await world.put("POL0", thing(2, NARROW))
    await world.put("POL1", thing(3, "NR // REL TO SWE, FIN"))
    for labels, said in (
        (("nato unclassified // rel to fin, swe",), ["+2"]),
        (("NU",), ["+1", "+2"]),
        (("NATO RESTRICTED",), ["+1", "+2", "+3"]),
        (("NU // PUBLIC", "NR // REL TO SWE, FIN"), ["+1", "+3"]),
        ((), ["+1", "+2", "+3"]),
    ):
        consumer = Consumer(world, "SWE1", wanted(world, labels=labels))
        assert consumer.catch_up().said() == said


async def test_a_label_that_is_not_wanted_is_not_told_of_by_losses_and_news(
    world: World,
) -> None:
    await world.put("POL0", thing(2, NARROW))
    world.later(seconds=1)
    await world.withdraw("POL0", report(2), "all")
    await world.cry("POL0", "x8", NARROW)
    for labels, said in (((PUBLIC,), []), ((NARROW,), ["-2", "+8"])):
        consumer = Consumer(world, "SWE0", wanted(world, labels=labels))
        assert consumer.catch_up().said() == said


async def test_confidence_is_at_least_what_is_wanted(world: World) -> None:
    await world.put("POL0", thing(1, PUBLIC, confidence=50))
    await world.put("POL0", thing(2, PUBLIC, confidence=49))
    await world.put("POL0", thing(3, PUBLIC))
    await world.cry("POL0", "x8", PUBLIC)
    consumer = Consumer(world, "SWE0", wanted(world, confidence_min="50"))
    assert consumer.catch_up().said() == ["+1"]


async def test_a_pattern_asks_for_indicators(world: World) -> None:
    await world.put("POL0", indicator(1, "[ipv4-addr:value = '198.51.100.7']"))
    await world.put("POL0", indicator(2, "[ipv4-addr:value = '198.51.100.8']"))
    await world.put("POL0", thing(3, PUBLIC))
    asked = "[ipv4-addr:value ISSUBSET '198.51.100.7/32']"
    consumer = Consumer(world, "SWE0", wanted(world, pattern=asked))
    assert consumer.catch_up().said() == ["+1"]


async def test_an_object_that_is_wanted_no_longer_is_told_as_gone(
    world: World,
) -> None:
    interest = wanted(world, confidence_min="50")
    consumer = Consumer(world, "SWE0", interest)
    for version, confidence in enumerate((60, 40, 30, 70)):
        await world.put(
            "POL0", thing(1, PUBLIC, version=version, confidence=confidence)
        )
        world.later(seconds=1)
    consumer.catch_up()
    first, gone, last = (each for each in consumer.told if each.type == "report")
    assert (gone.is_lost, gone.version, gone.raw) == (True, first.version, b"")
    assert (first.is_lost, last.is_lost) == (False, False)


async def test_what_was_never_seen_is_not_told_as_gone(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO FIN", confidence=60))
    world.later(seconds=1)
    await world.put("POL0", thing(1, PUBLIC, version=1, confidence=40))
    interest = wanted(world, confidence_min="50")
    assert Consumer(world, "SWE0", interest).catch_up().said() == []
    assert Consumer(world, "FIN0", interest).catch_up().said() == ["+1", "-1"]


async def test_what_was_passed_over_moves_the_id_on(world: World) -> None:
    await world.put("POL0", thing(1, PUBLIC))
    consumer = Consumer(world, "SWE0", wanted(world, confidence_min="50"))
    consumer.step()
    assert consumer.last is not None
    assert consumer.last.id == report(1)


async def test_what_costs_much_to_judge_ends_a_page_and_is_told_all_the_same(
    world: World,
) -> None:
    many = ",".join(["'192.0.2.1'"] * 4_000)
    costly = f"[ipv4-addr:value IN ({many})]"
    for number in range(1, 6):
        await world.put("POL0", indicator(number, costly))
    asked = "[ipv4-addr:value IN (" + ",".join(["h'ff'"] * 64) + ")]"
    consumer = Consumer(world, "SWE0", wanted(world, pattern=asked))

    pages = 1
    while consumer.step():
        pages += 1

    assert pages > 1
    assert consumer.said() == [f"+{number}" for number in range(1, 6)]


@pytest.mark.parametrize(
    "words",
    [
        {"labels": ("NATO NONSENSE",)},
        {"labels": ("NU // REL TO NOWHERE",)},
        {"confidence_min": "101"},
        {"confidence_min": "-1"},
        {"confidence_min": "\u0662"},
        {"pattern": "nonsense"},
        {"pattern": "[a:b MATCHES 'x']"},
        {"pattern": f"[a:b = '{'x' * PATTERN_CHARS_MAX}']"},
    ],
)
async def test_what_cannot_be_understood_is_refused(
    world: World, words: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInputError):
        wanted(world, **words)
