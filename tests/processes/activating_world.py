"""The theatre with a collection that every member writes to, and Estonia's officers.

`est-two` and `pol-two` are cleared for more than what is unclassified; `est-bot` is a
service.
"""

import asyncio
import uuid
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import orjson

from foedus import app
from foedus.clock import StoppedClock, to_ms
from foedus.eventlog.envelope import Act, Append
from foedus.hub import Hub
from foedus.identity.accounts import Holder
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.ids import NationCode, new_event_id
from foedus.intel.commands import Target, open_collection, withdraw
from foedus.intel.rules import Opening as Collection
from foedus.processes.activating import Watch
from foedus.releasability.viewers import Role, Viewer
from foedus.response.proposals import Proposal
from foedus.response.proposals_commands import (
    Approving,
    approve,
    dismiss,
    set_rule,
)
from foedus.response.proposals_events import (
    ProposalApproved,
    proposal_stream,
    trigger_stream,
)
from foedus.response.proposals_views import Wanted, list_proposals, open_rules
from foedus.response.queries import find_run
from foedus.response.run_sheets import run_sheet
from foedus.response.triggers import Trigger
from tests.leaks import oracle_labels as labels
from tests.response import theatre
from tests.response.theatre import FOUNDER, NOON, Theatre, asking

ALLIES = "NATO UNCLASSIFIED // REL TO NATO"
ABOVE = "NATO RESTRICTED // REL TO EST, POL, LVA, LTU"
HIDDEN = "NATO UNCLASSIFIED // REL TO POL, LVA"
A_SECOND = timedelta(seconds=1)

RESTRICTED = 1
"""Index of the level in the pack."""

RULE = "Grey Heron"
"""What every rule is called here."""

LURE = "[domain-name:value = 'lure.example']"


@cache
def founded_in(base: Path) -> Path:
    """Found it once for all tests of a session; each works on a copy."""
    folder = base / "lookout" / "data"
    folder.parent.mkdir()
    found(folder)
    return folder


def found(folder: Path) -> None:
    """Found the theatre with what is needed here besides."""
    theatre.found(folder)

    async def work() -> None:
        clock = StoppedClock(NOON - timedelta(hours=1))
        hub = app.open_hub(folder, environment={}, clock=clock)
        await _open(hub, "est-two", "EST", clearance=3)
        await _open(hub, "pol-two", "POL", clearance=3)
        await _open(hub, "est-low", "EST", clearance=0)
        await _open(hub, "est-bot", "EST", clearance=3, holder=Holder.SERVICE)
        await open_collection(
            hub.desk,
            Viewer(
                nation=NationCode("NATO"),
                clearance=3,
                roles=frozenset({Role.OPERATOR}),
                account=FOUNDER.account,
            ),
            Act(who=FOUNDER, at=clock()),
            Collection(
                alias="shared",
                title="Shared",
                default_label=ALLIES,
                read="MEMBERS",
                write="MEMBERS",
            ),
        )
        hub.projector.catch_up()
        app.close_hub(hub)

    asyncio.run(work())


async def _open(
    hub: Hub,
    name: str,
    nation: str,
    *,
    clearance: int,
    holder: Holder = Holder.PERSON,
) -> None:
    await open_account(
        hub.registry,
        Opening(
            name=name,
            nation=nation,
            roles=frozenset({Role.DUTY_OFFICER}),
            clearance=clearance,
            holder=holder,
        ),
        TokenTerms() if holder is Holder.SERVICE else Secret("correct horse battery"),
        alliance=hub.alliance,
        act=Act(who=FOUNDER, at=hub.clock()),
    )


def indicator(number: int = 1, pattern: str = LURE, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Write an indicator."""
    return _thing("indicator", number) | {
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": "2026-11-23T11:00:00Z",
        **more,
    }


def sighting(number: int, of: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Write a sighting of an object."""
    return _thing("sighting", number) | {"sighting_of_ref": of["id"], **more}


def _thing(kind: str, number: int) -> dict[str, Any]:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid.UUID(int=number, version=4)}",
        "created": "2026-11-23T11:00:00.000Z",
        "modified": "2026-11-23T11:00:00.000Z",
    }


