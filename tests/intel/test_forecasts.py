"""Forecasts: what publishing would do and whom it would reach, without doing it."""

from typing import Any

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import ForbiddenError, NotFoundError
from foedus.intel.audience import audience
from foedus.intel.forecasts import Forecast, forecast
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Role
from foedus.stix.markings import make_hub_definition
from tests.intel.world import World, address, dump, marking, report, thing, viewer

WIDE, NARROW = "NU // REL TO NATO", "NU // REL TO FIN, POL"
RESTRICTED = "NR // REL TO NATO"
SUSPENDED = "NU // REL TO HUN, POL"
HIDDEN = "NU // REL TO FIN"
MAKER = "identity--00000000-0000-4000-8000-000000000007"


async def foretold(
    world: World, name: str, *objects: dict[str, Any] | bytes, to: str = "c"
) -> list[Forecast]:
    """Forecast objects; the definitions of their markings go along, untold."""
    who = viewer(name)
    raws = [raw if isinstance(raw, bytes) else dump(raw) for raw in objects]
    labels = (WIDE, NARROW, RESTRICTED, SUSPENDED)
    carried = [
        make_hub_definition(text)
        for text in labels
        if any(marking(text).encode() in raw for raw in raws)
    ]
    found = await forecast(
        world.desk, who, world.act(who.nation), to, [*carried, *raws]
    )
    return found[len(carried) :]


async def one(world: World, name: str, *objects: dict[str, Any]) -> Forecast:
    """Give the forecast of the last of some objects."""
    return (await foretold(world, name, *objects))[-1]


def maker(label: str = "") -> dict[str, Any]:
    made = "2026-01-01T00:00:00.000Z"
    tree = {
        "type": "identity",
        "spec_version": "2.1",
        "id": MAKER,
        "created": made,
        "modified": made,
        "name": "Team",
        "identity_class": "organization",
    }
    return tree | ({"object_marking_refs": [marking(label)]} if label else {})


async def test_nothing_is_appended_and_nothing_becomes_visible(world: World) -> None:
    head = world.log.head()

    found = await one(world, "POL0", thing(1, WIDE))

    assert (found.outcome, found.id) == ("stored", report(1))
    assert world.log.head() == head
    assert world.ids("POL0") == []


async def test_it_says_of_every_nation_whether_it_would_see_and_why_not(
    world: World,
) -> None:
    found = await one(world, "POL0", thing(1, NARROW))

    assert found.label == "NATO UNCLASSIFIED // REL TO FIN, POL"
    assert found.sees == ("FIN", "POL")
    nations = set(world.reading.access().alliance.nations)
    assert set(found.others) == nations - {"FIN", "POL"}
    assert "not in the audience" in found.others["DEU"]


async def test_what_is_foretold_is_what_publishing_then_does(world: World) -> None:
    await world.put("FIN0", thing(5, NARROW))
    await world.put("POL0", thing(6))
    objects = [
        thing(1, WIDE),
        thing(2, WIDE, refs=[report(1), report(5)]),
        thing(3, refs=[report(4)]),
        thing(4, NARROW, refs=[report(3)]),
        thing(5, version=1),
        thing(6),
        thing(6, name="Another"),
        address("192.0.2.1"),
        {"type": "report"},
    ]

    told = await foretold(world, "POL0", *objects)
    done = await world.post("POL0", *objects)

    assert [(each.id, each.version, each.outcome) for each in told] == [
        (each.id, each.version, each.outcome) for each in done
    ]
    assert {each.outcome for each in told} == {"stored", "duplicate", "refused"}
    stored = [each for each in told if each.outcome == "stored"]
    assert stored
    for each in stored:
        assert (each.label, each.sees) == reached(world, "POL0", each.id)
    refused = [each for each in told if each.outcome == "refused"]
    assert [each.reason for each in refused] == [
        each.reason for each in done if each.outcome == "refused"
    ]


