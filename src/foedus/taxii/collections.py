"""Collections: which there are for an account, and what it may do with them.

Source: TAXII 2.1, sections 5.1 and 5.2.
"""

from foedus.errors import ForbiddenError
from foedus.identity.accounts import Account
from foedus.intel.collections import Collection
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.taxii.answers import Answer, resource
from foedus.taxii.exchange import Exchange
from foedus.taxii.media_types import STIX_TYPES
from foedus.taxii.surface import Surface


async def collections(
    surface: Surface, _exchange: Exchange, account: Account
) -> Answer:
    """List the collections that an account may read or write, by id."""
    found = surface.hub.reading.collections(account.viewer())
    return resource({"collections": list(map(listed, found))} if found else {})


async def collection(surface: Surface, exchange: Exchange, account: Account) -> Answer:
    """Describe one collection, named by id or alias."""
    found = surface.hub.reading.collection(
        account.viewer(), exchange.name("collection")
    )
    return resource(listed(found))


def readable(seen: Snapshot, viewer: Viewer, name: str) -> Collection:
    """Find a collection to read from.

    Raises:
        NotFoundError: there is none, or the viewer may neither read nor write it.
        ForbiddenError: the viewer may only write to it.
    """
    found = seen.collection(viewer, name)
    if not found.can_read:
        raise ForbiddenError("you may write to this collection but not read it")
    return found


def writable(seen: Snapshot, viewer: Viewer, name: str) -> Collection:
    """Find a collection to write to.

    Raises:
        NotFoundError: there is none, or the viewer may neither read nor write it.
        ForbiddenError: the viewer may only read it.
    """
    found = seen.collection(viewer, name)
    if not found.can_write:
        raise ForbiddenError("you may read this collection but not write to it")
    return found


def listed(found: Collection) -> dict[str, object]:
    """Describe a collection as an account has it."""
    described = {"description": found.description} if found.description else {}
    return {
        "id": found.id,
        "title": found.title,
        **described,
        "alias": found.alias,
        "can_read": found.can_read,
        "can_write": found.can_write,
        "media_types": list(STIX_TYPES.values()),
    }
