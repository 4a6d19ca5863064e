"""Measures, and how they are rated, as the one who asks may see it."""

import asyncio
from typing import Final

from foedus.alliance.sheets import named_nation
from foedus.api.nations import DayQuery
from foedus.api.operations import Answer, Asked, Keep, Operation, Part
from foedus.api.recording import Kind, listing, recording
from foedus.readiness.comparing import Comparison, MeasureSheet, compare, measure_sheet
from foedus.readiness.measures import MeasureLine, list_measures
from foedus.readiness.records import Measure, Requirement
from foedus.readiness.reports import NationReport, nation_report


async def list_all(asked: Asked) -> Answer:
    """List the measures: those of the data pack, then those that were declared."""
    with asked.hub.reading.snapshot() as seen:
        found = list_measures(seen.db, seen.access, asked.viewer)
    return Answer(value=found)


async def comparison(asked: Asked) -> Answer:
    """Compare the measures by capability, readiness and interoperability."""
    on = asked.asks(DayQuery).as_of or asked.at.date()

    def read() -> Comparison:
        with asked.hub.reading.snapshot() as seen:
            return compare(seen.db, seen.access, asked.viewer, on)

    return Answer(value=await asyncio.to_thread(read))


async def show(asked: Asked) -> Answer:
    """Show how one measure is rated, each word with its derivation.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    on = asked.asks(DayQuery).as_of or asked.at.date()

    def read() -> MeasureSheet:
        with asked.hub.reading.snapshot() as seen:
            name = asked.parts["id"]
            return measure_sheet(seen.db, seen.access, asked.viewer, name, on)

    return Answer(value=await asyncio.to_thread(read))


async def report_nation(asked: Asked) -> Answer:
    """Report what a nation contributes, and how ready it is known to be.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    on = asked.asks(DayQuery).as_of or asked.at.date()

    def read() -> NationReport:
        with asked.hub.reading.snapshot() as seen:
            nation = named_nation(seen.access.alliance, asked.parts["code"])
            return nation_report(seen.db, seen.access, asked.viewer, nation, on)

    return Answer(value=await asyncio.to_thread(read))


_MEASURES: Final = Kind(
    content=Measure,
    path="/api/v1/measures",
    one="Measure",
    many="Measures",
    words="measures",
)
_REQUIREMENTS: Final = Kind(
    content=Requirement,
    path="/api/v1/requirements",
    one="Requirement",
    many="Requirements",
    words="requirements of measures",
)

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/measures",
        name="listMeasures",
        summary="The measures: those of the data pack, then those declared.",
        handler=list_all,
        gives=list[MeasureLine],
        keep=Keep.NOBODY,
    ),
    recording(_MEASURES),
    Operation(
        method="GET",
        path="/api/v1/measures/comparison",
        name="compareMeasures",
        summary="Measures by capability, readiness and interoperability, on a day.",
        handler=comparison,
        gives=Comparison,
        query=DayQuery,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="GET",
        path="/api/v1/measures/{id}",
        name="showMeasure",
        summary="How one measure is rated, each word with its derivation.",
        handler=show,
        gives=MeasureSheet,
        parts={"id": Part(description="Its key in the data pack, id or name.")},
        query=DayQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    listing(_REQUIREMENTS),
    recording(_REQUIREMENTS),
    Operation(
        method="GET",
        path="/api/v1/nations/{code}/readiness",
        name="reportReadiness",
        summary="What a nation contributes, and how ready it is known to be.",
        handler=report_nation,
        gives=NationReport,
        parts={"code": Part(description="Its code, name or alias, in any case.")},
        query=DayQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
)
