"""What every endpoint is handed beside the request."""

import msgspec

from foedus.hub import Hub
from foedus.taxii.cursors import KEY, Cursors
from foedus.taxii.statuses import Statuses


class Surface(msgspec.Struct, frozen=True, kw_only=True):
    """The hub, and what this surface keeps for itself.

    Attributes:
        root_url: the absolute URL of the API root.
        root_path: the path of the API root, with a slash at both ends.
    """

    hub: Hub
    cursors: Cursors
    statuses: Statuses
    root_url: str
    root_path: str


def surface_of(hub: Hub) -> Surface:
    """Make the surface of a hub."""
    path = f"/taxii2/{hub.alliance.api_root}/"
    return Surface(
        hub=hub,
        cursors=Cursors(hub.store.key(KEY)),
        statuses=Statuses(hub.store),
        root_url=f"{hub.public_url}{path}",
        root_path=path,
    )
