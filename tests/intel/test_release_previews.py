"""A preview counts each object once, and says when it has not counted all."""

from datetime import date

import pytest

from foedus.clock import to_ms
from foedus.intel.release_previews import Preview, preview
from foedus.intel.releases import Draft, release
from foedus.releasability.viewers import Role
from tests.intel.world import NOON, World, thing, viewer

NATO = "NATO UNCLASSIFIED // REL TO NATO"


def looked_at(world: World, most: int | None) -> Preview:
    """Preview a release of what Poland could share with Ukraine."""
    with world.reading.snapshot() as seen:
        draft = Draft(to=("UKR",), label=NATO, since=date(2000, 1, 1))
        event = release(draft, viewer("POL0", Role.DELEGATE), seen.access, NOON)
        return preview(seen, event, to_ms(NOON), most)


@pytest.mark.parametrize(("most", "objects"), [(2, 2), (3, 3), (4, 3), (None, 3)])
async def test_a_preview_counts_the_newest_and_says_if_more_were_left(
    world: World, most: int | None, objects: int
) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, NATO), thing(3, NATO))

    found = looked_at(world, most)

    definition_left = most in {2, 3}
    assert (found.objects, found.whole) == (objects, not definition_left)


async def test_what_is_above_the_selection_takes_no_place_among_the_newest(
    world: World,
) -> None:
    above = "NATO SECRET // REL TO NATO"
    await world.put("POL3", thing(3, above))  # with the marking, which all may know
    await world.put("POL0", thing(1, NATO), thing(2, NATO))
    before = looked_at(world, 2)
    await world.put("POL3", thing(4, above), thing(5, above))

    assert looked_at(world, 2) == before
    assert before.objects == 2
