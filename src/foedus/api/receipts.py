"""Receipts: what one's nation's people and services were given, for its auditor."""

import asyncio
from datetime import date
from typing import Annotated, Final

import msgspec

from foedus.api.operations import Answer, Asked, Closed, Keep, Operation
from foedus.processes.receipt_sheets import PAGE_SIZE_MAX, ReceiptSheet, receipts


class ReceiptQuery(Closed, frozen=True, kw_only=True):
    """Which receipts.

    Attributes:
        before: only of earlier days.
        limit: how many at most.
    """

    before: date | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE_MAX


class ReceiptList(msgspec.Struct, frozen=True, kw_only=True):
    """Receipts, the newest day first."""

    receipts: list[ReceiptSheet]


async def list_receipts(asked: Asked) -> Answer:
    """List what one's nation was given.

    Raises:
        ForbiddenError: the one who asks is no auditor.
    """
    return Answer(value=await asyncio.to_thread(_list, asked))


def _list(asked: Asked) -> ReceiptList:
    query, kept = asked.asks(ReceiptQuery), asked.hub.receipts.receipts
    with asked.hub.reading.snapshot() as seen:
        found = receipts(
            seen, kept, asked.viewer, before=query.before, limit=query.limit
        )
    return ReceiptList(receipts=found)


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/receipts",
        name="listReceipts",
        summary="What one's nation's people and services were given; for its auditor.",
        handler=list_receipts,
        gives=ReceiptList,
        query=ReceiptQuery,
        keep=Keep.NOBODY,
        errors=(403,),
    ),
)
