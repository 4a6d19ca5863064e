"""Measures over HTTP."""

from typing import Any

from foedus.readiness.rules import NOT_COUNTED
from tests.api.world import Clients

MEMBERS = "NATO UNCLASSIFIED"


def new(content: dict[str, Any], label: str = MEMBERS) -> dict[str, Any]:
    return {"content": content, "label": label}


REQUIREMENT = {
    "measure": "rapid_reaction",
    "needs": [{"type": "company", "amount": 2}],
    "contributors": ["POL", "FIN"],
    "since": "2026-01-01",
}


def unit(nation: str) -> dict[str, Any]:
    return {
        "nation": nation,
        "name": f"First of {nation}",
        "type": "company",
        "measures": ["rapid_reaction"],
        "since": "2026-01-01",
    }


def report(of: str) -> dict[str, Any]:
    return {
        "unit": of,
        "posture": "at-notice",
        "notice_h": 48,
        "as_of": "2026-11-01",
        "valid_until": "2027-05-01",
        "evidence": "inspection",
    }


async def capability(clients: Clients, reader: str) -> tuple[str, str]:
    found = (await getattr(clients, reader).get("/api/v1/measures/comparison")).json()
    row = next(
        each for each in found["measures"] if each["measure"] == "rapid_reaction"
    )
    return row["capability"], row["basis"][0]


async def test_a_rating_is_withheld_where_a_nation_shows_the_reader_nothing(
    clients: Clients,
) -> None:
    await clients.desk.post("/api/v1/requirements", new(REQUIREMENT))
    for nation, label in (("POL", MEMBERS), ("FIN", "")):
        made = await clients.desk.post("/api/v1/units", new(unit(nation), label))
        assert made.json()["remark"] == NOT_COUNTED
        sent = new(report(made.json()["record"]), label)
        assert (await clients.desk.post("/api/v1/unit-reports", sent)).is_success

    assert await capability(clients, "desk") == ("High", "fill 1.00 to 1.00")
    assert await capability(clients, "pol") == (
        "Withheld",
        "nothing of FIN is before you",
    )
    assert await capability(clients, "mda") == (
        "No evidence",
        "nothing says how much it needs",
    )
    told = (await clients.pol.get("/api/v1/nations/FIN/readiness")).json()
    assert told["units"] == []


async def test_a_measure_is_shown_with_its_derivation(clients: Clients) -> None:
    await clients.desk.post("/api/v1/requirements", new(REQUIREMENT))

    shown = (await clients.fin.get("/api/v1/measures/rapid_reaction")).json()

    assert shown["measure"]["name"] == "Rapid Reaction Force"
    assert shown["capability"]["word"] == "No evidence"
    assert shown["capability"]["would_change"]
    missing = await clients.fin.get("/api/v1/measures/measure--none")
    assert missing.status_code == 404


async def test_only_the_staff_declares_measures(clients: Clients) -> None:
    declared = new({"name": "Quiet watch"})

    assert (await clients.pol.post("/api/v1/measures", declared)).status_code == 403
    made = await clients.desk.post("/api/v1/measures", declared)

    assert made.status_code == 201
    shown = await clients.fin.get(made.headers["location"])
    assert shown.json()["measure"]["name"] == "Quiet watch"
    assert (await clients.mda.get(made.headers["location"])).status_code == 404
    listed = (await clients.fin.get("/api/v1/measures")).json()
    assert listed[-1]["name"] == "Quiet watch"
