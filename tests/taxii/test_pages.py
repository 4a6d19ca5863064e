import shutil
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from starlette.applications import Starlette

from foedus import app
from foedus.clock import StoppedClock, to_ms
from foedus.hub import Hub
from foedus.identity.tokens import TokenTerms
from foedus.intel.raws import AT_ONCE_UNKEPT_MAX
from foedus.taxii.encodings import ENCODED_BYTES_MIN
from foedus.taxii.pages import READ_HERE_MAX
from foedus.taxii.routes import routes
from foedus.telemetry.catalogue import PAGE_CACHE
from tests.processes.webhook_world import open_service
from tests.taxii.world import HOST, OPEN, ROOT, Client, Clients, indicator

TLP_AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
PATH = f"{HOST}{ROOT}collections/{OPEN}/objects/"


async def test_a_cursor_leads_on_after_the_hub_was_started_again(
    hub: Hub, clients: Clients, clock: StoppedClock, tmp_path: Path
) -> None:
    await clients.pol.add(*map(indicator, range(4)))
    first = (await clients.pol.get(PATH, limit="2")).json()
    copy = tmp_path / "copy"
    shutil.copytree(hub.folder, copy)

    again = app.open_hub(copy, environment={}, clock=clock)
    transport = httpx.ASGITransport(app=Starlette(routes=routes(again)))
    async with httpx.AsyncClient(transport=transport) as http:
        response = await http.get(
            PATH, params={"next": first["next"]}, headers=clients.pol.headers
        )
    app.close_hub(again)

    assert [each["id"] for each in response.json()["objects"]] == [
        indicator(2)["id"],
        indicator(3)["id"],
    ]


async def test_a_long_page_is_read_beside_the_event_loop_and_is_the_same(
    clients: Clients,
) -> None:
    await clients.pol.add(*map(indicator, range(3)))

    short = await clients.pol.get(PATH, limit=str(READ_HERE_MAX))
    long = await clients.pol.get(PATH, limit=str(READ_HERE_MAX + 1))

    assert short.content == long.content
    assert short.headers == long.headers


async def test_a_long_page_is_the_same_whether_its_objects_were_kept_or_not(
    clients: Clients,
) -> None:
    await clients.pol.add(*map(indicator, range(AT_ONCE_UNKEPT_MAX + 1)))

    limit = str(AT_ONCE_UNKEPT_MAX + 1)
    first, again = [
        await clients.pol.get(PATH, limit=limit, **{"match[x]": ignored})
        for ignored in ("1", "2")
    ]

    assert len(first.json()["objects"]) == AT_ONCE_UNKEPT_MAX + 1
    assert first.content == again.content


async def test_a_cursor_leads_on_after_the_thing_it_names_is_gone(
    clients: Clients,
) -> None:
    pol = clients.pol
    await pol.add(*map(indicator, range(4)))
    first = (await pol.get(PATH, limit="2")).json()

    await pol.ask("DELETE", f"collections/{OPEN}/objects/{indicator(1)['id']}/")

    assert await pol.ids(next=first["next"]) == [indicator(2)["id"], indicator(3)["id"]]


async def test_a_last_page_that_is_gone_is_empty_and_the_end(clients: Clients) -> None:
    pol = clients.pol
    await pol.add(indicator(0), indicator(1))
    first = (await pol.get(PATH, limit="1")).json()

    await pol.ask("DELETE", f"collections/{OPEN}/objects/{indicator(1)['id']}/")
    response = await pol.get(PATH, limit="1", next=first["next"])

    assert response.json() == {}


async def test_two_viewers_of_the_same_things_are_given_the_same_bytes(
    clients: Clients,
) -> None:
    await clients.pol.add(indicator(0), to="members")
    await clients.pol.add(*map(indicator, range(1, 4)))

    member = await clients.fin.get(PATH, limit="2")
    partner = await clients.mda.get(PATH, limit="2")

    assert member.content == partner.content
    # The tag alone is each class's own: theirs will not stay the same for ever.
    member.headers.pop("etag")
    partner.headers.pop("etag")
    assert member.headers == partner.headers


async def test_a_page_that_was_kept_is_the_same(clients: Clients) -> None:
    await clients.pol.add(*map(indicator, range(3)))
    first = await clients.pol.get(PATH, limit="2")
    again = await clients.pol.get(PATH, limit="2")
    assert (again.content, again.headers) == (first.content, first.headers)


async def test_what_the_cache_answers_is_counted(hub: Hub, clients: Clients) -> None:
    for _ in range(3):
        await clients.pol.get(PATH, limit="2")

    counts = hub.ledger.snapshot().counts
    assert (counts[PAGE_CACHE, "hit"], counts[PAGE_CACHE, "miss"]) == (2, 1)


async def test_what_is_withdrawn_is_on_no_page_that_was_kept(clients: Clients) -> None:
    pol = clients.pol
    await pol.add(*map(indicator, range(3)))
    assert len(await pol.ids(limit="2")) == 2
    await pol.ask("DELETE", f"collections/{OPEN}/objects/{indicator(0)['id']}/")
    assert await pol.ids(limit="2") == [indicator(1)["id"], indicator(2)["id"]]


