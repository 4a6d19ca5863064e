"""Automated steps: what a protocol tells a machine, the hub sends itself, at most once.

- Nothing is sent before it stands in the log that it will be. The entry is written
  behind the last position of the task, so of several processes, and of hub and people,
  one alone goes on.
- The outcome is written after. Where nobody comes to write it, because the process
  died, or the receiver took the message and gave no answer, it is *not known*: the hub
  does not send it again by itself, and shows it to people. Only where a setting
  says so, and by methods alone that do the same once and twice, it is sent again.
- While its run stands still nothing of it is sent.
- What the settings no longer allow by the time that it would be sent goes to people.
- Values that a step gives back are read from the answers, as far as settings and types
  allow it. Where one is missing, the step is not done: a person enters it.
- Credentials are read from files when something is sent; they stand in no entry.

Source: issue 6, "Protocols"; reference/response.md, sections 6.2 (7) and 6.3 (8).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

import msgspec
import orjson
import structlog

from foedus.clock import Clock, to_ms
from foedus.errors import (
    ConflictError,
    FoedusError,
    InvalidInputError,
    RuleViolationError,
)
from foedus.eventlog.envelope import Append, Who
from foedus.eventlog.projector import Projector
from foedus.ids import AccountId, Position, new_event_id
from foedus.intel.commands import Desk
from foedus.processes.edge import Edge
from foedus.processes.webhook_addresses import policy_of
from foedus.processes.webhook_posting import Answer, Parcel, Poster
from foedus.releasability.join import decode_label
from foedus.releasability.labels import print_label
from foedus.response import queries, tasks
from foedus.response.answers import Wanted, read_answer, wanted_of
from foedus.response.automation import allowances, check_answers, needed
from foedus.response.cacao import Playbook
from foedus.response.commands import read_task
from foedus.response.events import (
    AnyTaskEvent,
    TaskBroken,
    TaskDone,
    TaskHanded,
    TaskNoted,
    TaskSent,
    task_stream,
)
from foedus.response.requests import REPEATABLE, Request, requests_of
from foedus.response.tasks import Standing, Task
from foedus.response.views import library_of
from foedus.settings import Allowance, Automation

AUTOMATON: Final = AccountId("account--00000000-0000-4000-8000-000000000009")
"""Stands in the log for what the hub itself carries out of protocols."""

LOOK_EVERY_S: Final = 0.5
"""Seconds between two looks at what is to be sent."""

AT_ONCE: Final = 8
"""Steps that a process carries out at once; each holds a connection."""

GRACE_MS: Final = 10_000
"""How long after its last answer an outcome is waited for, to be written down."""

ATTEMPTS_MAX: Final = 3
"""How often what may be repeated is sent by itself."""

ANSWER_BYTES_MAX: Final = 65_536
"""Bytes of an answer that are read, where a status or values are looked for in it."""

CREDENTIAL_BYTES_MAX: Final = 8_192
"""Bytes of a file of credentials; common servers take no longer line."""

WRITES_MAX: Final = 20
"""How often an outcome is written anew because somebody wrote beside it."""

_OK: Final = 200
_UNTOUCHED: Final = frozenset(
    {Standing.ASKED, Standing.DELIVERED, Standing.ACKNOWLEDGED}
)

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

_log = structlog.get_logger(__name__)


class Automaton(msgspec.Struct, frozen=True, kw_only=True):
    """What carrying out works with.

    Attributes:
        folder: the data folder, in which files of the settings lie.
        poster: sends each request.
    """

    desk: Desk
    projector: Projector
    clock: Clock
    folder: Path
    poster: Poster

    @property
    def settings(self) -> Automation:
        """What the operator lets the hub carry out."""
        return self.desk.automation


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A step that is to be sent now.

    Attributes:
        headers: the `Authorization` of each request; empty for none.
        wanted: what the step gives back, looked for in the answers.
    """

    task: Task
    requests: tuple[Request, ...]
    allowances: tuple[Allowance, ...]
    headers: tuple[str, ...]
    wanted: tuple[Wanted, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of all requests of a step.

    Attributes:
        said: in few words; nothing of what a receiver wrote.
        outputs: values of the step's `out_args`, as receivers wrote them.
        amiss: why they are not all there; empty where they are.
    """

    result: Literal["taken", "refused", "unknown"]
    said: str
    outputs: dict[str, str | None] = {}
    amiss: str = ""


def poster_of(settings: Automation, folder: Path) -> Poster:
    """Make what sends.

    Raises:
        InvalidInputError: one of the networks is none.
    """
    policy = policy_of(
        settings.networks, allow_http=settings.allow_http, setting="automation"
    )
    chosen = settings.authorities
    return Poster(policy, None if chosen is None else folder / chosen)


async def settle(automaton: Automaton) -> int:
    """Carry out once what is to be carried out now; gives how many steps it was."""
    found = await asyncio.to_thread(due, automaton)
    for each in found:
        await carry_out(automaton, each)
    return len(found)


async def keep(automaton: Automaton, sleep: Sleep = asyncio.sleep) -> None:
    """Carry out what is to be carried out, for as long as the hub runs."""
    if not automaton.settings.enabled:
        return
    under_way: set[str] = set()
    async with asyncio.TaskGroup() as group:
        while True:
            found: list[Task] = []
            with Edge("automation_not_looked_at"):
                found = await asyncio.to_thread(due, automaton)
            for each in found:
                name = each.asked.task
                if name not in under_way and len(under_way) < AT_ONCE:
                    under_way.add(name)
                    group.create_task(_carried_out(automaton, each, under_way))
            await sleep(LOOK_EVERY_S)


async def _carried_out(automaton: Automaton, task: Task, under_way: set[str]) -> None:
    try:
        await carry_out(automaton, task)
    except FoedusError as error:
        _log.warning("automation_put_off", slug=error.slug)
    except Exception as error:  # noqa: BLE001 - the edge of a background task
        _log.error("automation_broke", error=type(error).__name__)
    finally:
        under_way.discard(task.asked.task)


def due(automaton: Automaton) -> list[Task]:
    """List the tasks with which the hub itself has something to do now."""
    if not automaton.settings.enabled:
        return []
    now_ms = to_ms(automaton.clock())
    with automaton.desk.reading.snapshot() as seen:
        return [
            each for each in queries.sending(seen.db) if _next(each, now_ms) is not None
        ]


def _next(task: Task, now_ms: int) -> Literal["send", "give up"] | None:
    """Tell what the hub has to do with a task."""
    sends, sending = task.asked.sends, task.sending
    if sends is None or not task.is_open or task.asked.still_ms is not None:
        return None
    if now_ms >= task.asked.due_ms:
        return None
    if sending.until_ms is not None:
        return None if sending.is_on_the_way(now_ms) else "give up"
    is_first = sending.attempts == 0 and not sending.handed
    if not (sending.unknown or (is_first and _is_untouched(task))):
        return None
    return "send" if sending.is_agreed(sends.needed) else None


def _is_untouched(task: Task) -> bool:
    """Tell whether nobody has taken it into his hands."""
    is_passed_on = bool(task.team or task.offered or task.doer)
    return task.standing in _UNTOUCHED and not is_passed_on


async def carry_out(automaton: Automaton, found: Task) -> None:
    """Send what a task asks for, unless somebody has been faster.

    Raises:
        UnavailableError: the log takes no more now, or the views do not follow.
    """
    await automaton.projector.wait(automaton.desk.log.head())
    task, after = await asyncio.to_thread(_read, automaton, found)
    now_ms = to_ms(automaton.clock())
    step = _next(task, now_ms)
    if step is None:
        return
    try:
        order = await asyncio.to_thread(_order, automaton, task, step == "send")
    except (InvalidInputError, RuleViolationError) as error:
        await _hand_over(automaton, task, after, error.detail)
        return
    if step == "give up" and not _may_repeat(order):
        await _hand_over(automaton, task, after, _NO_OUTCOME)
        return
    sent = TaskSent(
        nation=task.asked.nation,
        at_ms=max(now_ms, task.asked.asked_ms),
        until_ms=now_ms
        + len(order.requests) * automaton.settings.timeout_s * 1_000
        + GRACE_MS,
        requests=tuple(each.line for each in order.requests),
    )
    try:
        await automaton.desk.log.append(_request(automaton, task, sent, after))
    except ConflictError:  # people, or another process; they are looked at anew
        return
    outcome = await _send(automaton, order)
    if outcome.result == "unknown" and _may_repeat(order):
        return  # by the time that it counts as not known, it is sent again
    await _note(automaton, found, outcome)


def _read(automaton: Automaton, found: Task) -> tuple[Task, Position]:
    """Read a task from the log; whether its step still waits, the views know."""
    with automaton.desk.reading.snapshot() as seen:
        known = queries.task_as_it_stands(seen.db, found.asked.task)
    return read_task(automaton.desk, known or found)


_NO_OUTCOME: Final = "the hub stopped before it knew whether it was taken"


def _may_repeat(order: Order) -> bool:
    """Tell whether what may have been sent is sent again by itself."""
    return (
        order.task.sending.attempts < ATTEMPTS_MAX - 1
        and all(each.repeat for each in order.allowances)
        and all(each.method in REPEATABLE for each in order.requests)
    )


def _order(automaton: Automaton, task: Task, is_asked: bool) -> Order:  # noqa: FBT001 - handed to a thread
    """Give what is to be sent, as far as the settings allow it by now.

    Args:
        automaton: what it works with.
        task: the task.
        is_asked: whether persons have to agree, who for a repetition have before.

    Raises:
        InvalidInputError: it is nothing that can be sent.
        RuleViolationError: it is no longer allowed, or a credential is missing.
    """
    asked, settings = task.asked, automaton.settings
    with automaton.desk.reading.snapshot() as seen:
        started = queries.started_of(seen.db, asked.run)
        library = None if started is None else library_of(seen.db, started)
        if started is None or library is None:
            raise RuleViolationError("its protocol was erased")
        books: list[Playbook] = [
            library.version(each)
            for each in (asked.version, started.editions[0].version)
        ]
        doing = books[0].workflow[asked.step]
        requests = requests_of(books[0], doing)
        allowed = allowances(
            settings,
            seen.access.alliance,
            requests,
            asked.coordinator,
            decode_label(bytes(asked.label)),
        )
        check_answers(doing, allowed)
    assert asked.sends is not None, "only such tasks are carried out"
    wanted = needed(settings, [each.impact for each in books])
    if is_asked and not task.sending.is_agreed(max(wanted, asked.sends.needed)):
        raise RuleViolationError("the settings ask for more persons now than agreed")
    return Order(
        task=task,
        requests=requests,
        allowances=tuple(allowed),
        headers=tuple(_credential(automaton.folder, each) for each in allowed),
        wanted=wanted_of(books[0], doing),
    )


def _credential(folder: Path, allowance: Allowance) -> str:
    if allowance.credential_file is None:
        return ""
    try:
        raw = (folder / allowance.credential_file).read_bytes()
        text = raw[: CREDENTIAL_BYTES_MAX + 1].decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RuleViolationError("its file of credentials cannot be read") from error
    if not text or not text.isprintable() or len(text) > CREDENTIAL_BYTES_MAX:
        raise RuleViolationError("its file of credentials holds no line of them")
    return text


async def _send(automaton: Automaton, order: Order) -> Outcome:
    """Send one request after the other; what follows a failure is not sent."""
    count = len(order.requests)
    said, amiss = "", ""
    outputs: dict[str, str | None] = {}
    for number, (request, credential) in enumerate(
        zip(order.requests, order.headers, strict=True), start=1
    ):
        which = f"request {number} of {count}: " if count > 1 else ""
        answer = await automaton.poster.send(
            Parcel(
                method=request.method,
                url=request.url,
                headers=(
                    *request.headers,
                    *((("Authorization", credential),) if credential else ()),
                ),
                body=request.body,
                timeout_s=automaton.settings.timeout_s,
                read_max=ANSWER_BYTES_MAX if request.openc2 or order.wanted else 0,
            )
        )
        outcome = _judged(request, answer)
        if outcome.result != "taken":
            return Outcome(result=outcome.result, said=which + outcome.said)
        said = outcome.said
        try:
            outputs |= read_answer(answer.body, order.wanted, openc2=request.openc2)
        except InvalidInputError as error:
            amiss = amiss or which + error.detail
    missing = [each.name for each in order.wanted if each.name not in outputs]
    if missing and not amiss:
        amiss = f"its answer does not say {', '.join(missing)}"
    return Outcome(result="taken", said=said, outputs=outputs, amiss=amiss)


def _judged(request: Request, answer: Answer) -> Outcome:
    if answer.unsure:
        return Outcome(result="unknown", said=answer.failure)
    if answer.failure:
        return Outcome(result="refused", said=answer.failure)
    if not request.openc2:
        return Outcome(result="taken", said=f"it answered {answer.status}")
    return _judged_openc2(answer)


def _judged_openc2(answer: Answer) -> Outcome:
    """Judge an answer of OpenC2, whose status stands inside; without a body, HTTP's.

    Source: OpenC2 Language 1.0, section 3.3.2.2; OpenC2 over HTTPS 1.1, section 3.3.
    """
    if answer.body == b"":
        return Outcome(result="taken", said=f"it answered {answer.status}")
    status = _openc2_status(answer.body)
    if status is None:
        return Outcome(result="unknown", said="its answer is none of OpenC2")
    said = f"the actuator answered {status}"
    return Outcome(result="taken" if status == _OK else "refused", said=said)


def _openc2_status(body: bytes | None) -> int | None:
    try:
        tree: object = orjson.loads(body or b"")
    except orjson.JSONDecodeError:
        return None
    for name in ("body", "openc2", "response"):
        tree = tree.get(name, tree) if isinstance(tree, dict) else None
    status = tree.get("status") if isinstance(tree, dict) else None
    return status if type(status) is int else None


async def _note(automaton: Automaton, found: Task, outcome: Outcome) -> None:
    """Write the outcome down, behind whatever was written meanwhile."""
    for _ in range(WRITES_MAX):
        task, after = await asyncio.to_thread(read_task, automaton.desk, found)
        request = _request(automaton, task, _event(automaton, task, outcome), after)
        with suppress(ConflictError):
            await automaton.projector.wait(await automaton.desk.log.append(request))
            return
    _log.error("automation_not_noted", task=found.asked.task)


def _event(automaton: Automaton, task: Task, outcome: Outcome) -> AnyTaskEvent:
    nation = task.asked.nation
    at_ms = max(to_ms(automaton.clock()), task.asked.asked_ms)
    if task.sending.until_ms is None and not task.sending.unknown:
        text = f"The hub learned afterwards what became of it: {outcome.said}."
        return TaskNoted(nation=nation, at_ms=at_ms, text=text)
    match outcome.result:
        case "taken" if outcome.amiss:
            reason = f"{outcome.said}, but {outcome.amiss}"
            return TaskHanded(nation=nation, at_ms=at_ms, reason=reason)
        case "taken":
            return TaskDone(
                nation=nation,
                at_ms=at_ms,
                reply=outcome.said,
                outputs=outcome.outputs,
                sent=True,
            )
        case "refused":
            return TaskBroken(nation=nation, at_ms=at_ms, reason=outcome.said)
        case "unknown":
            return TaskHanded(
                nation=nation, at_ms=at_ms, reason=outcome.said, unknown=True
            )


async def _hand_over(
    automaton: Automaton, task: Task, after: Position, reason: str
) -> None:
    """Leave a task to people."""
    handed = TaskHanded(
        nation=task.asked.nation,
        at_ms=max(to_ms(automaton.clock()), task.asked.asked_ms),
        reason=reason,
        unknown=task.sending.until_ms is not None or task.sending.unknown,
    )
    with suppress(ConflictError):  # somebody was faster, and it is looked at anew
        request = _request(automaton, task, handed, after)
        await automaton.projector.wait(await automaton.desk.log.append(request))


def _request(
    automaton: Automaton, task: Task, event: AnyTaskEvent, after: Position
) -> Append:
    """Write an entry behind the last; its id is new, so that one process wins."""
    alliance = automaton.desk.reading.access().alliance
    return Append(
        event_id=new_event_id(to_ms(automaton.clock())),
        stream=task_stream(task.asked.task),
        event=event,
        who=Who(account=AUTOMATON, nation=alliance.code, door="process"),
        label=print_label(tasks.label_of(task).label, alliance),
        after=after,
    )
