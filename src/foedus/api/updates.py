"""Policy updates: editions, what changed, who acknowledged; and as feeds."""

import asyncio
from datetime import date
from typing import Annotated, Final

import msgspec

from foedus.api.engagements import Title
from foedus.api.feeds import ATOM, JSON_FEED, JsonFeed, atom_feed, json_feed
from foedus.api.obligations import LabelWords
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
from foedus.guidance.commands import (
    Publishing,
    acknowledge,
    publish,
    publish_edition,
)
from foedus.guidance.rules import TEXT_MAX
from foedus.guidance.updates import (
    UpdateDiff,
    UpdateHistory,
    UpdateSheet,
    diff,
    find_update,
    list_updates,
)

FEED_MAX = 50
"""Updates in a feed: the last ones; the list has all."""

BODY_MAX = TEXT_MAX * 6 + 16_384
"""Bytes of a request: the longest text, all of it escaped, and what is around it."""

EDITION_MAX = 1_000_000
"""No update has as many editions."""

ID = "^update--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of an update is written."""

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_MAX)]
Number = Annotated[int, msgspec.Meta(ge=1, le=EDITION_MAX)]


class NewEdition(Closed, frozen=True, kw_only=True):
    """A further edition of an update, under the label of the first.

    Attributes:
        effective: the day from which it applies.
    """

    title: Title
    text: Text
    effective: date


class NewUpdate(NewEdition, frozen=True, kw_only=True):
    """The update that is to be published.

    Attributes:
        effective: the day from which it applies.
        label: who may see it and all further editions; empty for one's own nation.
    """

    label: LabelWords = ""


class DiffQuery(Closed, frozen=True, kw_only=True):
    """Which editions are compared.

    Attributes:
        older: the edition before the newer one by default.
        newer: the last one by default.
    """

    older: Number | None = None
    newer: Number | None = None


class Acknowledging(Closed, frozen=True, kw_only=True):
    """Which edition is acknowledged.

    Attributes:
        edition: the last one by default.
    """

    edition: Number | None = None


async def list_all(asked: Asked) -> Answer:
    """List the updates that one may see by their last editions, the newest first."""
    page = asked.asks(PageQuery)
    with asked.hub.reading.snapshot() as seen:
        found = list_updates(
            seen.db,
            seen.access,
            asked.viewer,
            after=page.after or None,
            limit=page.limit + 1,
        )
    shown = found[: page.limit]
    return Answer(
        value=shown, after=shown[-1].update if len(found) > len(shown) else ""
    )


async def publish_update(asked: Asked) -> Answer:
    """Publish a policy update.

    Raises:
        ForbiddenError: the one who asks speaks for nobody.
        InvalidInputError: a text is blank, or the day cannot be meant.
        LabelError: the label is none.
        RuleViolationError: the label is above the clearance.
    """
    sent = asked.sends(NewUpdate)
    made, position = await publish(
        asked.hub.bureau,
        asked.viewer,
        asked.act,
        Publishing(
            title=sent.title,
            text=sent.text,
            effective=sent.effective,
            label=sent.label,
        ),
    )
    await asked.hub.seen([position])
    return Answer(value=_sheet(asked, made), location=f"{asked.path}/{made}")


