"""Objects and their manifest: reading, adding, deleting.

Source: TAXII 2.1, sections 5.3 to 5.8.
"""

import asyncio
from typing import Final

from foedus.errors import (
    FoedusError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
    TooLargeError,
)
from foedus.identity.accounts import Account
from foedus.intel import commands as intel
from foedus.intel.pages import Filters, Record, VersionTerm
from foedus.stix.objects import split_envelope
from foedus.stix.timestamps import format_us, parse_us
from foedus.taxii.answers import Answer
from foedus.taxii.collections import readable, writable
from foedus.taxii.exchange import Exchange
from foedus.taxii.filters import parse_deletion
from foedus.taxii.media_types import STIX_TYPES
from foedus.taxii.pages import Asked, Listing, answer_page
from foedus.taxii.surface import Surface

DOOR: Final = "taxii"
"""How the log names this surface."""

SPLIT_HERE_BYTES_MAX: Final = 65_536
"""Bytes of a body that is split on the event loop; about 0.3 ms. Longer ones leave."""

VERSIONS_MAX: Final = 10_000
"""Versions of one object that a DELETE by specification version looks through."""


def _manifest_record(each: Record) -> dict[str, str]:
    return {
        "id": each.id,
        "date_added": format_us(each.added_us),
        "version": each.version,
        "media_type": STIX_TYPES[each.spec_version],
    }


def _version(each: Record) -> str:
    return each.version


_OBJECTS = Asked(kind="objects")
_MANIFEST = Asked(
    kind="manifest", listing=Listing(name="objects", item=_manifest_record)
)
_VERSIONS = Listing(name="versions", item=_version)


async def objects(surface: Surface, exchange: Exchange, account: Account) -> Answer:
    """Give objects of a collection.

    Source: TAXII 2.1, section 5.4.
    """
    return await answer_page(surface, exchange, account, _OBJECTS)


async def object_by_id(
    surface: Surface, exchange: Exchange, account: Account
) -> Answer:
    """Give versions of one object, the last unless others are asked for.

    Source: TAXII 2.1, section 5.6.
    """
    asked = Asked(kind="object", object=exchange.name("object"))
    return await answer_page(surface, exchange, account, asked)


async def manifest(surface: Surface, exchange: Exchange, account: Account) -> Answer:
    """List what `objects` would give, a record a version.

    Source: TAXII 2.1, section 5.3.
    """
    return await answer_page(surface, exchange, account, _MANIFEST)


async def versions(surface: Surface, exchange: Exchange, account: Account) -> Answer:
    """List the versions of one object.

    Source: TAXII 2.1, section 5.8.
    """
    asked = Asked(
        kind="versions",
        object=exchange.name("object"),
        all_versions=True,
        listing=_VERSIONS,
    )
    return await answer_page(surface, exchange, account, asked)


async def add(surface: Surface, exchange: Exchange, account: Account) -> Answer:
    """Publish the objects of an envelope, and tell what became of each.

    Source: TAXII 2.1, section 5.5.
    """
    hub = surface.hub
    at = hub.clock()
    collection = exchange.name("collection")
    if exchange.length is None or exchange.length > SPLIT_HERE_BYTES_MAX:
        # Whoever may not write is told so before all of it is here.
        _check_writable(surface, account, collection)
    try:
        body = await exchange.body(length_max=hub.settings.taxii.max_content_length)
        given = await _split(body)
    except FoedusError:
        # To whom the collection is not there it is not there, whatever is sent.
        _check_writable(surface, account, collection)
        raise
    act = hub.act(account, door=DOOR, at=at)
    outcomes = await hub.publish(account, act, collection, given)
    status = await surface.statuses.keep(account, outcomes, at=at)
    return Answer(status=202, body=status)


def _check_writable(surface: Surface, account: Account, collection: str) -> None:
    with surface.hub.reading.snapshot() as seen:
        writable(seen, account.viewer(), collection)


async def delete(surface: Surface, exchange: Exchange, account: Account) -> Answer:
    """Withdraw versions of the own lane of an object, the last unless others are named.

    Source: TAXII 2.1, section 5.7; DESIGN §6, "Lanes".
    """
    hub = surface.hub
    at = hub.clock()
    viewer = account.viewer()
    with hub.reading.snapshot() as seen:
        found = writable(seen, viewer, exchange.name("collection"))
        readable(seen, viewer, found.id)
    terms = _doomed(surface, exchange, account, parse_deletion(exchange.query))
    position = await intel.withdraw(
        hub.desk,
        viewer,
        hub.act(account, door=DOOR, at=at),
        intel.Target(collection=found.id, id=exchange.name("object"), versions=terms),
    )
    await hub.seen([position])
    return Answer()


async def _split(body: bytes) -> list[bytes]:
    """Cut an envelope into objects.

    Raises:
        RuleViolationError: it is no envelope, is empty or holds too many objects;
            `max_content_length` alone may be answered by 413.
    """
    try:
        if len(body) <= SPLIT_HERE_BYTES_MAX:
            given = split_envelope(body)
        else:
            given = await asyncio.to_thread(split_envelope, body)
    except (InvalidInputError, TooLargeError) as error:
        raise RuleViolationError(error.detail) from error
    if not given:
        raise RuleViolationError('an envelope without objects; send {"objects": […]}')
    return given


def _doomed(
    surface: Surface, exchange: Exchange, account: Account, filters: Filters
) -> tuple[VersionTerm, ...]:
    """Name the versions that a DELETE means.

    Raises:
        NotFoundError: a specification version is named that none of them has.
    """
    if not filters.spec_versions:
        return filters.versions
    viewer = account.viewer()
    wanted = Filters(
        ids=(exchange.name("object"),),
        versions=filters.versions,
        spec_versions=filters.spec_versions,
    )
    with surface.hub.reading.snapshot() as seen:
        found = readable(seen, viewer, exchange.name("collection"))
        page = seen.page(viewer, found, wanted, limit=VERSIONS_MAX, bodies=False)
    own = {
        parse_us(each.version) for each in page.records if each.nation == viewer.nation
    }
    if not own:
        raise NotFoundError("no such object; the manifest lists what there is")
    return tuple(own)
