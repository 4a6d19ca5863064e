"""Health: alive is alive; ready means that reading is safe."""

import pytest

from foedus.hub import Hub
from tests.api.world import Clients


async def test_live_is_200_whoever_asks(clients: Clients) -> None:
    response = await clients.nobody.get("/health/live")

    assert (response.status_code, response.json()) == (200, {"status": "live"})


async def test_ready_is_200_when_views_are_fresh_and_files_open(
    clients: Clients,
) -> None:
    response = await clients.nobody.get("/health/ready")

    assert (response.status_code, response.json()) == (200, {"status": "ready"})


@pytest.mark.usefixtures("lagging")
async def test_ready_is_503_while_the_views_lag(
    clients: Clients,
) -> None:
    response = await clients.nobody.get("/health/ready")

    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("lagging")
async def test_live_is_200_while_the_views_lag(
    clients: Clients,
) -> None:
    assert (await clients.nobody.get("/health/live")).status_code == 200


async def test_ready_is_503_when_state_cannot_be_read(
    hub: Hub, clients: Clients
) -> None:
    hub.store.close()

    response = await clients.nobody.get("/health/ready")

    assert response.status_code == 503
    assert "state" not in response.json()["detail"]
