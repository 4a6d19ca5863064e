import pytest
from starlette.routing import Route

from foedus.hub import Hub
from foedus.taxii.edge import Elsewhere, Endpoint
from foedus.taxii.routes import routes
from tests.taxii.world import Client


def test_every_endpoint_of_the_specification_is_there(hub: Hub) -> None:
    found = {
        (method, route.path)
        for route in routes(hub)
        if isinstance(route, Route) and isinstance(route.endpoint, Endpoint)
        for method in route.endpoint.methods
    }

    collection = "/taxii2/nato/collections/{collection}/"
    assert found == {
        ("GET", "/taxii2/"),
        ("GET", "/taxii2/nato/"),
        ("GET", "/taxii2/nato/status/{status}/"),
        ("GET", "/taxii2/nato/collections/"),
        ("GET", collection),
        ("GET", f"{collection}manifest/"),
        ("GET", f"{collection}objects/"),
        ("POST", f"{collection}objects/"),
        ("GET", f"{collection}objects/{{object}}/"),
        ("DELETE", f"{collection}objects/{{object}}/"),
        ("GET", f"{collection}objects/{{object}}/versions/"),
    }


def test_the_last_routes_take_everything_else(hub: Hub) -> None:
    last = [route for route in routes(hub)[-2:] if isinstance(route, Route)]

    assert [isinstance(route.endpoint, Elsewhere) for route in last] == [True, True]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_discovery_is_read_only(pol: Client, method: str) -> None:
    response = await pol.ask(method, "/taxii2/")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"
