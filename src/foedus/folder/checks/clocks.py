"""Clocks of tasks: whether they are told on time, and whether somebody looks."""

from collections.abc import Iterator
from contextlib import closing
from typing import Final

from foedus.clock import from_ms, to_ms
from foedus.eventlog.database import open_readable
from foedus.folder.findings import Case, Finding, error, ok, warn
from foedus.folder.formats import STATE, VIEWS
from foedus.processes.auditing import MARK, read_mark
from foedus.response.due_reading import Figures, Held, figures, held

BEHIND_S: Final = 30.0
"""Seconds that something may be due untold: an hour without the hub is made up for in
as many."""

UNSEEN_MS: Final = 120_000
"""Milliseconds within which the auditor promises to have looked."""

_IS_KEPT = "SELECT count(*) FROM sqlite_schema WHERE name = 'clock_missed'"

_SETTING = "SELECT value FROM setting WHERE name = :name"


def clocks(case: Case) -> Iterator[Finding]:
    """Look whether clocks are told on time, and whether the auditor looks."""
    now_ms = to_ms(case.at)
    with closing(open_readable(case.folder / VIEWS)) as db:
        if not db.execute(_IS_KEPT).get:
            return
        found, hold = figures(db, now_ms), held(db)
    if hold is not None:
        yield _holding(hold)
    yield from _told(found, is_held=hold is not None)
    yield from _watched(case, found, now_ms)


def _holding(hold: Held) -> Finding:
    moved_s = abs(hold.is_ms - hold.was_ms) // 1_000
    return error(
        "clocks",
        f"nothing is told of any clock: the machine's clock went {hold.jump} by "
        f"{moved_s} seconds, to {from_ms(hold.is_ms):%Y-%m-%d %H:%M:%S} UTC",
        "set the clock right, or confirm the time with 'foedus protocol clocks "
        "--confirm'",
    )


def _told(found: Figures, *, is_held: bool) -> Iterator[Finding]:
    if found.missing:
        yield error(
            "clocks",
            f"{found.missing} warnings, escalations or deadlines of tasks did not come",
            "ask the nations of the tasks that 'foedus protocol clocks' lists, and see "
            "the hub's own log",
        )
    elif found.overdue_s > BEHIND_S and not is_held:
        yield warn(
            "clocks",
            f"something has been due for {found.overdue_s:.0f} seconds and is not told",
            "start the hub; if it runs, see its own log",
        )
    elif not is_held:
        yield ok("clocks", f"{found.waiting} clocks run, and none is behind")


def _watched(case: Case, found: Figures, now_ms: int) -> Iterator[Finding]:
    with closing(open_readable(case.folder / STATE)) as db:
        row = db.execute(_SETTING, {"name": MARK}).fetchone()
    mark = None if row is None else read_mark(str(row[0]))
    if found.waiting and (mark is None or now_ms - mark.seen_ms > UNSEEN_MS):
        when = "never" if mark is None else f"at {from_ms(mark.seen_ms):%d %B, %H:%M}"
        yield warn(
            "clocks",
            f"the auditor of clocks has looked {when}, and clocks run",
            "start the hub; if it runs, see its own log",
        )
