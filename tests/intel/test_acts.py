"""Acts: narrowing at once, and widening in steps, whatever comes between them."""

from foedus.alliance.statuses import Status
from foedus.eventlog.envelope import Act, Append, Event
from foedus.ids import NationCode, Position, ReleaseId, new_event_id
from foedus.intel import releasing
from foedus.intel.events import (
    ReleaseConsented,
    ReleaseWithdrawn,
    Widened,
    release_stream,
    widening_stream,
)
from foedus.intel.releasing import Pace
from foedus.releasability.viewers import Role
from tests.intel.world import ALL, World, replaced, report, thing, viewer

NATO = "NATO UNCLASSIFIED // REL TO NATO"
OPEN = "NU // REL TO NATO+"


def reports(world: World, name: str) -> list[str]:
    """Name the reports that a viewer sees, in order."""
    return [each for each in world.ids(name) if each.startswith("report--")]


def hub_act(world: World) -> Act:
    return world.act(NationCode("NATO"))


async def step(world: World, most: int = 1) -> None:
    """Deliver one step, of so many deliveries at most."""
    pace = Pace(deliveries=most)
    position = await releasing.step(world.desk, hub_act(world), pace)
    assert position is not None
    world.fold(position)


async def written(world: World, stream: str, *events: Event) -> None:
    """Write events as another process does that has not seen the last ones."""
    for event in events:
        request = Append(
            event_id=new_event_id(0),
            stream=stream,
            event=event,
            who=hub_act(world).who,
        )
        world.fold(await world.log.append(request))


async def begun(world: World, *numbers: int, label: str = NATO) -> str:
    """Publish reports and release them, and deliver nothing yet."""
    await world.put("POL0", *(thing(each, NATO) for each in numbers))
    given, position = await world.begin_release("POL0", "UKR", label=label)
    world.fold(position)
    return given


def rebuilt(world: World) -> bool:
    before = world.dump()
    world.projector.rebuild()
    return world.dump() == before


# Releases


async def test_what_is_released_waits_for_its_step(world: World) -> None:
    await begun(world, 1)
    await world.put("FIN0", thing(1, "NU // REL TO FIN"))
    assert reports(world, "UKR0") == []

    assert await world.deliver() == 1

    assert reports(world, "UKR0") == [report(1)]


async def test_nothing_hidden_delivers_earlier_than_the_step(world: World) -> None:
    """A rival lane has the id settled; who waits is left out of that, too."""
    await begun(world, 1)
    await world.put("MDA0", thing(1, "NU // REL TO MDA"))
    await world.withdraw("MDA0", report(1))
    assert reports(world, "UKR0") == []
    await world.deliver()
    assert reports(world, "UKR0") == [report(1)]


async def test_steps_go_by_arrival_and_a_cursor_meets_each_once(
    world: World,
) -> None:
    await begun(world, 3, 1, 2)
    await step(world)  # the first has the definition
    met: list[str] = []
    cursor = 0
    for _ in range(3):
        await step(world)
        fresh = world.walk("UKR0", replaced(ALL, cursor))
        met += [each.id for each in fresh if each.type == "report"]
        cursor = fresh[-1].added_us if fresh else cursor

    assert met == [report(3), report(1), report(2)]
    assert rebuilt(world)


async def test_a_release_that_ends_between_its_steps_takes_all_of_it(
    world: World,
) -> None:
    given = await begun(world, 1, 2, 3)
    await step(world, most=2)
    assert reports(world, "UKR0") == [report(1)]

    await world.end_release("POL0", given)

    assert reports(world, "UKR0") == []
    assert await world.deliver() == 0
    assert reports(world, "UKR0") == []
    assert [each for each in world.walk("UKR0") if not each.nation] == []
    assert rebuilt(world)


async def test_a_consent_between_the_steps_brings_its_own(
    world: World,
) -> None:
    await world.put("FIN0", thing(9, NATO))
    await world.put("POL0", thing(1, NATO), thing(2, NATO))
    given, position = await world.begin_release("POL0", "UKR", label=NATO, ask=("FIN",))
    world.fold(position)
    await step(world, most=2)
    assert reports(world, "UKR0") == [report(1)]

    world.fold(await world.begin_consent("FIN0", given))
    assert reports(world, "UKR0") == [report(1)]
    await world.deliver()

    assert reports(world, "UKR0") == [report(1), report(2), report(9)]
    assert rebuilt(world)


