"""Decisions: drafted, acted on, listed and shown."""

import asyncio
from typing import Annotated, Final

import msgspec

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
from foedus.clock import to_ms
from foedus.decisions import commands, reading, records
from foedus.decisions.moves import AnyMove
from foedus.decisions.records import Record
from foedus.decisions.sheets import DecisionLine, DecisionSheet, line_of, sheet_of
from foedus.decisions.texts import Draft, Text
from foedus.decisions.versions import TextDiff, compare_last, versions_of
from foedus.errors import RuleViolationError
from foedus.processes.decisions_preview import (
    EffectPreview,
    Question,
    preview_effects,
)

ID: Final = "^decision--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of a decision is written."""

TEXT_BYTES_MAX: Final = 1_048_576
"""Bytes of a draft or an amendment: a text with its annexes."""

VersionNumber = Annotated[int, msgspec.Meta(ge=1, le=100_000)]

DECIDED_WITHIN_S: Final = 2.0
"""Seconds that an answer waits until what was decided takes place; the rest follows."""


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions, the next deadline first."""

    decisions: list[DecisionLine]


class NewDecision(Closed, frozen=True, kw_only=True):
    """The text that is to be drafted.

    Attributes:
        profile: by which rules: nato, osce, eu or un2020.
        follows: the decision that it continues.
    """

    text: Text
    profile: str = "nato"
    follows: str | None = None


class DiffQuery(Closed, frozen=True, kw_only=True):
    """Which versions are compared; by default the last two.

    Attributes:
        older: the earlier version.
        to: the later one.
    """

    older: VersionNumber | None = msgspec.field(default=None, name="from")
    to: VersionNumber | None = None


class DecisionPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What each effect would do, in their order."""

    effects: tuple[EffectPreview, ...]


class DecisionAct(Closed, frozen=True, kw_only=True):
    """What is done to a decision."""

    move: AnyMove


async def list_decisions(asked: Asked) -> Answer:
    """List the decisions that one may know of, the next deadline first."""
    page = asked.asks(PageQuery)
    with asked.hub.reading.snapshot() as seen:
        found = reading.list_decisions(
            seen.db, seen.access, asked.viewer, after=page.after, limit=page.limit
        )
        lines = [line_of(each, asked.viewer, seen.access) for each in found]
    more = len(lines) == page.limit
    return Answer(
        value=Decisions(decisions=lines), after=lines[-1].decision if more else ""
    )


async def draft_decision(asked: Asked) -> Answer:
    """Draft a text, for one's own nation and the chair alone.

    Raises:
        ForbiddenError: the one who asks speaks for nobody who may propose.
        InvalidInputError: the text names what the alliance does not know.
        LabelError: the label is none.
        RuleViolationError: it is above the account's clearance.
    """
    sent = asked.sends(NewDecision)
    draft = Draft(text=sent.text, profile=sent.profile, follows=sent.follows)
    name, position = await commands.draft(
        asked.hub.floor(), asked.viewer, asked.act, draft
    )
    await asked.hub.seen([position])
    return Answer(value=_sheet(asked, name), location=f"{asked.path}/{name}")


async def show_decision(asked: Asked) -> Answer:
    """Show one decision.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    return Answer(value=_sheet(asked, asked.parts["id"]))


async def act_on_decision(asked: Asked) -> Answer:
    """Do something to a decision.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks may not.
        RuleViolationError: the rules refuse it; a late break is kept as a statement.
        ConflictError: others were faster, again and again.
    """
    name = asked.parts["id"]
    move = asked.sends(DecisionAct).move
    hub = asked.hub
    floor = await asyncio.to_thread(hub.floor)
    try:
        position = await commands.act(floor, asked.viewer, asked.act, name, move)
    except RuleViolationError:
        # A break that came too late was written; whoever sent it may look at once.
        _, last, _ = await asyncio.to_thread(commands.read_decision, hub.log, name)
        await hub.seen([last])
        raise
    await hub.seen([position])
    await hub.decided(within_s=DECIDED_WITHIN_S)
    return Answer(value=_sheet(asked, name))


async def compare_versions(asked: Asked) -> Answer:
    """Tell what changed between two versions of a text, word by word.

    Raises:
        NotFoundError: there is no such decision or version for the one who asks.
    """
    query, name = asked.asks(DiffQuery), asked.parts["id"]

    def read() -> TextDiff:
        with asked.hub.reading.snapshot() as seen:
            dossier = reading.read_dossier(seen.db, seen.access, asked.viewer, name)
        found = versions_of(dossier.moments)
        return compare_last(found, older=query.older, newer=query.to)

    return Answer(value=await asyncio.to_thread(read))


async def preview_decision(asked: Asked) -> Answer:
    """Tell what a text would do if it were adopted now, of what the reader sees.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    name = asked.parts["id"]

    def read() -> tuple[EffectPreview, ...]:
        with asked.hub.reading.snapshot() as seen:
            dossier = reading.read_dossier(seen.db, seen.access, asked.viewer, name)
            question = Question(viewer=asked.viewer, now=asked.at)
            return preview_effects(seen, question, dossier.decision)

    return Answer(value=DecisionPreview(effects=await asyncio.to_thread(read)))


async def give_record(asked: Asked) -> Answer:
    """Give the signed record of a decision, for those who decide on it.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks only observes it.
    """
    name, secret = asked.parts["id"], asked.hub.store.key(records.KEY)

    def read() -> bytes:
        with asked.hub.reading.snapshot() as seen:
            found, entries = reading.read_record(
                seen.db, seen.access, asked.viewer, name
            )
            body = seen.access.alliance.code
        return records.record_of(found, records.lines_of(entries), body, secret)

    return Answer(value=await asyncio.to_thread(read))


def _sheet(asked: Asked, name: str) -> DecisionSheet:
    with asked.hub.reading.snapshot() as seen:
        dossier = reading.read_dossier(seen.db, seen.access, asked.viewer, name)
        return sheet_of(dossier, asked.viewer, seen.access, to_ms(asked.at))


_PARTS: Final = {"id": Part(description="The decision's id.", pattern=ID)}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/decisions",
        name="listDecisions",
        summary="The decisions that one may know of, the next deadline first.",
        handler=list_decisions,
        gives=Decisions,
        query=PageQuery,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="POST",
        path="/api/v1/decisions",
        name="draftDecision",
        summary="Draft a text, for one's own nation and the chair alone.",
        handler=draft_decision,
        gives=DecisionSheet,
        status=201,
        body=NewDecision,
        body_bytes_max=TEXT_BYTES_MAX,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/decisions/{id}",
        name="showDecision",
        summary="One decision, as far as one may know it.",
        handler=show_decision,
        gives=DecisionSheet,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/decisions/{id}/acts",
        name="actOnDecision",
        summary="Circulate, comment, break, extend, and whatever else is done to it.",
        handler=act_on_decision,
        gives=DecisionSheet,
        parts=_PARTS,
        body=DecisionAct,
        body_bytes_max=TEXT_BYTES_MAX,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/decisions/{id}/diff",
        name="compareVersions",
        summary="What changed between two versions of a text, word by word.",
        handler=compare_versions,
        gives=TextDiff,
        parts=_PARTS,
        query=DiffQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="GET",
        path="/api/v1/decisions/{id}/preview",
        name="previewDecision",
        summary="What a text would do if it were adopted now, of what one sees.",
        handler=preview_decision,
        gives=DecisionPreview,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="GET",
        path="/api/v1/decisions/{id}/record",
        name="giveRecord",
        summary="The signed record of a decision, for those who decide on it.",
        handler=give_record,
        gives=Record,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(403, 404),
    ),
)
