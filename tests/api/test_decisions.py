"""Decisions over the API: the way to adoption, and what is hidden from whom."""

from datetime import timedelta
from typing import Any

import pytest

from foedus.clock import StoppedClock
from foedus.eventlog.envelope import Act
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.processes.decisions import settle
from foedus.processes.decisions_channel import mark
from foedus.releasability.viewers import Role
from tests.api.world import FOUNDER, NOON, PASSWORD, Client, Clients, bearer

DECISIONS = "/api/v1/decisions"
UNKNOWN = f"{DECISIONS}/decision--{'0' * 8}-0000-4000-8000-{'0' * 12}"
UNTIL = "2026-11-25 16:00 Europe/Brussels"


def draft(label: str = "NATO UNCLASSIFIED // REL TO NATO, MDA") -> dict[str, Any]:
    return {
        "text": {
            "title": "A watch",
            "label": label,
            "forum": {"name": "Two", "of": ["FIN", "POL"]},
            "paragraphs": [{"verb": "decides", "text": "to keep watch"}],
            "effects": [
                {
                    "kind": "status",
                    "nation": "MDA",
                    "status": "invitee",
                    "since": "2026-11-23",
                }
            ],
        }
    }


@pytest.fixture
async def delegates(hub: Hub, clients: Clients) -> dict[str, Client]:
    found = {}
    for nation in ("FIN", "POL", "MDA"):
        opened = await open_account(
            hub.registry,
            Opening(
                name=f"{nation.lower()}-delegate",
                nation=nation,
                roles=frozenset({Role.READER, Role.DELEGATE}),
            ),
            Secret(PASSWORD),
            alliance=hub.alliance,
            act=Act(who=FOUNDER, at=NOON),
        )
        token = hub.keyring.tokens.issue(opened.account, TokenTerms(), NOON)
        found[nation] = Client(clients.desk.http, bearer(token.reveal()))
    await hub.seen([hub.log.head()])
    return found


async def drafted(clients: Clients, **words: str) -> str:
    response = await clients.desk.post(DECISIONS, draft(**words))
    assert response.status_code == 201, response.text
    return f"{DECISIONS}/{response.json()['decision']}"


async def do(client: Client, path: str, act: str, **words: object) -> Any:  # noqa: ANN401
    response = await client.post(f"{path}/acts", {"move": {"act": act, **words}})
    assert response.status_code == 200, response.text
    return response.json()


async def pass_time(hub: Hub, clock: StoppedClock, hours: float) -> None:
    """Let time pass while the hub serves."""
    for _ in range(int(hours * 240)):
        clock.advance(timedelta(seconds=15))
        await mark(hub.channel)


async def test_silence_adopts_and_its_effect_takes_place(
    hub: Hub, clock: StoppedClock, clients: Clients, delegates: dict[str, Client]
) -> None:
    path = await drafted(clients)
    await do(clients.desk, path, "circulate", until=UNTIL)
    await do(delegates["FIN"], path, "read")
    clock.advance(timedelta(hours=48))
    await pass_time(hub, clock, 3.1)

    await settle(hub.clerk(serving=True))

    found = (await delegates["FIN"].get(path)).json()
    assert (found["phase"], found["by"]) == ("adopted", "silence")
    assert found["effective_at"] == "2026-11-25T15:00:00Z"
    assert [each["state"] for each in found["effects"]] == ["done"]
    nation = (await clients.fin.get("/api/v1/nations/MDA")).json()
    assert nation["status"] == "invitee"
    head = hub.log.head()
    assert await settle(hub.clerk()) == 0
    assert hub.log.head() == head


async def test_a_hub_that_was_down_before_the_end_holds_it(
    hub: Hub, clock: StoppedClock, clients: Clients, delegates: dict[str, Client]
) -> None:
    path = await drafted(clients)
    await do(clients.desk, path, "circulate", until=UNTIL)
    await mark(hub.channel)
    clock.advance(timedelta(hours=60))

    await settle(hub.clerk(serving=True))

    found = (await delegates["POL"].get(path)).json()
    assert found["phase"] == "held"
    assert "could not be broken" in found["inside"]["hold"]
    found = await do(clients.desk, path, "confirm")
    assert found["effective_at"] == "2026-11-25T15:00:00Z"


async def test_a_late_break_is_refused_and_kept(
    clock: StoppedClock, clients: Clients, delegates: dict[str, Client]
) -> None:
    path = await drafted(clients)
    await do(clients.desk, path, "circulate", until=UNTIL)
    clock.advance(timedelta(hours=51))
    move = {"move": {"act": "break", "reason": "no"}}

    response = await delegates["FIN"].post(f"{path}/acts", move)

    assert response.status_code == 422
    assert "kept as a statement" in response.json()["detail"]
    history = (await delegates["FIN"].get(path)).json()["history"]
    assert history[-1]["what"] == "late objection, kept as a statement"


async def test_observers_are_told_no_positions_no_letters_and_nobody(
    clients: Clients, delegates: dict[str, Client]
) -> None:
    path = await drafted(clients)
    await do(clients.desk, path, "circulate", until=UNTIL)
    words = {"stance": "reserves", "text": "CANARY-POSITION"}
    await do(delegates["POL"], path, "position", **words)
    await do(delegates["POL"], path, "comment", text="CANARY-COMMENT")
    await do(delegates["FIN"], path, "break", reason="CANARY-LETTER")

    outside = await delegates["MDA"].get(path)
    inside = await delegates["POL"].get(path)

    assert "CANARY" not in outside.text
    assert outside.json()["inside"] is None
    assert {each["nation"] for each in outside.json()["history"]} == {None}
    assert inside.text.count("CANARY") >= 3


async def test_observers_comment_and_can_never_break(
    clients: Clients, delegates: dict[str, Client]
) -> None:
    path = await drafted(clients)
    await do(clients.desk, path, "circulate", until=UNTIL)
    await do(delegates["MDA"], path, "comment", text="a thought")
    move = {"move": {"act": "break", "reason": "no"}}

    response = await delegates["MDA"].post(f"{path}/acts", move)

    assert response.status_code == 403


async def test_what_one_may_not_see_is_not_there_for_any_act(
    clients: Clients, delegates: dict[str, Client]
) -> None:
    hidden = await drafted(clients, label="NATO UNCLASSIFIED // REL TO NATO")
    await do(clients.desk, hidden, "circulate", until=UNTIL)
    draft_only = await drafted(clients)
    move = {"move": {"act": "comment", "text": "hello"}}

    for path in (hidden, draft_only):
        for shown, act in ((path, f"{path}/acts"), (UNKNOWN, f"{UNKNOWN}/acts")):
            read = await delegates["MDA"].get(shown)
            acted = await delegates["MDA"].post(act, move)
            assert (read.status_code, acted.status_code) == (404, 404)
    listed = (await delegates["MDA"].get(DECISIONS)).json()
    assert listed == {"decisions": []}


async def test_circulation_is_refused_with_the_nations_that_nobody_reads_for(
    clients: Clients,
) -> None:
    path = await drafted(clients)
    move = {"move": {"act": "circulate", "until": UNTIL}}

    response = await clients.desk.post(f"{path}/acts", move)

    assert response.status_code == 422
    assert "nobody of FIN, POL may see the text" in response.json()["detail"]
