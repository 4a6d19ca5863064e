"""What whoever directs a run does to the run itself: into its stream, for its own eyes.

The entry is labelled for the coordinator alone; the run tells of it whoever may see it.
"""

from collections.abc import Callable
from typing import TypeAlias

from foedus.clock import to_ms
from foedus.errors import NotFoundError
from foedus.eventlog.envelope import Act, Append
from foedus.ids import Position, new_event_id
from foedus.intel.commands import Desk
from foedus.intel.reading import Snapshot
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.response.commands import actor_of, decided
from foedus.response.events import RunEvent, run_stream
from foedus.response.queries import FoundRun, find_run, last_of
from foedus.response.rules import Actor
from foedus.response.seeing import restricted

Decide: TypeAlias = Callable[[Snapshot, FoundRun, Actor], RunEvent]
"""Decides what happens to a run, by what is known then; or refuses."""


async def direct(
    desk: Desk, viewer: Viewer, act: Act, name: str, decide: Decide
) -> Position:
    """Let something happen to a run.

    Raises:
        NotFoundError: there is no such run for this viewer.
        ConflictError: others were faster, again and again.
        FoedusError: as `decide`.
    """

    def prepared() -> Append:
        with desk.reading.snapshot() as seen:
            found = find_run(seen.db, seen.access, viewer, name)
            if found is None:
                raise NotFoundError(f"no run {name}; list the runs")
            event = decide(seen, found, actor_of(viewer, act, seen.access))
            inner = restricted(found.label, [], found.run.coordinator)
            return Append(
                event_id=new_event_id(to_ms(act.at)),
                stream=run_stream(name),
                event=event,
                who=act.who,
                label=print_label(inner.label, seen.access.alliance),
                after=last_of(seen.db, run_stream(name)),
            )

    position = await decided(desk, prepared)
    assert position is not None, "something always happens, or it is refused"
    return position
