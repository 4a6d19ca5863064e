"""Activation rules and proposals by the API: set, seen, approved, dismissed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.playing import players
from tests.processes import activating_world
from tests.processes.activating_world import LURE, Lookout, indicator

RULES = "/api/v1/activation-rules"
PROPOSALS = "/api/v1/proposals"


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return activating_world.founded_in(tmp_path_factory.getbasetemp())


@pytest.fixture
def lookout(founded: Path, tmp_path: Path) -> Iterator[Lookout]:
    opened = Lookout(founded, tmp_path)
    yield opened
    opened.close()


async def test_a_rule_is_set_seen_by_its_nation_and_removed(lookout: Lookout) -> None:
    playbook = await lookout.protocol()
    sent = {"rule": {"name": "lure", "playbook": playbook, "pattern": LURE}}
    async with players(lookout, "est", "pol") as found:
        made = await found["est"].post(RULES, {**sent, "reads": "NATO UNCLASSIFIED"})
        assert made.status_code == 201, made.text
        path = made.headers["location"]

        own = (await found["est"].get(RULES)).json()
        others = (await found["pol"].get(RULES)).json()
        refused = await found["pol"].delete(path)
        gone = await found["est"].delete(path)
        after = (await found["est"].get(RULES)).json()

    assert [each["reads"] for each in own] == ["NATO UNCLASSIFIED"]
    assert own[0]["needed"] == 1
    assert (others, refused.status_code) == ([], 404)
    assert (gone.status_code, after) == (204, [])


async def test_a_proposal_is_seen_approved_and_dismissed(lookout: Lookout) -> None:
    await lookout.rule(await lookout.protocol())
    await lookout.post("pol", indicator(confidence=80))
    async with players(lookout, "est", "pol") as found:
        [listed] = (await found["est"].get(PROPOSALS)).json()
        path = f"{PROPOSALS}/{listed['proposal']}"
        hidden = await found["pol"].get(path)
        approved = (await found["est"].post(f"{path}/approve", {})).json()
        again = await found["est"].post(f"{path}/approve", {})
        reason = {"reason": "a test mail"}
        dismissed = (await found["est"].post(f"{path}/dismiss", reason)).json()
        run = await found["est"].get(f"/api/v1/runs/{approved['run']}")
        every = (await found["est"].get(f"{PROPOSALS}?every=true")).json()
        still = (await found["est"].get(PROPOSALS)).json()

    assert (listed["score"], listed["run"]) == (80, None)
    assert [each["id"] for each in listed["evidence"]] == [indicator()["id"]]
    assert (hidden.status_code, again.status_code) == (404, 409)
    assert approved["agreed"]
    assert (dismissed["phase"], dismissed["reason"]) == ("dismissed", "a test mail")
    assert run.json()["status"] == "cancelled"
    assert (len(every), still) == (1, [])


async def test_evidence_that_was_withdrawn_is_counted_and_no_more(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol())
    await lookout.post("pol", indicator())
    await lookout.withdraw("pol", indicator())
    async with players(lookout, "est") as found:
        [listed] = (await found["est"].get(PROPOSALS)).json()

    assert (listed["evidence"], listed["gone"]) == ([], 1)
    assert listed["subjects"] == []


async def test_proposals_come_in_pages(lookout: Lookout) -> None:
    playbook = await lookout.protocol()
    await lookout.rule(playbook)
    await lookout.rule(playbook)
    await lookout.post("pol", indicator())
    async with players(lookout, "est") as found:
        first = await found["est"].get(f"{PROPOSALS}?limit=1")
        second = await found["est"].get(first.links["next"]["url"])

    ids = [each["proposal"] for each in (*first.json(), *second.json())]
    assert len(set(ids)) == 2
    assert "next" not in second.links


async def test_a_rule_that_fits_everything_is_refused(lookout: Lookout) -> None:
    playbook = await lookout.protocol()
    async with players(lookout, "est") as found:
        refused = await found["est"].post(
            RULES, {"rule": {"name": "all", "playbook": playbook}}
        )

    assert refused.status_code == 400
    assert "every object" in refused.json()["detail"]
