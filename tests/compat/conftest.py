"""The fixtures of the compatibility surface's tests: the API's world, streamed."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from foedus.compat.routes import routes
from foedus.hub import Hub
from foedus.streaming.pulse import Pulse
from tests.api.world import HOST, clock, founded, hub, lagging

__all__ = ["clock", "founded", "hub", "lagging"]


@pytest.fixture
async def http(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    """A client of this surface alone."""
    transport = httpx.ASGITransport(app=Starlette(routes=routes(hub, Pulse(hub))))
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as found:
        yield found
