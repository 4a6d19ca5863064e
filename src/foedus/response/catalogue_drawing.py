"""A playbook drawn as lines: who does what, against which clock, and what follows.

A step stands under the one it follows; what it opens stands inside; the way out of a
failure stands inside too, until it leads back to the main one.
"""

from collections.abc import Iterator, Mapping

import msgspec

from foedus.response.assignments import (
    Assignment,
    Rule,
    assignment_of,
    duration_ms,
    terms_of,
)
from foedus.response.cacao import Playbook, Step
from foedus.response.vocabulary import StepKind

_UNITS = (("h", 3_600_000), ("min", 60_000), ("s", 1_000))
_DAY_MS = 86_400_000
_HOURS_UNTIL_MS = 3 * _DAY_MS
"""Up to here people speak of hours: 48 and 72 are names."""

_CLOCKS = (
    ("ack", "acknowledge"),
    ("accept", "accept"),
    ("start", "start"),
    ("done", "complete"),
    ("confirm", "confirm"),
)
_COLUMN = 58
"""Where the second column begins, if the first is not wider."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a drawing.

    Attributes:
        depth: how far it stands inside.
        way: what leads here: a branch, a case, a failure; empty for what follows.
        step: the step; `None` for a reference to one that stands elsewhere.
        text: what a person reads.
    """

    depth: int
    way: str = ""
    step: Step | None = None
    text: str = ""


def draw(playbook: Playbook) -> tuple[Line, ...]:
    """Draw a workflow, from its start to its ends, then the exception path."""
    drawn: set[str] = set()
    lines = list(_chain(playbook.workflow, playbook.start, 0, "", drawn))
    if playbook.exception is not None:
        way = "if nothing else handles a failure"
        lines += _chain(playbook.workflow, playbook.exception, 0, way, drawn)
    return tuple(lines)


def write(playbook: Playbook) -> Iterator[str]:
    """Write a drawing, with who does each step and until when."""
    for line in draw(playbook):
        way = f"{line.way}: " if line.way else ""
        text = f"{'  ' * line.depth}{way}{line.text}"
        facts = "; ".join(facts_of(line.step)) if line.step is not None else ""
        yield f"{text:<{_COLUMN}}  {facts}".rstrip()


def write_clocks(playbook: Playbook) -> Iterator[str]:
    """Write the named clocks: from what event to what event each of them runs."""
    for clock in terms_of(playbook).named_clocks:
        since = f"the beginning of {_name(playbook, clock.since)}"
        until = f"the end of {_name(playbook, clock.until)}"
        yield (
            f"{clock.name}: {_time(clock.within_ms)} from "
            f"{since if clock.since else 'the start of the run'} to "
            f"{until if clock.until else 'its end'}"
        )


def _chain(
    workflow: Mapping[str, Step], entry: str, depth: int, way: str, drawn: set[str]
) -> Iterator[Line]:
    """Draw the steps that follow each other in one frame."""
    step_id: str | None = entry
    while step_id is not None:
        step = workflow[step_id]
        if step_id in drawn:
            if step.kind is not StepKind.END:
                yield Line(depth=depth, way=way, text=f"→ {step.label}")
            return
        drawn.add(step_id)
        if step.kind is not StepKind.END:
            yield Line(depth=depth, way=way, step=step, text=_title(step))
        elif way:
            yield Line(depth=depth, way=way, text="(nothing)")
        yield from _inside(workflow, step, depth + 1, drawn)
        step_id, way = step.after_success, ""


def _inside(
    workflow: Mapping[str, Step], step: Step, depth: int, drawn: set[str]
) -> Iterator[Line]:
    for names, entry in step.branches:
        yield from _chain(workflow, entry, depth, _way(names), drawn)
    failed = step.on_failure
    if failed is None:
        return
    if failed == step.after_success:
        yield Line(depth=depth, way="if it fails", text="goes on all the same")
        return
    # What the main way draws is only named on the way of the failure.
    ahead = set(_ahead(workflow, step.after_success)) - drawn
    yield from _chain(workflow, failed, depth, "if it fails", drawn | ahead)
    drawn.update(set(_ahead(workflow, failed)) - ahead)


def _ahead(workflow: Mapping[str, Step], step_id: str | None) -> Iterator[str]:
    """Give the steps of the main way from one on."""
    while step_id is not None:
        yield step_id
        step_id = workflow[step_id].after_success


def _way(names: tuple[str | int, ...]) -> str:
    match names:
        case ("on_true",):
            return "yes"
        case ("on_false",):
            return "no"
        case ("cases", value):
            return str(value)
        case _:
            return "at once"


def _title(step: Step) -> str:
    match step.kind:
        case StepKind.WHILE:
            return f"{step.label} ↻"
        case StepKind.PLAYBOOK_ACTION:
            return f"{step.label} (another protocol)"
        case _:
            return step.label


def facts_of(step: Step) -> Iterator[str]:
    """Say who does a step, until when, and what it waits for."""
    if step.delay_ms:
        yield f"waits {_time(step.delay_ms)}"
    if step.kind in (StepKind.IF, StepKind.WHILE):
        yield step.condition
    if step.kind is StepKind.SWITCH:
        yield step.switch
    if step.kind is not StepKind.ACTION:
        return
    given = assignment_of(step)
    yield _who(given)
    clocks = [
        f"{word} {_time(duration_ms(limit.within))}"
        for word, name in _CLOCKS
        if (limit := getattr(given.clocks, name)) is not None and limit.within
    ]
    if clocks:
        yield ", ".join(clocks)
    if given.evidence == "required":
        yield "evidence"
    if given.gate is not None:
        yield f"waits for a {given.gate}"


def _who(given: Assignment) -> str:
    if not given.nations:
        return "coordinator"
    asked = " ".join(name.removesuffix(":value") for name in given.nations)
    match given.completion.rule:
        case Rule.QUORUM:
            return f"{asked} ({given.completion.quorum} of them)"
        case Rule.ANY:
            return f"{asked} (one of them)"
        case Rule.NAMED:
            return f"{asked} (at least {' '.join(given.completion.named)})"
        case Rule.ALL:
            return asked


def _time(ms: int) -> str:
    if ms % _DAY_MS == 0 and ms > _HOURS_UNTIL_MS:
        return f"{ms // _DAY_MS} d"
    for unit, of_ms in _UNITS:
        if ms % of_ms == 0 and ms >= of_ms:
            return f"{ms // of_ms} {unit}"
    return f"{ms} ms"


def _name(playbook: Playbook, step_id: str) -> str:
    return f'"{playbook.workflow[step_id].label}"' if step_id else ""
