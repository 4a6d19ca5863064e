"""Whom a lane would have reached, were no other nation's lane of its id there."""

from foedus.alliance.statuses import Status
from foedus.intel.alone import spans
from tests.intel.test_holders import told
from tests.intel.world import World, report, thing

THREE = "NATO UNCLASSIFIED // REL TO FIN, NOR, POL"
TODAYS = "NATO UNCLASSIFIED // REL TO NATO+"
RIVAL = "NATO UNCLASSIFIED // REL TO AUT, FIN, MDA, NOR"


def count(world: World) -> int:
    """Count the spans that are kept."""
    with world.reading.snapshot() as seen:
        rows = seen.db.execute("SELECT version FROM version").fetchall()
        return len(list(spans(seen.db, seen.access, [row[0] for row in rows])))


async def test_nothing_is_kept_of_an_id_with_one_lane(world: World) -> None:
    await world.put("POL0", thing(1, TODAYS))
    await world.change("MDA", Status.MEMBER)

    assert count(world) == 0


async def test_a_lane_reaches_whom_its_label_is_for_whatever_they_hold(
    world: World,
) -> None:
    await world.put("NOR0", thing(1, RIVAL))
    await world.put("POL0", thing(1, THREE))

    assert told(world, "POL0") == {"FIN": ("arrival", True), "NOR": ("arrival", True)}


async def test_what_came_before_the_other_lane_is_known_as_it_was(
    world: World,
) -> None:
    await world.put("POL0", thing(1, TODAYS))
    await world.change("MDA", Status.MEMBER)
    before = told(world, "POL0")

    await world.put("SWE0", thing(1, "NATO UNCLASSIFIED // REL TO MDA, SWE"))

    assert told(world, "POL0") == before
    assert before["MDA"] == ("community", True)


async def test_what_comes_later_comes_as_if_the_lane_were_alone(world: World) -> None:
    await world.put("NOR0", thing(1, RIVAL))
    await world.put("POL0", thing(1, TODAYS))
    await world.change("MDA", Status.MEMBER)
    release = await world.release("POL0", "AUT", label=TODAYS)

    assert told(world, "POL0")["MDA"] == ("community", True)
    assert told(world, "POL0")["AUT"] == ("release", True)

    world.later(minutes=5)
    await world.end_release("POL0", release)
    await world.change("MDA", Status.PARTNER)

    assert told(world, "POL0")["MDA"][1] is False
    assert told(world, "POL0")["AUT"] == ("release", False)


async def test_what_ended_is_forgotten_when_losses_are(world: World) -> None:
    await world.put("NOR0", thing(1, RIVAL))
    await world.put("POL0", thing(1, THREE))
    await world.withdraw("POL0", report(1), "all")
    assert count(world) > 1

    world.later(days=40)
    await world.put("POL0", thing(2))

    assert world.query("SELECT count(*) FROM alone WHERE until IS NOT NULL") == [(0,)]


async def test_a_new_process_knows_the_same(world: World) -> None:
    await world.put("NOR0", thing(1, RIVAL))
    await world.put("POL0", thing(1, TODAYS))
    world.restart()
    await world.change("MDA", Status.MEMBER)

    assert told(world, "POL0")["MDA"] == ("community", True)


async def test_who_was_away_is_no_holder_though_what_was_before_is_forgotten(
    world: World,
) -> None:
    await world.put("NOR0", thing(1, RIVAL))
    await world.put("POL0", thing(1, THREE))
    await world.withdraw("POL0", report(1), "all")
    await world.change("FIN", Status.SUSPENDED)
    world.later(days=40)
    await world.put("POL0", thing(2))  # what has ended is forgotten by now

    await world.put("POL0", thing(1, THREE))

    assert told(world, "POL0") == {"NOR": ("arrival", True)}
