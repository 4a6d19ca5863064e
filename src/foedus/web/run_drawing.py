"""The workflow of a run, drawn as far as the viewer may see it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import apsw

from foedus.clock import from_ms
from foedus.response.cacao import Playbook, Step
from foedus.response.frames import Phase
from foedus.response.queries import FoundRun, StepRow
from foedus.response.tasks import Task
from foedus.response.views import library_of
from foedus.response.vocabulary import StepKind
from foedus.web.decision_cards import duration
from foedus.web.workflows import Drawing, Look, draw, draw_steps

DRAWN_MAX: Final = 50
"""Steps of one's own that are drawn; a loop may ask a hundred times."""

CALLED_MAX: Final = 20
"""Called protocols that are drawn below the one that calls them."""

_ENDED: Final = {
    "answered": "✓",
    "failed": "✗ failed",
    "timed-out": "✗ time was up",
    "dropped": "no longer needed",
    "cancelled": "cancelled",
    "forced": "ended by hand",
}


def drawing_of(  # noqa: PLR0913 - what a drawing is made of
    db: apsw.Connection,
    found: FoundRun,
    steps: list[StepRow],
    tasks: list[Task],
    now: datetime,
    *,
    whole: bool,
) -> Drawing | None:
    """Draw a run.

    Args:
        db: the views.
        found: the run, which the viewer may see.
        steps: of it, those that the viewer may see, as they began.
        tasks: likewise.
        now: the present instant.
        whole: whether the viewer may see the whole workflow: the coordinator alone.

    Returns:
        None where there is nothing to draw.
    """
    anchors = {
        each.number: f"#step-{place}" for place, each in enumerate(steps, start=1)
    }
    looks = {
        each.number: _look(each, anchors[each.number], tasks, _now(found, now))
        for each in steps
    }
    if not whole:
        shown = [(each.name, looks[each.number]) for each in steps[-DRAWN_MAX:]]
        return draw_steps(shown) if shown else None
    library = library_of(db, found.started)
    if library is None:
        return None
    edition = found.started.editions[0]
    playbook = library.version(edition.version)
    by_step = {
        each.step: looks[each.number]
        for each in steps
        if each.version == edition.version
    }
    return draw(playbook, _others(found, playbook) | by_step)


def drawings_of_called(
    db: apsw.Connection,
    found: FoundRun,
    steps: list[StepRow],
    tasks: list[Task],
    now: datetime,
) -> list[tuple[str, Drawing]]:
    """Draw the protocols that a run calls, for its coordinator: name and drawing.

    Of one that is called several times each step stands as it did the last time.
    """
    library = library_of(db, found.started)
    if library is None:
        return []
    at = _now(found, now)
    looks = {
        (each.version, each.step): _look(each, f"#step-{place}", tasks, at)
        for place, each in enumerate(steps, start=1)
    }
    drawn = []
    for edition in found.started.editions[1 : CALLED_MAX + 1]:
        playbook = library.version(edition.version)
        own = {
            step: look
            for (version, step), look in looks.items()
            if version == edition.version
        }
        drawing = draw(playbook, _others(found, playbook) | own)
        if drawing is not None:
            drawn.append((playbook.name, drawing))
    return drawn


def _now(found: FoundRun, now: datetime) -> datetime:
    """Give the instant by which time is left: that at which the run stands still."""
    still = found.run.still
    return now if still is None else from_ms(still.since_ms)


def _look(step: StepRow, href: str, tasks: Iterable[Task], now: datetime) -> Look:
    mine = [each for each in tasks if each.asked.number == step.number]
    done = sum(each.counts_as_done for each in mine)
    count = f"{done} of {len(mine)}" if mine else ""
    if step.ending is not None:
        note = (
            f"{_ENDED[step.ending]} {count}"
            if step.ending == "answered"
            else (_ENDED[step.ending])
        )
        return Look(css="done", note=note.strip(), href=href)
    left = from_ms(step.due_ms) - now
    # The two greatest units: more does not fit into a step.
    due = " ".join(duration(left).split()[:4]) if left.total_seconds() > 0 else "now"
    return Look(css="now", note=f"▶ {count} · {due}".replace("▶  ·", "▶"), href=href)


def _others(found: FoundRun, playbook: Playbook) -> dict[str, Look]:
    """Say how the steps stand that are asked of nobody, and those to come."""
    active = {
        frame.active.step: frame.active
        for frame in found.state.frames.values()
        if frame.active is not None and frame.playbook == playbook.version
    }
    traced = [each.text for each in found.state.trace]
    looks = {}
    for step_id, step in playbook.workflow.items():
        if step_id in active and found.run.is_open:
            waits = active[step_id].phase is Phase.DELAYED
            looks[step_id] = Look(css="now", note="▶ waits" if waits else "▶")
        elif step.kind is not StepKind.ACTION and _is_passed(step, traced):
            looks[step_id] = Look(css="done", note="✓")
        else:
            looks[step_id] = Look(css="todo", note="○" if found.run.is_open else "")
    return looks


def _is_passed(step: Step, traced: Iterable[str]) -> bool:
    ways = tuple(f"{step.label}{sign}" for sign in (":", ">", "<"))
    return any(each.startswith(ways) for each in traced)
