"""Records of readiness over HTTP: each kind is listed and recorded in one way.

What is sent and what is given have one envelope: a `content`, who may see it, and
whether it was made up to show something.
"""

from datetime import date
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec

from foedus.alliance.sheets import named_nation
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
from foedus.readiness.commands import Recorded, Recording, record, record_all, withdraw
from foedus.readiness.reading import EVER, Held, Wanted, find_held, list_held
from foedus.readiness.records import KEY_MAX, AnyContent

C = TypeVar("C", bound=msgspec.Struct)

ID: Final = "^[a-z-]+--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of a record is written."""


class New(Closed, Generic[C], frozen=True, kw_only=True):
    """What is to be recorded.

    Attributes:
        label: who may see it; empty for one's own nation alone.
        illustrative: whether it is made up to show something.
    """

    content: C
    label: LabelWords = ""
    illustrative: bool = False


class Again(Closed, Generic[C], frozen=True, kw_only=True):
    """A further edition of a record, under the label of its first."""

    content: C


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What has been recorded.

    Attributes:
        record: its id.
        remark: what its author is to know; empty where nothing.
    """

    record: str
    remark: str


class RecordsQuery(PageQuery, frozen=True, kw_only=True):
    """Which records.

    Attributes:
        about: only those about one record, such as a unit or an exercise.
        nation: only those of one nation, by code, name or alias.
        as_of: as they were on a day; every one by default.
    """

    about: Annotated[str, msgspec.Meta(max_length=KEY_MAX)] = ""
    nation: Annotated[str, msgspec.Meta(max_length=KEY_MAX)] = ""
    as_of: date | None = None


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """How a kind of record is called.

    Attributes:
        content: its type.
        path: where it is listed.
        one: one of it, in camel case.
        many: several of it.
        words: several of it, in words.
    """

    content: type[AnyContent]
    path: str
    one: str
    many: str
    words: str


async def send(asked: Asked, recording: Recording) -> Answer:
    """Record something for the one who asks.

    Raises:
        ForbiddenError: the one who asks does not speak for the nation.
        NotFoundError: what it names is not there for the one who asks.
        InvalidInputError: something cannot be meant.
        LabelError: the label is none.
        RuleViolationError: the label is above the clearance.
    """
    made = await record(asked.hub.register, asked.viewer, asked.act, recording)
    await asked.hub.seen([made.position])
    return Answer(value=_made(made), location=f"{asked.path}/{made.record}")


def recording_of(sent: "New[AnyContent]") -> Recording:
    """Give what is to be recorded."""
    return Recording(
        content=sent.content, label=sent.label, illustrative=sent.illustrative
    )


def listing(kind: Kind) -> Operation:
    """Describe how records of a kind are listed."""
    content = kind.content

    async def list_records(asked: Asked) -> Answer:
        query = asked.asks(RecordsQuery)
        with asked.hub.reading.snapshot() as seen:
            wanted = Wanted(
                on=query.as_of or EVER,
                about=query.about or None,
                nation=(
                    named_nation(seen.access.alliance, query.nation)
                    if query.nation
                    else None
                ),
                after=query.after or None,
                limit=query.limit + 1,
            )
            found = list_held(seen.db, seen.access, asked.viewer, content, wanted)
        shown = found[: query.limit]
        after = shown[-1].record if len(found) > len(shown) else ""
        return Answer(value=shown, after=after)

    return Operation(
        method="GET",
        path=kind.path,
        name=f"list{kind.many}",
        summary=f"The {kind.words} that one may see, the last recorded first.",
        handler=list_records,
        gives=list[_applied(Held, content)],  # type: ignore[misc]
        query=RecordsQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    )


def recording(kind: Kind) -> Operation:
    """Describe how a record of a kind is made."""

    async def record_one(asked: Asked) -> Answer:
        sent = asked.sends(New)
        return await send(asked, recording_of(sent))

    return Operation(
        method="POST",
        path=kind.path,
        name=f"record{kind.one}",
        summary=f"Record one of the {kind.words}.",
        handler=record_one,
        gives=Made,
        status=201,
        body=_applied(New, kind.content),
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 422),
    )


def showing(kind: Kind) -> Operation:
    """Describe how one record of a kind is shown."""
    content = kind.content

    async def show(asked: Asked) -> Answer:
        with asked.hub.reading.snapshot() as seen:
            name = asked.parts["id"]
            found = find_held(seen.db, seen.access, asked.viewer, content, name)
        return Answer(value=found.held)

    return Operation(
        method="GET",
        path=f"{kind.path}/{{id}}",
        name=f"show{kind.one}",
        summary=f"One of the {kind.words}.",
        handler=show,
        gives=_applied(Held, content),
        parts=PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    )


def changing(kind: Kind) -> tuple[Operation, Operation]:
    """Describe how a record of a kind is recorded again, and withdrawn."""
    content = kind.content

    async def again(asked: Asked) -> Answer:
        sent = asked.sends(Again)
        recording = Recording(content=sent.content, again=asked.parts["id"])
        (made,) = await record_all(
            asked.hub.register, asked.viewer, asked.act, [recording]
        )
        await asked.hub.seen([made.position])
        return Answer(value=_made(made))

    async def take_back(asked: Asked) -> Answer:
        position = await withdraw(
            asked.hub.register, asked.viewer, asked.act, content, asked.parts["id"]
        )
        await asked.hub.seen([position])
        return Answer()

    path = f"{kind.path}/{{id}}"
    return (
        Operation(
            method="POST",
            path=path,
            name=f"record{kind.one}Again",
            summary="Record a further edition, under the label of the first.",
            handler=again,
            gives=Made,
            parts=PARTS,
            body=_applied(Again, content),
            door=Door.WRITE,
            keep=Keep.NOBODY,
            errors=(403, 404, 409),
        ),
        Operation(
            method="DELETE",
            path=path,
            name=f"withdraw{kind.one}",
            summary="Withdraw what should not have been recorded.",
            handler=take_back,
            gives=None,
            status=204,
            parts=PARTS,
            door=Door.WRITE,
            keep=Keep.NOBODY,
            errors=(403, 404, 409),
        ),
    )


def _made(made: Recorded) -> Made:
    return Made(record=made.record, remark=made.remark)


def _applied(generic: Any, content: type[AnyContent]) -> Any:  # noqa: ANN401
    """Give a generic struct for one content; a type that is made at run time."""
    return generic[content]


PARTS: Final = {"id": Part(description="The record's id.", pattern=ID)}