def reached(world: World, name: str, stix_id: str) -> tuple[str, tuple[str, ...]]:
    """Tell under which label something is stored, and who sees it."""
    seen: Snapshot
    with world.reading.snapshot() as seen:
        found = audience(seen, viewer(name), stix_id)
    return found.label, tuple(each.nation for each in found.nations if each.sees)


async def test_what_narrows_a_label_is_named(world: World) -> None:
    await world.put("FIN0", thing(5, NARROW))
    refs = [report(1), report(5)]

    _, found = await foretold(world, "POL0", thing(1, WIDE), thing(2, WIDE, refs=refs))

    assert found.label == "NATO UNCLASSIFIED // REL TO FIN, POL"
    assert found.reason == f"narrowed by what it is joined with: {report(5)}"


async def test_what_narrows_it_in_the_same_request_is_named(world: World) -> None:
    objects = thing(1, NARROW), thing(2, WIDE, refs=[report(1)])

    assert report(1) in (await one(world, "POL0", *objects)).reason


async def test_what_it_is_joined_with_and_stays_as_wide_is_named(world: World) -> None:
    objects = thing(1, WIDE), thing(2, WIDE, refs=[report(1)])

    assert (await one(world, "POL0", *objects)).reason == f"joined with {report(1)}"


async def test_what_hides_behind_a_reference_changes_nothing(world: World) -> None:
    objects = [
        thing(2, WIDE, refs=[report(5)], created_by_ref=MAKER),
        thing(5, WIDE),
        address("192.0.2.1"),
        maker(WIDE),
    ]
    before = await foretold(world, "POL0", *objects)

    await world.put("FIN2", thing(5, RESTRICTED))
    await world.put("FIN0", thing(5, HIDDEN, version=9), to="c")
    await world.put(
        "FIN0", address("192.0.2.1") | {"object_marking_refs": [marking(HIDDEN)]}
    )
    await world.put("FIN0", maker(HIDDEN))
    await world.put("POL2", thing(2, RESTRICTED))

    assert await foretold(world, "POL0", *objects) == before


@pytest.mark.parametrize(("name", "label"), [("FIN0", HIDDEN), ("POL1", RESTRICTED)])
async def test_no_warning_tells_of_an_identity_that_the_poster_cannot_see(
    world: World, name: str, label: str
) -> None:
    named = thing(1, WIDE, created_by_ref=MAKER)
    before = await one(world, "POL0", named)

    await world.put(name, maker(label))

    assert await one(world, "POL0", named) == before


async def test_a_suspended_nation_would_not_see_it(world: World) -> None:
    await world.change("HUN", Status.SUSPENDED)

    found = await one(world, "POL0", thing(1, SUSPENDED))

    assert "HUN" not in found.sees
    assert "suspended" in found.others["HUN"]


async def test_who_may_not_read_the_collection_would_not_see_it(world: World) -> None:
    await world.open("d", default_label=WIDE, read="POL,FIN", write="POL")

    (found,) = await foretold(world, "POL0", thing(1), to="d")

    assert found.sees == ("FIN", "POL")
    assert found.others["DEU"] == "DEU may not read the collection"


async def test_a_release_from_now_on_would_let_further_nations_see_it(
    world: World,
) -> None:
    await world.release("POL0", "GEO", label=WIDE, from_now_on=True)
    await world.release("POL0", "MDA", label=WIDE)

    found = await one(world, "POL0", thing(1, WIDE))

    assert "GEO" in found.sees
    assert "MDA" in found.others


async def test_a_duplicate_tells_whom_the_stored_one_reaches(world: World) -> None:
    await world.put("POL0", thing(1, NARROW))
    await world.release("POL0", "GEO", label=NARROW)

    found = await one(world, "POL0", thing(1, NARROW))

    assert (found.outcome, found.reason) == ("duplicate", "stored already")
    assert found.sees == ("FIN", "GEO", "POL")


