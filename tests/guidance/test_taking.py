import msgspec
import pytest

from foedus.errors import ForbiddenError, RuleViolationError
from foedus.guidance.commands import Publishing, is_said
from foedus.guidance.foreign import Feed, read_feed
from foedus.guidance.taking import Taken, take_in
from foedus.guidance.updates import list_updates
from foedus.releasability.viewers import Role, Viewer
from tests.guidance.test_foreign import ATOM
from tests.guidance.world import FIN, MDA, POL, World, viewer

FEED = read_feed(ATOM)


async def _take(
    world: World, who: Viewer = POL, *, feed: Feed = FEED, label: str = ""
) -> Taken:
    taken, _ = await take_in(world.bureau, who, world.act(who), feed, label)
    world.projector.catch_up()
    return taken


def _titles(world: World, who: Viewer) -> list[str]:
    with world.sight() as seen:
        return [each.title for each in list_updates(seen.db, seen.access, who)]


async def test_entries_become_updates_the_oldest_first(world: World) -> None:
    taken = await _take(world, label="TLP:GREEN")

    assert (len(taken.published), taken.unchanged, taken.left_out) == (2, 0, 0)
    assert _titles(world, MDA) == ["Second", "First"]


async def test_without_a_label_they_are_the_nations_own(world: World) -> None:
    await _take(world)

    assert _titles(world, POL) == ["Second", "First"]
    assert _titles(world, FIN) == []


async def test_the_same_feed_again_brings_nothing(world: World) -> None:
    await _take(world)
    again = await _take(world)

    assert (again.published, again.changed, again.unchanged) == ((), (), 2)


async def test_an_entry_that_changed_is_a_further_edition(world: World) -> None:
    first = await _take(world)
    newer = msgspec.structs.replace(FEED.entries[0], text="Another rule.")
    feed = msgspec.structs.replace(FEED, entries=(newer, FEED.entries[1]))

    taken = await _take(world, feed=feed)

    assert (taken.published, taken.unchanged) == ((), 1)
    assert taken.changed == (first.published[1],)
    with world.sight() as seen:
        last = list_updates(seen.db, seen.access, POL)[0]
    assert (last.edition, last.text) == (2, "Another rule.")


async def test_what_others_took_in_decides_nothing(world: World) -> None:
    await _take(world, POL)
    theirs = await _take(world, FIN)

    assert len(theirs.published) == 2


async def test_a_reader_takes_nothing_in(world: World) -> None:
    with pytest.raises(ForbiddenError):
        await _take(world, viewer("POL", Role.READER))


async def test_a_label_above_the_clearance_is_refused(world: World) -> None:
    with pytest.raises(RuleViolationError):
        await _take(world, MDA, label="NATO SECRET // REL TO NATO")


async def test_only_the_same_words_are_nothing_new(world: World) -> None:
    taken = await _take(world)
    entry = FEED.entries[0]
    (_, name) = taken.published
    same = Publishing(
        title=f" {entry.title} ", text=entry.text, effective=world.act(POL).at.date()
    )
    other = msgspec.structs.replace(same, text="Other.")

    assert await is_said(world.bureau, POL, name, same)
    assert not await is_said(world.bureau, POL, name, other)
    with pytest.raises(ForbiddenError):
        await is_said(world.bureau, viewer("POL", Role.READER), name, same)
