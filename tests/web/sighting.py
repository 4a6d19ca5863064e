"""A demo hub on which something is sighted, and something else is recalled."""

from typing import Any

import orjson

from foedus.hub import Hub
from foedus.intel import recalling
from foedus.intel.recalling import Recalling
from foedus.processes.activating import Watch
from foedus.response.proposals_views import Wanted, list_proposals
from tests.processes.activating_world import indicator, sighting

AUTHOR, SEER, OFFICER = "norway", "sweden", "duty"
SEEN = indicator(101, "[domain-name:value = 'seen.example']", confidence=80)
WRONG = indicator(102, "[domain-name:value = 'wrong.example']")


async def sight(hub: Hub) -> dict[str, str]:
    """Let a rule of the demo propose something, and recall something.

    Returns:
        Where the proposal and the recall are shown, by what they are called.
    """
    await _publish(hub, AUTHOR, SEEN)
    await _publish(hub, SEER, sighting(103, SEEN, confidence=80))
    await Watch(hub.activation).settle()
    officer = hub.authenticator.named(OFFICER).viewer()
    with hub.reading.snapshot() as seen:
        [found] = list_proposals(seen.db, seen.access, officer, Wanted())
    await _publish(hub, AUTHOR, WRONG)
    author = hub.authenticator.named(AUTHOR)
    act = hub.act(author, door="test", at=hub.clock())
    wanted = Recalling(id=WRONG["id"], reason="It was a test.")
    made = await recalling.recall(hub.desk, author.viewer(), act, wanted)
    await hub.seen([made.position])
    return {
        "proposal": f"/proposals/{found.proposal}",
        "recalled": f"/recalls/{made.recall}",
    }


async def _publish(hub: Hub, name: str, thing: dict[str, Any]) -> None:
    account = hub.authenticator.named(name)
    act = hub.act(account, door="test", at=hub.clock())
    place = hub.reading.collection(account.viewer(), "indicators")
    [outcome] = await hub.publish(account, act, place.id, [orjson.dumps(thing)])
    assert outcome.outcome == "stored", outcome
