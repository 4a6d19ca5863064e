"""Releases: what they cover, that they deliver once, and that they end at once."""

from datetime import UTC, date, datetime

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import (
    ConflictError,
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    LabelError,
    NotFoundError,
    RuleViolationError,
)
from foedus.intel import releasing
from foedus.intel.pages import Record
from foedus.intel.releases import RELEASES_MAX, Draft
from foedus.intel.releasing import STEP_DELIVERIES
from foedus.releasability.viewers import Role
from tests.intel.world import (
    ALL,
    World,
    address,
    replaced,
    report,
    thing,
    viewer,
)

NATO = "NATO UNCLASSIFIED // REL TO NATO"
EVE_OF_SWEDEN = datetime(2024, 3, 6, 12, tzinfo=UTC)
EARLY = {"created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z"}


def of_type(records: list[Record], stix_type: str) -> list[str]:
    """Name the records of a type, in order."""
    return [each.id for each in records if each.type == stix_type]


def lanes(world: World, name: str) -> list[str]:
    """Name the nations whose addresses a viewer holds."""
    return [each.nation for each in world.walk(name) if each.type == "ipv4-addr"]


def reports(world: World, name: str) -> list[str]:
    """Name the reports that a viewer sees, in order."""
    return [each for each in world.ids(name) if each.startswith("report--")]


async def test_a_release_lets_a_nation_see_what_an_audience_could(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, "NU // REL TO POL"))
    await world.put("FRA0", thing(3, NATO))
    assert reports(world, "UKR0") == []

    await world.release("POL0", "UKR", label=NATO)

    assert reports(world, "UKR0") == [report(1)]
    assert reports(world, "MDA0") == []


async def test_a_poller_meets_what_is_released_once_through_its_cursor(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO))
    await world.put("POL0", thing(2, "NU // REL TO NATO, UKR"), thing(3, NATO))
    seen = world.walk("UKR0")
    assert of_type(seen, "report") == [report(2)]

    await world.release("POL0", "UKR", label=NATO)

    after = world.walk("UKR0", replaced(ALL, seen[-1].added_us))
    assert [each.id for each in after if each.type == "report"] == [
        report(1),
        report(3),
    ]
    assert [each.added_us for each in world.walk("UKR0")][: len(seen)] == [
        each.added_us for each in seen
    ]


async def test_what_is_released_waits_for_its_step(world: World) -> None:
    await world.put("POL0", thing(1, NATO))
    _, position = await world.begin_release("POL0", "UKR", label=NATO)
    world.fold(position)
    await world.put("FIN0", thing(1, "NU // REL TO FIN"))
    assert reports(world, "UKR0") == []

    assert await world.deliver() == 1

    assert reports(world, "UKR0") == [report(1)]


@pytest.mark.parametrize("number", [STEP_DELIVERIES, STEP_DELIVERIES + 1])
async def test_a_step_delivers_a_thousand_at_most(world: World, number: int) -> None:
    # The definition of the marking is an object, too.
    await world.put("POL0", *(thing(each, NATO) for each in range(1, number)))
    _, position = await world.begin_release("POL0", "UKR", label=NATO)
    world.fold(position)

    assert await world.deliver() == 1 + (number > STEP_DELIVERIES)

    assert reports(world, "UKR0") == [report(each) for each in range(1, number)]


async def test_a_step_is_proposed_after_the_last_one(world: World) -> None:
    await world.put("POL0", thing(1, NATO))
    _, position = await world.begin_release("POL0", "UKR", label=NATO)
    world.fold(position)
    act = world.act(viewer("NATO0").nation)

    await releasing.step(world.desk, act)
    await releasing.step(world.desk, act)  # another process, which has not folded yet
    world.projector.catch_up()

    assert [each.id for each in world.walk("UKR0") if each.type == "report"] == [
        report(1)
    ]
    assert await releasing.step(world.desk, act) is None


async def test_the_newest_member_gets_what_the_others_could_see(world: World) -> None:
    await world.change("SWE", Status.PARTNER, date(2020, 1, 1))
    await world.put("POL0", thing(1, NATO))
    world.later(days=2)
    await world.change("SWE", Status.MEMBER)
    await world.put("POL0", thing(2, NATO))
    assert reports(world, "SWE0") == [report(2)]

    await world.release("POL0", "SWE", label=NATO)

    assert reports(world, "SWE0") == [report(2), report(1)]


async def test_a_release_reaches_back_over_earlier_accessions(world: World) -> None:
    for nation in ("FIN", "SWE"):
        await world.change(nation, Status.PARTNER, date(2020, 1, 1))
    await world.put("POL0", thing(1, NATO))
    for nation in ("FIN", "SWE"):
        world.later(days=2)
        await world.change(nation, Status.MEMBER)

    await world.release("POL0", "SWE", label=NATO)

    assert reports(world, "SWE0") == [report(1)]
    assert reports(world, "FIN0") == []


