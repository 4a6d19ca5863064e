"""`foedus import`: take over the collections of another server, dates and all."""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Self, TypedDict, Unpack

import click
import msgspec

from foedus.cli import spelling
from foedus.cli.acting import acting_as
from foedus.cli.medallion import MedallionFile
from foedus.cli.output import REFUSED, progress, say, table, tell
from foedus.cli.publishing import REFUSED_SHOWN_MAX, TOLD_BYTES_MAX
from foedus.cli.station import Station, on_station, operator
from foedus.clock import to_ms
from foedus.errors import ConflictError
from foedus.eventlog.envelope import Act
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.intel import importing
from foedus.intel.events import ImportTerms
from foedus.intel.importing import Plan, Planned
from foedus.intel.judging import Outcome


class _Words(TypedDict):
    """The command's options."""

    name: str
    default_label: str | None
    read: str | None
    write: str | None


@click.group("import")
def command() -> None:
    """Take over the collections of another server, dates and all."""


@command.command("medallion")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@acting_as
@click.option(
    "--default-label",
    metavar="TEXT",
    help="What unmarked input gets; the originator only by default.",
)
@click.option(
    "--read",
    metavar="SPEC",
    type=spelling.listed,
    help="Who may read what could be read; NAME's nation by default.",
)
@click.option(
    "--write",
    metavar="SPEC",
    type=spelling.listed,
    help="Who may write what could be written; NAME's nation by default.",
)
@on_station
def medallion(station: Station, file: str, **words: Unpack[_Words]) -> None:
    """Take over what medallion's memory backend holds in FILE.

    API roots keep their paths, collections their ids, objects their dates. Running
    the same again finishes what was interrupted.
    """
    with _Report(station) as report:
        asyncio.run(_take_over(station, file, words, report))
        report.tell()


async def _take_over(
    station: Station, path: str, words: _Words, report: "_Report"
) -> None:
    with ExitStack() as stack:
        hub = stack.enter_context(station.hub())
        account = hub.authenticator.named(words["name"])
        file = stack.enter_context(_read(path))
        plan = file.plan(_terms(words, account))
        await _begin(station, hub, plan)
        now_us = to_ms(station.clock()) * 1_000
        with progress("Taking over", file.size) as add:
            for place, planned in enumerate(plan.collections):
                report.begin(planned)
                for each in file.left_out(place, now_us=now_us):
                    report.leave_out(each.id, each.reason)
                    add(1)
                objects = file.objects(place, now_us=now_us)
                for gathered in importing.sets_of(objects):
                    outcomes = await importing.take_in(
                        hub.desk,
                        account.viewer(),
                        station.act_for(account),
                        planned.id,
                        gathered,
                    )
                    await hub.seen([each.position for each in outcomes])
                    report.add(outcomes)
                    add(len(gathered))
        statuses = station.app().adopt_statuses(hub, account, file.statuses())
        await hub.seen([await importing.end(hub.desk, _act(station, hub), plan)])
        report.end(hub, plan, statuses=statuses, empty=file.empty_roots)


def _read(path: str) -> MedallionFile:
    with progress("Reading", Path(path).stat().st_size) as add:
        return MedallionFile(path, add)


async def _begin(station: Station, hub: Hub, plan: Plan) -> None:
    viewer, act = operator(hub.alliance), _act(station, hub)
    position = await importing.begin(hub.desk, viewer, act, plan)
    if position is None:
        say("this import had begun before; it goes on where it stopped")
    else:
        await hub.seen([position])
        try:
            importing.check_untouched(hub.desk, plan)
        except ConflictError:
            await hub.seen([await importing.end(hub.desk, act, plan)])
            raise
    await hub.seen(
        await importing.open_collections(hub.desk, viewer, act, plan),
    )


def _act(station: Station, hub: Hub) -> Act:
    return station.act(hub.alliance.code)


def _terms(words: _Words, account: Account) -> ImportTerms:
    read, write = words["read"], words["write"]
    return ImportTerms(
        account=account.id,
        default_label=words["default_label"],
        read=account.nation if read is None else read,
        write=account.nation if write is None else write,
    )


class _Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What was not taken over, and why."""

    collection: str
    id: str
    version: str
    reason: str


class _Report:
    """What became of everything; refusals wait on disk."""

    def __init__(self, station: Station) -> None:
        self._is_json = station.as_json
        self._refused: IO[bytes] = SpooledTemporaryFile(TOLD_BYTES_MAX)  # noqa: SIM115
        self._count = 0
        self._shown: list[_Refused] = []
        self._done: list[tuple[Planned, Counter[str]]] = []
        self._said: dict[str, object] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._refused.close()

    def begin(self, planned: Planned) -> None:
        """Begin with a collection."""
        self._done.append((planned, Counter()))

    def leave_out(self, stix_id: str, reason: str) -> None:
        """Note what of the file is not even tried."""
        planned, counts = self._done[-1]
        counts["refused"] += 1
        self._refuse(
            _Refused(collection=planned.id, id=stix_id, version="", reason=reason)
        )

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Note what became of objects of the collection."""
        planned, counts = self._done[-1]
        for each in outcomes:
            counts[each.outcome] += 1
            if each.outcome == "refused":
                self._refuse(
                    _Refused(
                        collection=planned.id,
                        id=each.id,
                        version=each.version,
                        reason=each.reason,
                    )
                )

    def end(self, hub: Hub, plan: Plan, *, statuses: int, empty: Iterable[str]) -> None:
        """Note what there is now."""
        self._said = {
            "api_roots": [f"{hub.public_url}/{root.path}/" for root in plan.roots],
            "empty_api_roots": list(empty),
            "statuses": statuses,
        }

    def tell(self) -> None:
        """Answer with all of it; exit with 1 if anything was refused."""
        if self._is_json:
            self._give(sys.stdout.buffer.write)
        else:
            self._report()
        if self._count:
            raise click.exceptions.Exit(REFUSED)

    def _refuse(self, refused: _Refused) -> None:
        between = b"," if self._count else b""
        self._refused.write(between + msgspec.json.encode(refused))
        self._count += 1
        if len(self._shown) < REFUSED_SHOWN_MAX:
            self._shown.append(refused)

    def _give(self, write: Callable[[bytes], object]) -> None:
        collections = [
            {
                "id": planned.id,
                "api_root": planned.root,
                **{each: counts[each] for each in _OUTCOMES},
            }
            for planned, counts in self._done
        ]
        head = msgspec.json.encode({**self._said, "collections": collections})
        write(head[:-1] + b',"refused":[')
        self._refused.seek(0)
        while piece := self._refused.read(TOLD_BYTES_MAX):
            write(piece)
        write(b"]}\n")

    def _report(self) -> None:
        tell(
            table(
                (
                    f"/{planned.root}/",
                    planned.id,
                    ", ".join(f"{counts[each]} {each}" for each in _OUTCOMES),
                )
                for planned, counts in self._done
            )
        )
        tell(f"refused  {each.id}  {each.reason}" for each in self._shown)
        if (more := self._count - len(self._shown)) > 0:
            say(f"… and {more} more; --json lists them all")
        for root in self._said["empty_api_roots"]:  # type: ignore[attr-defined]
            say(f"/{root}/ has no collections and is not taken over")


_OUTCOMES = ("stored", "duplicate", "refused")
