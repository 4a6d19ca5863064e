"""An adopted decision stands for the second person who approves a proposal."""

from datetime import timedelta

import msgspec
import orjson
import pytest

from foedus.clock import StoppedClock
from foedus.errors import RuleViolationError
from foedus.eventlog.envelope import Act
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.processes.activating import Watch
from foedus.processes.decisions import settle
from foedus.response.importing import Importing, import_playbook
from foedus.response.proposals import Phase
from foedus.response.proposals_commands import Approving, approve, set_rule
from foedus.response.proposals_views import Wanted, find_proposal, list_proposals
from foedus.response.triggers import Trigger
from tests.api.deciding import delegates, draft, silence_ends
from tests.api.world import Clients, clients, clock, founded, http, hub
from tests.processes.activating_world import LURE, indicator
from tests.response.books import linear

__all__ = ["clients", "clock", "delegates", "founded", "http", "hub"]

PUBLIC = "NATO UNCLASSIFIED // PUBLIC"


def act(hub: Hub, account: Account) -> Act:
    return hub.act(account, door="test", at=hub.clock())


async def proposed(hub: Hub, clock: StoppedClock) -> tuple[str, str]:
    """Let intelligence propose a protocol of high impact; give both ids."""
    desk, pol = hub.authenticator.named("desk"), hub.authenticator.named("pol")
    edition, position = await import_playbook(
        hub.desk,
        desk.viewer(),
        act(hub, desk),
        Importing(raw=msgspec.json.encode(linear(impact=80)), label=PUBLIC),
    )
    await hub.seen([position])
    trigger = Trigger(name="lure", playbook=edition.playbook, pattern=LURE)
    _, position = await set_rule(
        hub.desk, desk.viewer(), act(hub, desk), trigger, ceiling=None
    )
    await hub.seen([position])
    clock.advance(timedelta(seconds=1))
    place = hub.reading.collection(pol.viewer(), "open")
    await hub.publish(pol, act(hub, pol), place.id, [orjson.dumps(indicator())])
    await Watch(hub.activation).settle()
    with hub.reading.snapshot() as seen:
        [found] = list_proposals(seen.db, seen.access, desk.viewer(), Wanted())
    return edition.playbook, found.proposal


async def approved(hub: Hub, proposal: str, decision: str) -> Phase:
    """Approve as the desk with a decision; give how the proposal stands then."""
    desk = hub.authenticator.named("desk")
    written = await approve(
        hub.desk, desk.viewer(), act(hub, desk), proposal, Approving(decision=decision)
    )
    await hub.seen(written)
    with hub.reading.snapshot() as seen:
        return find_proposal(seen.db, seen.access, desk.viewer(), proposal).phase


@pytest.mark.usefixtures("delegates")
async def test_a_decision_on_the_proposal_that_is_adopted_is_enough(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    _, proposal = await proposed(hub, clock)
    sent = draft(decides=f"to start {proposal}")
    path = await silence_ends(hub, clock, clients.desk, sent)
    decision = path.rpartition("/")[2]
    with pytest.raises(RuleViolationError, match="not adopted"):
        await approved(hub, proposal, decision)

    await settle(hub.clerk())

    assert await approved(hub, proposal, decision) is Phase.APPROVED


@pytest.mark.usefixtures("delegates")
async def test_a_decision_on_the_protocol_in_general_is_not(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    playbook, proposal = await proposed(hub, clock)
    sent = draft(title=f"Not {proposal}", decides=f"to welcome {playbook}")
    path = await silence_ends(hub, clock, clients.desk, sent)
    await settle(hub.clerk())

    with pytest.raises(RuleViolationError, match="no paragraph"):
        await approved(hub, proposal, path.rpartition("/")[2])
