"""Playbooks and runs by the API: taken in, given back, started, seen, cancelled."""

import json

import pytest

from tests.api.playing import players
from tests.response.books import linear
from tests.response.conftest import founded_theatre, stage
from tests.response.theatre import WIDE, Theatre, asking

__all__ = ["founded_theatre", "stage"]

PLAYBOOKS = "/api/v1/playbooks"
RUNS = "/api/v1/runs"
WIDE_QUERY = "?label=" + WIDE.replace(" ", "%20")


async def test_a_playbook_comes_back_byte_for_byte(stage: Theatre) -> None:
    raw = json.dumps(linear(x_unknown={"kept": [1, 2.50]}), indent=3).encode()
    async with players(stage, "est") as found:
        given = await found["est"].post(f"{PLAYBOOKS}{WIDE_QUERY}", raw + b"\n")
        assert given.status_code == 201, given.text
        path = given.headers["location"]

        document = await found["est"].get(f"{path}/document")

    assert document.content == raw
    assert given.json()["label"] == "NATO UNCLASSIFIED // REL TO NATO 2024-03-07, UKR"


async def test_a_playbook_that_the_rules_refuse_is_not_taken(stage: Theatre) -> None:
    async with players(stage, "est") as found:
        refused = await found["est"].post(PLAYBOOKS, linear(spec_version="cacao-1.0"))
        listed = await found["est"].get(PLAYBOOKS)

    assert refused.status_code == 422
    assert "V02" in refused.json()["detail"]
    assert listed.json() == {"playbooks": []}


async def test_a_list_goes_on_where_it_stopped(stage: Theatre) -> None:
    brought = {await stage.bring(asking(reply=reply)) for reply in "abc"}
    met, path = [], f"{PLAYBOOKS}?limit=2"
    async with players(stage, "est") as found:
        while path:
            answer = await found["est"].get(path)
            met += [each["playbook"] for each in answer.json()["playbooks"]]
            path = answer.links.get("next", {}).get("url", "")
        unknown = await found["est"].get(f"{PLAYBOOKS}?after=playbook--1@EST")

    assert len(met) == len(brought)
    assert set(met) == brought
    assert unknown.status_code == 400


async def test_a_run_stands_still_and_goes_on(stage: Theatre) -> None:
    path = f"{RUNS}/{await stage.play(asking())}"
    async with players(stage, "est", "lva") as found:
        refused = await found["lva"].post(f"{path}/pause", {"reason": "no"})
        held = await found["est"].post(f"{path}/pause", {"reason": "wait"})
        told = (await found["lva"].get(path)).json()
        freed = await found["est"].post(f"{path}/resume", {})
        again = await found["est"].post(f"{path}/resume", {"reason": "on"})

    answers = (refused, held, freed, again)
    assert [each.status_code for each in answers] == [403, 200, 200, 422]
    [still] = told["paused"]
    assert (still["reason"], still["until"]) == ("wait", None)
    assert (told["status"], freed.json()["status"]) == ("paused", "running")


async def test_a_run_is_started_seen_and_cancelled(stage: Theatre) -> None:
    playbook = await stage.bring(asking())
    async with players(stage, "est", "lva", "pol") as found:
        started = await found["est"].post(RUNS, {"playbook": playbook, "reason": "so"})
        assert started.status_code == 201, started.text
        path = started.headers["location"]

        own = (await found["est"].get(path)).json()
        others = (await found["lva"].get(path)).json()
        bystander = (await found["pol"].get(path)).json()
        by_hand = {"step": "A1", "result": "ok", "reason": "we go on"}
        theirs = await found["lva"].post(f"{path}/step-ends", by_hand)
        ended = await found["est"].post(f"{path}/step-ends", by_hand)
        refused = await found["lva"].post(f"{path}/cancellation", {"reason": "no"})
        gone = await found["est"].post(f"{path}/cancellation", {"reason": "no"})
        execution = (await found["est"].get(f"{path}/execution-status")).json()

    assert (theirs.status_code, ended.status_code) == (403, 200)
    assert ended.json()["steps"][0]["ending"] == "forced"
    assert [each["nation"] for each in own["steps"][0]["tasks"]] == [
        "EST",
        "LTU",
        "LVA",
    ]
    assert [each["nation"] for each in others["steps"][0]["tasks"]] == ["LVA"]
    assert (others["inside"], bystander["inside"]) == (None, None)
    assert own["inside"]["trace"] == []
    assert bystander["steps"] == []
    assert refused.status_code == 403
    assert gone.json()["status"] == "cancelled"
    over = "exception_condition_invoked"
    assert [each["status"] for each in execution] == [over, over]


@pytest.mark.parametrize("path", [f"{PLAYBOOKS}/playbook--", f"{RUNS}/run--"])
async def test_what_is_not_there_is_not_found(stage: Theatre, path: str) -> None:
    async with players(stage, "est") as found:
        answer = await found["est"].get(f"{path}00000000-0000-4000-8000-000000000009")
    assert answer.status_code == 404