async def test_a_consent_that_ends_before_its_steps_gives_nothing(
    world: World,
) -> None:
    await world.put("FIN0", thing(9, NATO))
    await world.put("POL0", thing(1, NATO))
    given, position = await world.begin_release("POL0", "UKR", label=NATO, ask=("FIN",))
    world.fold(position)
    world.fold(await world.begin_consent("FIN0", given))
    await world.end_release("FIN0", given)
    await world.deliver()
    assert reports(world, "UKR0") == [report(1)]
    assert rebuilt(world)


async def test_another_process_delivers_the_rest_after_a_crash(
    world: World,
) -> None:
    await begun(world, 1, 2, 3)
    await step(world, most=2)
    before = world.walk("UKR0")

    world.restart()
    await world.deliver()

    assert reports(world, "UKR0") == [report(1), report(2), report(3)]
    assert world.walk("UKR0")[: len(before)] == before
    assert rebuilt(world)


async def test_a_step_that_is_written_twice_or_late_gives_nothing_twice(
    world: World,
) -> None:
    await begun(world, 1)
    (cause,) = [each for (each,) in world.query("SELECT cause FROM widening")]
    again = Widened(cause=Position(cause), until=Position(cause))
    early = Widened(cause=Position(cause), until=Position(0))
    await written(world, widening_stream(cause), early, again, again)
    assert reports(world, "UKR0") == [report(1)]
    assert await world.deliver() == 0


async def test_what_came_too_late_for_a_release_changes_nothing(world: World) -> None:
    given = ReleaseId(await world.release("POL0", "UKR", label=NATO, ask=("FIN",)))
    await world.put("FIN0", thing(1, NATO))
    await world.end_release("POL0", given)
    before = world.dump()
    fin = NationCode("FIN")
    unknown = ReleaseId("release--unknown")

    await written(
        world,
        release_stream(given),
        ReleaseConsented(release=given, nation=fin),
        ReleaseConsented(release=unknown, nation=fin),
        ReleaseWithdrawn(release=given),
        ReleaseWithdrawn(release=unknown),
    )

    assert await world.deliver() == 0
    after = world.dump()
    # It is only noted that something came that might have changed the past.
    assert before.pop("past") < after.pop("past")
    assert after == before


async def test_withdrawing_takes_effect_at_once(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, "NU // REL TO NATO, UKR"))
    given = await world.release("POL0", "UKR", label=NATO)
    assert len(reports(world, "UKR0")) == 2

    await world.end_release("POL0", given)

    assert reports(world, "UKR0") == [report(2)]
    carried = [each.id for each in world.walk("UKR0") if not each.nation]
    assert len(carried) == 1, "the definition of what is gone is gone"


async def test_what_another_release_covers_stays_where_it_was(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, NATO))
    first = await world.release("POL0", "UKR", "MDA", label=NATO)
    await world.release("POL0", "UKR", label=NATO)
    before = {each.id: each.added_us for each in world.walk("UKR0")}

    await world.end_release("POL0", first)

    assert {each.id: each.added_us for each in world.walk("UKR0")} == before
    assert reports(world, "MDA0") == []


async def test_what_a_release_covers_that_waits_stays_where_it_was(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO))
    first = await world.release("POL0", "UKR", label=NATO)
    before = world.walk("UKR0")
    _, position = await world.begin_release("POL0", "UKR", label=NATO)
    world.fold(position)

    await world.end_release("POL0", first)

    assert world.walk("UKR0") == before
    assert rebuilt(world)


async def test_what_the_label_itself_allows_by_then_stays(world: World) -> None:
    await world.put("POL0", thing(1, OPEN))
    given = await world.release("POL0", "MDA", label=NATO)
    before = world.walk("MDA0")
    await world.change("MDA", Status.MEMBER)

    await world.end_release("POL0", given)

    assert world.walk("MDA0") == before


async def test_a_release_outlasts_what_the_label_allowed(world: World) -> None:
    await world.change("MDA", Status.MEMBER)
    await world.put("POL0", thing(1, OPEN))
    await world.release("POL0", "MDA", label="NU // REL TO POL, FRA")
    before = world.walk("MDA0")

    await world.change("MDA", Status.PARTNER)

    assert world.walk("MDA0") == before


# The alliance


