"""A hub in which runs are played: duty officers of a few nations, and helpers.

`nato` is the secretariat; `est`, `lva`, `ltu`, `pol`, `fin` are duty officers; `ukr` is
one of a partner; `pol-reader` and `fin-audit` do not act; `lva-bot` is a service; `deu`
has no officer at all.
"""

import asyncio
import json
import shutil
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import msgspec

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.clock import StoppedClock
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.identity.accounts import Account, Holder
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.tokens import TokenTerms
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.releasability.labelled import readable_labels
from foedus.releasability.news import Spot, Wanted, items_after
from foedus.releasability.viewers import Role, Viewer
from foedus.response import commands
from foedus.response.importing import Importing, import_playbook
from foedus.response.moves import Move
from foedus.response.planning import Starting
from foedus.response.queries import find_run, list_tasks, tasks_of_run
from foedus.response.runs import Run
from foedus.response.tasks import Task
from tests.response.books import Json, at_step, book

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FOUNDER = Who(account=WHOEVER_RUNS_THE_HUB, nation="NATO", door="cli")
OFFICERS = {
    "nato": ("NATO", Role.SECRETARIAT),
    "est": ("EST", Role.DUTY_OFFICER),
    "lva": ("LVA", Role.DUTY_OFFICER),
    "ltu": ("LTU", Role.DUTY_OFFICER),
    "pol": ("POL", Role.DUTY_OFFICER),
    "fin": ("FIN", Role.DUTY_OFFICER),
    "ukr": ("UKR", Role.DUTY_OFFICER),
    "est-delegate": ("EST", Role.DELEGATE),
    "pol-reader": ("POL", Role.READER),
    "fin-audit": ("FIN", Role.AUDITOR),
    "lva-bot": ("LVA", Role.DUTY_OFFICER),
}
WIDE = "NATO UNCLASSIFIED // REL TO NATO, UKR"
BALTIC = ("EST", "LVA", "LTU")
EXTENSIONS = {
    "extension-definition--4f6e5f0c-6f0e-5a0b-9a55-2d8a1c0f0a01": {
        "type": "extension-definition",
        "name": "Foedus assignment",
        "description": "Of whom a step is asked.",
        "created_by": "identity--0f1b651d-3f95-43d7-81a5-1b150b71c92d",
        "schema": "https://foedus.example/schemas/assignment.json",
        "version": "1.0.0",
    },
    "extension-definition--4f6e5f0c-6f0e-5a0b-9a55-2d8a1c0f0a02": {
        "type": "extension-definition",
        "name": "Foedus run",
        "description": "How runs are started.",
        "created_by": "identity--0f1b651d-3f95-43d7-81a5-1b150b71c92d",
        "schema": "https://foedus.example/schemas/run.json",
        "version": "1.0.0",
    },
}
OF_STEPS, OF_PLAYBOOKS = EXTENSIONS


def found(folder: Path) -> None:
    """Found a hub with its officers, once; it is copied for each test."""
    if folder.exists():
        return

    async def work() -> None:
        clock = StoppedClock(NOON - timedelta(days=1))
        hub = await app.create(folder, load_pack("nato"), environment={}, clock=clock)
        for name, (nation, role) in OFFICERS.items():
            await open_account(
                hub.registry,
                Opening(
                    name=name,
                    nation=nation,
                    roles=frozenset({role}),
                    holder=Holder.SERVICE if name == "lva-bot" else Holder.PERSON,
                ),
                TokenTerms(),
                alliance=hub.alliance,
                act=Act(who=FOUNDER, at=clock()),
            )
        hub.projector.catch_up()
        app.close_hub(hub)

    asyncio.run(work())


def assign(document: Json, name: str, **given: object) -> Json:
    """Give a step of a playbook our extension."""
    document["extension_definitions"] = EXTENSIONS
    step = at_step(document, name)
    step["step_extensions"] = {OF_STEPS: {"type": "foedus-assignment", **given}}
    return document


def asking(**given: object) -> Json:
    """Write a playbook of one action that is asked of nations, and one behind it."""
    document = book(
        {
            "A1": {"on_success": "A2", "on_failure": "A3"},
            "A2": {"on_completion": "E"},
            "A3": {"on_completion": "E"},
            "E": {},
        }
    )
    drawn = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(given, default=str))
    document["id"] = f"playbook--{drawn}"
    return assign(document, "A1", **{"nations": list(BALTIC), **given})


