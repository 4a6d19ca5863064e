"""A founded hub's intelligence in a folder, without accounts and surfaces.

Viewers are written `POL1`: a nation and a clearance.
"""

import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from foedus.alliance import commands as alliance_commands
from foedus.alliance.events import AllianceEvent
from foedus.alliance.pack import load_pack
from foedus.alliance.records import Pack
from foedus.alliance.statuses import Status
from foedus.alliance.views import AllianceView
from foedus.clock import StoppedClock, to_ms
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Append, Redacted, Who, redaction_stream
from foedus.eventlog.projector import Projector, tables_dump
from foedus.eventlog.sqlite import open_sqlite_log
from foedus.ids import (
    AccountId,
    CollectionId,
    NationCode,
    Position,
    new_event_id,
)
from foedus.intel import commands, releasing
from foedus.intel.collections import Collection
from foedus.intel.commands import Desk, Target
from foedus.intel.events import IntelEvent
from foedus.intel.explain import Explanation, explain
from foedus.intel.identities import IdentityView
from foedus.intel.judging import PLAINLY, Manner, Outcome
from foedus.intel.pages import Filters, Record, VersionTerm
from foedus.intel.reading import IntelReading
from foedus.intel.recall_views import RecallView
from foedus.intel.recalling import Made, Recalling, acknowledge, recall
from foedus.intel.references import ReferenceView
from foedus.intel.release_previews import Preview
from foedus.intel.releases import Draft
from foedus.intel.releasing import PACE, Pace
from foedus.intel.rules import Opening
from foedus.intel.searching import SearchView
from foedus.intel.views import IntelView
from foedus.releasability.join import encode_label, fix
from foedus.releasability.labelled import LabelView
from foedus.releasability.labels import parse_label, print_label
from foedus.releasability.news import NewsKind, NewsView
from foedus.releasability.viewers import Role, Viewer
from foedus.stix.identifiers import compute_id
from foedus.stix.markings import hub_marking_id, make_hub_definition
from tests.intel.crying import Cried, Crier

_SHM = Path("/dev/shm")  # noqa: S108 - only for what a test may lose
MEMORY = _SHM if _SHM.is_dir() else None
"""A folder that needs no disk, where there is one."""

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CODEC = Codec((AllianceEvent, IntelEvent, Redacted, Cried))
ALL = Filters(versions=("all",))