class Lookout(Theatre):
    """A theatre where intelligence comes in and rules are judged."""

    def __init__(self, founded: Path, folder: Path) -> None:
        super().__init__(founded, folder)
        self.watch = Watch(self.hub.activation)
        self.said: list[str] = []

    def reopen(self) -> None:
        """Close the hub and open it anew; it has not looked at anything yet."""
        super().reopen()
        self.watch = Watch(self.hub.activation)

    def opened(self) -> Hub:
        """Open the hub that was closed."""
        return self._open()

    async def protocol(self, impact: int | None = 10, **given: object) -> str:
        """Import a protocol that asks the Baltic nations."""
        document = asking(**given)
        if impact is not None:
            document["impact"] = impact
        return await self.bring(document)

    async def rule(
        self,
        playbook: str,
        name: str = "est",
        *,
        ceiling: int = 0,
        **terms: Any,  # noqa: ANN401
    ) -> str:
        """Set a rule."""
        trigger = Trigger(name=RULE, playbook=playbook, **({"pattern": LURE} | terms))
        made, position = await set_rule(
            self.hub.desk, self.account(name).viewer(), self.act(name), trigger, ceiling
        )
        await self.hub.seen([position])
        await self.watch.settle()
        self.clock.advance(timedelta(seconds=1))
        return made

    async def spoil(self, rule: str, pattern: str) -> None:
        """Write a rule anew as no command would take it."""
        with self.hub.reading.snapshot() as seen:
            [found] = [
                each for each in open_rules(seen.db, limit=9) if each.trigger == rule
            ]
        terms = msgspec.structs.replace(found.terms, pattern=pattern)
        name = f"trigger--{uuid.UUID(int=1, version=4)}"
        position = await self.hub.log.append(
            Append(
                event_id=new_event_id(to_ms(self.clock())),
                stream=trigger_stream(name),
                event=msgspec.structs.replace(found, trigger=name, terms=terms),
                who=FOUNDER,
            )
        )
        await self.hub.seen([position])

    async def post(
        self, name: str, *things: dict[str, Any], label: str = "", judge: bool = True
    ) -> None:
        """Publish objects under a label, and let rules be judged."""
        objects = list(things)
        if label:
            marked = {"object_marking_refs": [labels.marking_id(label)]}
            objects = [labels.definition(label), *(each | marked for each in things)]
        account, act = self.account(name), self.act(name)
        place = self.hub.reading.collection(account.viewer(), "shared")
        outcomes = await self.hub.publish(
            account, act, place.id, [orjson.dumps(each) for each in objects]
        )
        assert outcomes[-1].outcome == "stored", outcomes
        if judge:
            await self.watch.settle()
        self.clock.advance(timedelta(seconds=1))

    async def withdraw(self, name: str, thing: dict[str, Any]) -> None:
        """Withdraw what was published."""
        account, act = self.account(name), self.act(name)
        place = self.hub.reading.collection(account.viewer(), "shared")
        target = Target(collection=place.id, id=thing["id"])
        written = await withdraw(self.hub.desk, account.viewer(), act, target)
        await self.hub.seen([written])

    def proposals(self, name: str = "est") -> list[Proposal]:
        """Give all proposals that somebody may know of, the newest first."""
        with self.hub.reading.snapshot() as seen:
            viewer = self.account(name).viewer()
            return list_proposals(seen.db, seen.access, viewer, Wanted(every=True))

    def told_of_run(self, name: str, run: str) -> str:
        """Give all that somebody is told of a run."""
        with self.hub.reading.snapshot() as seen:
            viewer = self.account(name).viewer()
            found = find_run(seen.db, seen.access, viewer, run)
            assert found is not None
            sheet = run_sheet(found, [], [], viewer, seen.access)
        return msgspec.json.encode(sheet).decode()

    async def approve(self, name: str, **more: Any) -> None:  # noqa: ANN401
        """Approve the newest proposal."""
        written = await approve(
            self.hub.desk,
            self.account(name).viewer(),
            self.act(name),
            self.proposals(name)[0].proposal,
            Approving(**more),
        )
        await self.hub.seen(written)

    async def approved_and_killed(self, name: str, label: str = "") -> None:
        """Let the approval be written by a process that dies before the start."""
        account, act = self.account(name), self.act(name)
        [proposal] = self.proposals()
        position = await self.hub.log.append(
            Append(
                event_id=new_event_id(to_ms(act.at)),
                stream=proposal_stream(proposal.proposal),
                event=ProposalApproved(
                    nation=account.nation, at_ms=to_ms(act.at), run_label=label
                ),
                who=act.who,
            )
        )
        await self.hub.seen([position])

    async def dismiss(self, name: str, reason: str = "a test mail") -> None:
        """Dismiss the newest proposal."""
        written = await dismiss(
            self.hub.desk,
            self.account(name).viewer(),
            self.act(name),
            self.proposals(name)[0].proposal,
            reason,
        )
        await self.hub.seen(written)
        self.clock.advance(timedelta(seconds=1))
