"""What releases let somebody see, on behalf of an asker."""

from foedus.alliance.statuses import Status
from foedus.ids import NationCode
from foedus.intel.covers import Covers
from foedus.intel.reading import Stored
from tests.intel.world import World, report, thing, viewer

NATO = "NATO UNCLASSIFIED // REL TO NATO"
MDA = NationCode("MDA")


def versions(covers: Covers) -> list[Stored]:
    return [
        each for each in covers.seen.stored(viewer("POL3"), [report(1)]) if each.nation
    ]


async def test_a_version_has_the_releases_in_force_that_cover_it(world: World) -> None:
    early = await world.release("POL0", "MDA", label=NATO)
    ongoing = await world.release("POL0", "UKR", label=NATO, from_now_on=True)
    await world.put("POL0", thing(1, NATO))
    later = await world.release("POL0", "MDA", "UKR", label=NATO)
    ended = await world.release("POL0", "MDA", label=NATO)
    await world.end_release("POL0", ended)
    await world.release("FIN0", "MDA", label=NATO)

    with world.reading.snapshot() as seen:
        covers = Covers(seen, viewer("POL0"))
        (version,) = versions(covers)
        of = [each.event.release for each in covers.of(version)]
        to = [each.event.release for each in covers.to(version, MDA)]
        shown = covers.shown([version, version])

    assert (of, to) == ([ongoing, later], [later])
    assert shown == (ongoing, later), "in the order in which they were made"
    assert early not in shown


async def test_only_what_the_asker_may_know_of_is_named(world: World) -> None:
    await world.put("POL0", thing(1, NATO))
    given = await world.release("POL0", "MDA", label=NATO)

    with world.reading.snapshot() as seen:
        own, other = Covers(seen, viewer("MDA0")), Covers(seen, viewer("FIN0"))
        (version,) = versions(own)
        assert own.shown([version]) == (given,)
        assert other.shown([version]) == ()
        assert other.to(version, MDA) == own.to(version, MDA)


async def test_what_waits_for_its_step_waits_by_its_rule_alone(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    await world.release("POL0", "MDA", label=NATO)
    _, position = await world.begin_release("POL0", "MDA", label=NATO)
    world.fold(position)
    world.fold(await world.begin_change("MDA", Status.MEMBER))

    with world.reading.snapshot() as seen:
        covers = Covers(seen, viewer("POL0"))
        (version,) = versions(covers)
        first, second = covers.to(version, MDA)
        assert (covers.waits(version, first), covers.waits(version, second)) == (
            False,
            True,
        )
        assert covers.waits_by_label(version, MDA)
        assert not covers.waits_by_label(version, NationCode("FIN"))
    await world.deliver()
    with world.reading.snapshot() as seen:
        covers = Covers(seen, viewer("POL0"))
        (version,) = versions(covers)
        assert not covers.waits(version, second)
        assert not covers.waits_by_label(version, MDA)
