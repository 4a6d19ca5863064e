"""The paths of the TAXII surface.

Source: TAXII 2.1, section 3.1.
"""

from collections.abc import Mapping

import msgspec
from starlette.routing import BaseRoute, Route

from foedus.hub import Hub
from foedus.taxii import collections, discovery, objects
from foedus.taxii.edge import Elsewhere, Endpoint, Handler
from foedus.taxii.roots import root_route
from foedus.taxii.surface import Surface, surface_of

_BELOW_ROOT: Mapping[str, Mapping[str, Handler]] = {
    # What is asked most often comes first: routes are tried in order.
    "collections/{collection}/objects/": {"GET": objects.objects, "POST": objects.add},
    "collections/{collection}/objects/{object}/": {
        "GET": objects.object_by_id,
        "DELETE": objects.delete,
    },
    "collections/{collection}/manifest/": {"GET": objects.manifest},
    "collections/{collection}/objects/{object}/versions/": {"GET": objects.versions},
    "collections/{collection}/": {"GET": collections.collection},
    "collections/": {"GET": collections.collections},
    "status/{status}/": {"GET": discovery.status},
    "": {"GET": discovery.api_root},
}


class Routes(msgspec.Struct, frozen=True, kw_only=True):
    """The routes of the surface.

    Attributes:
        own: below `/taxii2`, most asked for first.
        further: of further API roots; goes behind the routes of all surfaces.
    """

    own: list[BaseRoute]
    further: BaseRoute


def all_routes(hub: Hub) -> Routes:
    """Give the routes of a hub's TAXII surface, further API roots included."""
    surface = surface_of(hub)
    return Routes(own=_own(surface), further=root_route(surface, _BELOW_ROOT))


def routes(hub: Hub) -> list[BaseRoute]:
    """Give the routes below `/taxii2`, most asked for first."""
    return all_routes(hub).own


def _own(surface: Surface) -> list[BaseRoute]:
    """Give the routes below `/taxii2`.

    The last two take every other path below it, and every other method, so that
    these too are answered by TAXII's error object.
    """
    paths = {
        **{surface.root_path + path: each for path, each in _BELOW_ROOT.items()},
        "/taxii2/": {"GET": discovery.discovery},
    }
    endpoints = [
        Route(path, Endpoint(surface, handlers), methods=list(handlers), name=path)
        for path, handlers in paths.items()
    ]
    elsewhere = Elsewhere(endpoints)
    return [
        *endpoints,
        Route("/taxii2/{elsewhere:path}", elsewhere, name="taxii-elsewhere"),
        Route("/taxii2", elsewhere, name="taxii-elsewhere-2"),
    ]
