"""What is known of the views, until they change.

- Inside a snapshot everything that is known is of that snapshot: `refresh` sees to it.
- Where nobody has written since the last snapshot, nothing is read again.
"""

from pathlib import Path

from foedus.eventlog.database import open_readable
from foedus.intel.collections import Collection, load_collections
from foedus.intel.events import Rights
from foedus.intel.kept_bytes import KeptBytes
from foedus.intel.pages import Pages, State
from foedus.intel.views import current_access
from foedus.releasability.access import Access
from foedus.releasability.views import ReadableReaches

_VERSION = "PRAGMA main.data_version"
"""Changes whenever another connection has written.

Source: SQLite, PRAGMA data_version.
"""


class Known:
    """What one thread knows of the views between reads, and the connection it reads by.

    Args:
        views: the file of the views.
        log: the file of the log, which is attached as `log`.
        kept: objects' bytes that were read before, by any thread.
        cache_kib: KiB of the views that it keeps; a quarter as much of the log.

    Attributes:
        depth: whether a snapshot is open.
        cache_key: access generation and number of reaches.
        access: who may see what; None before the founding.
        collections: all of them, each with who may read it and who may write it.
        rights: the collections of a nation with some roles.
        counts: of a collection and a place, how many objects there were in a state.
    """

    def __init__(
        self, views: Path, log: Path, kept: KeptBytes, *, cache_kib: int
    ) -> None:
        self.db = open_readable(views)
        self.db.execute("ATTACH :log AS log", {"log": str(log)})
        self.db.execute(f"PRAGMA main.cache_size = -{cache_kib}")
        self.db.execute(f"PRAGMA log.cache_size = -{cache_kib // 4}")
        self.depth = 0
        self.version = -1
        self.reaches = ReadableReaches()
        self.cache_key = (-1, -1)
        self.access: Access | None = None
        self.collections: list[tuple[Collection, Rights, Rights]] = []
        self.rights: dict[object, tuple[Collection, ...]] = {}
        self.counts: dict[tuple[int, int], tuple[State, int]] = {}
        self.pages = Pages(self.db, kept=kept)

    def refresh(self) -> None:
        """Catch up with the views, inside the snapshot."""
        version: int = self.db.execute(_VERSION).get
        if version == self.version:
            return
        cache_key = self.reaches.refresh(self.db)
        self.pages.turn()
        if cache_key[0] != self.cache_key[0]:
            self.access = current_access(self.db)
            self.collections = load_collections(self.db)
            self.rights.clear()
            self.pages.forget()
        # Last, so that it is all done again where the disk has refused some of it.
        self.cache_key, self.version = cache_key, version