async def test_a_duplicate_is_not_seen_yet_by_whom_it_is_being_delivered_to(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NARROW))
    _, position = await world.begin_release("POL0", "GEO", label=NARROW)
    world.fold(position)

    found = await one(world, "POL0", thing(1, NARROW))

    assert found.sees == ("FIN", "POL")
    assert "being delivered" in found.others["GEO"]


async def test_what_is_given_twice_reaches_the_same(world: World) -> None:
    first, second = await foretold(world, "POL0", thing(1, WIDE), thing(1, WIDE))

    assert (first.outcome, second.outcome) == ("stored", "duplicate")
    assert (first.label, first.sees) == (second.label, second.sees)


async def test_what_would_be_refused_has_no_label_and_no_audience(
    world: World,
) -> None:
    found = await one(world, "POL0", thing(1, RESTRICTED))

    assert found.outcome == "refused"
    assert "above your clearance" in found.reason
    assert (found.label, found.sees, found.others) == ("", (), {})


@pytest.mark.parametrize("where", ["stored", "along"])
async def test_an_identity_that_goes_to_fewer_is_warned_of(
    world: World, where: str
) -> None:
    along = [maker(NARROW)]
    if where == "stored":
        await world.put("POL0", *along)
        along = []

    found = await one(world, "POL0", *along, thing(1, WIDE, created_by_ref=MAKER))

    assert f"its {MAKER} goes to fewer: not to ALB, BEL" in found.reason
    assert "DEU" in found.sees


async def test_an_identity_above_the_objects_level_is_warned_of(world: World) -> None:
    await world.put("POL1", maker(RESTRICTED))

    found = await one(world, "POL1", thing(1, WIDE, created_by_ref=MAKER))

    assert f"its {MAKER} goes to fewer: it is NATO RESTRICTED" in found.reason


async def test_an_identity_as_wide_is_not_warned_of(world: World) -> None:
    await world.put("POL0", maker(WIDE))

    found = await one(world, "POL0", thing(1, NARROW, created_by_ref=MAKER))

    assert found.reason == ""


async def test_own_things_that_go_further_than_what_they_name_are_told(
    world: World,
) -> None:
    await world.put("POL0", thing(2, WIDE, refs=[report(1)]))

    found = await one(world, "POL0", thing(1, NARROW))

    assert f"goes to fewer than what refers to it: {report(2)}" in found.reason


async def test_earlier_readers_of_what_is_revoked_are_told_of(world: World) -> None:
    await world.put("POL0", thing(1, WIDE))

    found = await one(world, "POL0", thing(1, NARROW, version=1, revoked=True))

    assert "who saw an earlier version only is told that it is revoked" in found.reason


async def test_a_collection_that_tears_says_so(world: World) -> None:
    await world.open("torn", default_label=WIDE, tear_lines=True)
    selected = {"marking_ref": marking(NARROW), "selectors": ["name"]}

    (found,) = await foretold(
        world, "POL0", thing(1, WIDE, granular_markings=[selected]), to="torn"
    )

    assert "tear line" in found.reason


async def test_what_would_wait_is_for_its_own_nation_until_then(world: World) -> None:
    await world.open("held", default_label=WIDE, hold_minutes=5)

    (found,) = await foretold(world, "POL0", thing(1, refs=[report(2)]), to="held")

    assert (found.outcome, found.sees) == ("stored", ("POL",))
    assert found.reason.startswith("waits")
    assert report(2) in found.reason


async def test_where_one_may_not_publish_nothing_is_foretold(world: World) -> None:
    await world.open("read", read="PUBLIC", write="FIN")
    await world.open("none", read="FIN", write="FIN")

    with pytest.raises(ForbiddenError):
        await foretold(world, "POL0", thing(1), to="read")
    for alias in ("none", "nowhere"):
        with pytest.raises(NotFoundError):
            await foretold(world, "POL0", thing(1), to=alias)


async def test_a_reader_may_not_ask(world: World) -> None:
    who = viewer("POL0", Role.READER)

    with pytest.raises(ForbiddenError):
        await forecast(world.desk, who, world.act(who.nation), "c", [dump(thing(1))])
