"""Whether the hub is alive, and whether it is ready to be asked."""

from typing import Final, Literal

import apsw
import msgspec

from foedus.api.operations import Answer, Asked, Door, Keep, Operation
from foedus.errors import UnavailableError


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How the hub is."""

    status: Literal["live", "ready"]


async def live(_: Asked) -> Answer:
    """Say that the process answers."""
    return Answer(value=Health(status="live"))


async def ready(asked: Asked) -> Answer:
    """Say that views are fresh and that every file can be read.

    Raises:
        UnavailableError: they are not; send requests to another node.
    """
    hub = asked.hub
    hub.check_fresh()
    try:
        hub.store.version()
        hub.reading.access()
        hub.log.head()
    except apsw.Error as error:
        raise UnavailableError("a file of the hub cannot be read") from error
    return Answer(value=Health(status="ready"))


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/health/live",
        name="isLive",
        summary="Whether the process answers; always 200.",
        handler=live,
        gives=Health,
        door=Door.OPEN,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="GET",
        path="/health/ready",
        name="isReady",
        summary="Whether views are fresh and all files can be read; 503 otherwise.",
        handler=ready,
        gives=Health,
        door=Door.OPEN,
        keep=Keep.NOBODY,
        errors=(503,),
    ),
)
