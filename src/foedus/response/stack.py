"""The frames of a run as they are opened, looked into, written to and dropped.

The machine decides what happens; this keeps the records straight.
"""

from collections.abc import Iterator
from typing import Final

from foedus.response.budget import Budget
from foedus.response.frames import Activation, Frame, RunState, Traced
from foedus.response.variables import Scope, write

NOTING: Final = 10
"""What a line of the trace costs, before its characters."""


class Stack:
    """The frames of a run.

    Args:
        state: where the run stands; it is changed.
        budget: pays for what is traced; who only looks needs none.
    """

    def __init__(self, state: RunState, budget: Budget | None = None) -> None:
        self.state = state
        self._budget = budget or Budget(0)

    def open(
        self,
        parent: Frame | None,
        playbook: str,
        place: tuple[int, ...],
        variables: Scope | None = None,
    ) -> Frame:
        """Open a frame.

        Args:
            parent: the frame whose step opens it; `None` for the outermost.
            playbook: the version of the playbook whose steps it runs.
            place: where it stands among what its parent traced and opened.
            variables: of the playbook that it runs, or the layer of the branch.
        """
        frame = Frame(
            number=self.state.opened,
            parent=None if parent is None else parent.number,
            path=(() if parent is None else parent.path) + place,
            playbook=playbook,
            variables=variables,
            whole=variables is not None and not variables.layer,
        )
        self.state.opened += 1
        self.state.frames[frame.number] = frame
        if parent is not None:
            active_of(parent).frames.append(frame.number)
        return frame

    def parent_of(self, frame: Frame) -> Frame:
        """Give the frame whose step opened this one."""
        assert frame.parent is not None, "only the outermost frame has no parent"
        return self.state.frames[frame.parent]

    def running(self) -> Iterator[tuple[Frame, Activation]]:
        """Give the frames that run a step."""
        if self.state.final is None:
            for frame in self.state.frames.values():
                if frame.active is not None and frame.closed is None:
                    yield frame, frame.active

    def drop(self, number: int) -> None:
        """Forget a frame and all that it opened."""
        waiting = [number]
        while waiting:
            frame = self.state.frames.pop(waiting.pop(), None)
            if frame is not None and frame.active is not None:
                waiting.extend(frame.active.frames)

    def scopes(self, frame: Frame) -> Iterator[Scope]:
        """Give the scopes of a frame's step, from the innermost outwards."""
        while True:
            if frame.active is not None:
                yield frame.active.scope
            if frame.variables is not None:
                yield frame.variables
            if frame.whole or frame.parent is None:
                return
            frame = self.state.frames[frame.parent]

    def write(self, frame: Frame, name: str, value: str | None) -> None:
        """Write a variable that a frame's step sees; a constant stays as it is."""
        if not write(name, value, self.scopes(frame)):
            self.warn(f"{name} is constant or not declared; not written")

    def merge_layers(self, frame: Frame) -> None:
        """Write what branches wrote, in their order; of two the later stays (A11)."""
        written: set[str] = set()
        for number in active_of(frame).frames:
            branch = self.state.frames.get(number)
            layer = branch.variables if branch is not None else None
            if layer is None or not layer.layer:
                continue
            for name, value in layer.written.items():
                if name in written:
                    self.warn(f"{name}: written by two branches; the later stays")
                written.add(name)
                self.write(frame, name, value)

    def depth(self, frame: Frame) -> int:
        """Count the playbooks that called each other down to a frame."""
        depth = int(frame.whole)
        while frame.parent is not None:
            frame = self.state.frames[frame.parent]
            depth += frame.whole
        return depth

    def trace(self, frame: Frame, text: str) -> None:
        """Note what happened in a frame."""
        self._pay_for(text)
        self.state.trace.append(Traced((*frame.path, number(frame)), text))

    def warn(self, text: str) -> None:
        """Note what is strange but no failure."""
        self._pay_for(text)
        self.state.warnings.append(text)

    def _pay_for(self, text: str) -> None:
        """Pay for a text that stands in the state from now on."""
        self._budget.pay(NOTING + len(text))


def number(frame: Frame) -> int:
    """Give the next place among what a frame traced and opened."""
    frame.count += 1
    return frame.count - 1


def active_of(frame: Frame) -> Activation:
    """Give the step that a frame runs."""
    assert frame.active is not None, "a frame that is asked runs a step"
    return frame.active
