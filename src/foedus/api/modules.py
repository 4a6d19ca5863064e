"""The training catalogue, enrolment and certificates, as one may see them."""

import asyncio
from typing import Final

from foedus.api.nations import DayQuery
from foedus.api.operations import Answer, Asked, Keep, Operation, Part
from foedus.api.recording import Kind, listing, recording
from foedus.readiness.catalogue import ModuleSheet, module_sheet
from foedus.readiness.measures import ModuleLine, list_modules
from foedus.readiness.records import Completion, Enrolment, Module


async def list_all(asked: Asked) -> Answer:
    """List the modules: those of the data pack, then those that were added."""
    with asked.hub.reading.snapshot() as seen:
        found = list_modules(seen.db, seen.access, asked.viewer)
    return Answer(value=found)


async def show(asked: Asked) -> Answer:
    """Show one module, who was sent to it, and who holds certificates.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    on = asked.asks(DayQuery).as_of or asked.at.date()
    key = asked.parts["id"]

    def read() -> ModuleSheet:
        with asked.hub.reading.snapshot() as seen:
            return module_sheet(seen.db, seen.access, asked.viewer, key, on)

    return Answer(value=await asyncio.to_thread(read))


_MODULES: Final = Kind(
    content=Module, path="/api/v1/modules", one="Module", many="Modules",
    words="modules of the catalogue",
)  # fmt: skip
_MORE: Final = (
    Kind(
        content=Enrolment,
        path="/api/v1/enrolments",
        one="Enrolment",
        many="Enrolments",
        words="enrolments in modules",
    ),
    Kind(
        content=Completion,
        path="/api/v1/completions",
        one="Completion",
        many="Completions",
        words="certificates of modules",
    ),
)

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/modules",
        name="listModules",
        summary="The training catalogue: of the data pack, then what was added.",
        handler=list_all,
        gives=list[ModuleLine],
        keep=Keep.NOBODY,
    ),
    recording(_MODULES),
    Operation(
        method="GET",
        path="/api/v1/modules/{id}",
        name="showModule",
        summary="One module, who was sent to it, and who holds certificates.",
        handler=show,
        gives=ModuleSheet,
        parts={"id": Part(description="Its key in the data pack, or its id.")},
        query=DayQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    *(operation for kind in _MORE for operation in (listing(kind), recording(kind))),
)
