"""What goes wrong in one look of a story ends with that look."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from foedus.clock import Clock
from foedus.errors import ConflictError
from foedus.processes import activating, escalating, responding
from foedus.processes.edge import Edge
from tests.response.conftest import founded_theatre, stage
from tests.response.theatre import Theatre

__all__ = ["founded_theatre", "stage"]

Sleep = Callable[[float], Awaitable[None]]


def test_what_was_expected_is_a_warning_that_says_what_it_is() -> None:
    with capture_logs() as logs, Edge("rules_not_judged"):
        raise ConflictError("somebody was faster")

    assert logs == [
        {"event": "rules_not_judged", "slug": "conflict", "log_level": "warning"}
    ]


def test_what_nobody_expected_is_an_error_and_its_text_is_not_logged() -> None:
    with capture_logs() as logs, Edge("rules_not_judged"):
        raise TypeError("what somebody wrote")

    assert logs == [
        {"event": "rules_not_judged", "error": "TypeError", "log_level": "error"}
    ]


def test_a_story_can_be_stopped() -> None:
    with capture_logs() as logs, pytest.raises(asyncio.CancelledError):  # noqa: SIM117
        with Edge("rules_not_judged"):
            raise asyncio.CancelledError

    assert logs == []


def a_responder(
    stage: Theatre, clock: Clock, sleep: Sleep
) -> Coroutine[Any, Any, None]:
    found = msgspec.structs.replace(stage.hub.responder, clock=clock)
    return responding.keep(found, sleep)


def an_escalator(
    stage: Theatre, clock: Clock, sleep: Sleep
) -> Coroutine[Any, Any, None]:
    found = msgspec.structs.replace(stage.hub.escalator, clock=clock)
    return escalating.keep(found, sleep)


def a_watch(stage: Theatre, clock: Clock, sleep: Sleep) -> Coroutine[Any, Any, None]:
    found = msgspec.structs.replace(stage.hub.activation, clock=clock)
    return activating.Watch(found).keep(sleep)


@pytest.mark.parametrize("story", [a_responder, an_escalator, a_watch])
async def test_a_story_goes_on_after_what_nobody_expected(
    stage: Theatre, story: Callable[..., Coroutine[Any, Any, None]]
) -> None:
    naps: list[float] = []

    def torn() -> datetime:
        raise TypeError("unhashable type: 'dict'")

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            raise asyncio.CancelledError

    with capture_logs() as logs, pytest.raises(asyncio.CancelledError):
        await story(stage, torn, nap)

    assert [each["error"] for each in logs] == ["TypeError"] * 3
