"""Routes: every one is described, and every description leads to one."""

from pathlib import Path

from starlette.routing import Route

from foedus.api.openapi import document
from foedus.api.routes import OPERATIONS, routes
from foedus.hub import Hub
from tests.api.world import HOST, Clients

REFERENCE = Path(__file__).parents[2] / "docs/reference/api.md"
ELSEWHERE = {"/api/{elsewhere:path}", "/api", "/health/{elsewhere:path}"}


def routed(hub: Hub) -> set[tuple[str, str]]:
    return {
        (route.path, method.lower())
        for route in routes(hub)
        if isinstance(route, Route) and route.path not in ELSEWHERE
        for method in (route.methods or set()) - {"HEAD"}
    }


def described() -> set[tuple[str, str]]:
    found = document(OPERATIONS, url=HOST, cookie="c")["paths"]
    return {(path, method) for path, methods in found.items() for method in methods}


def test_every_route_is_described_and_every_description_has_a_route(hub: Hub) -> None:
    assert routed(hub) == described()


async def test_every_path_answers_a_member(hub: Hub, clients: Clients) -> None:
    paths = [
        path for path, method in routed(hub) if method == "get" and "{" not in path
    ]

    answers = {path: (await clients.fin.get(path)).status_code for path in paths}

    assert set(answers.values()) == {200, 400, 403}
    assert [path for path in paths if answers[path] == 403] == ["/api/v1/receipts"]
    assert {path for path, status in answers.items() if status == 400} == {
        "/api/v1/exercise-advice",
        "/api/v1/glossary/search",
        "/api/v1/labels/parse",
        "/api/v1/labels/preview",
        "/api/v1/search",
    }


def test_every_path_is_in_the_reference() -> None:
    page = REFERENCE.read_text("utf-8")

    assert [each.path for each in OPERATIONS if f"`{each.path}`" not in page] == []
