"""A solver in a thread of the test: the same work, without a process of its own."""

import asyncio
from collections.abc import Callable
from typing import Any

from foedus.planning.asks import AnyAsk, AnyOf
from foedus.planning.commands import Answered
from foedus.planning.progress import Tell, tell_nobody
from foedus.planning.worker import perform


class InThread:
    """Answers asks; keeps for which nation, and bends an answer where it is told."""

    def __init__(self) -> None:
        self.nations: list[str] = []
        self.bend: Callable[[Any], Any] = lambda found: found

    async def run(
        self,
        ask: AnyOf,
        answer: type[Answered],
        *,
        nation: str,
        tell: Tell = tell_nobody,
    ) -> Answered:
        self.nations.append(nation)
        asked = AnyAsk(ask=ask, seconds=60, memory_mb=4_096)
        found = self.bend(await asyncio.to_thread(perform, asked, tell))
        assert isinstance(found, answer)
        return found
