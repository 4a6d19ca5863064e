"""What a viewer is shown of a task.

- Its nation, whoever took it and the coordinator see what was said of it; a nation that
  is only asked to take it sees what is asked.
- The run is named to whoever may see the run; a step whose text was released alone is
  shown without the values of the run.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Literal

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import FoedusError
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.response import rules
from foedus.response.frames import RunState
from foedus.response.queries import FoundRun, FoundTask, find_run, started_of
from foedus.response.requests import Request, requests_of
from foedus.response.rules import Actor, Agreeing, Report
from foedus.response.seeing import acts, directs, notes
from foedus.response.stack import Stack
from foedus.response.tasks import Ending, Instants, Standing, Task, is_inside
from foedus.response.texting import text_of
from foedus.response.variables import look
from foedus.response.views import library_of

SendingState = Literal["waits", "ready", "on-the-way", "unknown", "by-hand", "over"]
"""How far the hub has come with what it sends."""

BODY_SHOWN_MAX: Final = 20_000
"""Bytes of a body on a sheet; people read it before they agree."""

_OVER: Final = frozenset({Standing.DONE, Standing.CONFIRMED, Standing.BROKEN})


class TaskLine(msgspec.Struct, frozen=True, kw_only=True):
    """A task as a list shows it.

    Attributes:
        due: when the step's time is up.
        offered: the nation that is asked to take it.
        ending: why nothing more can be done with it; none while it is open.
        still: since when its whole run stands still, and its time with it; none while
            it does not.
    """

    task: str
    name: str
    nation: NationCode
    coordinator: NationCode
    standing: Standing
    ending: Ending | None
    exercise: bool
    offered: NationCode | None
    asked: datetime
    due: datetime
    still: datetime | None


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """When a task passed each mark, C1 to C6; none where it has not."""

    delivered: datetime | None
    acknowledged: datetime | None
    answered: datetime | None
    begun: datetime | None
    done: datetime | None
    confirmed: datetime | None


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What a nation wrote beside it."""

    nation: NationCode
    at: datetime
    text: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of a task, for its nation and the coordinator.

    Attributes:
        doer: the nation that took it.
        returned: why the coordinator gave it back.
    """

    caveat: str
    team: str
    doer: NationCode | None
    reply: str
    evidence: tuple[str, ...]
    outputs: Mapping[str, str | None]
    returned: str
    notes: tuple[Remark, ...]


class RequestSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One request, byte for byte as it is sent but for credentials.

    Attributes:
        line: method and address.
        body: as text; in Base64 where it is none.
        more: bytes of it that are not shown.
    """

    line: str
    headers: tuple[tuple[str, str], ...]
    body: str
    more: int


class SendingSheet(msgspec.Struct, frozen=True, kw_only=True):
    """How far the hub has come with what it sends itself.

    Attributes:
        state: `by-hand` where people do what a machine could; `unknown` where something
            was sent and nobody knows what became of it.
        needed: how many persons have to agree before it is sent.
        agreed: how many have, since it was sent last.
        reason: why people do it, or why the outcome is not known.
        requests: in order; none where the protocol was erased.
    """

    state: SendingState
    needed: int
    agreed: int
    attempts: int
    reason: str
    requests: tuple[RequestSheet, ...]


class TaskSheet(TaskLine, frozen=True, kw_only=True):
    """A task, as far as one may know it.

    Attributes:
        text: what is to be done.
        question: what is to be answered.
        evidence: whether what is done has to be shown.
        gate: what has to be named: an adopted decision.
        confirmed: whether it counts once the coordinator has confirmed it.
        gives: the names of what it gives back.
        values: the values that the step is given.
        run: the run that it belongs to, and its name.
        sending: of what a machine could do, whether the hub does; none otherwise.
        may: what the one who asks may do now.
    """

    text: str
    question: str
    role: str | None
    completion: str
    evidence: str
    gate: str | None
    confirmed: bool
    gives: tuple[str, ...]
    values: Mapping[str, str | None]
    label: str
    run: str | None
    run_name: str | None
    marks: Marks
    said: Said | None
    sending: SendingSheet | None
    may: tuple[str, ...]


def task_line(task: Task) -> TaskLine:
    """Show a task in a list."""
    asked = task.asked
    return TaskLine(
        task=asked.task,
        name=asked.name,
        nation=asked.nation,
        coordinator=asked.coordinator,
        standing=task.standing,
        ending=task.ending,
        exercise=asked.exercise,
        offered=task.offered,
        asked=from_ms(asked.asked_ms),
        due=from_ms(asked.due_ms),
        still=_standing_still(task),
    )


def task_sheet(
    db: apsw.Connection,
    found: FoundTask,
    viewer: Viewer,
    access: Access,
    now_ms: int,
) -> TaskSheet:
    """Show a task that the viewer may see."""
    task, plan = found.task, found.task.asked.plan
    run = find_run(db, access, viewer, task.asked.run)
    inside = is_inside(task, viewer.nation)
    return TaskSheet(
        **msgspec.structs.asdict(task_line(task)),
        text=_text(db, task),
        question=plan.reply,
        role=plan.role,
        completion=plan.completion.rule,
        evidence=plan.evidence,
        gate=plan.gate,
        confirmed=plan.needs_confirmation,
        gives=task.asked.outputs,
        values=_values(db, task, run) if run is not None and inside else {},
        label=print_label(found.label.label, access.alliance),
        run=None if run is None else run.run.run,
        run_name=None if run is None else run.run.name,
        marks=_marks(task.passed if inside else Instants()),
        said=_said(task) if inside else None,
        sending=_sending(db, task, now_ms) if inside else None,
        may=_may(task, viewer, access, now_ms),
    )


