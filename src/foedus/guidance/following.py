"""Step three: what a reader may follow here, with set-up to copy.

What there is to follow is handed in: collections belong to another capability, and who
may follow what is judged there.
"""

from collections.abc import Iterator
from datetime import date

import msgspec

from foedus.alliance.nations import Alliance
from foedus.alliance.sourced import Basis
from foedus.guidance.sheets import Item, from_hub

COLLECTIONS_MAX = 50
"""Collections that are told of; a reader lists all of them by the API."""

ANYBODY = "NAME"
"""Stands in what is copied for the name of an account, where nobody is named."""


class Followable(msgspec.Struct, frozen=True, kw_only=True):
    """A collection that the reader may read."""

    id: str
    alias: str
    title: str


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader may follow, and where.

    Attributes:
        url: what the hub is reached under, without a slash at the end.
        reader: the name of the reader's account; empty for what everybody may follow.
        reads_as: the nation and the clearance of the reader, in words.
        collections: those that the reader may read, by id.
        updates: titles of the last policy updates that the reader may see.
    """

    url: str
    reader: str = ""
    reads_as: str = ""
    collections: tuple[Followable, ...] = ()
    updates: tuple[str, ...] = ()


def following(alliance: Alliance, ways: Ways, today: date) -> Iterator[Item]:
    """Tell what may be followed today, and how it is set up."""
    yield from_hub(alliance, today, _reader(ways), Basis.RECORDED)
    for each in ways.collections[:COLLECTIONS_MAX]:
        text = f"Collection {each.title}: {each.alias}, id {each.id}."
        yield from_hub(alliance, today, text, Basis.RECORDED)
    if not ways.collections:
        whom = "you" if ways.reader else "everybody"
        text = f"No collection is open to {whom} here now."
        yield from_hub(alliance, today, text, Basis.RECORDED)
    for title in ways.updates:
        yield from_hub(alliance, today, f"Policy update: {title}.", Basis.RECORDED)
    for text in _setups(alliance, ways):
        yield from_hub(alliance, today, text)


def _reader(ways: Ways) -> str:
    if ways.reader:
        return f"This is what {ways.reader} may follow, reading as {ways.reads_as}."
    return (
        "This is what every account may follow; what yours may is shown with "
        "`--as NAME`, or when you are signed in. An operator opens accounts: "
        "`foedus account add`."
    )


def _setups(alliance: Alliance, ways: Ways) -> Iterator[str]:
    name = ways.reader or ANYBODY
    root = f"{ways.url}/taxii2/{alliance.api_root}/"
    which = ways.collections[0].id if ways.collections else "COLLECTION"
    accept = "'Accept: application/taxii+json;version=2.1'"
    objects = f"{root}collections/{which}/objects/"
    yield f"TAXII 2.1 with curl:\n  curl -u {name} -H {accept} '{objects}'"
    yield (
        "TAXII 2.1 with taxii2-client, in Python:\n"
        "  from taxii2client.v21 import Collection\n"
        f"  feed = Collection('{objects.removesuffix('objects/')}', "
        f"user='{name}', password='…')\n"
        "  print(feed.get_objects())"
    )
    yield (
        "OpenCTI, under Data > Ingestion > TAXII feeds:\n"
        f"  URL {root}\n  TAXII version 2.1\n  collection {which}\n"
        f"  authentication: Basic, {name} and its password, or Bearer and a token"
    )
    yield (
        "A SIEM with a TAXII connector, such as Microsoft Sentinel:\n"
        f"  API root URL {root}\n  collection ID {which}\n"
        f"  user name {name} and its password"
    )
    yield (
        "A SIEM or a script that takes server-sent events, as they come:\n"
        f"  curl -N -u {name} '{ways.url}/live?snapshot=1'"
    )
    feed = f"{ways.url}/api/v1/updates/feed"
    yield (
        "Policy updates in a feed reader, as Atom or as JSON Feed:\n"
        f"  curl -u {name} '{feed}.atom'\n  curl -u {name} '{feed}.json'"
    )
    yield f"A browser: open {ways.url}/ and sign in as {name}."
