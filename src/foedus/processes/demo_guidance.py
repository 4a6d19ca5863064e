"""What the demo's nations lay down and do together: made up, and marked as such.

Moldova sees an update and two engagements fewer than members do; each nation finds
something to acknowledge.
"""

from datetime import date, timedelta
from typing import Final

import structlog

from foedus.errors import FoedusError
from foedus.guidance.commands import (
    Bureau,
    Engaging,
    Publishing,
    acknowledge,
    engage,
    publish,
    publish_edition,
    report_engagement,
)
from foedus.guidance.events import Course, EngagementReported
from foedus.ids import NationCode, Position
from foedus.processes.demo_stage import NORWAY, STAFF, SWEDEN, Stage, player

TOLD: Final = "demo.guidance"
"""The setting that is there once it is told."""

MARK: Final = "ILLUSTRATIVE: "
"""Begins every title, so that nobody takes it for what an alliance laid down."""

MEMBERS: Final = "NATO UNCLASSIFIED // REL TO NATO"
EVERYBODY: Final = "NATO UNCLASSIFIED // PUBLIC"
PARTNERS: Final = "TLP:GREEN"

_RULES: Final = (
    "Nations tell the coordination centre of a significant incident within {hours}.\n"
    "The report names the service that is affected, and since when.\n"
    "The centre confirms each report, and tells the nations concerned.\n"
    "{last}"
)

_log = structlog.get_logger(__name__)


async def lay_down(stage: Stage) -> None:
    """Publish the updates and record the engagements of the demo, once."""
    if stage.store.setting(TOLD) is not None:
        return
    stage.store.set_setting(TOLD, "1")
    bureau = Bureau(log=stage.log, sight=stage.reading.snapshot)
    today = stage.clock().date()
    try:
        await _updates(stage, bureau, today)
        for nation, sent, outcome in _engagements(today):
            await _engage(stage, bureau, nation, sent, outcome)
    except FoedusError as error:
        # The accounts of an older demo speak for nobody; its pages stay as they are.
        _log.warning("demo_guidance_skipped", slug=error.slug)


async def _updates(stage: Stage, bureau: Bureau, today: date) -> None:
    title = f"{MARK}How incidents are told"
    text = _RULES.format(hours="72 hours", last="Reports are kept for five years.")
    first = Publishing(
        title=title, text=text, effective=today - timedelta(days=200), label=PARTNERS
    )
    name = await _publish(stage, bureau, first)
    account, act = player(stage, SWEDEN)
    _, position = await acknowledge(bureau, account.viewer(), act, name, 1)
    await _settle(stage, position)
    text = _RULES.format(hours="24 hours", last="Reports are shared with partners.")
    newer = Publishing(title=title, text=text, effective=today + timedelta(days=30))
    account, act = player(stage, STAFF)
    viewer = account.viewer()
    _, position = await publish_edition(bureau, viewer, act, name, newer)
    await _settle(stage, position)
    await _publish(
        stage,
        bureau,
        Publishing(
            title=f"{MARK}Watch officers and their deputies",
            text="Each member names a watch officer and a deputy.\n"
            "Their names are kept by the nation, their telephone by the centre.",
            effective=today - timedelta(days=20),
            label=MEMBERS,
        ),
    )


async def _publish(stage: Stage, bureau: Bureau, sent: Publishing) -> str:
    account, act = player(stage, STAFF)
    name, position = await publish(bureau, account.viewer(), act, sent)
    await _settle(stage, position)
    return name


def _engagements(
    today: date,
) -> tuple[tuple[NationCode, Engaging, str], ...]:
    """Give what is done together: who records it, what it is, what came of it."""
    harbours = Engaging(
        kind="exercise",
        title=f"{MARK}Harbours under attack",
        purpose="To keep harbours and energy running through an attack.",
        since=today - timedelta(days=3),
        until=today + timedelta(days=6),
        participants=("NOR", "SWE", "FIN"),
        regions=("high_north", "baltic_sea"),
        status=Course.RUNNING,
        label=MEMBERS,
    )
    officers = Engaging(
        kind="exchange",
        title=f"{MARK}Officers of two centres change places",
        purpose="Officers of two centres stand each other's watch for a week.",
        since=today + timedelta(days=20),
        until=today + timedelta(days=27),
        participants=("SWE", "POL"),
        regions=("baltic_sea",),
        label=MEMBERS,
    )
    team = Engaging(
        kind="project",
        title=f"{MARK}A national response team for Moldova",
        purpose="To build a team that answers incidents day and night.",
        since=today - timedelta(days=400),
        participants=("MDA", "NOR", "SWE"),
        regions=("black_sea",),
        status=Course.RUNNING,
        label=EVERYBODY,
    )
    visit = Engaging(
        kind="visit",
        title=f"{MARK}Visit of the coordination centre",
        purpose="To see how warnings reach the capital.",
        since=today - timedelta(days=60),
        until=today - timedelta(days=58),
        participants=("MDA",),
        regions=("black_sea",),
        label=EVERYBODY,
    )
    came = "The capital now follows the feeds that it may see."
    return (
        (NORWAY, harbours, ""),
        (SWEDEN, officers, ""),
        (STAFF, team, ""),
        (STAFF, visit, came),
    )


async def _engage(
    stage: Stage, bureau: Bureau, nation: NationCode, sent: Engaging, outcome: str
) -> None:
    account, act = player(stage, nation)
    name, position = await engage(bureau, account.viewer(), act, sent)
    if outcome:
        await _settle(stage, position)
        told = EngagementReported(engagement=name, status=Course.DONE, outcome=outcome)
        viewer = account.viewer()
        position = await report_engagement(bureau, viewer, act, name, told)
    await _settle(stage, position)


async def _settle(stage: Stage, position: Position) -> None:
    await stage.projector.wait(position)