def _sending(db: apsw.Connection, task: Task, now_ms: int) -> SendingSheet | None:
    """Say how far the hub has come; the coordinator is the nation that is asked."""
    asked, sending = task.asked, task.sending
    if asked.sends is None and not asked.by_hand:
        return None
    wanted = 0 if asked.sends is None else asked.sends.needed
    return SendingSheet(
        state=_state_of(task, now_ms),
        needed=max(wanted, 1) if sending.unknown else wanted,
        agreed=sending.authorised,
        attempts=sending.attempts,
        reason=sending.handed or asked.by_hand,
        requests=_requests(db, task),
    )


def _standing_still(task: Task) -> datetime | None:
    since_ms = task.asked.still_ms
    return None if since_ms is None or not task.is_open else from_ms(since_ms)


def _state_of(task: Task, now_ms: int) -> SendingState:
    asked, sending = task.asked, task.sending
    if not task.is_open or task.standing in _OVER:
        return "over"
    if sending.is_on_the_way(now_ms):
        return "on-the-way"
    if sending.unknown or sending.until_ms is not None:
        return "unknown"
    if asked.sends is None or sending.handed or sending.attempts:
        return "by-hand"
    return "ready" if sending.is_agreed(asked.sends.needed) else "waits"


def _text(db: apsw.Connection, task: Task) -> str:
    """Say what is to be done; the playbook has it, so no task has it again."""
    started = started_of(db, task.asked.run)
    library = None if started is None else library_of(db, started)
    if library is None:
        return ""
    return text_of(library.version(task.asked.version).workflow[task.asked.step])


def _requests(db: apsw.Connection, task: Task) -> tuple[RequestSheet, ...]:
    started = started_of(db, task.asked.run)
    library = None if started is None else library_of(db, started)
    if library is None or task.asked.sends is None:
        return ()
    playbook = library.version(task.asked.version)
    found = requests_of(playbook, playbook.workflow[task.asked.step])
    return tuple(map(_request, found))


def _request(request: Request) -> RequestSheet:
    shown = request.body[:BODY_SHOWN_MAX]
    try:
        body = request.body.decode()[:BODY_SHOWN_MAX]
        more = len(request.body) - len(body.encode())
    except UnicodeDecodeError:
        body, more = base64.b64encode(shown).decode(), len(request.body) - len(shown)
    return RequestSheet(
        line=request.line, headers=request.headers, body=body, more=more
    )


def _values(db: apsw.Connection, task: Task, run: FoundRun) -> dict[str, str | None]:
    """Give what the step is given by its `in_args`, while it waits."""
    library = library_of(db, run.started)
    if library is None or not task.is_open:
        return {}
    step = library.version(task.asked.version).workflow[task.asked.step]
    return _inputs(run.state, task.asked.number, step.in_args)


def _inputs(
    state: RunState, number: int, names: tuple[str, ...]
) -> dict[str, str | None]:
    stack = Stack(state)
    for frame, active in stack.running():
        if active.number == number:
            found = {name: look(name, stack.scopes(frame)) for name in names}
            return {name: each.value for name, each in found.items() if each}
    return {}


def _marks(passed: Instants) -> Marks:
    found = msgspec.structs.asdict(passed).items()
    return Marks(**{name: None if ms is None else from_ms(ms) for name, ms in found})


def _said(task: Task) -> Said:
    return Said(
        caveat=task.caveat,
        team=task.team,
        doer=task.doer,
        reply=task.reply,
        evidence=task.evidence,
        outputs=task.outputs,
        returned=task.returned,
        notes=tuple(
            Remark(nation=each.nation, at=from_ms(each.at_ms), text=each.text)
            for each in task.notes
        ),
    )


_ANYTHING: Final = Report(reply="-", evidence=("-",), adopted=frozenset({"-"}))


def _may(task: Task, viewer: Viewer, access: Access, now_ms: int) -> tuple[str, ...]:
    """Ask each rule whether it would allow the act."""
    actor = Actor(
        nation=viewer.nation,
        acts=acts(viewer, access, task.asked.plan.role),
        notes=notes(viewer, access, task.asked.plan.role),
        directs=directs(viewer, access),
        at_ms=now_ms,
    )
    tried: dict[str, Callable[[], object]] = {
        "acknowledge": lambda: rules.acknowledge(task, actor),
        "accept": lambda: rules.accept(task, actor),
        "decline": lambda: rules.decline(task, actor, "-"),
        "delegate": lambda: rules.delegate_to_team(task, actor, "-"),
        "start": lambda: rules.begin(task, actor),
        "done": lambda: rules.finish(task, actor, _ANYTHING),
        "authorise": lambda: rules.authorise(task, actor, Agreeing(is_person=True)),
        "confirm": lambda: rules.confirm(task, actor),
        "return": lambda: rules.give_back(task, actor, "-"),
        "note": lambda: rules.note(task, actor, "-"),
    }
    allowed = []
    for name, ask in tried.items():
        try:
            if ask() is not None:
                allowed.append(name)
        except FoedusError:
            continue
    return tuple(allowed)
