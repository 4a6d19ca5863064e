"""TAXII 2.1, section 4.3: what became of a POST, and for how long it is told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.conformance.taxii.conftest import Restartable
from tests.conformance.taxii.world import Client, Clients, Shelf, empty_id
from tests.taxii.world import UNKNOWN, indicator


@pytest.fixture
def elsewhere(restartable: Restartable) -> Iterator[Shelf]:
    """A collection of the server that may be restarted."""
    client = Client(restartable.server.url, "pol")
    yield Shelf(client, empty_id(0))
    client.http.close()


def test_a_status_can_be_asked_for_again(shelf: Shelf) -> None:
    """TAXII 2.1, 4.3; check P2."""
    status = shelf.post([indicator(1), {"type": "x"}]).json()

    response = shelf.client.get(f"status/{status['id']}/")

    assert response.status_code == 200
    assert response.json() == status


@pytest.mark.parametrize("name", [UNKNOWN, "22101993", "x", "%00"])
def test_a_status_that_is_not_there_is_404(shelf: Shelf, name: str) -> None:
    """TAXII 2.1, 4.3; check P3."""
    assert shelf.client.get(f"status/{name}/").status_code == 404


def test_a_status_is_for_the_account_that_posted_only(
    clients: Clients, shelf: Shelf
) -> None:
    """TAXII 2.1, 1.6.9 and 4.3; check S6."""
    status = shelf.add(indicator(1))

    for other in (clients.pol_2, clients.fin):
        foreign = other.get(f"status/{status['id']}/")
        unknown = other.get(f"status/{UNKNOWN}/")

        assert foreign.status_code == 404
        assert foreign.content == unknown.content


def test_a_status_outlives_restarts_for_24_hours_and_is_404_when_it_is_gone(
    restartable: Restartable, elsewhere: Shelf
) -> None:
    """TAXII 2.1, 4.3; checks P2 and P3."""
    server, clock = restartable.server, restartable.clock
    status = elsewhere.post([indicator(1), {"type": "x"}]).json()
    path = f"status/{status['id']}/"

    server.kill()
    server.start()
    killed = elsewhere.client.get(path)
    clock.put(restartable.at + timedelta(hours=24))
    server.stop()
    server.start()
    a_day_later = elsewhere.client.get(path)
    clock.put(restartable.at + timedelta(hours=49))
    gone = elsewhere.client.get(path)

    assert killed.json() == a_day_later.json() == status
    assert gone.status_code == 404
    assert gone.json()["http_status"] == "404"
