"""Obligations over HTTP."""

from typing import Any

from tests.api.world import Clients

POL = "/api/v1/nations/POL/obligations"


def line(found: dict[str, Any], key: str) -> dict[str, Any]:
    each: dict[str, Any] = next(
        each for each in found["obligations"] if each["obligation"] == key
    )
    return each


async def test_a_report_is_read_by_whom_its_label_reaches(clients: Clients) -> None:
    sent = {"obligation": "article/3", "status": "met", "label": "NATO UNCLASSIFIED"}

    made = await clients.pol.post(POL, sent)

    assert made.status_code == 201
    assert made.json()["report"].startswith("report--")
    told = line((await clients.fin.get(POL)).json(), "article/3")["report"]
    assert (told["status"], told["author"]) == ("met", "POL")
    assert line((await clients.mda.get(POL)).json(), "article/3")["report"] is None


async def test_obligations_are_of_any_day(clients: Clients) -> None:
    path = "/api/v1/nations/Sweden/obligations?as_of=2024-03-06"

    found = (await clients.mda.get(path)).json()

    assert "pfp/1" in [each["obligation"] for each in found["obligations"]]


async def test_who_only_reads_or_is_of_another_nation_does_not_report(
    clients: Clients,
) -> None:
    sent = {"obligation": "article/3", "status": "met"}

    assert (await clients.fin.post(POL, sent)).status_code == 403
    mda = "/api/v1/nations/MDA/obligations"
    assert (await clients.pol.post(mda, sent)).status_code == 403
    nothing = {"obligation": "article/99", "status": "met"}
    assert (await clients.pol.post(POL, nothing)).status_code == 404
    wrong = {"obligation": "article/3", "status": "met", "label": "SECRET OF MARS"}
    assert (await clients.pol.post(POL, wrong)).status_code == 422
