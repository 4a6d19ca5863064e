"""The training catalogue over HTTP."""

from tests.api.test_measures import new
from tests.api.world import Clients


async def test_certificates_are_counted_for_their_audience(clients: Clients) -> None:
    days = {"module": "data_links", "nation": "POL", "people": 5, "on": "2026-08-01"}
    assert (await clients.pol.post("/api/v1/enrolments", new(days))).is_success
    done = new({**days, "certificate": "C-5", "valid_until": "2027-08-01"})
    assert (await clients.pol.post("/api/v1/completions", done)).is_success

    async def valid(reader: str, on: str = "2026-12-01") -> int:
        path = f"/api/v1/modules/data_links?as_of={on}"
        found = (await getattr(clients, reader).get(path)).json()
        return int(found["valid"])

    assert (await valid("fin"), await valid("mda")) == (5, 0)
    assert await valid("fin", "2027-08-01") == 0
    assert (await clients.fin.get("/api/v1/modules/none")).status_code == 404
    listed = (await clients.mda.get("/api/v1/modules")).json()
    assert [each["module"] for each in listed][:1] == ["labels_and_binding"]
