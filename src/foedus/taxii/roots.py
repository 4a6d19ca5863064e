"""Further API roots: other servers' paths, below which their collections stay.

- `/trustgroup1/` leads to some of the collections that `/taxii2/<alliance>/` leads to.
  They are the same collections; only these paths and their old aliases are added.
- Whoever sees none of its collections is answered as if the root were not there, with
  the same text. Which roots there are is read on each request, so that every worker
  knows one that was opened a moment ago.
- Below a path that is not ours only TAXII clients are answered: who sends a credential
  or speaks of TAXII. Nobody else notices these paths, whether there are any or not.

Source: TAXII 2.1, sections 4.2 and 8.2.2.
"""

from collections.abc import Mapping
from typing import Final

from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import Receive, Scope, Send

from foedus.errors import NotFoundError
from foedus.identity.accounts import Account
from foedus.intel.collections import Collection
from foedus.intel.importing import RESERVED
from foedus.intel.imports import find_root
from foedus.intel.reading import Snapshot
from foedus.taxii.answers import Answer, resource
from foedus.taxii.collections import listed
from foedus.taxii.discovery import described
from foedus.taxii.edge import NOWHERE, Elsewhere, Endpoint, Handler
from foedus.taxii.exchange import Exchange
from foedus.taxii.surface import Surface

_TAXII: Final = b"application/taxii+json"
_TELLING: Final = frozenset({b"accept", b"content-type"})


class RootRoute(Route):
    """The route of everything below a path that may be a further API root's."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match what a TAXII client asks, and no path of the hub's own."""
        if scope["type"] != "http" or not _is_of_taxii(scope):
            return Match.NONE, {}
        if scope["path"].split("/", 2)[1].lower() in RESERVED:
            return Match.NONE, {}
        return super().matches(scope)


def root_route(
    surface: Surface, endpoints: Mapping[str, Mapping[str, Handler]]
) -> BaseRoute:
    """Make the route of all further API roots; it goes behind every other.

    Args:
        surface: what the handlers are handed.
        endpoints: the handlers of the first API root, by path below it and method.
    """
    below = {
        **endpoints,
        "collections/{collection}/": {"GET": _collection},
        "collections/": {"GET": _collections},
        "": {"GET": _api_root},
    }
    routes = [
        Route(
            "/{root}/" + path,
            Endpoint(surface, {name: _within(each) for name, each in handlers.items()}),
            methods=list(handlers),
        )
        for path, handlers in below.items()
    ]
    elsewhere = Route("/{root}/{rest:path}", Elsewhere(routes))
    router = Router([*routes, elsewhere], redirect_slashes=False)
    return RootRoute("/{root}/{rest:path}", _Below(router), name="taxii-roots")


class _Below:
    """The ASGI application below all further API roots."""

    def __init__(self, router: Router) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)


def _is_of_taxii(scope: Scope) -> bool:
    return any(
        name == b"authorization" or (name in _TELLING and _TAXII in value.lower())
        for name, value in scope["headers"]
    )


def _within(handler: Handler) -> Handler:
    """Let a handler answer for collections of the root in the path alone."""

    async def run(surface: Surface, exchange: Exchange, account: Account) -> Answer:
        with surface.hub.reading.snapshot() as seen:
            found = _found(seen, account, exchange)
        params = exchange.scope["path_params"]
        if "collection" in params:
            params["collection"] = _named(found, params["collection"]).id
        return await handler(surface, exchange, account)

    return run


async def _api_root(surface: Surface, exchange: Exchange, account: Account) -> Answer:
    with surface.hub.reading.snapshot() as seen:
        _found(seen, account, exchange)
        root = find_root(seen.db, exchange.name("root"))
    assert root is not None, "it has collections"
    return resource(described(surface, root.title, root.description))


async def _collections(
    surface: Surface, exchange: Exchange, account: Account
) -> Answer:
    with surface.hub.reading.snapshot() as seen:
        found = _found(seen, account, exchange)
    return resource({"collections": [_listed(each) for each in found]})


async def _collection(surface: Surface, exchange: Exchange, account: Account) -> Answer:
    with surface.hub.reading.snapshot() as seen:
        found = _found(seen, account, exchange)
    return resource(_listed(_named(found, exchange.name("collection"))))


def _listed(found: Collection) -> dict[str, object]:
    return {**listed(found), "alias": found.root_alias}


def _found(seen: Snapshot, account: Account, exchange: Exchange) -> list[Collection]:
    """Give what an account sees below the root in the path.

    Raises:
        NotFoundError: there is no such root, or the account sees nothing below it.
    """
    root = exchange.name("root")
    found = [each for each in seen.collections(account.viewer()) if each.root == root]
    if not found:
        raise NotFoundError(NOWHERE)
    return found


def _named(found: list[Collection], name: str) -> Collection:
    for each in found:
        if name == each.id:
            return each
    for each in found:
        if name == each.root_alias:
            return each
    raise NotFoundError("no such collection")
