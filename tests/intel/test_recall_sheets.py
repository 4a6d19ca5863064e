"""Recalls as every surface shows them."""

from collections.abc import Sequence
from datetime import date

from foedus.ids import NationCode
from foedus.intel.holders import Handed, held
from foedus.intel.recall_sheets import (
    Read,
    RecallPage,
    held_sheet,
    recall_page,
    recall_sheet,
)
from foedus.intel.recalls import named
from tests.intel.world import World, report, thing, viewer

THREE = "NATO UNCLASSIFIED // REL TO FIN, NOR, POL"
READ = Read(first=date(2026, 11, 22), last=date(2026, 11, 23))


def reads(nation: NationCode, had: Sequence[Handed]) -> Read | None:
    """Tell that Finland alone has read what it had."""
    return READ if had and nation == "FIN" else None


def page(world: World, name: str) -> RecallPage:
    who = viewer(name)
    with world.reading.snapshot() as seen:
        (found,) = named(seen, who, report(1))
        return recall_page(seen, who, found, reads)


async def test_whose_it_was_sees_who_read_it(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))

    read = {each.nation: each.read for each in page(world, "POL0").ledger}

    assert read == {"FIN": READ, "NOR": None}


async def test_each_nation_finds_its_own_that_name_it(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.put("FIN0", thing(2, refs=[report(1)]))
    await world.recall("POL0", report(1))

    assert [each.id for each in page(world, "FIN0").referrers] == [report(2)]
    assert page(world, "NOR0").referrers == page(world, "POL0").referrers == ()


async def test_who_published_it_again_since_is_said_to_who_may_see_that(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NATO UNCLASSIFIED // REL TO FIN, POL"))
    await world.recall("POL0", report(1))
    world.later(minutes=1)
    await world.put("NOR0", thing(1, "NATO UNCLASSIFIED // REL TO NOR, POL"))

    assert page(world, "POL0").again == ("NOR",)
    assert page(world, "FIN0").again == ()
    assert [each.nation for each in page(world, "POL0").elsewhere] == ["NOR"]


async def test_how_many_have_to_confirm_is_for_whose_it_was(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))

    with world.reading.snapshot() as seen:
        sheets = [
            recall_sheet(seen, who, named(seen, who, report(1))[0])
            for who in (viewer("POL0"), viewer("FIN0"))
        ]

    assert [each.outstanding for each in sheets] == [2, None]
    assert [each.asks for each in sheets] == [False, True]


async def test_who_held_it_is_set_out_with_who_read_it(world: World) -> None:
    await world.put("POL0", thing(1, THREE))

    with world.reading.snapshot() as seen:
        sheet = held_sheet(held(seen, viewer("POL0"), report(1)), lambda *_: READ)

    assert [(each.nation, each.read) for each in sheet.holders] == [
        ("FIN", READ),
        ("NOR", READ),
    ]
