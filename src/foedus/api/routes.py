"""The routes of the API."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from foedus.hub import Hub


def routes(hub: Hub) -> list[BaseRoute]:
    """Give the routes of the API of a hub."""

    async def live(_: Request) -> Response:
        return Response(b'{"status":"live"}', media_type="application/json")

    async def ready(_: Request) -> Response:
        hub.check_fresh()
        return Response(b'{"status":"ready"}', media_type="application/json")

    return [Route("/health/live", live), Route("/health/ready", ready)]
