"""Whom an object reaches: what is told to whom."""

from datetime import date
from typing import Any

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import NotFoundError
from foedus.intel import releasing
from foedus.intel.audience import Audience, NationSight, audience
from foedus.intel.releases import Draft
from foedus.releasability.viewers import Role
from tests.intel.world import World, report, thing, viewer

NU = "NATO UNCLASSIFIED"
TO_TWO = f"{NU} // REL TO FIN, POL"


def asked(world: World, name: str, stix_id: str | None = None) -> Audience:
    with world.reading.snapshot() as seen:
        return audience(seen, viewer(name), stix_id or report(1))


def sight(found: Audience, nation: str) -> NationSight:
    return next(each for each in found.nations if each.nation == nation)


async def release(world: World, name: str, *to: str, **more: Any) -> str:  # noqa: ANN401 - of a draft
    """Release what two nations could see, and deliver it."""
    draft = Draft(**{"label": TO_TWO, "since": date(2026, 1, 1), "to": to, **more})
    who = viewer(name)
    act = world.act(who.nation)
    found, _, position = await releasing.add(world.desk, who, act, draft)
    world.fold(position)
    await world.deliver()
    return found


async def test_every_nation_has_its_answer_and_rule(world: World) -> None:
    await world.put("POL0", thing(1, TO_TWO))

    found = asked(world, "FIN0")

    assert (found.id, found.nation, found.label) == (report(1), "POL", TO_TWO)
    assert [each.nation for each in found.nations] == sorted(
        world.reading.access().alliance.nations
    )
    assert {each.nation for each in found.nations if each.sees} == {"POL", "FIN"}
    assert sight(found, "POL").rule == "originator"
    assert sight(found, "FIN").detail == f"FIN is in the audience of {TO_TWO}"
    assert sight(found, "SWE").rule == "audience"
    assert sight(found, "RUS").rule == "standing"


async def test_nobody_is_told_of_what_they_do_not_hold(world: World) -> None:
    await world.put("POL0", thing(1, TO_TWO))

    for name, stix_id in (("SWE0", report(1)), ("FIN0", report(2))):
        with pytest.raises(NotFoundError, match=f"no object {stix_id}"):
            asked(world, name, stix_id)


async def test_a_collection_that_may_not_be_read_keeps_it_back(world: World) -> None:
    await world.open("few", read="POL,FIN", default_label=f"{NU} // PUBLIC")
    await world.put("POL0", thing(1), to="few")

    found = asked(world, "FIN0")

    assert sight(found, "FIN").sees
    assert sight(found, "SWE").rule == "collection"
    assert not sight(found, "SWE").sees


async def test_what_a_release_lets_see_is_told_with_its_id_to_whom_it_is_shown(
    world: World,
) -> None:
    await world.put("POL0", thing(1, TO_TWO))
    name = await release(world, "POL0", "MDA", "GEO")

    own, received, other = (asked(world, each) for each in ("POL0", "MDA0", "FIN0"))

    assert own.releases == received.releases == (name,)
    assert other.releases == ()
    assert [sight(each, "GEO").sees for each in (own, received, other)] == [True] * 3
    assert sight(own, "GEO").detail == f"GEO sees it by a release, {name}"
    assert sight(other, "GEO").detail == "GEO sees it by a release"
    assert not sight(own, "SWE").sees


async def test_whom_the_label_reaches_is_not_told_of_a_release(world: World) -> None:
    await world.put("POL0", thing(1, TO_TWO))
    await release(world, "POL0", "FIN", "MDA")

    assert sight(asked(world, "POL0"), "FIN").rule == "audience"


@pytest.mark.parametrize(
    "terms",
    [
        {"label": f"{NU} // REL TO NATO"},
        {"since": date(2026, 11, 23), "later": True},
        {"author": "FIN0"},
    ],
)
async def test_a_release_that_does_not_cover_it_is_not_named(
    world: World, terms: dict[str, Any]
) -> None:
    await world.put("POL0", thing(1, TO_TWO))
    if terms.pop("later", False):
        world.later(days=1)
        terms["since"] = world.clock().date()

    await release(world, terms.pop("author", "POL0"), "MDA", **terms)

    assert asked(world, "POL0").releases == ()
    assert not sight(asked(world, "POL0"), "MDA").sees


@pytest.mark.parametrize("ongoing", [False, True])
async def test_what_arrives_later_is_covered_from_now_on_only(
    world: World, *, ongoing: bool
) -> None:
    await release(world, "POL0", "MDA", from_now_on=ongoing)
    await world.put("POL0", thing(1, TO_TWO))

    assert sight(asked(world, "POL0"), "MDA").sees is ongoing


