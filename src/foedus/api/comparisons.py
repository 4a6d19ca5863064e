"""Composite indicators, comparisons, rankings: a table in, an order with doubts out.

The bodies are the files that `foedus share index`, `compare` and `rank` read, and the
answers are what they print with `--json`. Nothing is stored, and nothing of the hub
is read.
"""

import asyncio
from typing import Final

import msgspec

from foedus.api.operations import Answer, Asked, Keep, Operation
from foedus.planning.asks import AskIndex
from foedus.planning.comparison_sheets import ComparisonSheet
from foedus.planning.index_sheets import IndexSheet
from foedus.planning.ranking_sheets import RankingSheet
from foedus.planning.sharing_tables import is_moment_of_index

TABLE_BYTES_MAX: Final = 1 << 20
"""Bytes of a table: as many as the command line reads."""


async def make_index(asked: Asked) -> Answer:
    """Make a composite indicator, and say what it is worth.

    Raises:
        InvalidInputError: the body is no such table; the detail names the key.
        TooLargeError: it has too many alternatives, indicators or weights.
        RateLimitedError: too much of the nation waits already.
    """
    table = asked.sends(msgspec.Raw)
    if is_moment_of_index(bytes(table)):
        return Answer(value=await asyncio.to_thread(_made, table))
    ask, nation = AskIndex(table=bytes(table)), asked.viewer.nation
    return Answer(value=await asked.hub.workers.run(ask, IndexSheet, nation=nation))


async def compare_alternatives(asked: Asked) -> Answer:
    """Compare alternatives by several methods.

    Raises:
        InvalidInputError: the body is no such table; the detail names the key.
        TooLargeError: it has too many alternatives, criteria or judgements.
    """
    return Answer(value=await asyncio.to_thread(_compared, asked.sends(msgspec.Raw)))


async def rank_many(asked: Asked) -> Answer:
    """Make one order of many, or hold lists against each other.

    Raises:
        InvalidInputError: the body is no such table; the detail names it.
        TooLargeError: it has too many tables, names or votes.
    """
    return Answer(value=await asyncio.to_thread(_ranked, asked.sends(msgspec.Raw)))


def _made(table: msgspec.Raw) -> IndexSheet:
    # What these import is as large as half the hub, and most hubs are never asked.
    from foedus.planning.index_tables import read_index  # noqa: PLC0415
    from foedus.planning.indices import make  # noqa: PLC0415

    return make(read_index(bytes(table)))


def _compared(table: msgspec.Raw) -> ComparisonSheet:
    # As above.
    from foedus.planning.comparison_tables import read_comparison  # noqa: PLC0415
    from foedus.planning.comparisons import compare  # noqa: PLC0415

    return compare(read_comparison(bytes(table)))


def _ranked(table: msgspec.Raw) -> dict[str, RankingSheet]:
    # As above.
    from foedus.planning.ranking_tables import read_rankings  # noqa: PLC0415
    from foedus.planning.rankings import rank  # noqa: PLC0415

    tables, _ = read_rankings(bytes(table))
    return {name: rank(each) for name, each in tables.items()}


OPERATIONS: Final = (
    Operation(
        method="POST",
        path="/api/v1/composite-indices",
        name="makeIndex",
        summary="A composite indicator with its rank intervals; stores nothing.",
        handler=make_index,
        gives=IndexSheet,
        body=msgspec.Raw,
        body_bytes_max=TABLE_BYTES_MAX,
        keep=Keep.NOBODY,
        errors=(429, 503),
        while_there=True,
    ),
    Operation(
        method="POST",
        path="/api/v1/comparisons",
        name="compareAlternatives",
        summary="Alternatives in order by several methods; stores nothing.",
        handler=compare_alternatives,
        gives=ComparisonSheet,
        body=msgspec.Raw,
        body_bytes_max=TABLE_BYTES_MAX,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="POST",
        path="/api/v1/rankings",
        name="rankMany",
        summary="One order of many, or two lists held together; stores nothing.",
        handler=rank_many,
        gives=dict[str, RankingSheet],
        body=msgspec.Raw,
        body_bytes_max=TABLE_BYTES_MAX,
        keep=Keep.NOBODY,
    ),
)
"""What can be asked."""