async def test_a_gain_that_is_lost_before_its_step_is_never_delivered(
    world: World,
) -> None:
    await world.put("POL0", thing(1, OPEN))
    world.fold(await world.begin_change("MDA", Status.MEMBER))
    world.fold(await world.begin_change("MDA", Status.PARTNER))
    deliveries = world.query("SELECT count(*) FROM delivery")

    await world.deliver()

    assert reports(world, "MDA0") == []
    assert world.query("SELECT count(*) FROM delivery") == deliveries
    assert rebuilt(world)


async def test_a_gain_that_is_lost_and_gained_again_comes_once(world: World) -> None:
    await world.put("POL0", thing(1, OPEN))
    for status in (Status.MEMBER, Status.PARTNER, Status.MEMBER):
        world.fold(await world.begin_change("MDA", status))
    await world.deliver()
    assert reports(world, "MDA0") == [report(1)]
    assert rebuilt(world)


async def test_what_arrives_after_a_change_is_there_at_once(world: World) -> None:
    await world.put("POL0", thing(1, OPEN))
    world.fold(await world.begin_change("MDA", Status.MEMBER))
    await world.put("POL0", thing(2, OPEN))
    assert reports(world, "MDA0") == [report(2)]
    await world.deliver()
    assert reports(world, "MDA0") == [report(2), report(1)]


async def test_two_nations_gains_wait_for_their_own_steps(
    world: World,
) -> None:
    await world.put("POL0", thing(1, OPEN), thing(2, OPEN))
    world.fold(await world.begin_change("MDA", Status.MEMBER))
    await step(world)
    world.fold(await world.begin_change("GEO", Status.MEMBER))
    assert (len(reports(world, "MDA0")), reports(world, "GEO0")) == (1, [])
    await world.deliver()
    assert reports(world, "MDA0") == reports(world, "GEO0") == [report(1), report(2)]
    assert rebuilt(world)


async def test_a_suspended_nation_s_gains_are_there_on_its_return(
    world: World,
) -> None:
    await world.put("POL0", thing(1, OPEN), thing(2, NATO))
    world.fold(await world.begin_change("MDA", Status.SUSPENDED))
    await world.release("POL0", "MDA", label=NATO)
    found = world.collection("POL0")
    assert not world.reading.page(viewer("MDA0"), found, ALL, limit=10).records

    await world.change("MDA", Status.PARTNER)

    assert reports(world, "MDA0") == [report(1), report(2)]
    assert rebuilt(world)


async def test_a_status_that_changes_nobody_s_sight_leaves_nothing_to_do(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO))
    world.fold(await world.begin_change("MDA", Status.MEMBER))
    assert await world.deliver() == 0


async def test_the_body_ends_any_release(world: World) -> None:
    given = await begun(world, 1)
    await world.end_release("NATO0", given, Role.OPERATOR)
    assert await world.deliver() == 0


async def test_what_a_like_release_took_over_is_the_same_after_a_restart(
    world: World,
) -> None:
    first = await world.release("POL0", "UKR", label=NATO, from_now_on=True)
    await world.release("POL0", "UKR", label=NATO, from_now_on=True)
    await world.put("POL0", thing(1, NATO))
    before = world.walk("UKR0")
    await world.end_release("POL0", first)
    assert world.walk("UKR0") == before

    world.restart()
    await world.put("POL0", thing(2, NATO))

    assert reports(world, "UKR0") == [report(1), report(2)]
    assert rebuilt(world)


async def test_of_a_version_given_twice_a_step_delivers_one(world: World) -> None:
    """One account does not see what another of its nation published above it."""
    await world.put("POL3", thing(1, "NATO SECRET // REL TO NATO+"), thing(2, OPEN))
    await world.put("POL0", thing(1, "NU // PUBLIC"))
    await world.change("MDA", Status.MEMBER)
    assert reports(world, "MDA3") == [report(1), report(2)]


async def test_who_loses_one_of_two_of_a_version_gets_the_other(world: World) -> None:
    await world.put("POL3", thing(1, "NATO SECRET // REL TO NATO+"))
    await world.put("POL0", thing(1, "NU // REL TO FIN"))
    assert reports(world, "FIN3") == [report(1)]
    await world.change("FIN", Status.PARTNER)
    assert reports(world, "FIN3") == [report(1)]
    assert rebuilt(world)
