"""Objects: why a nation sees one, whom it reaches, and to withdraw one's own."""

import asyncio
from typing import Annotated, Final, Literal

import msgspec

from foedus.api.operations import Answer, Asked, Closed, Door, Keep, Operation, Part
from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.intel.audience import Audience, audience
from foedus.intel.explain import Explanation, explain
from foedus.intel.judging import Outcome
from foedus.intel.tearing import tear_line
from foedus.intel.withdrawing import (
    REASON_LENGTH_MAX,
    Withdrawal,
    Withdrew,
    withdraw_object,
)

ID = (
    "^[a-z0-9][a-z0-9-]{0,248}[a-z0-9]--"
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
)
"""How an object's id is written. Source: STIX 2.1, section 2.9."""


NAME_LENGTH_MAX = 100
"""Characters of a collection's id or alias, of a version, and of a nation's name."""


class ExplainQuery(Closed, frozen=True, kw_only=True):
    """About whom is asked.

    Attributes:
        nation: a nation by code, name or alias, or the alliance's body by its code;
            one's own by default.
    """

    nation: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class ObjectEnd(Closed, frozen=True, kw_only=True):
    """What of an object is withdrawn, and why.

    Attributes:
        collection: id or alias; null for every one in which one's nation published it.
        version: as it is written, or `first`, `last`; null for all versions.
        nation: on whose behalf, by code or name, where that nation has no standing; for
            the secretariat and operators of the alliance's body. Null for one's own.
        reason: kept in the log.
    """

    collection: Annotated[str, msgspec.Meta(max_length=NAME_LENGTH_MAX)] | None = None
    version: Annotated[str, msgspec.Meta(max_length=NAME_LENGTH_MAX)] | None = None
    nation: Annotated[str, msgspec.Meta(max_length=NAME_LENGTH_MAX)] | None = None
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_LENGTH_MAX)]


class WithdrawnObject(msgspec.Struct, frozen=True, kw_only=True):
    """What of an object was withdrawn."""

    id: str
    withdrawn: list[Withdrew]


class NewTearLine(Closed, frozen=True, kw_only=True):
    """Where the object is whose tear line is published.

    Attributes:
        collection: id or alias; null where only one has the object.
    """

    collection: Annotated[str, msgspec.Meta(max_length=NAME_LENGTH_MAX)] | None = None


class PublishedObject(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an object that was to be published.

    Attributes:
        reason: why it was refused, or a remark.
    """

    id: str
    version: str
    outcome: Literal["stored", "duplicate", "refused"]
    reason: str


async def show_explanation(asked: Asked) -> Answer:
    """Say whether a nation sees an object that one sees oneself, and why.

    Raises:
        InvalidInputError: there is no such nation.
        NotFoundError: there is no such object, or not for the one who asks.
    """
    named = asked.asks(ExplainQuery).nation
    with asked.hub.reading.snapshot() as seen:
        alliance = seen.access.alliance
        nation: NationCode | None = asked.account.nation
        if named is not None:
            is_body = named.upper() == alliance.code
            nation = NationCode(alliance.code) if is_body else alliance.nation(named)
        if nation is None:
            raise InvalidInputError("the nation is unknown; see /api/v1/nations")
        return Answer(value=explain(seen, asked.viewer, asked.parts["id"], nation))


async def show_audience(asked: Asked) -> Answer:
    """Say whom an object reaches that one sees oneself.

    Raises:
        NotFoundError: there is no such object, or not for the one who asks.
    """
    return Answer(value=await asyncio.to_thread(_audience, asked))


def _audience(asked: Asked) -> Audience:
    with asked.hub.reading.snapshot() as seen:
        return audience(seen, asked.viewer, asked.parts["id"])


async def withdraw(asked: Asked) -> Answer:
    """Withdraw versions of an object that one's nation published.

    Raises:
        InvalidInputError: the version is none.
        NotFoundError: no such collection or object, or not for the one who asks.
        ForbiddenError: the one who asks may not write to one of the collections.
        RuleViolationError: it is another nation's, which has standing.
        ConflictError: somebody was faster.
    """
    hub = asked.hub
    sent = asked.sends(ObjectEnd)
    wanted = Withdrawal(
        id=asked.parts["id"],
        version=sent.version,
        collection=sent.collection,
        reason=sent.reason,
        nation=sent.nation,
    )
    done, position = await withdraw_object(hub.desk, asked.viewer, asked.act, wanted)
    await hub.seen([position])
    return Answer(value=WithdrawnObject(id=wanted.id, withdrawn=done))


async def add_tear_line(asked: Asked) -> Answer:
    """Publish the tear line of an object that one's nation published.

    Raises:
        InvalidInputError: the object is in several collections, or nothing of it
            can be left out.
        NotFoundError: no such collection or object, or not for the one who asks.
        ForbiddenError: the one who asks may not publish there.
        RuleViolationError: no property of it carries a marking of its own.
    """
    hub = asked.hub
    collection = asked.sends(NewTearLine).collection
    outcomes = await tear_line(
        hub.desk, asked.viewer, asked.act, asked.parts["id"], collection
    )
    await hub.seen([each.position for each in outcomes])
    return Answer(value=[_published(each) for each in outcomes])


def _published(outcome: Outcome) -> PublishedObject:
    return PublishedObject(
        id=outcome.id,
        version=outcome.version,
        outcome=outcome.outcome,
        reason=outcome.reason,
    )


_PARTS: Final = {"id": Part(description="The object's STIX id.", pattern=ID)}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/objects/{id}/explain",
        name="explainObject",
        summary="Whether a nation sees an object, and why.",
        handler=show_explanation,
        gives=Explanation,
        parts=_PARTS,
        query=ExplainQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="GET",
        path="/api/v1/objects/{id}/audience",
        name="showAudience",
        summary="Whom an object reaches, nation by nation, and by which rule.",
        handler=show_audience,
        gives=Audience,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/objects/{id}/withdraw",
        name="withdrawObject",
        summary="Withdraw versions of an object that one's nation published.",
        handler=withdraw,
        gives=WithdrawnObject,
        parts=_PARTS,
        body=ObjectEnd,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
    Operation(
        method="POST",
        path="/api/v1/objects/{id}/tear-line",
        name="addTearLine",
        summary="Publish what is left of an object without its withheld properties.",
        handler=add_tear_line,
        gives=list[PublishedObject],
        parts=_PARTS,
        body=NewTearLine,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 422),
    ),
)