async def test_a_newer_version_takes_the_older_from_a_page_that_was_kept(
    clients: Clients,
) -> None:
    pol = clients.pol
    await pol.add(*map(indicator, range(3)))
    assert indicator(0)["id"] in await pol.ids(limit="2")
    newer = {**indicator(0), "modified": "2026-11-22T00:00:00.000Z"}
    await pol.add(newer)
    assert indicator(0)["id"] not in await pol.ids(limit="2")


async def test_a_last_page_that_was_kept_grows(clients: Clients) -> None:
    pol = clients.pol
    await pol.add(indicator(0))
    assert len(await pol.ids()) == 1
    await pol.add(indicator(1))
    assert len(await pol.ids()) == 2


async def test_a_client_that_has_the_page_is_told_so(clients: Clients) -> None:
    pol = clients.pol
    await pol.add(indicator(0))
    first = await pol.get(PATH)
    tag = first.headers["etag"]
    again = await pol.get(PATH, headers={"If-None-Match": f'"another", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert "content-length" not in again.headers
    await pol.add(indicator(1))
    changed = await pol.get(PATH, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_a_client_that_has_the_page_is_told_that_there_is_more(
    clients: Clients,
) -> None:
    pol = clients.pol
    await pol.add(indicator(0))
    first = await pol.get(PATH, limit="1")
    await pol.add(indicator(1))
    again = await pol.get(
        PATH, limit="1", headers={"If-None-Match": first.headers["etag"]}
    )
    assert first.json()["more"] is False
    assert (again.status_code, again.json()["more"]) == (200, True)


async def test_the_tag_of_what_others_see_on_the_same_date_is_another(
    clients: Clients,
) -> None:
    amber = {**indicator(1), "object_marking_refs": [TLP_AMBER]}
    await clients.pol.add(indicator(0), amber)
    partner = await clients.mda.get(PATH)
    last = datetime.fromisoformat(partner.headers["x-taxii-date-added-last"])
    before = (last - timedelta(microseconds=1)).isoformat(timespec="microseconds")
    after = before.replace("+00:00", "Z")

    theirs = await clients.mda.get(PATH, added_after=after)
    ours = await clients.fin.get(
        PATH, added_after=after, headers={"If-None-Match": theirs.headers["etag"]}
    )

    assert [each["id"] for each in theirs.json()["objects"]] == [indicator(0)["id"]]
    assert ours.status_code == 200
    assert [each["id"] for each in ours.json()["objects"]] == [amber["id"]]


async def test_pages_are_encoded_for_who_takes_it(clients: Clients) -> None:
    await clients.pol.add(*map(indicator, range(20)))
    plain = await clients.pol.get(PATH, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for coding in ("gzip", "zstd"):
        for _ in range(2):
            page = await clients.pol.get(PATH, headers={"Accept-Encoding": coding})
            assert page.headers["content-encoding"] == coding
            assert page.content == plain.content
            assert page.headers["etag"] == plain.headers["etag"]


async def test_a_short_page_is_not_encoded(clients: Clients) -> None:
    await clients.pol.add(indicator(0))
    page = await clients.pol.get(PATH, headers={"Accept-Encoding": "gzip"})
    assert len(page.content) < ENCODED_BYTES_MIN
    assert "content-encoding" not in page.headers


async def test_of_a_cursor_and_added_after_the_later_counts(clients: Clients) -> None:
    for number in range(4):
        await clients.pol.add(indicator(number))
    manifest = await clients.pol.get(PATH.replace("objects", "manifest"))
    dates = [each["date_added"] for each in manifest.json()["objects"]]
    first = (await clients.pol.get(PATH, limit="2", added_after=dates[0])).json()

    later = await clients.pol.ids(next=first["next"], added_after=dates[2])
    earlier = await clients.pol.ids(next=first["next"], added_after=dates[0])
    alone = await clients.pol.ids(next=first["next"])

    assert later == earlier == alone == [indicator(3)["id"]]
    assert await clients.pol.ids(next=first["next"], added_after=dates[3]) == []


async def test_a_program_that_polls_is_known_by_how_far_it_has_come(
    hub: Hub, clients: Clients
) -> None:
    await clients.pol.add(*map(indicator, range(3)))
    account = await open_service(hub, "siem", "FIN", clearance=0)
    token = hub.keyring.tokens.issue(account.id, TokenTerms(), hub.clock()).reveal()
    headers = {**clients.fin.headers, "Authorization": f"Bearer {token}"}
    siem = Client(clients.fin.http, headers)

    async def reached(**query: str) -> list[tuple[str, str, int]]:
        await siem.get(PATH, **query)
        hub.consumers.write()
        now_ms = to_ms(hub.clock())
        return [
            (each.door, each.part, now_ms - each.until_ms)
            for each in hub.consumers.consumers.of_nation(account.nation, now_ms)
        ]

    assert await reached(limit="1") == [("taxii", OPEN, 1)]
    assert await reached() == [("taxii", OPEN, 0)]
