"""The frames of a workflow: which step belongs to which branch.

A step that opens branches (parallel, if, while, switch) runs each to *its* end and
goes on from there; so a workflow is not one graph but frames inside each other. A
step belongs to one frame, and an end closes the frame it belongs to.

- Two cases of a switch, or both ways of an if, may name the same first step: that is
  one branch with two labels.
- Nothing here recurses: a workflow of thousands of steps is walked with a list.

Source: CACAO 2.0, sections 4.3 to 4.10.
"""

from collections import deque
from collections.abc import Iterator

import msgspec

from foedus.response.cacao import Playbook, Step
from foedus.response.vocabulary import StepKind

Names = tuple[str | int, ...]
"""The properties and indices of a reference, inside the step that makes it."""


class Frame(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A stretch of steps that one end closes; each is its own, so `is` compares.

    Attributes:
        opener: the step that opens it; empty for the whole and the exception path.
        entry: its first step.
        exception: it is the path for what nothing else handles.
        depth: in how many branches it lies.
        loops: in how many loops it lies.
    """

    entry: str
    opener: str = ""
    names: Names = ()
    exception: bool = False
    depth: int = 0
    loops: int = 0


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A reference from step to step: from which one, by which property."""

    source: str
    names: Names
    target: str


class Graph:
    """The frames of a playbook, and the edges that do not keep to them.

    Attributes:
        owner: the frame of each step that can be reached.
        trespassing: edges to a step of another frame; the frame left, the one entered.
    """

    def __init__(self, playbook: Playbook) -> None:
        self.owner: dict[str, Frame] = {}
        self.trespassing: list[tuple[Edge, Frame, Frame]] = []
        self._workflow = playbook.workflow
        self._frames = deque([Frame(entry=playbook.start)])
        self._walk_all()
        if playbook.exception is not None:
            self._frames.append(Frame(entry=playbook.exception, exception=True))
            self._walk_all()

    def cycles(self) -> Iterator[Edge]:
        """Give the edges that lead back to where their own frame has been."""
        finished: set[str] = set()
        for entry in self.owner:
            if entry not in finished:
                yield from self._cycles_from(entry, finished)

    def _walk_all(self) -> None:
        while self._frames:
            self._walk(self._frames.popleft())

    def _walk(self, frame: Frame) -> None:
        """Give a frame the steps that follow each other in it."""
        edges = [Edge(source=frame.opener, names=frame.names, target=frame.entry)]
        while edges:
            edge = edges.pop()
            step = self._workflow.get(edge.target)
            if step is None:
                continue
            owner = self.owner.get(step.id)
            if owner is None:
                self.owner[step.id] = frame
                self._frames.extend(_branches(step, frame))
                edges.extend(reversed(list(_onward(step))))
            elif owner is not frame:
                self.trespassing.append((edge, frame, owner))

    def _cycles_from(self, entry: str, finished: set[str]) -> Iterator[Edge]:
        entered = {entry}
        trail = [(entry, _onward(self._workflow[entry]))]
        while trail:
            here, onward = trail[-1]
            edge = next(onward, None)
            if edge is None:
                finished.add(here)
                trail.pop()
            elif self.owner.get(edge.target) is not self.owner[here]:
                continue
            elif edge.target in entered and edge.target not in finished:
                yield edge
            elif edge.target not in finished:
                entered.add(edge.target)
                trail.append((edge.target, _onward(self._workflow[edge.target])))


def _onward(step: Step) -> Iterator[Edge]:
    if step.kind is StepKind.END:  # that nothing may follow it is a rule of its own
        return
    for name, target in step.successors:
        yield Edge(source=step.id, names=(name,), target=target)


def _branches(step: Step, frame: Frame) -> Iterator[Frame]:
    entries: set[str] = set()
    for names, target in step.branches:
        if target not in entries:
            entries.add(target)
            yield Frame(
                entry=target,
                opener=step.id,
                names=names,
                depth=frame.depth + 1,
                loops=frame.loops + (step.kind is StepKind.WHILE),
            )
