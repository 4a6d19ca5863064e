"""What changes if a nation joins or deepens its ties, as one may know it."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Annotated, Final

import msgspec

from foedus.api.operations import Answer, Asked, Closed, Keep, Operation, Part
from foedus.api.reports import HTML, PDF
from foedus.planning.assessing import assess
from foedus.planning.cases import Asked as Question
from foedus.planning.dossier import Dossier, as_json
from foedus.planning.dossier_words import document_of

Words = Annotated[str, msgspec.Meta(max_length=200)]


class AssessmentQuery(Closed, frozen=True, kw_only=True):
    """What a nation would become, and when.

    Attributes:
        to: a status, or a framework by its id, its name or a word of the glossary.
        as_of: as of which day; today by default.
        together: further candidates by code, parted by commas.
    """

    to: Words
    as_of: date | None = None
    together: Words = msgspec.field(name="with", default="")


async def show_json(asked: Asked) -> Answer:
    """Give the dossier as JSON.

    Raises:
        NotFoundError: the alliance knows no such nation.
        InvalidInputError: there is no such status or framework.
        RuleViolationError: the nation has it already, or cannot.
    """
    return await _made(asked, as_json)


async def show_html(asked: Asked) -> Answer:
    """Give the dossier as a page; raises as `show_json`."""
    return await _made(asked, _html)


async def show_pdf(asked: Asked) -> Answer:
    """Give the dossier on paper; raises as `show_json`."""
    return await _made(asked, _pdf)


async def _made(asked: Asked, write: Callable[[Dossier], bytes]) -> Answer:
    query = asked.asks(AssessmentQuery)
    question = Question(
        nation=asked.parts["code"],
        to=query.to,
        on=query.as_of or asked.at.date(),
        together=tuple(filter(None, query.together.split(","))),
    )
    found = await assess(asked.hub, asked.viewer, question)
    return Answer(value=await asyncio.to_thread(write, found.dossier))


def _html(found: Dossier) -> bytes:
    from foedus.paper.html import as_html  # noqa: PLC0415 - rarely asked for

    return as_html(document_of(found))


def _pdf(found: Dossier) -> bytes:
    from foedus.paper.pdf import as_pdf  # noqa: PLC0415 - takes its time

    return as_pdf(document_of(found))


_PARTS: Final = {"code": Part(description="Its code, name or alias, in any case.")}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/nations/{code}/assessment",
        name="assessNation",
        summary="What changes if a nation becomes something, as one may know it.",
        handler=show_json,
        gives=Dossier,
        parts=_PARTS,
        query=AssessmentQuery,
        keep=Keep.NOBODY,
        errors=(404, 422, 429),
        while_there=True,
    ),
    Operation(
        method="GET",
        path="/api/v1/nations/{code}/assessment.html",
        name="assessNationPage",
        summary="The same as one page with plots.",
        handler=show_html,
        gives=str,
        media=HTML,
        parts=_PARTS,
        query=AssessmentQuery,
        keep=Keep.NOBODY,
        errors=(404, 422, 429),
        while_there=True,
    ),
    Operation(
        method="GET",
        path="/api/v1/nations/{code}/assessment.pdf",
        name="assessNationPaper",
        summary="The same on paper.",
        handler=show_pdf,
        gives=str,
        media=PDF,
        parts=_PARTS,
        query=AssessmentQuery,
        keep=Keep.NOBODY,
        errors=(404, 422, 429),
        while_there=True,
    ),
)
