"""Plans made by hand, for what tells of them."""

from datetime import date

from foedus.ids import NationCode
from foedus.planning.clocks import Clock
from foedus.planning.forces import Commitment, Need, Route, Situation, Unit
from foedus.planning.horizons import Horizon
from foedus.planning.plans import (
    Found,
    Inputs,
    LeftOut,
    Made,
    PlannedCommitment,
    PlannedUnit,
    Question,
)
from foedus.planning.situations import Withheld
from foedus.planning.views import PlanLine, PlanSheet
from foedus.readiness import records
from tests.api.world import NOON

ON = date(2026, 11, 23)
NEEDS = (Need(type="company", amount=2), Need(type="ship", amount=1))
SITUATION = Situation(
    periods=3,
    units=(Unit(id="u1", nation="POL", type="company", notice_h=6, base="tapa"),),
    commitments=(Commitment(id="c1", location="tapa", first=1, last=3, needs=NEEDS),),
    routes=(Route(base="tapa", location="tapa", travel_h=0),),
)
INPUTS = Inputs(
    situation=SITUATION,
    units=(
        PlannedUnit(
            unit="u1",
            name="First",
            nation=NationCode("POL"),
            type="company",
            strength=1,
            notice_h=6,
            location="Tapa",
        ),
    ),
    commitments=(
        PlannedCommitment(
            commitment="c1",
            title="Watch",
            location="Tapa",
            measure="",
            needs=(records.Need(type="company", amount=2),),
            since=ON,
            until=None,
            priority=1,
            deadline_h=None,
            clock=Clock.ON_STATION,
        ),
    ),
    left=(
        LeftOut(
            unit="u2",
            nation=NationCode("POL"),
            type="ship",
            text="Boat",
            why="no report",
        ),
    ),
    withheld=(Withheld(capability="tanker", nations=(NationCode("SWE"),)),),
    remarks=("one rotation goes for all",),
)


def sheet(found: Found) -> PlanSheet:
    line = PlanLine(
        plan="plan--1",
        author=NationCode("POL"),
        kind="drop" if found.drops else "coverage",
        as_of=ON,
        made=NOON,
        fill=0.25,
        gaps=2,
        ending="proven",
        illustrative=True,
        restricted=found.drops is not None,
        label="NATO RESTRICTED",
    )
    question = Question(horizon=Horizon(as_of=ON, periods=3))
    made = Made(
        question=question,
        digest="0",
        foedus="1",
        illustrative=True,
        inputs=INPUTS,
        found=found,
    )
    return PlanSheet(line=line, made=made)