async def show_update(asked: Asked) -> Answer:
    """Show one update with all its editions.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    return Answer(value=_sheet(asked, asked.parts["id"]))


async def add_edition(asked: Asked) -> Answer:
    """Publish a further edition of an update.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: another nation publishes it.
        InvalidInputError: a text is blank, or the day cannot be meant.
        RuleViolationError: nothing is new.
        ConflictError: somebody was faster.
    """
    sent, name = asked.sends(NewEdition), asked.parts["id"]
    _, position = await publish_edition(
        asked.hub.bureau,
        asked.viewer,
        asked.act,
        name,
        Publishing(title=sent.title, text=sent.text, effective=sent.effective),
    )
    await asked.hub.seen([position])
    return Answer(value=_sheet(asked, name))


async def show_diff(asked: Asked) -> Answer:
    """Tell what changed between two editions of an update.

    Raises:
        NotFoundError: there is no such update or edition, or not for the one who asks.
    """
    query = asked.asks(DiffQuery)
    found = _sheet(asked, asked.parts["id"])
    # Two long editions take as long as a hundred other answers.
    changed = await asyncio.to_thread(diff, found, older=query.older, newer=query.newer)
    return Answer(value=changed)


async def acknowledge_update(asked: Asked) -> Answer:
    """Acknowledge an edition on behalf of one's nation.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks does not speak for the nation.
        ConflictError: it is acknowledged already, or somebody was faster.
    """
    edition, name = asked.sends(Acknowledging).edition, asked.parts["id"]
    _, position = await acknowledge(
        asked.hub.bureau, asked.viewer, asked.act, name, edition
    )
    await asked.hub.seen([position])
    return Answer(value=_sheet(asked, name))


async def show_atom(asked: Asked) -> Answer:
    """Give the last updates that one may see as an Atom feed."""
    title, url, found = _feed(asked)
    return Answer(value=atom_feed(found, title=title, url=url))


async def show_json_feed(asked: Asked) -> Answer:
    """Give the last updates that one may see as a JSON Feed."""
    title, url, found = _feed(asked)
    return Answer(value=json_feed(found, title=title, url=url))


def _feed(asked: Asked) -> tuple[str, str, list[UpdateSheet]]:
    with asked.hub.reading.snapshot() as seen:
        found = list_updates(seen.db, seen.access, asked.viewer, limit=FEED_MAX)
        title = f"Policy updates, {seen.access.alliance.name}"
    return title, f"{asked.hub.public_url}{asked.path}", found


def _sheet(asked: Asked, name: str) -> UpdateHistory:
    with asked.hub.reading.snapshot() as seen:
        return find_update(seen.db, seen.access, asked.viewer, name)


_PARTS: Final = {"id": Part(description="The update's id.", pattern=ID)}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/updates",
        name="listUpdates",
        summary="The policy updates by their last editions, the newest first.",
        handler=list_all,
        gives=list[UpdateSheet],
        query=PageQuery,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="POST",
        path="/api/v1/updates",
        name="publishUpdate",
        summary="Publish a policy update under a label.",
        handler=publish_update,
        gives=UpdateHistory,
        status=201,
        body=NewUpdate,
        body_bytes_max=BODY_MAX,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/updates/feed.atom",
        name="showAtomFeed",
        summary="The last policy updates as an Atom feed.",
        handler=show_atom,
        gives=str,
        media=ATOM,
        keep=Keep.CLIENT,
    ),
    Operation(
        method="GET",
        path="/api/v1/updates/feed.json",
        name="showJsonFeed",
        summary="The last policy updates as a JSON Feed.",
        handler=show_json_feed,
        gives=JsonFeed,
        media=JSON_FEED,
        keep=Keep.CLIENT,
    ),
    Operation(
        method="GET",
        path="/api/v1/updates/{id}",
        name="showUpdate",
        summary="One policy update with all its editions.",
        handler=show_update,
        gives=UpdateHistory,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/updates/{id}/editions",
        name="publishEdition",
        summary="Publish a further edition; for who publishes the update.",
        handler=add_edition,
        gives=UpdateHistory,
        status=201,
        parts=_PARTS,
        body=NewEdition,
        body_bytes_max=BODY_MAX,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/updates/{id}/diff",
        name="showUpdateDiff",
        summary="What changed between two editions, line by line.",
        handler=show_diff,
        gives=UpdateDiff,
        parts=_PARTS,
        query=DiffQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/updates/{id}/acknowledge",
        name="acknowledgeUpdate",
        summary="Acknowledge an edition on behalf of one's nation.",
        handler=acknowledge_update,
        gives=UpdateHistory,
        parts=_PARTS,
        body=Acknowledging,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409),
    ),
)
