"""What nations owe, and what was reported of it, as the one who asks may read it."""

from datetime import date
from typing import Annotated, Final

import msgspec

from foedus.alliance.sheets import named_nation
from foedus.api.nations import DayQuery
from foedus.api.operations import (
    Answer,
    Asked,
    Closed,
    Door,
    Keep,
    Operation,
    Part,
)
from foedus.guidance.commands import Reporting, report
from foedus.guidance.events import Progress
from foedus.guidance.obligations import Checklist, checklist
from foedus.guidance.rules import WORDS_MAX

KEY_MAX = 100
"""Characters of an obligation's key."""

LABEL_MAX = 4_096
"""Characters of a label, as elsewhere."""

Words = Annotated[str, msgspec.Meta(max_length=WORDS_MAX)]
LabelWords = Annotated[str, msgspec.Meta(max_length=LABEL_MAX)]


class NewReport(Closed, frozen=True, kw_only=True):
    """How an obligation is met.

    Attributes:
        obligation: its key, from the checklist.
        due: when it is to be met.
        owner: the office that sees to it; no person's name.
        evidence: what shows it, in words or as a reference.
        label: who may see the report; empty for the nation and its author alone.
    """

    obligation: Annotated[str, msgspec.Meta(min_length=1, max_length=KEY_MAX)]
    status: Progress
    due: date | None = None
    owner: Words = ""
    evidence: Words = ""
    label: LabelWords = ""


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """A report that has been made."""

    report: str


async def list_obligations(asked: Asked) -> Answer:
    """List what a nation owes on a day, with the last report that one may read.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    on = asked.asks(DayQuery).as_of or asked.at.date()
    with asked.hub.reading.snapshot() as seen:
        nation = named_nation(seen.access.alliance, asked.parts["code"])
        found = checklist(seen.db, seen.access, asked.viewer, nation, on)
    return Answer(value=found)


async def report_obligation(asked: Asked) -> Answer:
    """Report how a nation meets an obligation.

    Raises:
        ForbiddenError: the one who asks does not speak for the nation.
        NotFoundError: there is no such nation, or it owes no such thing.
        InvalidInputError: a day cannot be meant.
        LabelError: the label is none.
        RuleViolationError: the label is above the clearance.
    """
    sent = asked.sends(NewReport)
    made, position = await report(
        asked.hub.bureau,
        asked.viewer,
        asked.act,
        Reporting(
            nation=asked.parts["code"],
            obligation=sent.obligation,
            status=sent.status,
            due=sent.due,
            owner=sent.owner,
            evidence=sent.evidence,
            label=sent.label,
        ),
    )
    await asked.hub.seen([position])
    return Answer(value=Reported(report=made))


_PART: Final = {"code": Part(description="Its code, name or alias, in any case.")}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/nations/{code}/obligations",
        name="listObligations",
        summary="What a nation owes on a day, with the last report one may read.",
        handler=list_obligations,
        gives=Checklist,
        parts=_PART,
        query=DayQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/nations/{code}/obligations",
        name="reportObligation",
        summary="Report how an obligation is met; for the nation or the secretariat.",
        handler=report_obligation,
        gives=Reported,
        status=201,
        parts=_PART,
        body=NewReport,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 422),
    ),
)
