"""What every endpoint is handed beside the request."""

import msgspec

from foedus.hub import Hub
from foedus.taxii.cursors import KEY, Cursors
from foedus.taxii.statuses import Statuses


class Surface(msgspec.Struct, frozen=True, kw_only=True):
    """The hub, and what this surface keeps for itself.

    Attributes:
        discovery_url: the absolute URL of the discovery resource.
        root_url: the absolute URL of the API root.
        root_path: the path of the API root, with a slash at both ends.
    """

    hub: Hub
    cursors: Cursors
    statuses: Statuses
    discovery_url: str
    root_url: str
    root_path: str


def surface_of(hub: Hub) -> Surface:
    """Make the surface of a hub."""
    path = f"/taxii2/{hub.alliance.api_root}/"
    return Surface(
        hub=hub,
        cursors=Cursors(hub.store.key(KEY)),
        statuses=Statuses(hub.store),
        discovery_url=f"{hub.public_url}/taxii2/",
        root_url=f"{hub.public_url}{path}",
        root_path=path,
    )
