"""Deliveries as the fold holds them: what waits for a number, and what has one."""

from typing import NamedTuple

from foedus.intel.entitlements import StoredVersion


class Pending:
    """A delivery of the commit being folded."""

    __slots__ = (
        "added_us",
        "collection",
        "nation",
        "object",
        "reach",
        "stamp",
        "version",
    )

    def __init__(
        self,
        version: StoredVersion,
        *,
        collection: int,
        object: str,  # noqa: A002 - as the column is called
        reach: int,
        added_us: int | None,
    ) -> None:
        self.added_us = added_us
        self.collection = collection
        self.object = object
        self.nation = version.nation
        self.version = version.key
        self.stamp = version.stamp
        self.reach = reach


class Held(NamedTuple):
    """A delivery as `settle` sees it; `pending` where it is not yet numbered."""

    number: int
    reach: int
    version: int
    nation: str
    stamp: int | None
    unit: int
    pending: Pending | None = None
