"""No endpoint comes into the hub without somebody saying how it keeps secrets."""

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Route

from tests.leaks.driver import Driver
from tests.leaks.surfaces import CASES, Case, questions


def endpoints(routes: Iterable[BaseRoute]) -> set[str]:
    """List all endpoints by method and path; anything but a route is named too."""
    found: set[str] = set()
    for route in routes:
        if not isinstance(route, Route):
            found.add(f"ANY {getattr(route, 'path', route)}")
            continue
        methods = (route.methods or {"ANY"}) - {"HEAD"}
        found |= {f"{method} {route.path}" for method in methods}
    return found


def matched(routes: Iterable[BaseRoute], url: str) -> str:
    """Tell which endpoint answers a GET of an address."""
    path = url.partition("?")[0]
    headers = [(b"authorization", b"Basic")]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
    for route in routes:
        if route.matches(scope)[0] is Match.FULL and isinstance(route, Route):
            return f"{'GET' if route.methods else 'ANY'} {route.path}"
    return ""


async def test_every_endpoint_has_a_case(hub: Driver) -> None:
    found = endpoints(hub.app.routes)
    missing, gone = found - CASES.keys(), CASES.keys() - found
    assert not missing, f"say in surfaces.py how {sorted(missing)} are covered"
    assert not gone, f"{sorted(gone)} are gone; take them out of surfaces.py"


async def test_every_traced_endpoint_is_asked(hub: Driver) -> None:
    asked = {matched(hub.app.routes, url) for url in questions(["a-status"])}
    traced = {
        endpoint
        for endpoint, case in CASES.items()
        if case in {Case.TRACED, Case.JUDGED}
    }
    left = traced - asked
    assert not left, f"give surfaces.questions an address of {sorted(left)}"
