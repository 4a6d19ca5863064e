"""Plans: who covers what, what is missing, what if; kept with all that went in."""

import asyncio
from datetime import date
from typing import Final

from foedus.api.obligations import LabelWords
from foedus.api.operations import (
    Answer,
    Asked,
    Closed,
    Door,
    Keep,
    Operation,
    PageQuery,
    Part,
)
from foedus.planning.commands import Again, make, make_again
from foedus.planning.forces import Rotation
from foedus.planning.horizons import PERIOD_H, PERIODS, Horizon
from foedus.planning.plans import Kind, Question, Within
from foedus.planning.situation_surges import More
from foedus.planning.views import PlanLine, PlanSheet, find_plan, list_plans
from foedus.readiness.records import Nations


class NewPlan(Closed, frozen=True, kw_only=True):
    """A plan that is to be made.

    Attributes:
        kind: who covers what, what if a nation drops out, what if more is asked for.
        as_of: the day on which it begins; today by default.
        period_h: hours of a period.
        rotation: how long tours are, in periods; null for what the units state.
        nations: which ones drop out, one at a time; all that have units, if empty.
        more: what a surge asks for on top.
        within: in how many hours units are to be there, in a test of closure.
        label: who may see it; one's own nation alone by default, and never more than
            may see all that goes in.
    """

    kind: Kind = "coverage"
    as_of: date | None = None
    periods: int = PERIODS
    period_h: float = PERIOD_H
    rotation: Rotation | None = None
    nations: Nations = ()
    more: More | None = None
    within: Within | None = None
    label: LabelWords = ""


async def list_all(asked: Asked) -> Answer:
    """List the plans that one may see, the last made first."""
    query = asked.asks(PageQuery)
    with asked.hub.reading.snapshot() as seen:
        found = list_plans(
            seen.db,
            seen.access,
            asked.viewer,
            after=query.after or None,
            limit=query.limit + 1,
        )
    shown = found[: query.limit]
    after = shown[-1].plan if len(found) > len(shown) else ""
    return Answer(value=shown, after=after)


async def make_one(asked: Asked) -> Answer:
    """Make a plan; solved in a process of its own, up to some minutes.

    Raises:
        ForbiddenError: the one who asks does not plan.
        NotFoundError: a nation or a measure is not there for the one who asks.
        InvalidInputError: the question cannot be meant.
        LabelError: the label is none.
        RuleViolationError: the label is above the clearance.
        RateLimitedError: too many plans of the nation wait already.
        UnavailableError: solving takes longer than it may.
    """
    sent = asked.sends(NewPlan)
    question = Question(
        kind=sent.kind,
        horizon=Horizon(
            as_of=sent.as_of or asked.at.date(),
            periods=sent.periods,
            period_h=sent.period_h,
            rotation=sent.rotation,
        ),
        nations=sent.nations,
        more=sent.more,
        within=sent.within,
    )
    hub = asked.hub
    filed = await make(hub.planner, asked.viewer, asked.act, question, label=sent.label)
    await hub.seen([filed.position])
    sheet = await asyncio.to_thread(_sheet, asked, filed.plan)
    return Answer(value=sheet, location=f"{asked.path}/{filed.plan}")


async def show(asked: Asked) -> Answer:
    """Show one plan, with all that went in and came out.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    return Answer(value=await asyncio.to_thread(_sheet, asked, asked.parts["id"]))


async def repeat(asked: Asked) -> Answer:
    """Make a plan again from its own inputs, and say whether the same comes out.

    Raises:
        ForbiddenError: the one who asks does not plan.
        NotFoundError: there is none, or not for the one who asks.
        RateLimitedError: too many plans of the nation wait already.
        UnavailableError: solving takes longer than it may.
    """
    again = await make_again(asked.hub.planner, asked.viewer, asked.parts["id"])
    return Answer(value=again)


def _sheet(asked: Asked, plan: str) -> PlanSheet:
    with asked.hub.reading.snapshot() as seen:
        return find_plan(seen.db, seen.access, asked.viewer, plan)


_UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PARTS: Final = {"id": Part(description="The plan's id.", pattern=f"^plan--{_UUID}$")}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/plans",
        name="listPlans",
        summary="The plans that one may see, the last made first.",
        handler=list_all,
        gives=list[PlanLine],
        query=PageQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/plans",
        name="makePlan",
        summary="Make a plan of what one may see, and keep it.",
        handler=make_one,
        gives=PlanSheet,
        status=201,
        body=NewPlan,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 422, 429, 503),
        while_there=True,
    ),
    Operation(
        method="GET",
        path="/api/v1/plans/{id}",
        name="showPlan",
        summary="One plan, with all that went in and came out.",
        handler=show,
        gives=PlanSheet,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/plans/{id}/again",
        name="makePlanAgain",
        summary="Make a plan again from its inputs; say whether the same comes out.",
        handler=repeat,
        gives=Again,
        parts=_PARTS,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 429, 503),
        while_there=True,
    ),
)
