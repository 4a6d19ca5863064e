"""Units, reports, commitments, routes, standards and tests, as one may see them."""

import asyncio
from typing import Final, Literal

import msgspec

from foedus.api.operations import Answer, Asked, Closed, Door, Keep, Operation
from foedus.api.recording import Kind, changing, listing, recording, showing
from foedus.readiness.files import BYTES_MAX
from foedus.readiness.intake import take_in
from foedus.readiness.records import (
    Adoption,
    Commitment,
    PairTest,
    Report,
    Route,
    Unit,
)
from foedus.readiness.rules import check_speaks
from foedus.readiness.tables import read_commitments, read_routes, read_units


class ImportQuery(Closed, frozen=True, kw_only=True):
    """What a table holds.

    Attributes:
        of: units with the last report on each, commitments, or routes between places.
    """

    of: Literal["units", "commitments", "routes"] = "units"


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a table.

    Attributes:
        recorded: the ids of what was recorded, in its order.
        unchanged: how many records were as they stand, and were left.
        remarks: what its author is to know, each once.
    """

    recorded: tuple[str, ...]
    unchanged: int
    remarks: tuple[str, ...]


async def take_table(asked: Asked) -> Answer:
    """Take in a table of JSON, all rows or none.

    Raises:
        ForbiddenError: the one who asks does not speak for a nation of it.
        NotFoundError: what a row names is not there for the one who asks.
        InvalidInputError: rows cannot be read; the detail names them.
        LabelError: a label is none.
        RuleViolationError: a label is above the clearance.
        ConflictError: somebody was faster with an edition.
    """
    read = _READERS[asked.asks(ImportQuery).of]
    document = bytes(asked.sends(msgspec.Raw))
    sent = await asyncio.to_thread(read, document, "json")
    taken = await take_in(asked.hub.register, asked.viewer, asked.act, sent)
    await asked.hub.seen([each.position for each in taken.recorded])
    imported = Imported(
        recorded=tuple(each.record for each in taken.recorded),
        unchanged=taken.unchanged,
        remarks=taken.remarks,
    )
    return Answer(value=imported)


_READERS: Final = {
    "units": read_units,
    "commitments": read_commitments,
    "routes": read_routes,
}

_UNITS: Final = Kind(
    content=Unit, path="/api/v1/units", one="Unit", many="Units", words="units"
)
_COMMITMENTS: Final = Kind(
    content=Commitment,
    path="/api/v1/commitments",
    one="Commitment",
    many="Commitments",
    words="commitments",
)
_ROUTES: Final = Kind(
    content=Route,
    path="/api/v1/routes",
    one="Route",
    many="Routes",
    words="routes between places",
)
_MORE: Final = (
    Kind(
        content=Report,
        path="/api/v1/unit-reports",
        one="UnitReport",
        many="UnitReports",
        words="reports on units",
    ),
    Kind(
        content=Adoption,
        path="/api/v1/adoptions",
        one="Adoption",
        many="Adoptions",
        words="standards that nations apply",
    ),
    Kind(
        content=PairTest,
        path="/api/v1/pair-tests",
        one="PairTest",
        many="PairTests",
        words="tests between two nations",
    ),
)

OPERATIONS: Final = (
    listing(_UNITS),
    recording(_UNITS),
    Operation(
        method="POST",
        path="/api/v1/unit-imports",
        name="importUnits",
        summary="Take in a table of units, commitments or routes, all rows or none.",
        handler=take_table,
        gives=Imported,
        query=ImportQuery,
        body=msgspec.Raw,
        body_bytes_max=BYTES_MAX,
        may=check_speaks,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
    showing(_UNITS),
    *changing(_UNITS),
    *(
        operation
        for kind in (_COMMITMENTS, _ROUTES)
        for operation in (
            listing(kind),
            recording(kind),
            showing(kind),
            *changing(kind),
        )
    ),
    *(operation for kind in _MORE for operation in (listing(kind), recording(kind))),
)
