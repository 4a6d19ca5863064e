"""What takes longer than a moment is told step by step, and stops with who asked."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.responses import PlainTextResponse, Response

from foedus.errors import FoedusError, InvalidInputError
from foedus.planning.progress import Progress, Tell
from foedus.web.plan_making import Done, Making, Work

PAGE = "<h1>Under way</h1><ol><!--steps--></ol><p>end</p>"


class Visitor:
    """Whoever asked: stays until told to leave, and keeps what came."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.came: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, str]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:  # noqa: ANN401 - as the framework's
        self.came.append(message)

    @property
    def status(self) -> int:
        return int(self.came[0]["status"])

    @property
    def text(self) -> str:
        return b"".join(each.get("body", b"") for each in self.came).decode()


async def refused(error: FoedusError) -> Response:
    return PlainTextResponse(error.detail, status_code=422)


async def ask(work: Work, patience_s: float, visitor: Visitor | None = None) -> Visitor:
    there = visitor or Visitor()
    making = Making(work, PAGE, refused, patience_s)
    await making({"type": "http", "method": "POST"}, there.receive, there.send)
    return there


def after(steps: int, end: Callable[[], Awaitable[Done]]) -> Work:
    """Work that tells some steps, lets others go on, and ends."""

    async def work(tell: Tell) -> Done:
        for step in range(steps):
            tell(Progress(stage=f"<step {step}>", done=step / 4))
            await asyncio.sleep(0)
        return await end()

    return work


async def made() -> Done:
    return Done(location="/plans/plan--1")


async def told() -> Done:
    return Done(location="/plans/plan--1", said="the <same> comes out")


async def wrong() -> Done:
    raise InvalidInputError("periods: <too> many")


async def test_what_is_made_at_once_answers_with_its_page() -> None:
    found = await ask(after(0, made), patience_s=60)

    assert found.status == 303
    assert (b"location", b"/plans/plan--1") in found.came[0]["headers"]


async def test_what_is_wrong_at_once_gives_the_form_back() -> None:
    found = await ask(after(0, wrong), patience_s=60)

    assert (found.status, found.text) == (422, "periods: <too> many")


async def test_what_takes_longer_is_told_and_leads_to_the_plan() -> None:
    found = await ask(after(3, made), patience_s=0)

    assert found.status == 200
    assert re.match(
        r"<h1>Under way</h1><ol><li>50 % done, after \d+ s</li>", found.text
    )
    assert "step" not in found.text  # it names what has a label
    assert '<a href="/plans/plan--1">open the plan</a>' in found.text
    assert 'content="0;url=/plans/plan--1"' in found.text
    assert found.text.endswith("</ol><p>end</p>")
    assert found.came[-1]["more_body"] is False


@pytest.mark.parametrize("patience_s", [60, 0])
async def test_what_came_of_it_is_said_where_the_page_does_not_lead_on(
    patience_s: float,
) -> None:
    found = await ask(after(0, told), patience_s=patience_s)

    assert found.status == 200
    assert "the &lt;same&gt; comes out" in found.text
    assert '<a href="/plans/plan--1">back to the plan</a>' in found.text
    assert "refresh" not in found.text
    assert found.text.endswith("</ol><p>end</p>")


async def test_what_goes_wrong_later_is_said_on_the_page() -> None:
    found = await ask(after(3, wrong), patience_s=0)

    assert found.status == 200
    assert "No plan was made: Periods: &lt;too&gt; many" in found.text
    assert "refresh" not in found.text


async def test_whoever_leaves_stops_the_work() -> None:
    visitor, stopped = Visitor(), asyncio.Event()

    async def endless(_: Tell) -> Done:
        visitor.gone.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        raise AssertionError

    await ask(endless, patience_s=60, visitor=visitor)

    assert stopped.is_set()
    assert visitor.came == []