async def test_information_is_as_old_as_its_oldest_part(world: World) -> None:
    await world.put("POL0", thing(1, NATO))
    world.later(days=2)
    await world.put("POL0", thing(2, NATO, refs=[report(1)]), thing(3, NATO))

    await world.release("POL0", "UKR", label=NATO, since=world.clock().date())

    assert reports(world, "UKR0") == [report(3)]


async def test_a_release_ends_where_it_was_made_unless_it_says_otherwise(
    world: World,
) -> None:
    await world.release("POL0", "UKR", label=NATO)
    await world.release("POL0", "MDA", label=NATO, from_now_on=True)

    await world.put("POL0", thing(1, NATO))

    assert (reports(world, "UKR0"), reports(world, "MDA0")) == ([], [report(1)])


async def test_a_level_above_the_selection_is_not_covered(world: World) -> None:
    await world.put("POL3", thing(1, "NATO SECRET // REL TO NATO"), thing(2, NATO))
    await world.release("POL3", "UKR", label="NATO RESTRICTED // REL TO NATO")
    assert reports(world, "UKR3") == [report(2)]


async def test_receivers_still_need_the_clearance(world: World) -> None:
    await world.put("POL3", thing(1, "NATO SECRET // REL TO NATO"))
    await world.release("POL3", "UKR", label="NATO SECRET // REL TO NATO")
    assert (reports(world, "UKR2"), reports(world, "UKR3")) == ([], [report(1)])


async def test_what_goes_to_fewer_than_the_selection_is_not_covered(
    world: World,
) -> None:
    await world.put(
        "POL0", thing(1, "NU // REL TO POL, FIN"), thing(2, "NU // REL TO NATO+")
    )
    await world.release("POL0", "UKR", label=NATO)
    assert reports(world, "UKR0") == [report(2)]


async def test_what_is_recorded_later_of_today_opens_nothing(world: World) -> None:
    """Sweden leaves the selected nations, so that the rest could all see it."""
    await world.put("POL0", thing(1, "NU // REL TO NATO 2023-04-04"))
    await world.release("POL0", "UKR", label="NU // REL TO NATO+", from_now_on=True)
    await world.change("SWE", Status.PARTNER)

    await world.put("MDA0", thing(1, "NU // REL TO MDA"))  # settles the id anew

    assert reports(world, "UKR0") == []
    await world.put("POL0", thing(2, "NU // REL TO NATO 2023-04-04"))
    assert reports(world, "UKR0") == [report(2)], "what arrives later is judged anew"


async def test_what_is_recorded_later_of_today_takes_nothing(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    given = await world.release("POL0", "UKR", label="NU // REL TO POL, SWE")
    before = world.walk("UKR0")
    await world.change("SWE", Status.PARTNER)

    await world.put("MDA0", thing(1, "NU // REL TO MDA"))

    assert world.walk("UKR0") == before
    assert given in world.explain("POL0", report(1), "UKR").why[-2].detail


async def test_controlled_information_needs_all_who_control(world: World) -> None:
    controlled = NATO + " // ORIGINATOR CONTROLLED BY FIN, POL"
    await world.put("POL0", thing(1, controlled))
    await world.release("POL0", "UKR", label=NATO)
    given = await world.release(
        "POL0", "UKR", label=NATO, include_controlled=True, ask=("FIN",)
    )
    assert reports(world, "UKR0") == []

    await world.consent("FIN0", given)

    assert reports(world, "UKR0") == [report(1)]
    await world.end_release("FIN0", given)
    assert reports(world, "UKR0") == []


async def test_another_nation_s_information_needs_its_consent(world: World) -> None:
    await world.put("FIN0", thing(1, NATO))
    given = await world.release("NATO0", "UKR", label=NATO, ask=("FIN",))
    assert reports(world, "UKR0") == []

    await world.consent("FIN0", given)

    assert reports(world, "UKR0") == [report(1)]
    await world.end_release("FIN0", given)
    assert reports(world, "UKR0") == []


async def test_withdrawing_takes_effect_at_once(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, "NU // REL TO NATO, UKR"))
    given = await world.release("POL0", "UKR", label=NATO)
    assert reports(world, "UKR0")

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


async def test_what_the_label_itself_allows_by_then_stays(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    given = await world.release("POL0", "MDA", label=NATO)
    before = world.walk("MDA0")
    await world.change("MDA", Status.MEMBER)

    await world.end_release("POL0", given)

    assert world.walk("MDA0") == before


async def test_a_release_outlasts_what_the_label_allowed(world: World) -> None:
    await world.change("MDA", Status.MEMBER)
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    await world.release("POL0", "MDA", label="NU // REL TO POL, FRA")
    before = world.walk("MDA0")

    await world.change("MDA", Status.PARTNER)

    assert world.walk("MDA0") == before


async def test_a_rebuild_gives_every_table_again(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, NATO), address("192.0.2.1"))
    await world.put("FIN0", thing(1, NATO))
    first = await world.release("POL0", "UKR", "MDA", label=NATO)
    await world.release("POL0", "UKR", label=NATO, from_now_on=True)
    await world.put("POL0", thing(3, NATO))
    await world.end_release("POL0", first)
    before = world.dump()

    world.projector.rebuild()

    assert world.dump() == before


