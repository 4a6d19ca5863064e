"""What may be released, what a release covers, and who may know of it."""

from datetime import date
from typing import Any

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
from foedus.ids import NationCode, Position
from foedus.intel import releases, releasing
from foedus.intel.releases import (
    REASON_LENGTH_MAX,
    RELEASES_MAX,
    Draft,
    Release,
    release_id,
    since_day,
)
from foedus.releasability.viewers import Role
from tests.intel.world import NOON, World, report, thing, viewer

NATO = "NATO UNCLASSIFIED // REL TO NATO"


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


def drafted(world: World, name: str = "POL0", **terms: Any) -> Release:  # noqa: ANN401 - of a draft
    """Decide on a release as it would be made now."""
    draft = Draft(**{"to": ("UKR",), "label": NATO, "since": date(2024, 1, 1), **terms})
    who = viewer(name, Role.DELEGATE)
    event = releases.release(draft, who, world.reading.access(), world.clock())
    first = Position(1)
    return Release(key=1, event=event, position=first, arrival_ms=0, last=first)


async def test_communities_are_released_to_by_their_nations_of_today(
    world: World,
) -> None:
    found = drafted(world, to=("NATO", "UKR"), ask=("NATO",))
    assert {"FIN", "UKR"} <= set(found.event.to)
    assert "POL" not in {*found.event.to, *found.event.asks}
    assert len(found.event.asks) == 31


async def test_a_reason_may_have_so_many_characters(world: World) -> None:
    reason = "x" * REASON_LENGTH_MAX
    assert drafted(world, reason=reason).event.reason == reason
    with pytest.raises(InvalidInputError, match="at most"):
        drafted(world, reason=reason + "x")


async def test_a_release_reaches_back_to_today_or_earlier(world: World) -> None:
    assert since_day(drafted(world, since=NOON.date())) == NOON.date()
    assert since_day(drafted(world, since=date(1949, 4, 4))) == date(1970, 1, 1)
    with pytest.raises(RuleViolationError, match="has not come yet"):
        drafted(world, since=date(2026, 11, 24))


async def test_a_selection_is_at_most_as_high_as_the_clearance(world: World) -> None:
    assert drafted(world, "POL1", label="NR // REL TO NATO").event.selection
    with pytest.raises(RuleViolationError, match="above your clearance"):
        drafted(world, "POL0", label="NR // REL TO NATO")


async def test_the_selection_is_kept_in_one_spelling(world: World) -> None:
    assert drafted(world, label="nu // rel to nato").event.selection == NATO


def test_an_id_is_taken_as_people_write_it() -> None:
    assert release_id(" Release--ABC ") == "release--abc"


async def test_nobody_has_more_releases_than_allowed(world: World) -> None:
    event = drafted(world, to=("UKR", "MDA")).event
    releases.check_number(event, {NationCode("UKR"): RELEASES_MAX - 1})
    with pytest.raises(RuleViolationError, match="releases to MDA"):
        releases.check_number(event, {NationCode("MDA"): RELEASES_MAX})


async def test_a_consenting_nation_needs_clearance_and_role(world: World) -> None:
    found = drafted(world, "POL1", label="NR // REL TO NATO", ask=("FIN",))
    access = world.reading.access()
    with pytest.raises(ForbiddenError):
        releases.consent(found, viewer("FIN1", Role.READER), access)
    with pytest.raises(RuleViolationError, match="above your clearance"):
        releases.consent(found, viewer("FIN0", Role.DELEGATE), access)
    assert releases.consent(found, viewer("FIN1", Role.DELEGATE), access) == "FIN"


async def test_nobody_consents_to_what_was_withdrawn(world: World) -> None:
    given = await world.release("POL0", "UKR", label=NATO, ask=("FIN",))
    await world.end_release("POL0", given)
    with pytest.raises(RuleViolationError, match="was withdrawn"):
        await world.consent("FIN0", given)


async def test_a_consent_ends_for_its_nation_alone(world: World) -> None:
    await world.put("FIN0", thing(1, NATO))
    await world.put("POL0", thing(2, NATO))
    given = await world.release("POL0", "UKR", label=NATO, ask=("FIN",))
    await world.consent("FIN0", given)
    assert reports(world, "UKR0") == [report(2), report(1)]

    await world.end_release("FIN0", given)

    assert reports(world, "UKR0") == [report(2)]
    with pytest.raises(ForbiddenError):
        await world.end_release("FIN0", given)
    await world.consent("FIN0", given)
    assert reports(world, "UKR0") == [report(2), report(1)]


async def test_a_nation_without_standing_is_shown_no_release(world: World) -> None:
    found = drafted(world)
    access = world.reading.access()
    assert releases.is_shown(found, viewer("UKR0"), access)
    await world.change("UKR", Status.SUSPENDED)
    assert not releases.is_shown(found, viewer("UKR0"), world.reading.access())


async def test_a_selection_that_names_nobody_covers_nothing(world: World) -> None:
    """Or all would be covered: nobody is in every audience."""
    await world.put("POL0", thing(1, "NU // REL TO POL"), thing(2, NATO))
    await world.release("POL0", "UKR", label="NU // REL TO NATO 1900-01-01")
    assert reports(world, "UKR0") == []


async def test_the_originator_s_own_may_be_selected(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL"), thing(2, NATO))
    await world.put("FIN0", thing(3, "NU // REL TO FIN"), thing(4, "NU // REL TO SWE"))
    given = await world.release(
        "NATO0", "UKR", label="NU // REL TO ORIGINATOR", ask=("POL", "FIN")
    )
    await world.consent("POL0", given)
    await world.consent("FIN0", given)
    assert reports(world, "UKR0") == [report(each) for each in (1, 2, 3, 4)]


async def test_on_the_day_of_an_accession_the_hour_before_counts(world: World) -> None:
    await world.change("SWE", Status.PARTNER, date(2020, 1, 1))
    await world.put("POL0", thing(1, NATO))
    world.later(hours=1)
    await world.change("SWE", Status.MEMBER)
    await world.put("POL0", thing(2, NATO))

    await world.release("POL0", "SWE", label=NATO)

    assert reports(world, "SWE0") == [report(2), report(1)]


async def test_what_the_alliance_s_own_body_sees_may_be_selected(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, "NU // REL TO POL"))
    await world.release("POL0", "UKR", label="NU // REL TO NATO STAFF")
    assert reports(world, "UKR0") == [report(1)]
