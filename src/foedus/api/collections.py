"""Collections of intelligence, as the one who asks has them."""

from typing import Annotated, Final

import msgspec

from foedus.api.operations import (
    Answer,
    Asked,
    Door,
    Keep,
    Operation,
    PageQuery,
    Part,
)
from foedus.ids import CollectionId
from foedus.intel.collections import Collection
from foedus.intel.commands import open_collection
from foedus.intel.forecasts import Forecast, forecast
from foedus.intel.rules import HOLD_MINUTES_MAX, TITLE_LENGTH_MAX, Opening

SPEC_LENGTH_MAX = 4_096
"""Characters of a list of nations and communities: every nation of a pack, twice."""

NAME = "^[a-z0-9._-]{1,64}$"
"""How an alias is written."""

ID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
"""How the id of a collection is written."""


PREVIEW_OBJECTS_MAX = 500
"""Objects of one preview, which people look at; its answer has 5 KB an object."""

PREVIEW_BYTES_MAX = 1_048_576
"""Bytes of the body of a preview: as many as the largest object has."""


class CollectionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A collection, as the one who asks has it.

    Attributes:
        default_label: what unmarked input gets; null means the originator only.
        tear_lines: whether an object with marked properties is published together
            with its tear line.
        hold_minutes: how long an object waits for what it refers to; 0 for not at all.
    """

    id: CollectionId
    alias: str
    title: str
    description: str
    default_label: str | None
    can_read: bool
    can_write: bool
    tear_lines: bool
    hold_minutes: int


class NewCollection(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """The collection that is to be opened.

    Attributes:
        id: a UUID; null to mint one.
        default_label: what unmarked input gets; null means the originator only.
        read: who may read: codes of nations and communities, and names of roles,
            comma-separated; `PUBLIC` is everybody.
        write: who may write, likewise; empty means nobody.
        tear_lines: whether an object with marked properties is published together
            with its tear line.
        hold_minutes: how long an object waits for what it refers to; 0 for not at all.
    """

    alias: Annotated[str, msgspec.Meta(pattern=NAME)]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_LENGTH_MAX)]
    description: str = ""
    id: Annotated[str, msgspec.Meta(pattern=ID)] | None = None
    default_label: Annotated[str, msgspec.Meta(max_length=SPEC_LENGTH_MAX)] | None = (
        None
    )
    read: Annotated[str, msgspec.Meta(max_length=SPEC_LENGTH_MAX)] = "MEMBERS"
    write: Annotated[str, msgspec.Meta(max_length=SPEC_LENGTH_MAX)] = ""
    tear_lines: bool = False
    hold_minutes: Annotated[int, msgspec.Meta(ge=0, le=HOLD_MINUTES_MAX)] = 0


class OpenedCollection(msgspec.Struct, frozen=True, kw_only=True):
    """A collection that has been opened."""

    id: CollectionId
    alias: str


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A TAXII envelope or a STIX bundle; what else it holds is not looked at.

    Attributes:
        objects: STIX objects; they are judged as one set.
    """

    objects: Annotated[
        list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=PREVIEW_OBJECTS_MAX)
    ]


async def list_collections(asked: Asked) -> Answer:
    """List the collections that one may read or write, by id."""
    page = asked.asks(PageQuery)
    found = asked.hub.reading.collections(asked.viewer)
    later = [each for each in found if each.id > page.after]
    shown = later[: page.limit]
    return Answer(
        value=[_line(each) for each in shown],
        after=shown[-1].id if len(later) > len(shown) else "",
    )


async def show_collection(asked: Asked) -> Answer:
    """Show one collection.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    found = asked.hub.reading.collection(asked.viewer, asked.parts["id"])
    return Answer(value=_line(found))


async def add_collection(asked: Asked) -> Answer:
    """Open a collection.

    Raises:
        ForbiddenError: the one who asks may not.
        InvalidInputError: a part is not what it must be.
        LabelError: the default label is none.
        ConflictError: the alias or the id is taken.
    """
    hub = asked.hub
    wanted = asked.sends(NewCollection)
    collection, position = await open_collection(
        hub.desk,
        asked.viewer,
        asked.act,
        Opening(**msgspec.structs.asdict(wanted)),
    )
    await hub.seen([position])
    return Answer(
        value=OpenedCollection(id=collection, alias=wanted.alias),
        location=f"{asked.path}/{collection}",
    )


async def preview(asked: Asked) -> Answer:
    """Tell what would become of objects, and who would see them; store nothing.

    Raises:
        NotFoundError: there is no such collection, or not for the one who asks.
        ForbiddenError: the one who asks may not publish there.
    """
    objects = [bytes(each) for each in asked.sends(Envelope).objects]
    name = asked.parts["id"]
    told = await forecast(asked.hub.desk, asked.viewer, asked.act, name, objects)
    return Answer(value=told)


def _line(collection: Collection) -> CollectionLine:
    return CollectionLine(
        id=collection.id,
        alias=collection.alias,
        title=collection.title,
        description=collection.description,
        default_label=collection.default_label,
        can_read=collection.can_read,
        can_write=collection.can_write,
        tear_lines=collection.tear_lines,
        hold_minutes=collection.hold_minutes,
    )


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/collections",
        name="listCollections",
        summary="The collections that one may read or write, by id.",
        handler=list_collections,
        gives=list[CollectionLine],
        query=PageQuery,
    ),
    Operation(
        method="POST",
        path="/api/v1/collections",
        name="openCollection",
        summary="Open a collection; for the alliance's operators and secretariat.",
        handler=add_collection,
        gives=OpenedCollection,
        status=201,
        body=NewCollection,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 409, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/collections/{id}",
        name="showCollection",
        summary="One collection.",
        handler=show_collection,
        gives=CollectionLine,
        parts={"id": Part(description="Its id or alias.")},
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/collections/{id}/preview",
        name="previewObjects",
        summary="What would become of objects published here, and who would see them.",
        handler=preview,
        gives=list[Forecast],
        parts={"id": Part(description="Its id or alias.")},
        body=Envelope,
        body_bytes_max=PREVIEW_BYTES_MAX,
        keep=Keep.NOBODY,
        errors=(403, 404),
    ),
)