class Theatre:
    """One hub, and its clock."""

    def __init__(self, founded: Path, folder: Path) -> None:
        self.folder = folder / "data"
        shutil.copytree(founded, self.folder)
        self.clock = StoppedClock(NOON)
        self.hub = self._open()

    def _open(self) -> Hub:
        hub = app.open_hub(self.folder, environment={}, clock=self.clock)
        hub.projector.start()
        return hub

    def reopen(self) -> None:
        """Close the hub and open it anew, from its files."""
        self.close()
        self.hub = self._open()

    def close(self) -> None:
        app.close_hub(self.hub)

    def account(self, name: str) -> Account:
        return self.hub.authenticator.named(name)

    def operator(self) -> Viewer:
        """Look as whoever runs the hub."""
        return Viewer(
            nation=NationCode("NATO"),
            clearance=0,
            roles=frozenset({Role.OPERATOR}),
            account=WHOEVER_RUNS_THE_HUB,
        )

    def with_roles(self, viewer: Viewer, *roles: str) -> Viewer:
        """Let a viewer have other roles."""
        return msgspec.structs.replace(viewer, roles=frozenset(map(Role, roles)))

    def token(self, name: str) -> str:
        """Issue a token for an account."""
        account = self.account(name)
        terms = TokenTerms()
        return self.hub.keyring.tokens.issue(account.id, terms, self.clock()).reveal()

    def act(self, name: str) -> Act:
        return self.hub.act(self.account(name), door="test", at=self.clock())

    async def bring(
        self, document: Mapping[str, object], name: str = "est", label: str = WIDE
    ) -> str:
        """Import a playbook."""
        raw = json.dumps(document).encode()
        edition, position = await import_playbook(
            self.hub.desk,
            self.account(name).viewer(),
            self.act(name),
            Importing(raw=raw, label=label),
        )
        await self.hub.seen([position])
        return edition.playbook

    async def start(self, playbook: str, name: str = "est", **more: object) -> str:
        """Start a run."""
        starting = msgspec.convert({"playbook": playbook, **more}, Starting)
        run, position = await commands.start(
            self.hub.desk, self.account(name).viewer(), self.act(name), starting
        )
        await self.hub.seen([position])
        return run

    async def play(
        self, document: Mapping[str, object], name: str = "est", **more: object
    ) -> str:
        """Import a playbook and start it."""
        return await self.start(await self.bring(document, name), name, **more)

    async def do(self, name: str, task: str, move: Move) -> None:
        """Do something with a task, and let the run go on."""
        position = await commands.act_on_task(
            self.hub.desk, self.account(name).viewer(), self.act(name), task, move
        )
        await self.hub.seen([position])
        await self.hub.responded()

    async def cancel(self, name: str, run: str, reason: str = "false alarm") -> None:
        position = await commands.cancel(
            self.hub.desk, self.account(name).viewer(), self.act(name), run, reason
        )
        await self.hub.seen([position])

    async def pass_time(self, by: timedelta) -> None:
        self.clock.advance(by)
        await self.hub.responded()

    def run(self, run: str, name: str = "est") -> Run:
        with self.hub.reading.snapshot() as seen:
            viewer = self.account(name).viewer()
            found = find_run(seen.db, seen.access, viewer, run)
        assert found is not None
        return found.run

    def trace(self, run: str) -> list[str]:
        with self.hub.reading.snapshot() as seen:
            viewer = self.account("est").viewer()
            found = find_run(seen.db, seen.access, viewer, run)
        assert found is not None
        return found.state.printed()

    def inbox(self, name: str, **more: object) -> list[Task]:
        with self.hub.reading.snapshot() as seen:
            viewer = self.account(name).viewer()
            return list_tasks(seen.db, seen.access, viewer, **more)  # type: ignore[arg-type]

    def tasks(self, run: str, name: str) -> list[Task]:
        with self.hub.reading.snapshot() as seen:
            return tasks_of_run(seen.db, seen.access, self.account(name).viewer(), run)

    def task(self, name: str, **more: object) -> str:
        """Give the one task that waits for a nation."""
        [task] = self.inbox(name, **more)
        return task.asked.task

    def news(self, name: str) -> list[str]:
        """Give what an account is told live."""
        with self.hub.reading.snapshot() as seen:
            viewer = self.account(name).viewer()
            readable = readable_labels(seen.db, seen.access, viewer)
            items = items_after(
                seen.db, readable, Wanted(), Spot(0, 0, 0), limit=10_000
            )
        return [each.document.decode() for each in items]

    def told(self, name: str, happened: str) -> list[str]:
        """Give the tasks of which an account was told something by the news."""
        documents = [json.loads(each) for each in self.news(name)]
        return [
            each["task"]
            for each in documents
            if "task" in each and each["happened"] == happened
        ]

    def dumps_alike(self) -> bool:
        """Tell whether folding the whole log anew gives the same runs and tasks."""
        before = self.dump_of(self.folder)
        self.hub.projector.rebuild()
        return before == self.dump_of(self.folder)

    @staticmethod
    def dump_of(folder: Path) -> dict[str, list[tuple[object, ...]]]:
        """Give every row of runs and tasks."""
        db = apsw.Connection(str(folder / app.VIEWS))
        tables = ("playbook", "run", "activation", "task", "response_event")
        return {
            table: sorted(db.execute(f"SELECT * FROM {table}").fetchall(), key=repr)  # noqa: S608
            for table in tables
        }
