"""Runs by the API: clients of duty officers, on a stage of `theatre.py`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette

from foedus.api.routes import routes
from tests.api.world import HOST, Client, bearer
from tests.response.theatre import Theatre


@asynccontextmanager
async def players(stage: Theatre, *names: str) -> AsyncIterator[dict[str, Client]]:
    """Give a client for each of some accounts."""
    transport = httpx.ASGITransport(app=Starlette(routes=routes(stage.hub)))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as http:
        yield {name: Client(http, bearer(stage.token(name))) for name in names}
