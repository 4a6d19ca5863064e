"""Collections: what they are, and how they are found."""

from collections.abc import Sequence

import apsw
import msgspec

from foedus.errors import NotFoundError
from foedus.ids import CollectionId
from foedus.intel.events import Rights

_COLLECTIONS = """
SELECT c.collection, c.id, c.alias, c.title, c.description, c.default_label,
       c.tear_lines, c.hold_minutes, coalesce(p.root, ''),
       coalesce(p.alias, c.alias), coalesce(i.ended, 1), c.read, c.write
  FROM collection AS c
  LEFT JOIN placed AS p ON p.collection = c.id
  LEFT JOIN import AS i ON i.source = p.source
 ORDER BY c.id
 LIMIT 10000
"""


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A collection as a viewer has it; `key` never leaves the hub.

    Attributes:
        root: the further API root below which it is reached too; empty for none.
        root_alias: what it is called there.
    """

    key: int
    id: CollectionId
    alias: str
    title: str
    description: str
    default_label: str | None
    can_read: bool
    can_write: bool
    tear_lines: bool = False
    hold_minutes: int = 0
    root: str = ""
    root_alias: str = ""


def named(collections: Sequence[Collection], name: str) -> Collection:
    """Find a collection by id or alias; an id goes first.

    Raises:
        NotFoundError: none of them has the name.
    """
    for each in collections:
        if name == each.id:
            return each
    for each in collections:
        if name == each.alias:
            return each
    raise NotFoundError("no such collection; list those that are there for you")


def load_collections(
    db: apsw.Connection,
) -> list[tuple[Collection, Rights, Rights]]:
    """Read all collections by id, each with who may read it and who may write it."""
    found = []
    decode = msgspec.json.Decoder(Rights).decode
    nobody = Rights()
    for row in db.execute(_COLLECTIONS):
        collection = Collection(
            key=row[0], id=row[1], alias=row[2], title=row[3], description=row[4],
            default_label=row[5], can_read=False, can_write=False,
            tear_lines=bool(row[6]), hold_minutes=row[7], root=row[8],
            root_alias=row[9],
        )  # fmt: skip
        # Nobody has a right to what is being taken over.
        read, write = map(decode, row[11:]) if row[10] else (nobody, nobody)
        found.append((collection, read, write))
    return found
