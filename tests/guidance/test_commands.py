"""Who may do what, and what is not there for whom."""

import asyncio

import pytest

from foedus.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    LabelError,
    NotFoundError,
)
from foedus.guidance.commands import (
    Bureau,
    Reporting,
    acknowledge,
    engage,
    publish,
    publish_edition,
    report,
    report_engagement,
)
from foedus.guidance.events import Course, EngagementReported, Progress
from foedus.releasability.viewers import Role
from tests.guidance.test_engagements import EXERCISE, VISIT
from tests.guidance.test_updates import FIRST, SECOND
from tests.guidance.world import DESK, FIN, MDA, POL, World, viewer

MET = Reporting(nation="POL", obligation="article/3", status=Progress.MET)
NO_UPDATE = "update--00000000-0000-4000-8000-000000000000"


async def test_a_reader_says_nothing(world: World) -> None:
    reader = viewer("POL", Role.READER)
    act = world.act(reader)

    for refused in (
        report(world.bureau, reader, act, MET),
        engage(world.bureau, reader, act, EXERCISE),
        publish(world.bureau, reader, act, FIRST),
    ):
        with pytest.raises(ForbiddenError):
            await refused


async def test_nobody_reports_for_another_nation(world: World) -> None:
    with pytest.raises(ForbiddenError):
        await report(world.bureau, FIN, world.act(FIN), MET)


async def test_what_is_hidden_is_answered_like_what_is_not(world: World) -> None:
    update, _ = await publish(world.bureau, POL, world.act(POL), FIRST)
    engaged, _ = await engage(world.bureau, POL, world.act(POL), EXERCISE)
    said = []
    for name, thing in ((update, engaged), (NO_UPDATE, "engagement--none")):
        told = EngagementReported(engagement=thing, status=Course.DONE)
        for refused in (
            publish_edition(world.bureau, MDA, world.act(MDA), name, SECOND),
            acknowledge(world.bureau, MDA, world.act(MDA), name, None),
            report_engagement(world.bureau, MDA, world.act(MDA), thing, told),
        ):
            with pytest.raises(NotFoundError) as refusal:
                await refused
            said.append(str(refusal.value))
    assert said[:3] == said[3:]


async def test_only_the_author_goes_on(world: World) -> None:
    update, _ = await publish(world.bureau, POL, world.act(POL), FIRST)
    thing, _ = await engage(world.bureau, POL, world.act(POL), EXERCISE)
    told = EngagementReported(engagement=thing, status=Course.DONE)

    with pytest.raises(ForbiddenError, match="only POL"):
        await publish_edition(world.bureau, FIN, world.act(FIN), update, SECOND)
    with pytest.raises(ForbiddenError, match="only POL"):
        await report_engagement(world.bureau, FIN, world.act(FIN), thing, told)


async def test_of_two_editions_at_once_one_wins(world: World) -> None:
    update, _ = await publish(world.bureau, POL, world.act(POL), FIRST)
    other = SECOND.__class__(title="Another", text="text", effective=SECOND.effective)

    outcomes = await asyncio.gather(
        *(
            publish_edition(world.bureau, POL, world.act(POL), update, sent)
            for sent in (SECOND, other)
        ),
        return_exceptions=True,
    )

    assert sorted(isinstance(each, ConflictError) for each in outcomes) == [False, True]


async def test_an_edition_is_acknowledged_once(world: World) -> None:
    update, _ = await publish(world.bureau, DESK, world.act(DESK), FIRST)

    edition, _ = await acknowledge(world.bureau, FIN, world.act(FIN), update, None)

    assert edition == 1
    with pytest.raises(ConflictError):
        await acknowledge(world.bureau, FIN, world.act(FIN), update, None)


async def test_the_ceiling_of_the_hub_holds(world: World) -> None:
    low = Bureau(log=world.log, sight=world.sight, ceiling=0)

    with pytest.raises(LabelError):
        await publish(low, POL, world.act(POL), FIRST)


async def test_what_says_nothing_is_refused(world: World) -> None:
    blank = FIRST.__class__(title=" ", text="x", effective=FIRST.effective)

    with pytest.raises(InvalidInputError, match="title: say something"):
        await publish(world.bureau, POL, world.act(POL), blank)


async def test_the_log_tells_the_label_and_the_nation(world: World) -> None:
    await publish(world.bureau, POL, world.act(POL), FIRST)
    await engage(world.bureau, POL, world.act(POL), VISIT)

    last = [each for each in world.entries() if each.kind.startswith("guidance.")]

    assert [(each.label, each.who.nation) for each in last] == [
        ("NATO RESTRICTED // REL TO NATO 2024-03-07", "POL"),
        ("NATO UNCLASSIFIED // REL TO POL", "POL"),
    ]


async def test_an_edition_is_numbered_by_the_log_where_the_views_lag(
    world: World,
) -> None:
    update, _ = await publish(world.bureau, POL, world.act(POL), FIRST)
    with world.sight():
        pass
    behind = Bureau(log=world.log, sight=world.as_it_stands, ceiling=3)
    await publish_edition(world.bureau, POL, world.act(POL), update, SECOND)
    third = SECOND.__class__(title="Third", text="x", effective=SECOND.effective)

    edition, _ = await publish_edition(behind, POL, world.act(POL), update, third)

    assert edition == 3
    with world.sight() as seen:
        assert seen.db.execute("SELECT max(edition) FROM policy_edition").get == 3
