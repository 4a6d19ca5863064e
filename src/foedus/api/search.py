"""Search over everything that the one who asks may know."""

import asyncio
from typing import Annotated, Final

import msgspec

from foedus.api.operations import Answer, Asked, Closed, Keep, Operation
from foedus.processes.searching import Hit, Kind, search

SOUGHT_MAX: Final = 200
"""Characters of what is looked for."""

HITS_MAX: Final = 100
"""Things that one search gives."""

HITS: Final = 20
"""Things that are given where nobody says how many."""


class Sought(Closed, frozen=True, kw_only=True):
    """What is looked for.

    Attributes:
        q: a name, a value, or words; values made harmless are read as they are meant.
        kind: only things of this kind.
        limit: how many, the best first.
    """

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=SOUGHT_MAX)]
    kind: Kind | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=HITS_MAX)] = HITS


async def show_hits(asked: Asked) -> Answer:
    """Search as the one who asks; the best match first."""
    sought = asked.asks(Sought)

    def read() -> list[Hit]:
        with asked.hub.reading.snapshot() as seen:
            found = search(
                seen,
                asked.viewer,
                sought.q,
                kind=sought.kind or "",
                limit=sought.limit,
            )
            return [each.hit for each in found]

    return Answer(value=await asyncio.to_thread(read))


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/search",
        name="search",
        summary="Search objects, decisions, updates and all that one may know.",
        handler=show_hits,
        gives=list[Hit],
        query=Sought,
        keep=Keep.NOBODY,
    ),
)
