"""Exercises and training for a budget, by the API."""

import pytest

from tests.api.world import Clients, clients, clock, founded, http, hub

__all__ = ["clients", "clock", "founded", "http", "hub"]

PATH = "/api/v1/exercise-advice"
REQUIREMENT = {
    "measure": "rapid_reaction",
    "contributors": ["POL", "FIN"],
    "since": "2026-01-01",
}
TEST = {
    "first": "POL",
    "second": "FIN",
    "subject": "link",
    "result": "limited",
    "on": "2026-10-01",
    "evidence": "report 4",
}


async def test_what_raises_most_is_planned_from_what_the_reader_may_see(
    clients: Clients,
) -> None:
    open_, shut = "NATO UNCLASSIFIED", "NATO UNCLASSIFIED // REL TO POL"
    asked = {"content": REQUIREMENT, "label": open_}
    assert (await clients.desk.post("/api/v1/requirements", asked)).is_success
    tried = {"content": TEST, "label": shut}
    assert (await clients.pol.post("/api/v1/pair-tests", tried)).is_success

    ours = (await clients.pol.get(f"{PATH}?budget=33")).json()
    theirs = (await clients.fin.get(f"{PATH}?budget=33")).json()

    (raised,) = ours["plan"]["raised"]
    assert (raised["before"], raised["after"]) == ("Good", "Excellent")
    assert {each["kind"] for each in ours["plan"]["chosen"]} == {"pair", "objective"}
    assert ours["label"]
    (raised,) = theirs["plan"]["raised"]
    assert raised["before"] == "No evidence"
    assert "REL TO POL" not in str(theirs)
    why = {each["measure"]: each["why"] for each in ours["left_out"]}
    assert "rapid_reaction" not in why
    assert "fewer than two contributors are known" in why.values()


@pytest.mark.parametrize("query", ["", "?budget=-1", "?budget=1&pair=-1"])
async def test_what_makes_no_sense_is_refused(clients: Clients, query: str) -> None:
    assert (await clients.fin.get(PATH + query)).status_code == 400
