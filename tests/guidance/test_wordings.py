"""What updates and engagements are found by, as they stand, however many there are."""

from foedus.eventlog.envelope import Append, Redacted
from foedus.guidance.commands import (
    Publishing,
    engage,
    publish,
    publish_edition,
    report_engagement,
)
from foedus.guidance.engagements import search_engagements
from foedus.guidance.events import Course, EngagementReported
from foedus.guidance.updates import search_updates
from foedus.ids import new_event_id
from foedus.releasability.viewers import Viewer
from foedus.stix.wording import query_of
from tests.guidance.test_engagements import EXERCISE
from tests.guidance.world import FIN, MDA, POL, TODAY, World

MEMBERS = "NATO UNCLASSIFIED // REL TO NATO"


def update(text: str, label: str = MEMBERS) -> Publishing:
    return Publishing(title="Reporting", text=text, effective=TODAY, label=label)


def updates(world: World, who: Viewer, text: str) -> list[str]:
    with world.sight() as seen:
        found = search_updates(seen.db, seen.access, who, query_of(text))
    return [each.update for each in found]


def engagements(world: World, who: Viewer, text: str) -> list[str]:
    with world.sight() as seen:
        found = search_engagements(seen.db, seen.access, who, query_of(text))
    return [each.engagement for each in found]


async def test_an_update_is_found_by_its_last_edition_and_by_who_may_see_it(
    world: World,
) -> None:
    name, _ = await publish(world.bureau, POL, world.act(POL), update("By kite."))
    assert updates(world, FIN, "kite") == [name]
    assert updates(world, MDA, "kite") == []

    newer = update("By lantern.", label="")
    await publish_edition(world.bureau, POL, world.act(POL), name, newer)

    assert updates(world, FIN, "kite") == []
    assert updates(world, FIN, "lantern") == [name]


async def test_an_engagement_is_found_by_what_came_of_it(world: World) -> None:
    name, _ = await engage(world.bureau, POL, world.act(POL), EXERCISE)
    told = EngagementReported(engagement=name, status=Course.DONE, outcome="A kite.")
    await report_engagement(world.bureau, POL, world.act(POL), name, told)
    assert engagements(world, POL, "kite") == [name]


async def test_of_an_edition_that_was_erased_no_word_is_left(world: World) -> None:
    name, _ = await publish(world.bureau, POL, world.act(POL), update("By kite."))
    newer = update("By lantern.", label="")
    await publish_edition(world.bureau, POL, world.act(POL), name, newer)
    thing, _ = await engage(world.bureau, POL, world.act(POL), EXERCISE)
    for entry in world.entries()[-2:]:
        await world.log.append(
            Append(
                event_id=new_event_id(entry.position),
                stream=f"log/redactions/{entry.position}",
                event=Redacted(position=entry.position),
                who=entry.who,
            )
        )
    assert updates(world, POL, "lantern") == []
    assert updates(world, POL, "kite") == [name]
    assert engagements(world, POL, thing) == []
