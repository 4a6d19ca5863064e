"""Sources as they are shown beside what they say, on every surface."""

from collections.abc import Iterable

import msgspec

from foedus.alliance.nations import Alliance


class Citation(msgspec.Struct, frozen=True, kw_only=True):
    """A source as it is shown beside a fact.

    Attributes:
        opened: whether it was read when the fact was written down; one that was not is
            where the fact should be confirmed.
    """

    sid: str
    title: str
    publisher: str
    url: str
    dated: str
    opened: bool


def citations(alliance: Alliance, sids: Iterable[str]) -> tuple[Citation, ...]:
    """Give the sources with some ids, as they are shown."""
    return tuple(
        Citation(
            sid=source.sid,
            title=source.title,
            publisher=source.publisher,
            url=source.url,
            dated=source.dated,
            opened=source.opened,
        )
        for source in (alliance.sources[sid] for sid in sids)
    )
