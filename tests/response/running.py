"""Runs on a log in memory, folded into real tables; without a hub around them."""

import json
from collections import defaultdict, deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import apsw
import msgspec

from foedus.clock import EPOCH, StoppedClock, from_ms
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Append, Event, Who
from foedus.eventlog.memory import MemoryEventLog
from foedus.eventlog.projector import Projector
from foedus.ids import NationCode, Position, new_event_id
from foedus.releasability.join import FixedLabel, encode_label
from foedus.releasability.labelled import LabelView
from foedus.releasability.news import NewsView
from foedus.response.assignments import Assignment
from foedus.response.events import (
    Edition,
    Plan,
    PlaybookImported,
    ResponseEvent,
    RunStarted,
    StepAnswered,
    TimePassed,
    playbook_stream,
    run_stream,
)
from foedus.response.frames import Final, Result, RunState
from foedus.response.machine import Limits
from foedus.response.reading import as_text
from foedus.response.runs import Run, playbook_of
from foedus.response.tasks import Task
from foedus.response.views import ResponseView
from foedus.response.vocabulary import StepKind

EST = NationCode("EST")
LABEL = msgspec.Raw(encode_label(FixedLabel(level=0)))
RUN = "run--00000000-0000-4000-8000-000000000001"


class Ledger:
    """A log and its views."""

    def __init__(self, folder: Path) -> None:
        codec = Codec(ResponseEvent)
        self.clock = StoppedClock(EPOCH)
        self.log = MemoryEventLog(codec, self.clock)
        self.views = folder / "views.db"
        self.projector = Projector(
            self.log, self.views, codec, [LabelView(), NewsView(), ResponseView()]
        )
        self.db = apsw.Connection(str(self.views))

    async def add(self, stream: str, event: Event, nation: str = EST) -> Position:
        position = await self.log.append(
            Append(
                event_id=new_event_id(1),
                stream=stream,
                event=event,
                who=Who(account="account--1", nation=nation, door="test"),
            )
        )
        self.projector.catch_up()
        return position

    async def start(
        self,
        documents: list[Mapping[str, object]],
        launch: Mapping[str, str | None] | None = None,
        limits: Limits | None = None,
        given: Mapping[str, tuple[tuple[str, ...], Assignment]] | None = None,
    ) -> None:
        """Import playbooks and start the first.

        Args:
            documents: the playbook, and those that it calls.
            launch: the first values of its variables.
            limits: of the run.
            given: by the name of a step, of whom it is asked, and how.
        """
        sources = [json.dumps(document).encode() for document in documents]
        # As the fold reads them: what was taken in is not judged again.
        books = [playbook_of(source, lenient=False) for source in sources]
        editions = []
        for book, source in zip(books, sources, strict=True):
            edition = Edition(playbook=book.id, modified=book.modified, nation=EST)
            editions.append(edition)
            imported = PlaybookImported(
                playbook=book.id,
                modified=book.modified,
                nation=EST,
                label=LABEL,
                source=msgspec.Raw(source),
            )
            await self.add(playbook_stream(book.id, EST), imported)
        asked = given or {}
        plans = []
        for book in books:
            for step in book.workflow.values():
                if step.kind is StepKind.ACTION:
                    nations, how = asked.get(step.name, ((EST,), Assignment()))
                    plans.append(
                        Plan(
                            version=book.version,
                            step=step.id,
                            nations=tuple(map(NationCode, nations)),
                            given=how,
                            label=LABEL,
                        )
                    )
        started = RunStarted(
            run=RUN,
            seed="0" * 32,
            coordinator=EST,
            editions=tuple(editions),
            launch=dict(launch or {}),
            plans=tuple(plans),
            limits=limits or Limits(),
            at_ms=self.now_ms,
            label=LABEL,
        )
        await self.add(run_stream(RUN), started)

    @property
    def now_ms(self) -> int:
        return int((self.clock() - EPOCH).total_seconds() * 1_000)

    async def answer(
        self,
        number: int,
        result: Result = Result.OK,
        outputs: Mapping[str, str | None] | None = None,
    ) -> None:
        event = StepAnswered(
            number=number, result=result, outputs=dict(outputs or {}), at_ms=self.now_ms
        )
        await self.add(run_stream(RUN), event)

    async def pass_time(self, to_ms: int) -> None:
        self.clock.set(from_ms(to_ms))
        await self.add(run_stream(RUN), TimePassed(at_ms=to_ms))

    def run(self) -> Run:
        return msgspec.json.decode(self.db.execute("SELECT now FROM run").get, type=Run)

    def state(self) -> RunState:
        raw = self.db.execute("SELECT state FROM run").get
        return msgspec.msgpack.decode(raw, type=RunState)

    def open_steps(self) -> list[tuple[int, str, str]]:
        """Give number, name and id of the steps that wait, in their order."""
        return [
            (number, name, step)
            for number, name, step in self.db.execute(
                "SELECT number, name, step FROM activation WHERE ended_ms IS NULL "
                "ORDER BY number"
            )
        ]

    def tasks(self) -> list[Task]:
        rows = self.db.execute("SELECT state FROM task ORDER BY number, nation")
        return [msgspec.json.decode(raw, type=Task) for (raw,) in rows]


async def play(ledger: Ledger, case: Mapping[str, Any], ceiling: int) -> dict[str, Any]:
    """Play a scripted case through events; give what became of it."""
    launch = {key: as_text(value) for key, value in case.get("launch", {}).items()}
    documents = [case["playbook"], *case.get("children", [])]
    await ledger.start(documents, launch, Limits(rounds=ceiling))
    script: defaultdict[str, deque[Any]] = defaultdict(deque)
    for name, listed in case.get("script", {}).items():
        script[name].extend(listed if isinstance(listed, list) else [listed])
    hanging: set[int] = set()
    while ledger.run().is_open:
        waiting = [each for each in ledger.open_steps() if each[0] not in hanging]
        if not waiting:
            due_ms = ledger.run().due_ms
            assert due_ms is not None
            await ledger.pass_time(due_ms)
            continue
        number, name, _ = waiting[0]
        answer = script[name].popleft() if script[name] else "ok"
        if answer == "timeout":
            hanging.add(number)
        elif isinstance(answer, dict):
            outputs = {key: as_text(value) for key, value in answer.items()}
            await ledger.answer(number, Result.OK, outputs)
        else:
            await ledger.answer(number, Result(answer))
    state = ledger.state()
    assert state.final is not None
    return {
        "trace": state.printed(),
        "final": Final(state.final).value,
        "variables": state.values(),
    }
