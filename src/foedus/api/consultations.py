"""Consultations: asked for, joined, held and closed."""

import asyncio
from typing import Final

import msgspec

from foedus.api.operations import (
    PAGE_SIZE_MAX,
    Answer,
    Asked,
    Closed,
    Door,
    Keep,
    Operation,
    Part,
)
from foedus.decisions import commands, reading
from foedus.decisions.consultation_sheets import (
    ConsultationLine,
    ConsultationSheet,
    consultation_line,
    consultation_sheet,
)
from foedus.decisions.consultations import Asking
from foedus.decisions.consulting import AnyAnswer
from foedus.errors import NotFoundError

ID: Final = "^consultation--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of a consultation is written."""


class Consultations(msgspec.Struct, frozen=True, kw_only=True):
    """Consultations: open ones first, the newest of each first."""

    consultations: list[ConsultationLine]


class ConsultationAct(Closed, frozen=True, kw_only=True):
    """What is done to a consultation."""

    move: AnyAnswer


async def list_consultations(asked: Asked) -> Answer:
    """List the consultations that one may know of: open ones, then the newest."""
    with asked.hub.reading.snapshot() as seen:
        found = reading.list_consultations(
            seen.db, seen.access, asked.viewer, limit=PAGE_SIZE_MAX
        )
        lines = [consultation_line(each, seen.access) for each in found]
    return Answer(value=Consultations(consultations=lines))


async def ask_for_consultation(asked: Asked) -> Answer:
    """Ask the nations to consult; any one of them may.

    Raises:
        ForbiddenError: the one who asks speaks for none of the nations asked.
        InvalidInputError: a nation is unknown, or nothing is said.
        LabelError: the label is none.
        RuleViolationError: the label is above the clearance, or does not reach a
            nation that is asked.
    """
    asking = asked.sends(Asking)
    floor = await asyncio.to_thread(asked.hub.floor)
    name, position = await commands.consult(floor, asked.viewer, asked.act, asking)
    await asked.hub.seen([position])
    return Answer(value=_sheet(asked, name), location=f"{asked.path}/{name}")


async def show_consultation(asked: Asked) -> Answer:
    """Show one consultation.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    return Answer(value=_sheet(asked, asked.parts["id"]))


async def act_on_consultation(asked: Asked) -> Answer:
    """Join, hold or close a consultation.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks may not.
        RuleViolationError: it is closed.
        ConflictError: others were faster, again and again.
    """
    name = asked.parts["id"]
    floor = await asyncio.to_thread(asked.hub.floor)
    position = await commands.act_on_consultation(
        floor, asked.viewer, asked.act, name, asked.sends(ConsultationAct).move
    )
    await asked.hub.seen([position])
    return Answer(value=_sheet(asked, name))


def _sheet(asked: Asked, name: str) -> ConsultationSheet:
    with asked.hub.reading.snapshot() as seen:
        found = reading.find_consultation(seen.db, seen.access, asked.viewer, name)
        if found is None:
            raise NotFoundError(f"no consultation {name}; list the consultations")
        return consultation_sheet(found, asked.viewer, seen.access)


_PARTS: Final = {"id": Part(description="The consultation's id.", pattern=ID)}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/consultations",
        name="listConsultations",
        summary="The consultations that one may know of: open ones, then the newest.",
        handler=list_consultations,
        gives=Consultations,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="POST",
        path="/api/v1/consultations",
        name="askForConsultation",
        summary="Ask the nations to consult; any one of them may.",
        handler=ask_for_consultation,
        gives=ConsultationSheet,
        status=201,
        body=Asking,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/consultations/{id}",
        name="showConsultation",
        summary="One consultation, as far as one may know it.",
        handler=show_consultation,
        gives=ConsultationSheet,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/consultations/{id}/acts",
        name="actOnConsultation",
        summary="Join, hold or close a consultation.",
        handler=act_on_consultation,
        gives=ConsultationSheet,
        parts=_PARTS,
        body=ConsultationAct,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
)
