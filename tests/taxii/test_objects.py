import orjson

from foedus.hub import Hub
from tests.taxii.world import MEMBERS, OPEN, Clients, indicator

ONE = indicator(1)["id"]
PATH = f"collections/{OPEN}/objects/{ONE}/"
NEWER = "2026-11-02T00:00:00.000Z"


async def test_what_one_nation_posts_another_reads(clients: Clients) -> None:
    status = await clients.pol.add(indicator(1), indicator(2))

    assert status["success_count"] == 2
    assert await clients.fin.ids(OPEN) == [indicator(1)["id"], indicator(2)["id"]]


async def test_what_is_not_releasable_to_a_nation_is_not_there_for_it(
    clients: Clients,
) -> None:
    await clients.pol.add(indicator(1), to=MEMBERS)

    assert ONE in await clients.fin.ids(MEMBERS)
    assert await clients.mda.ids(MEMBERS) == []


async def test_what_is_posted_can_be_read_as_soon_as_it_is_answered(
    clients: Clients,
) -> None:
    for number in range(20):
        await clients.pol.add(indicator(number))
        response = await clients.fin.get(
            f"collections/{OPEN}/objects/{indicator(number)['id']}/"
        )
        assert response.status_code == 200


async def test_the_log_says_by_which_door_and_never_whose_name(
    hub: Hub, clients: Clients
) -> None:
    before = hub.log.head()
    await clients.pol.add(indicator(1))

    [recorded] = hub.log.read_after(before, 10)

    assert recorded.who.door == "taxii"
    assert recorded.who.nation == "POL"
    assert recorded.who.account == hub.authenticator.named("pol").id


async def test_a_nation_deletes_its_own_lane_and_nobody_elses(clients: Clients) -> None:
    await clients.pol.add(indicator(1), to=MEMBERS)
    await clients.mda.add(indicator(1), to=MEMBERS)
    path = f"collections/{MEMBERS}/objects/{ONE}/"

    deleted = await clients.mda.ask("DELETE", path)

    assert deleted.status_code == 200
    assert (await clients.mda.get(path)).status_code == 404
    assert (await clients.pol.get(path)).status_code == 200


async def test_a_spec_version_keeps_a_delete_to_the_versions_that_have_it(
    clients: Clients,
) -> None:
    older = indicator(1)
    del older["spec_version"]
    await clients.pol.add(older)
    await clients.pol.add(indicator(1, modified=NEWER))

    response = await clients.pol.ask(
        "DELETE", PATH, match_version="all", match_spec_version="2.0"
    )

    versions = (await clients.pol.get(f"{PATH}versions/")).json()["versions"]
    assert response.status_code == 200
    assert versions == [NEWER]


async def test_every_page_is_json_whatever_it_holds(clients: Clients) -> None:
    strange = {**indicator(1), "x_text": '"}]}\\', "x_empty": {}, "x_null": None}
    await clients.pol.add(strange, indicator(2))

    response = await clients.pol.get(f"collections/{OPEN}/objects/", limit="1")

    page = orjson.loads(response.content)
    assert page["objects"] == [strange]
    assert page["more"] is True
