"""Units over HTTP."""

from tests.api.test_measures import new, report, unit
from tests.api.world import Clients

PATH = "/api/v1/units"


async def test_a_unit_is_recorded_shown_recorded_again_and_withdrawn(
    clients: Clients,
) -> None:
    made = await clients.pol.post(PATH, new(unit("POL")))
    place = made.headers["location"]
    renamed = {"content": {**unit("POL"), "name": "Renamed"}}

    assert (await clients.pol.post(place, renamed)).status_code == 200
    assert (await clients.fin.get(place)).json()["content"]["name"] == "Renamed"
    assert (await clients.mda.get(place)).status_code == 404
    assert (await clients.mda.post(place, renamed)).status_code == 403
    assert (await clients.pol.delete(place)).status_code == 204
    assert (await clients.pol.get(place)).status_code == 404


async def test_commitments_and_routes_are_mended_and_withdrawn_likewise(
    clients: Clients,
) -> None:
    day = {"since": "2026-12-01"}
    needs = [{"type": "company", "amount": 2}]
    promised = {"title": "W", "location": "N", "needs": needs, **day}
    way = {"start": "A", "end": "B", "travel_h": 9, "source": "s", **day}
    for path, content, change in (
        ("commitments", promised, {"location": "S"}),
        ("routes", way, {"travel_h": 12}),
    ):
        made = await clients.pol.post(f"/api/v1/{path}", new(content))
        place = made.headers["location"]
        again = {"content": {**content, **change}}
        assert (await clients.pol.post(place, again)).status_code == 200
        shown = (await clients.fin.get(place)).json()["content"]
        assert shown.items() >= change.items()
        assert (await clients.mda.get(place)).status_code == 404
        assert (await clients.pol.delete(place)).status_code == 204
        assert (await clients.pol.get(place)).status_code == 404


async def test_units_are_listed_page_by_page(clients: Clients) -> None:
    for name in "abc":
        await clients.pol.post(PATH, new({**unit("POL"), "name": name}))

    first = await clients.fin.get(f"{PATH}?limit=2&nation=poland")
    rest = await clients.fin.get(first.links["next"]["url"])

    names = [each["content"]["name"] for each in (*first.json(), *rest.json())]
    assert names == ["c", "b", "a"]
    assert (await clients.fin.get(f"{PATH}?as_of=2025-01-01")).json() == []
    assert (await clients.fin.get(f"{PATH}?nation=moon")).status_code == 404


async def test_reports_are_found_by_their_unit(clients: Clients) -> None:
    made = (await clients.pol.post(PATH, new(unit("POL")))).json()["record"]
    await clients.pol.post("/api/v1/unit-reports", new(report(made)))

    found = (await clients.fin.get(f"/api/v1/unit-reports?about={made}")).json()

    assert [each["content"]["notice_h"] for each in found] == [48]
    assert (await clients.fin.get("/api/v1/unit-reports?about=x")).json() == []


async def test_a_table_is_taken_in_whole_or_not_at_all(clients: Clients) -> None:
    row = {**unit("POL"), "measures": "rapid_reaction", "label": "NATO UNCLASSIFIED"}
    rows = [row, {**row, "size": "many"}]

    refused = await clients.pol.post("/api/v1/unit-imports", rows)
    taken = await clients.pol.post("/api/v1/unit-imports", [row])

    assert refused.status_code == 400
    assert "row 2: " in refused.json()["detail"]
    assert len(taken.json()["recorded"]) == 1
    assert "more troops alone" in taken.json()["remarks"][0]
    promised = {"title": "W", "location": "N", "needs": "company:2"}
    of = "/api/v1/unit-imports?of=commitments"
    sent = await clients.pol.post(of, [{**promised, "since": "2026-12-01"}])
    assert sent.is_success
    assert len((await clients.pol.get("/api/v1/commitments")).json()) == 1


async def test_who_records_nothing_is_told_before_a_table_is_read(
    clients: Clients,
) -> None:
    refused = await clients.fin.post("/api/v1/unit-imports", b"[no JSON")
    unread = await clients.pol.post("/api/v1/unit-imports", b"[no JSON")

    assert refused.status_code == 403
    assert "takes one of the roles" in refused.json()["detail"]
    assert unread.status_code == 400


async def test_a_long_table_that_is_no_json_is_refused_like_a_short_one(
    clients: Clients,
) -> None:
    refused = await clients.pol.post("/api/v1/unit-imports", b" " * 1_100_000 + b"[no")
    assert refused.status_code == 400
    assert "not JSON" in refused.json()["detail"]