@asynccontextmanager
async def passing_world(pack: Pack | None = None) -> AsyncIterator["World"]:
    """Found a hub for one example of many, with a collection `c` that is public."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        world = await World.found(Path(folder), pack=pack)
        try:
            level = world.reading.access().alliance.levels[0].name
            await world.open(default_label=f"{level} // PUBLIC")
            yield world
        finally:
            world.close()


def viewer(name: str, *roles: Role) -> Viewer:
    """Give the viewer of a nation and a clearance, a publisher unless roles say."""
    nation, clearance = name[:-1], int(name[-1])
    return Viewer(
        nation=NationCode(nation),
        clearance=clearance,
        roles=frozenset(roles or (Role.READER, Role.PUBLISHER)),
        account=AccountId(f"account--{name}"),
    )


class World:
    """One data folder, with the clock that tells its time."""

    def __init__(self, folder: Path, clock: StoppedClock) -> None:
        self.clock = clock
        self.folder = folder
        self.log = open_sqlite_log(folder, CODEC, clock)
        self.projector = self._folding()
        self.reading = IntelReading(folder / "views.db", folder / "log.db")
        self.desk = Desk(log=self.log, reading=self.reading)

    @classmethod
    async def found(
        cls, folder: Path, *, at: datetime = NOON, pack: Pack | None = None
    ) -> "World":
        """Found an alliance, NATO unless another pack is given."""
        world = cls(folder, StoppedClock(at))
        pack = load_pack("nato") if pack is None else pack
        act = world.act(NationCode(pack.code))
        await alliance_commands.found(world.log, pack, act)
        world.projector.catch_up()
        return world

    def _folding(self) -> Projector:
        views = [
            AllianceView(),
            LabelView(),
            NewsView(),
            Crier(),
            IdentityView(),
            RecallView(),
            IntelView(),
            ReferenceView(),
            SearchView(),
        ]
        projector = Projector(self.log, self.folder / "views.db", CODEC, views)
        projector.catch_up()
        return projector

    def restart(self) -> None:
        """Fold on as a new process does, which remembers nothing."""
        self.projector.close()
        self.projector = self._folding()

    def close(self) -> None:
        self.projector.close()
        self.log.close()
        self.reading.close()

    def act(self, nation: NationCode) -> Act:
        who = Who(account=f"account--{nation}", nation=nation, door="test")
        return Act(who=who, at=self.clock())

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    # Doing

    async def open(self, alias: str = "c", **terms: Any) -> CollectionId:  # noqa: ANN401 - of an opening
        """Open a collection that everybody reads and writes unless terms say."""
        code = self.reading.access().alliance.code
        body = viewer(f"{code}0", Role.OPERATOR)
        opening = Opening(
            **{"title": "T", "read": "PUBLIC", "write": "PUBLIC", **terms}, alias=alias
        )
        opened, position = await commands.open_collection(
            self.desk, body, self.act(body.nation), opening
        )
        self.fold(position)
        return opened

    async def post(
        self,
        name: str,
        *objects: dict[str, Any] | bytes,
        to: str = "c",
        manner: Manner = PLAINLY,
    ) -> list[Outcome]:
        """Publish objects; the definitions of their markings go along."""
        who = viewer(name)
        raws = [raw if isinstance(raw, bytes) else dump(raw) for raw in objects]
        carried = [
            make_hub_definition(text)
            for text, marking in _MARKINGS.items()
            if any(marking.encode() in raw for raw in raws)
        ]
        outcomes = await commands.publish(
            self.desk,
            who,
            self.act(who.nation),
            to,
            [*carried, *raws],
            manner=manner,
        )
        self.projector.catch_up()
        return outcomes[len(carried) :]

    async def put(self, name: str, *objects: dict[str, Any], to: str = "c") -> None:
        """Publish objects, all of which are expected to be stored."""
        outcomes = await self.post(name, *objects, to=to)
        assert {each.outcome for each in outcomes} == {"stored"}, outcomes

    async def refused(self, name: str, *objects: Any, to: str = "c") -> str:  # noqa: ANN401 - as post
        """Publish objects, and give the reason for which the last is refused."""
        *_, last = await self.post(name, *objects, to=to)
        assert last.outcome == "refused", last
        return last.reason

    async def withdraw(
        self, name: str, stix_id: str, *versions: VersionTerm, to: str = "c"
    ) -> None:
        who = viewer(name)
        target = Target(collection=to, id=stix_id, versions=versions or ("last",))
        self.fold(await commands.withdraw(self.desk, who, self.act(who.nation), target))

    async def recall(
        self, name: str, stix_id: str, *roles: Role, nation: str | None = None
    ) -> Made:
        """Recall an object; the reason is always the same."""
        who = viewer(name, *roles)
        wanted = Recalling(id=stix_id, reason="It was wrong.", nation=nation)
        made = await recall(self.desk, who, self.act(who.nation), wanted)
        self.fold(made.position)
        return made

    async def acknowledge(self, name: str, thing: str, *roles: Role) -> None:
        """Confirm that a nation has removed what was recalled."""
        who = viewer(name, *roles)
        _, position = await acknowledge(self.desk, who, self.act(who.nation), thing)
        self.fold(position)

    async def change(
        self, nation: str, status: Status, since: date | None = None
    ) -> None:
        """Change a nation's status from today on, and deliver what that gives."""
        self.fold(await self.begin_change(nation, status, since))
        await self.deliver()

    async def begin_change(
        self, nation: str, status: Status, since: date | None = None
    ) -> Position:
        """Record a change of status, and deliver nothing of it yet."""
        return await alliance_commands.change_status(
            self.log,
            NationCode(nation),
            status=status,
            since=since or self.clock().date(),
            act=self.act(NationCode("BODY")),
        )

    async def begin_day(self) -> None:
        act = self.act(NationCode("BODY"))
        self.fold(await alliance_commands.begin_day(self.log, self.clock().date(), act))
        await self.deliver()

    async def cry(
        self,
        name: str,
        thing: str,
        label: str,
        *,
        about: NewsKind = "decision",
        type: str = "decision",  # noqa: A002 - as in `tell`
    ) -> Position:
        """Tell something of a thing to whoever may read a label."""
        who, alliance = viewer(name), self.reading.access().alliance
        fixed = fix(
            parse_label(label, alliance),
            alliance,
            on=self.clock().date(),
            originator=who.nation,
        )
        event = Cried(
            about=about,
            thing=thing,
            type=type,
            nation=who.nation,
            label=msgspec.Raw(encode_label(fixed)),
        )
        cried = Append(
            event_id=new_event_id(to_ms(self.clock())),
            stream=f"test/{thing}",
            event=event,
            who=self.act(who.nation).who,
        )
        position = await self.log.append(cried)
        self.fold(position)
        return position

    async def redact(self, position: Position) -> None:
        """Erase an entry of the log, whatever it is."""
        act = self.act(NationCode("BODY"))
        request = Append(
            event_id=new_event_id(to_ms(act.at)),
            stream=redaction_stream(position),
            event=Redacted(position=position, reason="a spill"),
            who=act.who,
        )
        self.fold(await self.log.redact(request))

    async def release(self, name: str, *to: str, label: str, **terms: Any) -> str:  # noqa: ANN401 - of a draft
        """Release to nations what the audience of a label could see; deliver it."""
        given, position = await self.begin_release(name, *to, label=label, **terms)
        self.fold(position)
        await self.deliver()
        return given

    async def begin_release(
        self,
        name: str,
        *to: str,
        label: str,
        **terms: Any,  # noqa: ANN401 - of a draft
    ) -> tuple[str, Position]:
        """Record a release, and deliver nothing of it yet."""
        who = viewer(name, Role.DELEGATE)
        draft = Draft(to=to, label=label, **{"since": date(2020, 1, 1), **terms})
        given, _, position = await releasing.add(
            self.desk, who, self.act(who.nation), draft
        )
        return given, position

    async def preview(self, name: str, *to: str, label: str, **terms: Any) -> Preview:  # noqa: ANN401 - of a draft
        who = viewer(name, Role.DELEGATE)
        draft = Draft(to=to, label=label, **{"since": date(2020, 1, 1), **terms})
        return await releasing.dry_run(self.desk, who, self.act(who.nation), draft)

    async def consent(self, name: str, release: str) -> None:
        self.fold(await self.begin_consent(name, release))
        await self.deliver()

    async def begin_consent(self, name: str, release: str) -> Position:
        """Record a consent, and deliver nothing of what it gives yet."""
        who = viewer(name, Role.DELEGATE)
        return await releasing.consent(self.desk, who, self.act(who.nation), release)

    async def end_release(self, name: str, release: str, *roles: Role) -> None:
        who = viewer(name, *(roles or (Role.DELEGATE,)))
        act = self.act(who.nation)
        self.fold(await releasing.withdraw(self.desk, who, act, release))
        await self.deliver()

    async def deliver(self, pace: Pace = PACE) -> int:
        """Deliver what acts newly let nations see; gives the number of steps."""
        act = self.act(NationCode(self.reading.access().alliance.code))
        steps = 0
        while (position := await releasing.step(self.desk, act, pace)) is not None:
            self.fold(position)
            steps += 1
        return steps

    def fold(self, position: Position) -> None:
        assert self.projector.catch_up() >= position

    # Seeing

    def collection(self, name: str, alias: str = "c") -> Collection:
        return self.reading.collection(viewer(name), alias)

    def walk(
        self, name: str, filters: Filters = ALL, *, alias: str = "c", limit: int = 1_000
    ) -> list[Record]:
        """Read all pages, one after another."""
        who, found = viewer(name), self.collection(name, alias)
        records: list[Record] = []
        more = True
        while more:
            page = self.reading.page(who, found, filters, limit=limit)
            records += page.records
            more = page.more
            if page.records:
                after = page.records[-1].added_us
                filters = replaced(filters, after)
        return records

    def ids(
        self, name: str, *versions: VersionTerm, alias: str = "c", defs: bool = False
    ) -> list[str]:
        """Name what a viewer sees, in order, without the hub's definitions."""
        filters = Filters(versions=versions or ("last",))
        return [
            record.id
            for record in self.walk(name, filters, alias=alias)
            if defs or record.nation
        ]

    def sees(self, name: str, stix_id: str) -> bool:
        return stix_id in self.ids(name)

    def label(self, name: str, stix_id: str) -> str:
        """Print the label of what a viewer sees of an id."""
        (found,) = {
            print_label(record.label.label, self.reading.access().alliance)
            for record in self.walk(name, Filters(ids=(stix_id,)))
        }
        return found

    def explain(self, name: str, stix_id: str, nation: str) -> Explanation:
        with self.reading.snapshot() as seen:
            return explain(seen, viewer(name), stix_id, NationCode(nation))

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with self.reading.snapshot() as seen:
            return seen.db.execute(statement).fetchall()

    def dump(self) -> dict[str, list[tuple[object, ...]]]:
        with self.reading.snapshot() as seen:
            tables = tables_dump(seen.db)
        tables.pop("folded", None)
        return tables


