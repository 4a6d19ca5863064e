"""Plans of every kind on a demo hub, for pages that tell them."""

import msgspec

from foedus.hub import Hub
from foedus.planning.commands import make
from foedus.planning.plans import Kind, Question
from tests.planning.solving import InThread

PLANNER = "duty"
"""Who may make plans of every kind."""

MEMBERS = "NATO RESTRICTED // REL TO NATO"

PERIODS = 6
"""Few, so that it is solved at once."""

MORE: dict[Kind, dict[str, object]] = {
    "surge": {"more": {"times": 2}},
    "closure": {"within": {"hours": 48}},
}
"""What is asked further, by the kind of a plan."""


async def plan(hub: Hub, kind: Kind) -> str:
    """Make a plan as the duty officer, and give where it is shown."""
    account = hub.authenticator.named(PLANNER)
    act = hub.act(account, door="test", at=hub.clock())
    horizon = {"as_of": act.at.date(), "periods": PERIODS}
    asked = {"kind": kind, "horizon": horizon, **MORE.get(kind, {})}
    question = msgspec.convert(asked, Question)
    planner = msgspec.structs.replace(hub.planner, solver=InThread())
    filed = await make(planner, account.viewer(), act, question, label=MEMBERS)
    await hub.seen([filed.position])
    return f"/plans/{filed.plan}"
