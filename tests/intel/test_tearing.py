"""Tear lines: the releasable part goes further, and leaves with the original."""

import json
from typing import Any

import pytest

from foedus.errors import (
    FoedusError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.intel import tearing
from foedus.intel.pages import Filters
from foedus.stix.tearing import derived_from_id, tear_line_id
from tests.intel.world import World, marking, moment, report, thing, viewer

WIDE, NARROW = "NU // REL TO NATO", "NU // REL TO POL"
LINE = tear_line_id("report", "POL", report(1))


def marked(number: int = 1, *, version: int = 0) -> dict[str, Any]:
    """Make a report of which the description is for the own nation alone."""
    return thing(
        number,
        WIDE,
        version=version,
        description="told by an agent",
        granular_markings=[
            {"marking_ref": marking(NARROW), "selectors": ["description"]}
        ],
    )


async def tear(world: World, name: str, stix_id: str = report(1)) -> list[str]:
    who = viewer(name)
    act = world.act(who.nation)
    outcomes = await tearing.tear_line(world.desk, who, act, stix_id)
    world.projector.catch_up()
    return [each.outcome for each in outcomes]


async def test_who_may_not_see_every_property_sees_the_tear_line(world: World) -> None:
    await world.put("POL0", marked())
    assert not world.sees("FIN0", report(1))

    assert await tear(world, "POL0") == ["stored", "stored"]

    (found,) = world.walk("FIN0", Filters(ids=(LINE,)))
    torn = json.loads(found.raw)
    assert "description" not in torn
    assert "granular_markings" not in torn
    assert torn["name"] == "Report 1"
    assert not world.sees("FIN0", derived_from_id(LINE))
    assert world.sees("POL0", derived_from_id(LINE))


async def test_the_tie_is_seen_where_the_original_is_whatever_else_bears_its_id(
    world: World,
) -> None:
    await world.open("hidden", default_label=NARROW)
    await world.put("POL0", thing(1, NARROW), to="hidden")
    of_two = marking("NU // REL TO FIN, POL")
    told = [{"marking_ref": of_two, "selectors": ["description"]}]
    await world.put("POL0", thing(1, WIDE, description="d", granular_markings=told))

    who = viewer("POL0")
    await tearing.tear_line(world.desk, who, world.act(who.nation), report(1), "c")
    world.projector.catch_up()

    assert world.sees("FIN0", report(1))
    assert world.sees("FIN0", derived_from_id(LINE))


async def test_of_two_under_one_version_the_one_that_is_shown_is_torn(
    world: World,
) -> None:
    told = {"marking_ref": marking("NR // REL TO POL"), "selectors": ["description"]}
    above = thing(1, WIDE, description="told", granular_markings=[told])
    await world.put("POL1", above)
    await world.put("POL0", thing(1, WIDE))  # which is not shown what is above it

    assert await tear(world, "POL1") == ["stored", "stored"]


async def test_withdrawing_the_original_takes_its_tear_line_along(world: World) -> None:
    await world.put("POL0", marked())
    await tear(world, "POL0")

    await world.withdraw("POL0", report(1))

    for stix_id in (report(1), LINE, derived_from_id(LINE)):
        assert not world.sees("POL0", stix_id)
        assert not world.sees("FIN0", stix_id)


async def test_a_tear_line_is_made_anew_after_its_original_was_withdrawn(
    world: World,
) -> None:
    """Its lane goes on after what went with the original."""
    await world.put("POL0", marked())
    await tear(world, "POL0")
    await world.withdraw("POL0", report(1))
    world.restart()
    await world.put("POL0", marked(version=1))

    assert await tear(world, "POL0") == ["stored", "stored"]

    (found,) = world.walk("FIN0", Filters(ids=(LINE,)))
    assert found.version == moment(1)


async def test_a_new_version_has_a_new_tear_line_under_the_same_id(
    world: World,
) -> None:
    await world.put("POL0", marked())
    await tear(world, "POL0")
    await world.put("POL0", marked(version=1))
    assert await tear(world, "POL0") == ["stored", "stored"]
    found = world.walk("FIN0", Filters(ids=(LINE,), versions=("all",)))
    assert [each.version for each in found] == [moment(0), moment(1)]
    assert await tear(world, "POL0") == ["duplicate", "duplicate"]


async def test_a_collection_may_ask_for_tear_lines(world: World) -> None:
    await world.open("torn", default_label=WIDE, tear_lines=True)
    raws = [json.dumps(each).encode() for each in (marked(1), thing(2, WIDE))]
    outcomes = await world.post("POL0", *raws, to="torn")
    who = viewer("POL0")
    followed = await tearing.follow(
        world.desk,
        who,
        world.act(who.nation),
        world.collection("POL0", "torn").id,
        list(zip(raws, outcomes, strict=True)),
    )
    world.projector.catch_up()
    assert LINE in followed[0].reason
    assert followed[1] == outcomes[1]
    assert LINE in world.ids("FIN0", alias="torn")


async def test_what_a_collection_does_not_ask_for_is_not_torn(world: World) -> None:
    raw = json.dumps(marked()).encode()
    outcomes = await world.post("POL0", raw)
    who = viewer("POL0")
    followed = await tearing.follow(
        world.desk,
        who,
        world.act(who.nation),
        world.collection("POL0").id,
        [(raw, outcomes[0])],
    )
    assert followed == outcomes


@pytest.mark.parametrize(
    ("name", "stix_id", "error"),
    [
        ("POL0", report(2), RuleViolationError),
        ("POL0", report(3), InvalidInputError),
        ("POL0", report(4), NotFoundError),
        ("FIN0", report(2), NotFoundError),
        ("FIN0", report(4), NotFoundError),
    ],
)
async def test_what_cannot_be_torn_is_refused(
    world: World, name: str, stix_id: str, error: type[FoedusError]
) -> None:
    nothing = thing(
        3,
        WIDE,
        granular_markings=[{"marking_ref": marking(WIDE), "selectors": ["name"]}],
    )
    await world.put("POL0", thing(2, WIDE), nothing)
    with pytest.raises(error):
        await tear(world, name, stix_id)


def link(stix_type: str, **content: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Make a link between things, part of which is for the own nation alone."""
    return {
        "type": stix_type,
        "spec_version": "2.1",
        "id": f"{stix_type}--{report(1).partition('--')[2]}",
        "created": moment(0),
        "modified": moment(0),
        "description": "told by an agent",
        "object_marking_refs": [marking(WIDE)],
        "granular_markings": [
            {"marking_ref": marking(NARROW), "selectors": ["description"]}
        ],
        **content,
    }


@pytest.mark.parametrize(
    "tree",
    [
        link(
            "relationship",
            relationship_type="related-to",
            source_ref=report(1),
            target_ref=report(2),
        ),
        link("sighting", sighting_of_ref=report(1)),
    ],
    ids=["relationship", "sighting"],
)
async def test_what_nothing_can_be_derived_from_is_not_torn(
    world: World, tree: dict[str, Any]
) -> None:
    await world.put("POL0", tree)

    with pytest.raises(RuleViolationError, match=f"a {tree['type']} has no tear line"):
        await tear(world, "POL0", tree["id"])