def replaced(filters: Filters, after_us: int) -> Filters:
    return Filters(
        added_after_us=after_us,
        ids=filters.ids,
        types=filters.types,
        versions=filters.versions,
        spec_versions=filters.spec_versions,
    )


def dump(tree: dict[str, Any]) -> bytes:
    return json.dumps(tree).encode()


def moment(second: int) -> str:
    """Give the version of that number."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def thing(
    number: int,
    label: str = "",
    *,
    version: int = 0,
    refs: Sequence[str] = (),
    **more: Any,  # noqa: ANN401 - of JSON
) -> dict[str, Any]:
    """Make a report; a label that is not empty is marked by the hub's definition."""
    tree: dict[str, Any] = {
        "type": "report",
        "spec_version": "2.1",
        "id": report(number),
        "created": moment(0),
        "modified": moment(version),
        "name": f"Report {number}",
        "published": moment(0),
        "object_refs": list(refs) or [report(999)],
    }
    if label:
        tree["object_marking_refs"] = [marking(label)]
    return {**tree, **more}


def report(number: int) -> str:
    return f"report--{UUID(int=number, version=4)}"


_MARKINGS: dict[str, str] = {}


def marking(label: str) -> str:
    """Name the hub's marking of a label; its definition goes along from now on."""
    return _MARKINGS.setdefault(label, hub_marking_id(label))


def definition(number: int, **content: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Make the marking definition of that number."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{UUID(int=number, version=4)}",
        "created": moment(0),
        **content,
    }


def statement(number: int, text: str) -> dict[str, Any]:
    return definition(
        number, definition_type="statement", definition={"statement": text}
    )


def address(value: str) -> dict[str, Any]:
    """Make an observable, whose id follows from its value."""
    tree = {"type": "ipv4-addr", "spec_version": "2.1", "value": value}
    return {**tree, "id": compute_id(tree)}
