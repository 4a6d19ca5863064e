"""Decisions over the API: the way to adoption, and what is hidden from whom."""

from datetime import timedelta

from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.processes.decisions import settle
from foedus.processes.decisions_channel import mark
from tests.api.deciding import (
    DECISIONS,
    UNKNOWN,
    UNTIL,
    delegates,
    do,
    draft,
    drafted,
    pass_time,
)
from tests.api.world import Client, Clients

__all__ = ["delegates"]


async def test_silence_adopts_and_its_effect_takes_place(
    hub: Hub, clock: StoppedClock, clients: Clients, delegates: dict[str, Client]
) -> None:
    path = await drafted(clients.desk, draft())
    await do(clients.desk, path, "circulate", until=UNTIL)
    await do(delegates["FIN"], path, "read")
    await pass_time(hub, clock, 51.1)

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
    path = await drafted(clients.desk, draft())
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
    path = await drafted(clients.desk, draft())
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
    path = await drafted(clients.desk, draft())
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
    path = await drafted(clients.desk, draft())
    await do(clients.desk, path, "circulate", until=UNTIL)
    await do(delegates["MDA"], path, "comment", text="a thought")
    move = {"move": {"act": "break", "reason": "no"}}

    response = await delegates["MDA"].post(f"{path}/acts", move)

    assert response.status_code == 403


async def test_what_one_may_not_see_is_not_there_for_any_act(
    clients: Clients, delegates: dict[str, Client]
) -> None:
    hidden = await drafted(
        clients.desk, draft(label="NATO UNCLASSIFIED // REL TO NATO")
    )
    await do(clients.desk, hidden, "circulate", until=UNTIL)
    draft_only = await drafted(clients.desk, draft())
    move = {"move": {"act": "comment", "text": "hello"}}

    for path in (hidden, draft_only):
        for shown, act in ((path, f"{path}/acts"), (UNKNOWN, f"{UNKNOWN}/acts")):
            read = await delegates["MDA"].get(shown)
            acted = await delegates["MDA"].post(act, move)
            assert (read.status_code, acted.status_code) == (404, 404)
    listed = (await delegates["MDA"].get(DECISIONS)).json()
    assert listed == {"decisions": []}


async def test_a_text_that_its_chair_could_not_see_is_laid_before_nobody(
    delegates: dict[str, Client],
) -> None:
    sent = draft(label="NATO UNCLASSIFIED // REL TO FIN, POL")
    path = await drafted(delegates["FIN"], sent)
    move = {"move": {"act": "table"}}

    response = await delegates["FIN"].post(f"{path}/acts", move)

    assert response.status_code == 422
    assert "nobody of NATO may see the text" in response.json()["detail"]
    assert "let another nation preside" in response.json()["detail"]


async def test_circulation_is_refused_with_the_nations_that_nobody_reads_for(
    clients: Clients,
) -> None:
    path = await drafted(clients.desk, draft())
    move = {"move": {"act": "circulate", "until": UNTIL}}

    response = await clients.desk.post(f"{path}/acts", move)

    assert response.status_code == 422
    assert "nobody of FIN, POL may see the text" in response.json()["detail"]
