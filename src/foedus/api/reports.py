"""The report after a run, as one may know it: JSON, a page, paper."""

import asyncio
from collections.abc import Callable
from typing import Final

from foedus.api.operations import Answer, Asked, Keep, Operation, Part
from foedus.api.protocols import UUID
from foedus.response.report import Report, as_json, make

HTML: Final = "text/html; charset=utf-8"
PDF: Final = "application/pdf"


async def show_json(asked: Asked) -> Answer:
    """Give the report as JSON.

    Raises:
        NotFoundError: there is no such run, or not for the one who asks.
    """
    return Answer(value=await asyncio.to_thread(_made, asked, as_json))


async def show_html(asked: Asked) -> Answer:
    """Give the report as a page.

    Raises:
        NotFoundError: there is no such run, or not for the one who asks.
    """
    return Answer(value=await asyncio.to_thread(_made, asked, _html))


async def show_pdf(asked: Asked) -> Answer:
    """Give the report as PDF.

    Raises:
        NotFoundError: there is no such run, or not for the one who asks.
    """
    return Answer(value=await asyncio.to_thread(_made, asked, _pdf))


def _made(asked: Asked, write: Callable[[Report], bytes]) -> bytes:
    with asked.hub.reading.snapshot() as seen:
        report = make(seen, asked.viewer, asked.parts["id"])
    return write(report)


def _html(report: Report) -> bytes:
    from foedus.response.report_html import as_html  # noqa: PLC0415 - rarely asked for

    return as_html(report)


def _pdf(report: Report) -> bytes:
    from foedus.response.report_pdf import as_pdf  # noqa: PLC0415 - takes its time

    return as_pdf(report)


_PARTS: Final = {"id": Part(description="The run's id.", pattern=f"^run--{UUID}$")}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/runs/{id}/report",
        name="showReport",
        summary="What happened in a run and what it teaches, as one may know it.",
        handler=show_json,
        gives=Report,
        parts=_PARTS,
        keep=Keep.CLIENT,
        errors=(404,),
    ),
    Operation(
        method="GET",
        path="/api/v1/runs/{id}/report.html",
        name="showReportPage",
        summary="The same report as one page with plots.",
        handler=show_html,
        gives=str,
        media=HTML,
        parts=_PARTS,
        keep=Keep.CLIENT,
        errors=(404,),
    ),
    Operation(
        method="GET",
        path="/api/v1/runs/{id}/report.pdf",
        name="showReportPaper",
        summary="The same report on paper.",
        handler=show_pdf,
        gives=str,
        media=PDF,
        parts=_PARTS,
        keep=Keep.CLIENT,
        errors=(404,),
    ),
)
