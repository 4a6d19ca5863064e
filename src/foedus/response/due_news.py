"""What live readers are told of clocks: nothing that a task's label does not cover."""

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.eventlog.envelope import Recorded
from foedus.ids import NationCode
from foedus.releasability.news import tell
from foedus.response.clocks import ClockName
from foedus.response.due_rows import plan_in
from foedus.response.due_schema import CLOCK_ROW
from foedus.response.ladders import Key, Told


class ClockNews(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What live readers are told of a clock.

    Attributes:
        task: the task, or the run of a clock with a name.
        happened: `warned`, `escalated`, `breached`, `paused`, `resumed`, or `missed`.
        called: what people call the clock.
        tell: whom it is meant for.
        late: whether it was told late, after a time without the hub.
    """

    task: str
    happened: str
    name: str
    nation: NationCode
    clock: str
    called: str = ""
    point: str = ""
    loop: int = 0
    tell: tuple[Told, ...] = ()
    due: str = ""
    late: bool = False
    exercise: bool = False


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """What a clock did.

    Attributes:
        what: in a word, as `ClockNews.happened`.
        clock: which one, where no point of it is meant; None for all.
        key: which point of it.
    """

    what: str
    clock: ClockName | None = None
    key: Key | None = None
    tell: tuple[Told, ...] = ()
    due_ms: int | None = None
    late: bool = False


def announce(
    db: apsw.Connection, recorded: Recorded, subject: str, happened: Happened
) -> None:
    """Tell what a clock did to whoever may know of the task."""
    row = db.execute(CLOCK_ROW, {"subject": subject}).fetchone()
    if row is None:
        return
    plan, _, run, named, name, nation, _, label, exercise = row
    key = happened.key
    which = happened.clock if key is None else key.clock
    terms = plan_in(plan).clocks.get(which) if which is not None else None
    thing = str(run) if named else subject
    tell(
        db,
        recorded,
        kind="task",
        thing=thing,
        type="run" if named else "task",
        label=int(label),
        document=ClockNews(
            task=thing,
            happened=happened.what,
            name=str(name),
            nation=NationCode(str(nation)),
            clock="named" if named else which or "",
            called="" if terms is None else terms.name,
            point="" if key is None else key.point,
            loop=0 if key is None else key.loop,
            tell=happened.tell,
            due=_instant(happened.due_ms),
            late=happened.late,
            exercise=bool(exercise),
        ),
    )


def _instant(at_ms: int | None) -> str:
    return "" if at_ms is None else from_ms(at_ms).isoformat(timespec="milliseconds")
