"""What can happen in planning: a plan is made."""

import msgspec

from foedus.eventlog.envelope import Event
from foedus.ids import NationCode, Position
from foedus.planning.plans import Made


class PlanMade(Event, frozen=True, kw_only=True, tag="planning.plan-made"):
    """A plan was made.

    Attributes:
        plan: its id.
        author: the nation that made it, or the alliance's own body.
        inputs_at: how far the views had come that it was made from; shown to nobody.
        label: at least as high as those of all that went in.
    """

    plan: str
    author: NationCode
    inputs_at: Position
    made: Made
    label: msgspec.Raw


PlanningEvent = PlanMade
"""Everything that can happen here."""


def plan_stream(plan: str) -> str:
    """Name the history of a plan."""
    return f"plans/{plan}"