async def test_a_preview_tells_what_the_release_then_does(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, NATO))
    await world.put("POL0", thing(2, NATO, version=1))
    await world.put("POL0", thing(3, "NU // REL TO NATO, UKR"))
    found = await world.preview("POL0", "UKR", label=NATO)
    assert reports(world, "UKR0") == [report(3)]
    assert found.objects == 2
    assert sum(found.by_label.values()) == 2
    await world.release("POL0", "UKR", label=NATO)
    assert len(reports(world, "UKR0")) == 3
    again = await world.preview("POL0", "UKR", label=NATO)
    assert again.objects == 0


async def test_a_preview_tells_nothing_of_others_lanes(world: World) -> None:
    await world.put("POL0", thing(1, NATO))
    alone = await world.preview("POL0", "UKR", label=NATO)
    await world.put("FIN0", thing(1, "NU // REL TO FIN, UKR"))
    assert await world.preview("POL0", "UKR", label=NATO) == alone


@pytest.mark.parametrize(
    ("name", "draft", "error"),
    [
        ("POL0", {"to": ("XXX",)}, InvalidInputError),
        ("POL0", {"to": ("POL",)}, InvalidInputError),
        ("POL0", {"label": "NATO UNCLASSIFIED // REL TO NOWHERE"}, LabelError),
        ("POL0", {"label": "NATO SECRET // REL TO NATO"}, RuleViolationError),
        ("POL0", {"label": NATO + " // NO ONWARD RELEASE"}, RuleViolationError),
        ("POL0", {"since": date(2100, 1, 1)}, RuleViolationError),
        ("POL0", {"reason": "x" * 2_001}, InvalidInputError),
    ],
)
async def test_what_cannot_be_released_is_refused(
    world: World, name: str, draft: dict[str, object], error: type[FoedusError]
) -> None:
    terms = {"to": ("UKR",), "label": NATO, "since": date(2024, 1, 1), **draft}
    who = viewer(name, Role.DELEGATE)
    with pytest.raises(error):
        await releasing.add(
            world.desk,
            who,
            world.act(who.nation),
            Draft(**terms),  # type: ignore[arg-type]
        )


async def test_only_some_roles_release(world: World) -> None:
    who = viewer("POL0", Role.READER, Role.PLANNER)
    draft = Draft(to=("UKR",), label=NATO, since=date(2024, 1, 1))
    with pytest.raises(ForbiddenError):
        await releasing.add(world.desk, who, world.act(who.nation), draft)


async def test_a_nation_has_so_many_releases(world: World) -> None:
    for _ in range(RELEASES_MAX - 1):
        _, position = await world.begin_release("POL0", "UKR", label=NATO)
    world.fold(position)
    await world.release("FRA0", "UKR", label=NATO)
    with pytest.raises(RuleViolationError, match="withdraw some"):
        await world.begin_release("FRA0", "UKR", label=NATO)
    await world.release("FRA0", "MDA", label=NATO)


async def test_who_may_know_of_a_release(world: World) -> None:
    await world.release("POL1", "UKR", label="NR // REL TO NATO", ask=("FIN",))

    def shown(name: str, *roles: Role) -> int:
        with world.reading.snapshot() as seen:
            return len(releasing.shown(seen, viewer(name, *roles)))

    assert [shown(each) for each in ("POL1", "FIN1", "UKR1")] == [1, 1, 1]
    assert [shown(each) for each in ("POL0", "UKR0", "FRA3", "NATO3")] == [0, 0, 0, 0]
    assert shown("NATO0", Role.SECRETARIAT) == 1


async def test_only_who_made_it_or_the_secretariat_ends_a_release(world: World) -> None:
    given = await world.release("POL0", "UKR", label=NATO, ask=("FIN",))
    with pytest.raises(NotFoundError):
        await world.end_release("FRA0", given)
    for name in ("UKR0", "FIN0"):
        with pytest.raises(ForbiddenError):
            await world.end_release(name, given)
    await world.end_release("NATO0", given, Role.SECRETARIAT)
    with pytest.raises(ConflictError):
        await world.end_release("POL0", given)


async def test_only_who_is_asked_consents_and_once(world: World) -> None:
    given = await world.release("POL0", "UKR", label=NATO, ask=("FIN",))
    with pytest.raises(RuleViolationError):
        await world.consent("UKR0", given)
    await world.consent("FIN0", given)
    with pytest.raises(ConflictError):
        await world.consent("FIN0", given)


async def test_a_suspended_nation_releases_nothing(world: World) -> None:
    await world.put("HUN0", thing(1, NATO))
    await world.change("HUN", Status.SUSPENDED)
    with pytest.raises(ForbiddenError):
        await world.release("HUN0", "UKR", label=NATO)
