"""The state of a run, as records: a stack of frames that is data.

Everything that a run needs to go on is in here, so that it can be written down at any
point and taken up by another process; nothing lives in a stack of calls.
"""

from enum import StrEnum

import msgspec

from foedus.response.variables import Scope


class Phase(StrEnum):
    """What the step of a frame is doing."""

    DELAYED = "delayed"
    WORKING = "working"
    OPEN = "open"


class Result(StrEnum):
    """How a step ended."""

    OK = "ok"
    FAIL = "fail"
    TIMEOUT = "timeout"


class Final(StrEnum):
    """How a run ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    HANDLED = "exception-handled"
    REFUSED = "refused"


class Activation(msgspec.Struct, kw_only=True):
    """One time that a step is run.

    Attributes:
        number: its number in the run; the answer to its task names it.
        due_ms: when the delay is over, or when its time is up.
        scope: the variables of the step.
        rounds: of a loop, how often its branch was begun.
        frames: the frames it opened, in order.
    """

    number: int
    step: str
    phase: Phase
    began_ms: int
    due_ms: int
    scope: Scope
    rounds: int = 0
    frames: list[int] = []


class Frame(msgspec.Struct, kw_only=True):
    """A stretch of steps that one end closes, as it is being run.

    Attributes:
        path: where it stands in the order in which a trace is printed.
        count: how many things of it were traced or opened.
        playbook: the version of the playbook whose steps it runs.
        variables: of a whole playbook, its variables; of a branch of a parallel step,
            its layer.
        whole: it runs a playbook, not a branch.
        handling: it is on the exception path.
        closed: of a branch of a parallel step, how it ended.
    """

    number: int
    parent: int | None
    path: tuple[int, ...]
    playbook: str
    variables: Scope | None = None
    whole: bool = False
    handling: bool = False
    closed: bool | None = None
    count: int = 0
    active: Activation | None = None


class Traced(msgspec.Struct, frozen=True, array_like=True):
    """One entry of the trace, and where it stands."""

    path: tuple[int, ...]
    text: str


class RunState(msgspec.Struct, kw_only=True):
    """A run.

    Attributes:
        now_ms: how far it was run, in milliseconds since 1970.
        trace: what happened, in the order in which it did.
        warnings: what was strange but no failure.
        final: how it ended; `None` while it runs.
    """

    now_ms: int = 0
    frames: dict[int, Frame] = {}
    opened: int = 0
    activated: int = 0
    trace: list[Traced] = []
    warnings: list[str] = []
    final: Final | None = None

    def printed(self) -> list[str]:
        """Give the trace in the order of the workflow: branch after branch."""
        return [entry.text for entry in sorted(self.trace, key=lambda one: one.path)]

    def values(self) -> dict[str, str | None]:
        """Give the variables of the playbook, as they stand."""
        root = self.frames.get(0)
        scope = root.variables if root is not None else None
        declared = scope.declared if scope is not None else {}
        return {name: variable.value for name, variable in declared.items()}
