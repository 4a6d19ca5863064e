"""Whoever leaves stops what works for them."""

import asyncio
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette

from foedus.api.leaving import LeftError, while_there
from foedus.api.routes import routes
from foedus.errors import NotFoundError
from foedus.hub import Hub
from foedus.planning.asks import AnyOf
from foedus.planning.commands import Answered
from foedus.planning.progress import Tell, tell_nobody
from tests.api.world import World, bearer

TABLE = b'{"indicators": {}, "alternatives": {}, "draws": 1000}'
PATH = "/api/v1/composite-indices"


class Visitor:
    """Whoever asked: sends a body, and stays until told to leave."""

    def __init__(self, body: bytes = b"") -> None:
        self.gone = asyncio.Event()
        self.came: list[Any] = []
        self._bodies = [body]

    async def receive(self) -> dict[str, Any]:
        if self._bodies:
            body = self._bodies.pop()
            return {"type": "http.request", "body": body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:  # noqa: ANN401 - as the framework's
        self.came.append(message)

    async def leave_after(self, event: asyncio.Event) -> None:
        await event.wait()
        self.gone.set()


class Endless:
    """A solver that goes on until it is stopped."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.stopped = False

    async def run(
        self,
        ask: AnyOf,
        answer: type[Answered],
        *,
        nation: str,
        tell: Tell = tell_nobody,
    ) -> Answered:
        del ask, answer, nation, tell
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped = True
        raise AssertionError  # nobody sets it


async def test_who_stays_gets_what_came_of_it() -> None:
    async def work() -> int:
        return 7

    async def refuse() -> int:
        raise NotFoundError("no such plan")

    assert await while_there(work(), Visitor().receive) == 7
    with pytest.raises(NotFoundError):
        await while_there(refuse(), Visitor().receive)


async def test_who_leaves_stops_it() -> None:
    visitor, begun = Visitor(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(visitor.leave_after(begun))
        with pytest.raises(LeftError):
            await while_there(work(), visitor.receive)


async def test_a_client_of_the_api_that_leaves_stops_its_solver(
    hub: Hub, founded: World
) -> None:
    solver, visitor = Endless(), Visitor(TABLE)
    app = Starlette(routes=routes(msgspec.structs.replace(hub, workers=solver)))
    headers = {**bearer(founded.tokens["pol"]), "content-type": "application/json"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("hub", 80),
        "scheme": "http",
    }

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(visitor.leave_after(solver.begun))
        await app(scope, visitor.receive, visitor.send)

    assert solver.stopped
    assert visitor.came == []
