"""Runs a playbook: a machine whose whole state is a record.

- An end closes the frame it stands in and returns to the step that opened it; only
  the outermost end finishes the run.
- A failure goes to `on_failure`; without one it surfaces at the step that opened the
  frame; at the outermost frame it goes to `workflow_exception`, else the run fails
  (A1, A2). Nothing leads back from there (A3, A4).
- Branches of a parallel step all finish before the step does (A5).
- What one event may cost is counted; a run that would cost more has failed.
- The machine has no clock: it is told the instant, and says when it wants to be told
  the next one. The same answers at the same instants give the same run.

Source: CACAO 2.0, section 4; reference/response.md, section 1.3.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache

import msgspec

from foedus.clock import LAST_MS
from foedus.errors import InvalidInputError
from foedus.response import conditions
from foedus.response.budget import Budget, SpentError
from foedus.response.cacao import Playbook, Step
from foedus.response.comparisons import evaluate, text_of
from foedus.response.frames import (
    Activation,
    Final,
    Frame,
    Phase,
    Result,
    RunState,
)
from foedus.response.library import Library
from foedus.response.stack import Stack, active_of, number
from foedus.response.variables import Scope, declare, look
from foedus.response.vocabulary import StepKind

DAY_MS = 86_400_000

DEFAULT_CASE = "default"
ENTERING = 50
"""What entering a step costs; a run of `activations` steps that only decide ends."""

NO_CASE = "none"
"""What the trace says when no case of a switch fits (A7)."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a run may use.

    Attributes:
        rounds: of one loop (A12).
        step_ms: of a step that says nothing of its own time; notices to move of units
            are at most 180 days.
        activations: steps of one run, children included.
        depth: playbooks that call each other.
        work: of what follows from one event: steps, notes, comparisons; see `Budget`.
    """

    rounds: int = 1_000
    step_ms: int = 180 * DAY_MS
    activations: int = 20_000
    depth: int = 8
    work: int = 5_000_000


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """An action that waits for an answer.

    Attributes:
        number: which activation an answer must name.
        due_ms: when it times out.
    """

    number: int
    path: tuple[int, ...]
    playbook: str
    step: Step
    began_ms: int
    due_ms: int


class Machine:
    """Runs a playbook.

    Args:
        library: the playbook and those it calls.
        state: where the run stands; it is changed.
        limits: what the run may use.
    """

    def __init__(
        self, library: Library, state: RunState, limits: Limits | None = None
    ) -> None:
        self._library = library
        self._limits = limits or Limits()
        self._todo: list[tuple[str, Frame, object]] = []
        self._budget = Budget(self._limits.work)
        self._stack = Stack(state, self._budget)
        self.state = state

    def start(
        self, playbook: Playbook, launch: Mapping[str, str | None], now_ms: int
    ) -> None:
        """Begin a run.

        Args:
            playbook: what to run.
            launch: the first values of external variables.
            now_ms: the instant.

        Raises:
            InvalidInputError: `launch` sets what is not external, or not of its type,
                or a playbook that is called is not in the library.
        """
        self._library.check(playbook, launch)
        self.state.now_ms = now_ms
        with self._spending():
            self._open_playbook(None, playbook, launch, ())
            self._settle()

    def pending(self) -> tuple[Pending, ...]:
        """Give the actions that wait for an answer, in the order of the workflow."""
        found = [
            Pending(
                number=active.number,
                path=frame.path,
                playbook=frame.playbook,
                step=self._step(frame),
                began_ms=active.began_ms,
                due_ms=active.due_ms,
            )
            for frame, active in self._stack.running()
            if active.phase is Phase.WORKING
        ]
        return tuple(sorted(found, key=lambda one: one.path))

    def answer(
        self,
        number: int,
        result: Result,
        now_ms: int,
        outputs: Mapping[str, str | None] | None = None,
    ) -> bool:
        """Take the answer to an action.

        Args:
            number: of the activation.
            result: how it ended.
            now_ms: the instant; what was due before it happens first.
            outputs: what the agent gives back; only `out_args` are taken.

        Returns:
            Whether anybody waited for it.
        """
        self.pass_time(now_ms)
        for frame, active in self._stack.running():
            if active.number == number and active.phase is Phase.WORKING:
                with self._spending():
                    self._finish_action(frame, result, outputs or {})
                    self._settle()
                return True
        return False

    def due_ms(self) -> int | None:
        """Give the next instant at which something happens by itself."""
        return min((active.due_ms for _, active in self._stack.running()), default=None)

    def pass_time(self, now_ms: int) -> None:
        """Let everything happen that is due by an instant, in its order.

        At one instant the innermost comes first: its failure is the cause.
        """
        with self._spending():
            self._pass_time(now_ms)
        self.state.now_ms = max(self.state.now_ms, now_ms)

    def stand_still(self, by_ms: int, now_ms: int) -> None:
        """Let so much time up to an instant count for nothing; the rest is left."""
        for _, active in self._stack.running():
            active.due_ms = min(active.due_ms + by_ms, LAST_MS)
        self.state.now_ms = max(self.state.now_ms, now_ms)

    def _pass_time(self, now_ms: int) -> None:
        while True:
            self._budget.pay(len(self.state.frames))
            due = [
                (active.due_ms, -len(frame.path), frame.path, frame.number)
                for frame, active in self._stack.running()
                if active.due_ms <= now_ms
            ]
            if not due:
                break
            at, _, _, number = min(due)
            self.state.now_ms = max(self.state.now_ms, at)
            self._fire(self.state.frames[number])
            self._settle()

    @contextmanager
    def _spending(self) -> Iterator[None]:
        """Let a run fail that would cost more than one event may."""
        self._budget.refill()
        try:
            yield
        except SpentError:
            self._todo.clear()
            self.state.warnings.append("one event would cost too much; the run ends")
            self.state.final = Final.FAILED

    def _fire(self, frame: Frame) -> None:
        active = active_of(frame)
        if active.phase is Phase.DELAYED:
            self._begin(frame)
            return
        self._stack.merge_layers(frame)
        for opened in active.frames:
            self._stack.drop(opened)
        step = self._step(frame)
        sign = "<" if step.kind is StepKind.PLAYBOOK_ACTION else ""
        self._stack.trace(frame, f"{step.label}{sign}:{Result.TIMEOUT}")
        self._done(frame, Result.TIMEOUT)

    def _settle(self) -> None:
        """Do what follows, until everything waits for an answer or for time."""
        while self._todo and self.state.final is None:
            what, frame, with_what = self._todo.pop()
            match what, with_what:
                case "enter", (str() | None) as step_id:
                    self._enter(frame, step_id)
                case "close", bool() as ok:
                    self._close(frame, ok=ok)
                case "loop", _:
                    self._loop(frame)
        if self.state.final is not None:
            self._todo.clear()

    def _enter(self, frame: Frame, step_id: str | None) -> None:
        """Go to the next step of a frame; without one the frame ends."""
        playbook = self._library.version(frame.playbook)
        step = playbook.workflow.get(step_id) if step_id is not None else None
        if step is None:
            self._stack.warn(f"{self._name(frame)}: nothing follows; the frame ends")
            self._todo.append(("close", frame, True))
            return
        self.state.activated += 1
        if self.state.activated > self._limits.activations:
            self._stack.warn(
                f"more than {self._limits.activations} steps; the run ends"
            )
            self.state.final = Final.FAILED
            return
        self._budget.pay(ENTERING + len(step.variables))
        now = self.state.now_ms
        frame.active = Activation(
            number=self.state.activated,
            step=step.id,
            phase=Phase.DELAYED,
            began_ms=now,
            due_ms=min(now + step.delay_ms, LAST_MS),
            scope=declare(step.variables),
        )
        if not step.delay_ms:
            self._begin(frame)

    def _begin(self, frame: Frame) -> None:
        """Begin the step of a frame; its time runs from now, after the delay."""
        active, step = active_of(frame), self._step(frame)
        active.began_ms = self.state.now_ms
        length_ms = step.timeout_ms or self._limits.step_ms
        active.due_ms = min(self.state.now_ms + length_ms, LAST_MS)
        active.phase = Phase.OPEN
        match step.kind:
            case StepKind.START:
                self._done(frame, Result.OK)
            case StepKind.END:
                self._todo.append(("close", frame, True))
            case StepKind.ACTION:
                active.phase = Phase.WORKING
            case StepKind.PLAYBOOK_ACTION:
                self._call(frame, step)
            case StepKind.PARALLEL:
                self._fork(frame, step)
            case StepKind.IF:
                self._choose(frame, step)
            case StepKind.WHILE:
                self._todo.append(("loop", frame, None))
            case StepKind.SWITCH:
                self._switch(frame, step)

    def _done(self, frame: Frame, result: Result) -> None:
        """Go on after the step of a frame."""
        step = self._step(frame)
        if result is Result.OK:
            self._todo.append(("enter", frame, step.after_success))
        elif step.on_failure is not None:
            self._todo.append(("enter", frame, step.on_failure))
        else:
            self._todo.append(("close", frame, False))

    def _finish_action(
        self, frame: Frame, result: Result, outputs: Mapping[str, str | None]
    ) -> None:
        step = self._step(frame)
        if result is Result.OK:
            for name in step.out_args:
                if name in outputs:
                    self._stack.write(frame, name, outputs[name])
        self._stack.trace(frame, f"{step.label}:{result}")
        self._done(frame, result)

    def _call(self, frame: Frame, step: Step) -> None:
        """Begin a child playbook, which sees nothing but its arguments."""
        self._stack.trace(frame, f"{step.label}>")
        child = self._library.child_of(step)
        if child is None or self._stack.depth(frame) >= self._limits.depth:
            self._stack.warn(f"{step.label}: the playbook cannot be called from here")
            self._stack.trace(frame, f"{step.label}<:{Result.FAIL}")
            self._done(frame, Result.FAIL)
            return
        given: dict[str, str | None] = {}
        for name in step.in_args:
            variable = look(name, self._stack.scopes(frame))
            declared = child.variables.get(name)
            if variable is None or declared is None or not declared.external:
                self._stack.warn(
                    f"{step.label}: {name} is not external there; not given"
                )
            else:
                given[name] = variable.value
        self._open_playbook(frame, child, given, (number(frame), 0))

    def _fork(self, frame: Frame, step: Step) -> None:
        place = number(frame)
        frames = [
            self._stack.open(frame, frame.playbook, (place, n), Scope(layer=True))
            for n, _ in enumerate(step.next_steps)
        ]
        for branch, entry in reversed(list(zip(frames, step.next_steps, strict=True))):
            self._todo.append(("enter", branch, entry))

    def _choose(self, frame: Frame, step: Step) -> None:
        truth = self._evaluate(frame, step)
        if truth is None:
            self._done(frame, Result.FAIL)
            return
        self._stack.trace(frame, f"{step.label}:{str(truth).lower()}")
        self._branch_to(frame, step.on_true if truth else step.on_false)

    def _switch(self, frame: Frame, step: Step) -> None:
        try:
            name = conditions.read_switch(step.switch)
            value = text_of(name, lambda one: look(one, self._stack.scopes(frame)))
        except InvalidInputError as error:
            self._fail_to_judge(frame, step, error)
            self._done(frame, Result.FAIL)
            return
        case = value if value is not None and value in step.cases else DEFAULT_CASE
        entry = step.cases.get(case)
        if entry is None:
            case = NO_CASE
            self._stack.warn(f"{step.label}: no case fits, and there is no default")
        self._stack.trace(frame, f"{step.label}:{case}")
        self._branch_to(frame, entry)

    def _loop(self, frame: Frame) -> None:
        active, step = active_of(frame), self._step(frame)
        truth = self._evaluate(frame, step)
        if truth and active.rounds >= self._limits.rounds:
            self._stack.warn(f"{step.label}: more than {self._limits.rounds} rounds")
            self._stack.trace(frame, f"{step.label}:{Result.FAIL}")
            truth = None
        elif truth is not None:
            self._stack.trace(frame, f"{step.label}:{str(truth).lower()}")
        if truth is None:
            self._done(frame, Result.FAIL)
        elif truth:
            active.rounds += 1
            self._branch_to(frame, step.on_true)
        else:
            self._done(frame, Result.OK)

    def _branch_to(self, frame: Frame, entry: str | None) -> None:
        if entry is None:
            self._done(frame, Result.OK)
            return
        place = (number(frame), 0)
        branch = self._stack.open(frame, frame.playbook, place)
        self._todo.append(("enter", branch, entry))

    def _evaluate(self, frame: Frame, step: Step) -> bool | None:
        """Judge a condition; `None` if that cannot be done, which is traced (A8)."""
        playbook = self._library.version(frame.playbook)
        try:
            condition = _parse(step.condition, playbook.bare_words)
            return evaluate(
                condition,
                lambda name: look(name, self._stack.scopes(frame)),
                self._budget.pay,
            )
        except InvalidInputError as error:
            self._fail_to_judge(frame, step, error)
            return None

    def _fail_to_judge(
        self, frame: Frame, step: Step, error: InvalidInputError
    ) -> None:
        self._stack.warn(f"{step.label}: {error}")
        self._stack.trace(frame, f"{step.label}:{Result.FAIL}")

    def _close(self, frame: Frame, *, ok: bool) -> None:
        """Return to the step that opened a frame."""
        if frame.whole:
            self._close_playbook(frame, ok=ok)
            return
        parent = self._stack.parent_of(frame)
        if self._step(parent).kind is StepKind.PARALLEL:
            frame.closed = ok
            self._join(parent)
            return
        self._stack.drop(frame.number)
        if not ok:
            self._done(parent, Result.FAIL)
        elif self._step(parent).kind is StepKind.WHILE:
            self._todo.append(("loop", parent, None))
        else:
            self._done(parent, Result.OK)

    def _close_playbook(self, frame: Frame, *, ok: bool) -> None:
        playbook = self._library.version(frame.playbook)
        if not ok and not frame.handling and playbook.exception in playbook.workflow:
            frame.handling = True
            self._stack.trace(frame, "EXC")
            self._todo.append(("enter", frame, playbook.exception))
            return
        final = Final.FAILED
        if ok:
            final = Final.HANDLED if frame.handling else Final.COMPLETED
        frame.active = None
        if frame.parent is None:
            self.state.final = final
        else:
            self._return(self._stack.parent_of(frame), frame, final)

    def _return(self, parent: Frame, child: Frame, final: Final) -> None:
        """Go on after a child playbook; only what it completed comes back."""
        step = self._step(parent)
        result = Result.OK if final is Final.COMPLETED else Result.FAIL
        scope = child.variables
        assert scope is not None, "a playbook's frame holds its variables"
        self._stack.drop(child.number)
        if result is Result.OK:
            for name in step.out_args:
                if name in scope.declared:
                    self._stack.write(parent, name, scope.declared[name].value)
        self._stack.trace(parent, f"{step.label}<:{result}")
        self._done(parent, result)

    def _join(self, frame: Frame) -> None:
        """End a parallel step when every branch is closed."""
        active = active_of(frame)
        self._budget.pay(len(active.frames))
        closed = [self.state.frames[number].closed for number in active.frames]
        if None in closed:
            return
        self._stack.merge_layers(frame)
        for opened in active.frames:
            self._stack.drop(opened)
        result = Result.OK if all(closed) else Result.FAIL
        self._stack.trace(frame, f"{self._step(frame).label}:join-{result}")
        self._done(frame, result)

    def _open_playbook(
        self,
        parent: Frame | None,
        playbook: Playbook,
        given: Mapping[str, str | None],
        place: tuple[int, ...],
    ) -> None:
        scope = declare(playbook.variables)
        for name, value in given.items():
            variable = scope.declared[name]
            scope.declared[name] = msgspec.structs.replace(variable, value=value)
        frame = self._stack.open(parent, playbook.version, place, scope)
        self._todo.append(("enter", frame, playbook.start))

    def _step(self, frame: Frame) -> Step:
        playbook = self._library.version(frame.playbook)
        return playbook.workflow[active_of(frame).step]

    def _name(self, frame: Frame) -> str:
        return self._step(frame).label if frame.active is not None else "a frame"


@lru_cache(maxsize=1_024)
def _parse(text: str, bare_words: bool) -> conditions.Expression:  # noqa: FBT001
    return conditions.parse(text, bare_words=bare_words)
