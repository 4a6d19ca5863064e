"""Recalls: made, listed, confirmed; and who held an object."""

import asyncio
from typing import Annotated, Final

import msgspec

from foedus.api.objects import ID as OBJECT_ID
from foedus.api.objects import NAME_LENGTH_MAX
from foedus.api.operations import (
    Answer,
    Asked,
    Closed,
    Door,
    Keep,
    Operation,
    PageQuery,
    Part,
)
from foedus.errors import InvalidInputError, NotFoundError
from foedus.intel import recalling
from foedus.intel.holders import held
from foedus.intel.recall_sheets import (
    HeldSheet,
    RecallPage,
    RecallSheet,
    held_sheet,
    recall_page,
    recall_sheet,
)
from foedus.intel.recalling import REASON_LENGTH_MAX, Recalling
from foedus.intel.recalls import find, recalls

ID: Final = "^recall--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of a recall is written."""


class NewRecall(Closed, frozen=True, kw_only=True):
    """Why an object is recalled.

    Attributes:
        reason: everybody reads it who had the object.
        nation: whose, by code or name; for the alliance's duty officer, where several
            have published it. Null for one's own, or the only one.
    """

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_LENGTH_MAX)]
    nation: Annotated[str, msgspec.Meta(max_length=NAME_LENGTH_MAX)] | None = None


class Recalls(msgspec.Struct, frozen=True, kw_only=True):
    """Recalls, newest first."""

    recalls: list[RecallSheet]


async def recall(asked: Asked) -> Answer:
    """Recall an object from everybody who received it.

    Raises:
        InvalidInputError: there is no reason; or several nations have published it.
        NotFoundError: there is no such object, or not for the one who asks.
        ForbiddenError: the one who asks sees it, but may not recall it.
        ConflictError: somebody was faster.
    """
    hub = asked.hub
    sent = asked.sends(NewRecall)
    wanted = Recalling(id=asked.parts["id"], reason=sent.reason, nation=sent.nation)
    made = await recalling.recall(hub.desk, asked.viewer, asked.act, wanted)
    await hub.seen([made.position])
    page = await asyncio.to_thread(_page, asked, made.recall)
    return Answer(value=page, location=f"/api/v1/recalls/{made.recall}")


async def list_recalls(asked: Asked) -> Answer:
    """List the recalls that one may know of, newest first.

    Raises:
        InvalidInputError: the page is to begin behind a recall that is none.
    """
    return await asyncio.to_thread(_list, asked)


def _list(asked: Asked) -> Answer:
    page = asked.asks(PageQuery)
    viewer = asked.viewer
    with asked.hub.reading.snapshot() as seen:
        before = None
        if page.after:
            try:
                before = find(seen, viewer, page.after)
            except NotFoundError as error:
                raise InvalidInputError(
                    "after: no such recall; begin anew without it"
                ) from error
        found = recalls(seen, viewer, before=before, limit=page.limit + 1)
        shown = [recall_sheet(seen, viewer, each) for each in found[: page.limit]]
    more = len(found) > page.limit
    return Answer(value=Recalls(recalls=shown), after=shown[-1].recall if more else "")


async def show_recall(asked: Asked) -> Answer:
    """Show a recall: who had it, who has confirmed, what is left to decide.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    return Answer(value=await asyncio.to_thread(_page, asked, asked.parts["id"]))


async def acknowledge(asked: Asked) -> Answer:
    """Confirm that one's nation has removed what was recalled.

    Raises:
        NotFoundError: there is no such recall, or not for the one who asks.
        ForbiddenError: the one who asks only audits.
        RuleViolationError: it was one's own nation's.
    """
    hub, name = asked.hub, asked.parts["id"]
    _, position = await recalling.acknowledge(hub.desk, asked.viewer, asked.act, name)
    await hub.seen([position])
    return Answer(value=await asyncio.to_thread(_page, asked, name))


async def show_seen(asked: Asked) -> Answer:
    """Say which nations held an object, by what it came, and until when.

    Raises:
        NotFoundError: there is no such object, or not for the one who asks.
        ForbiddenError: the one who asks sees it, but it is another nation's.
    """
    return Answer(value=await asyncio.to_thread(_held, asked))


def _page(asked: Asked, name: str) -> RecallPage:
    with asked.hub.reading.snapshot() as seen:
        found = find(seen, asked.viewer, name)
        return recall_page(seen, asked.viewer, found, asked.hub.reads)


def _held(asked: Asked) -> HeldSheet:
    with asked.hub.reading.snapshot() as seen:
        return held_sheet(held(seen, asked.viewer, asked.parts["id"]), asked.hub.reads)


_PARTS: Final = {"id": Part(description="The recall's id.", pattern=ID)}

_OBJECT: Final = {"id": Part(description="The object's STIX id.", pattern=OBJECT_ID)}

OPERATIONS: Final = (
    Operation(
        method="POST",
        path="/api/v1/objects/{id}/recall",
        name="recallObject",
        summary="Recall an object from everybody who received it.",
        handler=recall,
        gives=RecallPage,
        status=201,
        parts=_OBJECT,
        body=NewRecall,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409),
    ),
    Operation(
        method="GET",
        path="/api/v1/objects/{id}/seen",
        name="showSeen",
        summary="Which nations held an object, by what it came, and until when.",
        handler=show_seen,
        gives=HeldSheet,
        parts=_OBJECT,
        keep=Keep.NOBODY,
        errors=(403, 404),
    ),
    Operation(
        method="GET",
        path="/api/v1/recalls",
        name="listRecalls",
        summary="The recalls that one may know of, newest first.",
        handler=list_recalls,
        gives=Recalls,
        query=PageQuery,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="GET",
        path="/api/v1/recalls/{id}",
        name="showRecall",
        summary="A recall: who had it, who has confirmed, what is left to decide.",
        handler=show_recall,
        gives=RecallPage,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/recalls/{id}/acknowledge",
        name="acknowledgeRecall",
        summary="Confirm that one's nation has removed what was recalled.",
        handler=acknowledge,
        gives=RecallPage,
        parts=_PARTS,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 422),
    ),
)
