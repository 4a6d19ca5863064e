"""What every endpoint is handed beside the request."""

import base64
import hashlib
from array import array
from collections.abc import Sequence
from typing import Final

import msgspec

from foedus.hub import Hub
from foedus.releasability.viewers import Viewer
from foedus.taxii.cursors import KEY, Cursors
from foedus.taxii.page_cache import PageCache
from foedus.taxii.statuses import Statuses

TAG_KEY: Final = "taxii.tag"
"""The name of the key in `state.db`."""

_TAG_BYTES: Final = 12


class Surface(msgspec.Struct, frozen=True, kw_only=True):
    """The hub, and what this surface keeps for itself.

    Attributes:
        pages: what was given before.
        tag_key: what entity tags are digested with, the same in every process.
        root_url: the absolute URL of the API root.
        root_path: the path of the API root, with a slash at both ends.
    """

    hub: Hub
    cursors: Cursors
    statuses: Statuses
    pages: PageCache
    tag_key: bytes
    root_url: str
    root_path: str

    def tag(
        self, viewer: Viewer, question: bytes, added_us: Sequence[int], *, more: bool
    ) -> bytes:
        """Give the entity tag of a page.

        Args:
            viewer: to whom: the same date may name something else to somebody else.
            question: the digest of what was asked for.
            added_us: when each record was added: what a date names never changes.
            more: whether there are more after them, which the page says.
        """
        digest = hashlib.blake2b(question, key=self.tag_key, digest_size=_TAG_BYTES)
        digest.update(b"%b %d %d " % (viewer.nation.encode(), viewer.clearance, more))
        digest.update(array("q", added_us).tobytes())
        return b'W/"%b"' % base64.urlsafe_b64encode(digest.digest())


def surface_of(hub: Hub) -> Surface:
    """Make the surface of a hub."""
    path = f"/taxii2/{hub.alliance.api_root}/"
    return Surface(
        hub=hub,
        cursors=Cursors(hub.store.key(KEY)),
        statuses=Statuses(hub.store),
        pages=PageCache(),
        tag_key=hub.store.key(TAG_KEY),
        root_url=f"{hub.public_url}{path}",
        root_path=path,
    )
