"""Taking in a feed of others: each entry becomes a policy update, once.

- An update's id is derived from account, label and what the feed calls the entry: the
  same feed again brings only what is new, and an entry that changed a further edition.
- Nobody meets what another account took in: what is hidden from an account decides
  nothing of what it imports.
"""

import asyncio
import uuid
from typing import Final

import msgspec

from foedus.eventlog.envelope import Act
from foedus.guidance import commands
from foedus.guidance.commands import Bureau, Publishing
from foedus.guidance.events import update_stream
from foedus.guidance.foreign import Entry, Feed
from foedus.ids import Position
from foedus.releasability.viewers import Viewer

_NAMESPACE: Final = uuid.UUID("0b9d2c55-7d1f-5a63-9c0e-54b7f1b0c9aa")
"""Of ids of updates that were taken in."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed brought.

    Attributes:
        title: what the feed calls itself.
        published: the updates that are new.
        changed: those with a further edition.
        unchanged: how many entries were known and the same.
        left_out: entries that could not be taken.
    """

    title: str
    published: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    left_out: int


async def take_in(
    bureau: Bureau, viewer: Viewer, act: Act, feed: Feed, label: str
) -> tuple[Taken, Position | None]:
    """Take in a feed, its oldest entry first.

    Args:
        bureau: where.
        viewer: whose act it is.
        act: by which door, and when.
        feed: as it was read.
        label: who may see its updates; empty for the account's nation alone.

    Returns:
        What it brought, and the last position that was written.

    Raises:
        ForbiddenError: the account does not speak for a nation or the alliance.
        LabelError: the label is none.
        RuleViolationError: the label is above the account's clearance, or is one more
            than the nation may use.
        ConflictError: somebody was faster.
    """
    published: list[str] = []
    changed: list[str] = []
    last: Position | None = None
    for entry in reversed(feed.entries):
        name = _name(viewer, label, entry)
        sent = Publishing(
            title=entry.title,
            text=entry.text,
            effective=entry.published or act.at.date(),
            label=label,
        )
        is_known = await asyncio.to_thread(bureau.log.read, update_stream(name))
        if not is_known:
            last = await commands.publish_as(bureau, viewer, act, name, sent)
            published.append(name)
            continue
        edition = msgspec.structs.replace(sent, label="")
        if await commands.is_said(bureau, viewer, name, edition):
            continue
        _, last = await commands.publish_edition(bureau, viewer, act, name, edition)
        changed.append(name)
    taken = Taken(
        title=feed.title,
        published=tuple(published),
        changed=tuple(changed),
        unchanged=len(feed.entries) - len(published) - len(changed),
        left_out=feed.left_out,
    )
    return taken, last


def _name(viewer: Viewer, label: str, entry: Entry) -> str:
    said = f"{viewer.account}\n{label}\n{entry.key}"
    return f"update--{uuid.uuid5(_NAMESPACE, said)}"
