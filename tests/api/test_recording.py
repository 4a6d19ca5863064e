"""The one envelope of all records."""

from tests.api.test_measures import MEMBERS, unit
from tests.api.world import Clients


async def test_what_cannot_be_meant_is_refused_by_name(clients: Clients) -> None:
    for content, label, status in (
        ({**unit("POL"), "size": 0}, MEMBERS, 400),
        ({**unit("POL"), "colour": "red"}, MEMBERS, 400),
        ({**unit("POL"), "measures": ["moon"]}, MEMBERS, 404),
        ({**unit("POL"), "until": "2025-01-01"}, MEMBERS, 400),
        (unit("FIN"), MEMBERS, 403),
        (unit("POL"), "SECRET OF MARS", 422),
    ):
        sent = {"content": content, "label": label}
        answer = await clients.pol.post("/api/v1/units", sent)
        assert answer.status_code == status, answer.text


async def test_whoever_only_reads_records_nothing(clients: Clients) -> None:
    sent = {"content": unit("FIN")}

    assert (await clients.fin.post("/api/v1/units", sent)).status_code == 403


async def test_what_is_made_up_says_so(clients: Clients) -> None:
    sent = {"content": unit("POL"), "illustrative": True}
    made = await clients.pol.post("/api/v1/units", sent)

    shown = (await clients.pol.get(made.headers["location"])).json()

    assert shown["illustrative"]
    assert shown["label"] == "NATO UNCLASSIFIED // REL TO POL"
