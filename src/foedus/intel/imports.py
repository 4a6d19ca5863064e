"""What is known of taking over another server's collections.

- Until an import has ended, nobody has a right to its collections; then everything
  comes into sight at once, with the dates it had.
- Of two imports that place one collection, or open one API root, the first counts.
"""

import apsw
import msgspec

from foedus.ids import CollectionId
from foedus.intel.events import ApiRoot, ImportBegun, ImportEnded, ImportTerms
from foedus.releasability.views import bump_generation

_BEGIN = """
INSERT INTO import (source, terms, ended) VALUES (:source, :terms, 0)
    ON CONFLICT DO NOTHING
"""

_END = "UPDATE import SET ended = 1 WHERE source = :source"

_OPEN_ROOT = """
INSERT INTO api_root (path, title, description) VALUES (:path, :title, :description)
    ON CONFLICT DO NOTHING
"""

_PLACE = """
INSERT INTO placed (collection, root, alias, source)
VALUES (:collection, :root, :alias, :source)
    ON CONFLICT DO NOTHING
"""

_IMPORT = "SELECT terms, ended FROM import WHERE source = :source"

_ROOT = "SELECT path, title, description FROM api_root WHERE path = :path"

_SOURCE = "SELECT source FROM placed WHERE collection = :collection"

_HOLDS = """
SELECT EXISTS (SELECT 1
                 FROM version AS v
                 JOIN collection AS c ON c.collection = v.collection
                WHERE c.id = :collection)
"""


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One import, as it stands."""

    terms: ImportTerms
    ended: bool


def note_import(db: apsw.Connection, event: ImportBegun | ImportEnded) -> None:
    """Fold the begin or the end of an import."""
    match event:
        case ImportBegun():
            _begin(db, event)
        case ImportEnded():
            db.execute(_END, {"source": event.source})
    bump_generation(db)


def _begin(db: apsw.Connection, event: ImportBegun) -> None:
    terms = msgspec.json.encode(event.terms)
    db.execute(_BEGIN, {"source": event.source, "terms": terms})
    for root in event.roots:
        db.execute(_OPEN_ROOT, msgspec.structs.asdict(root))
    for each in event.collections:
        placed = msgspec.structs.asdict(each)
        db.execute(_PLACE, {**placed, "source": event.source})


def find_import(db: apsw.Connection, source: str) -> Import | None:
    """Find an import by what it takes over."""
    for terms, ended in db.execute(_IMPORT, {"source": source}):
        decoded = msgspec.json.decode(terms, type=ImportTerms)
        return Import(terms=decoded, ended=bool(ended))
    return None


def find_root(db: apsw.Connection, path: str) -> ApiRoot | None:
    """Find a further API root; whoever sees nothing below it must not be told."""
    for found in db.execute(_ROOT, {"path": path}):
        return ApiRoot(path=found[0], title=found[1], description=found[2])
    return None


def source_of(db: apsw.Connection, collection: CollectionId) -> str | None:
    """Tell which import a collection is of."""
    source: str | None = db.execute(_SOURCE, {"collection": collection}).get
    return source


def holds_anything(db: apsw.Connection, collection: CollectionId) -> bool:
    """Tell whether anything was ever published into a collection."""
    return bool(db.execute(_HOLDS, {"collection": collection}).get)
