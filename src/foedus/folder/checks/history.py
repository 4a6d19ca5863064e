"""What the hub knows: that it is whole, that its views follow, that it is backed up."""

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import CorruptLogError, FoedusError
from foedus.eventlog.database import open_readable
from foedus.eventlog.entries import read_head, verify_on
from foedus.eventlog.sequence import Head
from foedus.folder.findings import Case, Finding, error, ok, warn
from foedus.folder.formats import LOG, STATE, VIEWS
from foedus.folder.known import Known, remembered
from foedus.folder.redactions import listed
from foedus.identity.store import StateStore
from foedus.ids import Position

STEPS: Final = 10_000
"""Steps of SQLite's machine between two looks at the watch."""

AHEAD_MAX: Final = timedelta(seconds=5)
"""How far the last entry may be ahead of the clock: many commits at once do that."""

FAR_AHEAD: Final = timedelta(minutes=5)
"""From here on, what is published now is refused as coming from the future."""

BACKUP_AGE_MAX: Final = timedelta(days=7)
"""A hub whose last backup is older has lost a week on a bad day."""

VERIFIED: Final = "doctor.verified"
"""The setting in `state.db` that holds how far the chain was found good."""

_SETTING = "SELECT value FROM setting WHERE name = :name"

_MARK = "SELECT position, version FROM folded"


class _Place(msgspec.Struct, frozen=True):
    position: int
    digest: str
    arrival_ms: int


def integrity(case: Case) -> Iterator[Finding]:
    """Look whether the files are sound databases."""
    for name in (LOG, STATE, VIEWS):
        if (case.folder / name).exists():
            yield _checked(case.folder / name, case.seconds)


def _checked(path: Path, seconds: float) -> Finding:
    until = time.monotonic() + seconds
    with closing(open_readable(path)) as db:
        db.set_progress_handler(lambda: time.monotonic() >= until, STEPS)
        try:
            said = db.execute("PRAGMA quick_check(1)").get
        except apsw.InterruptError:
            return ok("integrity", f"{path.name} is sound as far as there was time")
        except (apsw.CorruptError, apsw.NotADBError, apsw.IOError):
            said = "damaged"
    if said == "ok":
        return ok("integrity", f"{path.name} is sound")
    if path.name == VIEWS:
        todo = "stop the hub, delete views.db with what is beside it, and start again"
    else:
        todo = "stop the hub, keep the folder as it is, and restore a backup elsewhere"
    return error("integrity", f"{path.name} is damaged", todo)


def chain(case: Case) -> Iterator[Finding]:
    """Check entries from where they were last found good, as far as there is time."""
    log = case.folder / LOG
    start = _last_good(case)
    try:
        good = verify_on(log, start, case.seconds)
    except CorruptLogError as refusal:
        yield error(
            "chain",
            refusal.detail,
            "somebody altered the log, or the disk did: keep the folder as it is, "
            "restore a backup elsewhere, and compare",
        )
        return
    _remember(case, good)
    with closing(open_readable(log)) as db:
        head = read_head(db).position
    if good.position >= head:
        yield ok("chain", f"all {head} entries are what was written")
    else:
        yield ok(
            "chain",
            f"{good.position} of {head} entries are what was written; run it again for "
            "the next, or 'foedus log verify' for all",
        )


def _last_good(case: Case) -> Head:
    with suppress(FoedusError, apsw.Error, msgspec.MsgspecError, ValueError):
        with closing(open_readable(case.folder / STATE)) as db:
            said = db.execute(_SETTING, {"name": VERIFIED}).get
        if said is not None:
            place = msgspec.json.decode(said, type=_Place)
            return Head(
                position=Position(place.position),
                digest=bytes.fromhex(place.digest),
                arrival_ms=place.arrival_ms,
            )
    return Head()


def _remember(case: Case, good: Head) -> None:
    place = _Place(good.position, good.digest.hex(), good.arrival_ms)
    with suppress(FoedusError, apsw.Error, OSError):
        store = StateStore(case.folder / STATE)
        try:
            store.set_setting(VERIFIED, msgspec.json.encode(place).decode())
        finally:
            store.close()


def clock(case: Case) -> Iterator[Finding]:
    """Look whether the machine's clock is behind the last entry."""
    with closing(open_readable(case.folder / LOG)) as db:
        head = read_head(db)
    ahead = from_ms(head.arrival_ms) - case.at
    if not head.position or ahead <= AHEAD_MAX:
        yield ok("clock", "the clock is not behind the last entry")
        return
    what = f"the last entry is {ahead} ahead of the clock of this machine"
    todo = "set the clock by the network; dates go on from the last entry until then"
    yield (error if ahead > FAR_AHEAD else warn)("clock", what, todo)


def views(case: Case) -> Iterator[Finding]:
    """Look whether the views follow the log."""
    if not (case.folder / VIEWS).exists():
        yield ok("views", "there are none; whoever opens the hub next folds them")
        return
    with closing(open_readable(case.folder / LOG)) as db:
        head = read_head(db).position
    with closing(open_readable(case.folder / VIEWS)) as db:
        position, version = db.execute(_MARK).get
    if position > head:
        yield error(
            "views",
            f"they show {position} entries, and the log has {head}: they are another's",
            "stop the hub, delete views.db with what is beside it, and start again",
        )
    elif version != case.views_version:
        yield warn(
            "views",
            "another version of Foedus has folded them",
            "start the hub, which folds them anew",
        )
    elif position < head:
        yield warn(
            "views",
            f"they are {head - position} entries behind the log",
            "run this again; if they stay behind, look for fold_failed in the hub's "
            "own log and run 'foedus views rebuild'",
        )
    else:
        yield ok("views", f"they show all {head} entries")


def backups(case: Case) -> Iterator[Finding]:
    """Look how old the last backup is, and which hold what was redacted since."""
    known = remembered(case.folder / STATE)
    yield _age(case, known)
    yield from _with_redacted(case, [each for each in known if each.is_there])


def _age(case: Case, known: list[Known]) -> Finding:
    todo = "run 'foedus backup -o FILE' every day, and copy the file elsewhere"
    if not known:
        return warn("backups", "no backup was ever made", todo)
    age = case.at - from_ms(known[0].made_ms)
    what = f"the last backup is {max(age.days, 0)} days old"
    if age > BACKUP_AGE_MAX:
        return warn("backups", what, todo)
    return ok("backups", what)


def _with_redacted(case: Case, there: list[Known]) -> Iterator[Finding]:
    if not there:
        return
    oldest = min(each.position for each in there)
    redactions = [
        (each.at, each.redacted.position)
        for each in listed(case.folder / LOG, after=oldest)
    ]
    for known in there:
        held = sum(1 for at, erased in redactions if erased <= known.position < at)
        if held:
            yield warn(
                "backups",
                f"{known.path} holds {held} entries that were redacted since",
                "destroy it, or keep 'foedus log redactions' beside it for its restore",
            )
