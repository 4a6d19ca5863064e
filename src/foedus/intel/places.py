"""Places: where in the one order something comes to a viewer or is taken from it.

- The order is that of the commits. In each, what is lost goes before what is
  delivered, and news of other kinds after both.
- Losses and deliveries go by collection and then by number; collections go by a digest
  of their ids, so that no hidden delivery sways the order. News go by the log.

Source: DESIGN §7, "Live"; ADR 13 and 14.
"""

import hashlib
from typing import Final, NamedTuple

import msgspec

from foedus.ids import CollectionId, NationCode
from foedus.intel.collections import Collection
from foedus.releasability.join import FixedLabel
from foedus.releasability.news import NEWS_KINDS

LOST: Final = 0
"""The phase of a commit's losses."""

PUT: Final = 1
"""The phase of its deliveries."""

NEWS: Final = 2
"""The phase of its news of other kinds."""

END: Final = 3
"""The place behind all of them."""

NUMBER_MAX: Final = 1 << 62
"""Behind every number."""

INTEL: Final = "intel"
"""What changes of intelligence are called among all kinds of news."""

KINDS: Final[tuple[str, ...]] = (INTEL, *NEWS_KINDS)
"""Every kind of news that there is."""

_ORDER_BYTES: Final = 7


class Place(NamedTuple):
    """A place in the order; it never leaves the hub.

    Attributes:
        commit_ms: when the commit was made.
        phase: `LOST`, `PUT`, `NEWS` or `END`.
        order: of the collection; of news, the position in the log.
        number: of the delivery that came or was lost; of news, the turn in its entry.
    """

    commit_ms: int
    phase: int
    order: int = 0
    number: int = 0


BEGINNING: Final = Place(0, LOST)


class Interest(msgspec.Struct, frozen=True, kw_only=True):
    """What a consumer wants to follow; empty means no restriction.

    Attributes:
        kinds: of news, `intel` among them.
        collections: ids of collections. News of other kinds are in none.
        types: of objects and of what news are about.
        labels: canonical texts, any of which fits.
        level_max: the highest level that fits besides; None where only labels do.
        confidence_min: of objects.
        pattern: that an object is, or names, an observation of; empty for none.
        last_only: of each object only the last version that the viewer sees.
        lost_after_ms: only losses of later commits.
        news_after_ms: only news of later commits.
    """

    kinds: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    level_max: int | None = None
    confidence_min: int = 0
    pattern: str = ""
    last_only: bool = False
    lost_after_ms: int = 0
    news_after_ms: int = 0

    def wants(self, kind: str) -> bool:
        """Tell whether a kind of news is wanted."""
        return not self.kinds or kind in self.kinds


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that came to a viewer, or was taken from it.

    Attributes:
        kind: `intel`, or what else the news are about.
        added_us: the date added of what came or was lost, in the viewer's world; when
            news were told.
        nation: the originator of what came.
        label: of what came, or was lost; a reader is told it of what came alone.
        raw: the bytes of what came; of news, their document.
        digest: names an item of news; None for intelligence.
        leaves: whether it is told as gone, since what came is not wanted.
    """

    place: Place
    collection: CollectionId
    id: str
    type: str
    version: str
    added_us: int
    label: FixedLabel
    kind: str = INTEL
    nation: NationCode = NationCode("")
    raw: bytes = b""
    digest: tuple[int, int] | None = None
    leaves: bool = False

    @property
    def is_lost(self) -> bool:
        """Whether something was taken, or is wanted no longer."""
        return self.leaves or self.place.phase == LOST

    @property
    def name(self) -> tuple[int, int]:
        """What names it in its commit, to those who may see it."""
        return self.digest or (self.place.order, self.added_us)


class Step(NamedTuple):
    """A change of intelligence that is not read yet.

    Attributes:
        lost: id, type, version and label of what was lost; None for what came.
    """

    place: Place
    collection: Collection
    unit: int
    version: int
    lost: tuple[str, str, str, bytes] | None = None


def order_of(collection: CollectionId) -> int:
    """Give the order of a collection among others."""
    digest = hashlib.blake2b(collection.encode(), digest_size=_ORDER_BYTES).digest()
    return int.from_bytes(digest, "big")
