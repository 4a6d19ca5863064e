"""A request on its way."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from foedus.clock import StoppedClock
from foedus.telemetry import catalogue
from foedus.telemetry.journal import Journal
from foedus.telemetry.ledger import Ledger
from foedus.traffic.passage import HSTS, Passages

NOON = StoppedClock(datetime(2026, 11, 1, 12, tzinfo=UTC))

SECRET = "indicator--0b1e"  # noqa: S105 - stands for content


async def show(request: Request) -> PlainTextResponse:
    await request.body()
    return PlainTextResponse("shown", headers={"x-is": "here"})


async def fail(_: Request) -> PlainTextResponse:
    raise ValueError(SECRET)


async def fail_late(_: Request) -> Any:  # noqa: ANN401 - an ASGI application
    async def app(_: object, __: object, send: Any) -> None:  # noqa: ANN401 - ASGI
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError(SECRET)

    return app


ROUTES = [
    Route("/taxii2/things/{thing}/", show, methods=["GET", "POST"]),
    Route("/home", fail),
    Route("/late", fail_late),
]


class World:
    """An application, what is counted of it, and its journal."""

    def __init__(self, *, is_https: bool = False) -> None:
        self.ledger = Ledger()
        self.out = io.StringIO()
        inner = Starlette(routes=ROUTES)
        self.app = Passages(
            inner.router,
            routes=ROUTES,
            ledger=self.ledger,
            journal=Journal(NOON, self.out, as_json=True),
            is_https=is_https,
        )

    async def ask(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:  # noqa: ANN401 - httpx's
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://h") as it:
            return await it.request(method, path, **more)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


async def test_a_request_is_told_by_its_route_and_never_by_its_path() -> None:
    world = World()
    answer = await world.ask(
        f"/taxii2/things/{SECRET}/?match={SECRET}", "POST", content=b"12345"
    )

    (line,) = world.lines()
    assert answer.text == "shown"
    assert (line["surface"], line["route"]) == ("taxii", "/taxii2/things/{thing}/")
    assert (line["status"], line["received"], line["sent"]) == (200, 5, 5)
    assert "address" not in line
    assert SECRET not in world.out.getvalue()
    assert world.ledger.snapshot().counts[
        catalogue.REQUESTS, "taxii", "/taxii2/things/{thing}/", "POST", "200"
    ]


async def test_what_is_at_no_route_is_told_without_its_path_but_whence() -> None:
    world = World()
    await world.ask(f"/{SECRET}")

    (line,) = world.lines()
    assert (line["route"], line["status"]) == ("-", 404)
    assert line["address"] == "127.0.0.1"
    assert SECRET not in world.out.getvalue()


async def test_a_method_of_somebodys_own_is_not_repeated() -> None:
    world = World()
    await world.ask("/home", SECRET.upper())

    (line,) = world.lines()
    assert line["method"] == "OTHER"


async def test_what_nobody_caught_is_a_bare_failure_and_logged_without_words() -> None:
    world = World()
    with capture_logs() as logged:
        answer = await world.ask("/home")

    assert (answer.status_code, answer.json()["status"]) == (500, 500)
    assert [each["event"] for each in logged] == ["request_failed"]
    assert SECRET not in str(logged) + answer.text
    assert world.lines()[0]["status"] == 500


async def test_a_failure_after_the_answer_has_begun_is_logged() -> None:
    world = World()
    with capture_logs() as logged:
        await world.ask("/late")

    assert [each["event"] for each in logged] == ["request_failed"]


async def test_an_id_is_given_back_only_to_whom_sent_it() -> None:
    world = World()
    told = await world.ask("/taxii2/things/1/", headers={"X-Request-Id": "my-request"})
    silent = await world.ask("/taxii2/things/1/", headers={"X-Request-Id": "no good"})

    assert told.headers["x-request-id"] == "my-request"
    assert "x-request-id" not in silent.headers
    assert world.lines()[0]["request_id"] == "my-request"


async def test_browsers_are_told_to_stay_with_https_where_it_is_served() -> None:
    name = HSTS[0].decode()
    secure = await World(is_https=True).ask("/taxii2/things/1/")
    plain = await World().ask("/taxii2/things/1/")

    assert secure.headers[name] == HSTS[1].decode()
    assert name not in plain.headers