async def test_a_withdrawn_release_lets_nobody_see(world: World) -> None:
    await world.put("POL0", thing(1, TO_TWO))
    name = await release(world, "POL0", "MDA")
    who = viewer("POL0")
    world.fold(await releasing.withdraw(world.desk, who, world.act(who.nation), name))

    assert asked(world, "POL0").releases == ()
    assert not sight(asked(world, "POL0"), "MDA").sees


async def test_a_consent_lets_others_see_what_the_nation_originated(
    world: World,
) -> None:
    await world.put("FIN0", thing(1, TO_TWO))
    name = await release(world, "POL0", "MDA", ask=("FIN",))
    before = sight(asked(world, "FIN0"), "MDA")
    who = viewer("FIN0")
    world.fold(await releasing.consent(world.desk, who, world.act(who.nation), name))
    await world.deliver()

    assert (before.sees, sight(asked(world, "FIN0"), "MDA").sees) == (False, True)


async def test_a_released_nation_that_may_not_read_the_collection_does_not_see(
    world: World,
) -> None:
    await world.open("few", read="POL,FIN", default_label=TO_TWO)
    await world.put("POL0", thing(1), to="few")
    await release(world, "POL0", "MDA")

    assert not sight(asked(world, "POL0"), "MDA").sees


async def test_a_released_nation_without_standing_does_not_see(world: World) -> None:
    await world.put("POL0", thing(1, TO_TWO))
    await release(world, "POL0", "MDA")
    await world.change("MDA", Status.SUSPENDED)

    assert sight(asked(world, "POL0"), "MDA").rule == "standing"


async def test_other_lanes_are_named_as_far_as_the_asker_may_see_them(
    world: World,
) -> None:
    await world.put("POL0", thing(1, f"{NU} // REL TO NOR, POL"))
    await world.put("FIN0", thing(1, f"{NU} // REL TO FIN"))
    await world.put("SWE0", thing(1, f"{NU} // REL TO FIN, NOR, SWE"))

    assert asked(world, "FIN0").also_reported_by == ("SWE",)
    assert asked(world, "NOR0").also_reported_by == ("SWE",)
    assert asked(world, "POL0").also_reported_by == ()
    assert asked(world, "NOR0").nation == "POL"


async def test_a_lane_that_a_release_lets_see_is_named(world: World) -> None:
    await world.put("POL0", thing(1, TO_TWO))
    await world.put("SWE0", thing(1, f"{NU} // REL TO MDA"))
    assert asked(world, "MDA0").also_reported_by == ()

    await release(world, "POL0", "MDA")

    assert asked(world, "MDA0").also_reported_by == ("POL",)


async def test_the_newest_version_that_the_asker_holds_gives_the_label(
    world: World,
) -> None:
    await world.put("POL0", thing(1, TO_TWO))
    await world.put("POL0", thing(1, f"{NU} // REL TO POL, SWE", version=1))

    assert asked(world, "FIN0").label == TO_TWO
    assert asked(world, "SWE0").label == f"{NU} // REL TO POL, SWE"
    assert not sight(asked(world, "FIN0"), "SWE").sees


async def test_the_body_is_told_of_every_release_that_covers_it(world: World) -> None:
    await world.put("POL0", thing(1, f"{NU} // PUBLIC"))
    name = await release(world, "POL0", "MDA")

    with world.reading.snapshot() as seen:
        auditor = viewer("NATO0", Role.AUDITOR)
        assert audience(seen, auditor, report(1)).releases == (name,)
        reader = viewer("NATO0", Role.READER)
        assert audience(seen, reader, report(1)).releases == ()


async def test_what_waits_for_its_step_is_not_seen_yet(world: World) -> None:
    await world.put("POL0", thing(1, TO_TWO))
    await world.put("SWE0", thing(1, f"{NU} // REL TO MDA"))
    terms: dict[str, Any] = {"label": TO_TWO, "since": date(2026, 1, 1)}
    _, position = await world.begin_release("POL0", "MDA", **terms)
    world.fold(position)

    before = sight(asked(world, "POL0"), "MDA")
    hidden = asked(world, "MDA0").also_reported_by
    await world.deliver()

    assert (before.sees, before.rule) == (False, "delivery")
    assert sight(asked(world, "POL0"), "MDA").rule == "release"
    assert (hidden, asked(world, "MDA0").also_reported_by) == ((), ("POL",))


async def test_a_right_that_a_role_gives_is_enough_to_be_told_of_other_lanes(
    world: World,
) -> None:
    await world.open("few", read="POL,FIN,auditor", default_label=f"{NU} // PUBLIC")
    await world.put("FIN0", thing(1, f"{NU} // REL TO MDA"), to="few")
    await world.put("POL0", thing(1, f"{NU} // REL TO POL"), to="few")
    await world.release("POL0", "MDA", label=f"{NU} // REL TO POL")

    with world.reading.snapshot() as seen:
        found = audience(seen, viewer("MDA0", Role.AUDITOR), report(1))

    assert (found.nation, found.also_reported_by) == ("FIN", ("POL",))
