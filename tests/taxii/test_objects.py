from collections.abc import AsyncIterator

import orjson
import pytest

from foedus.hub import Hub
from foedus.taxii.objects import SPLIT_HERE_BYTES_MAX
from tests.taxii.world import (
    HOST,
    MEMBERS,
    NO_ACCESS,
    OPEN,
    READ_ONLY,
    ROOT,
    TAXII,
    Clients,
    indicator,
)

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


@pytest.mark.parametrize(
    ("collection", "status"), [(READ_ONLY, 403), (NO_ACCESS, 404), ("nowhere", 404)]
)
@pytest.mark.parametrize("says_length", [True, False])
async def test_who_may_not_write_is_told_so_before_a_long_body_is_here(
    clients: Clients, collection: str, status: int, *, says_length: bool
) -> None:
    async def body() -> AsyncIterator[bytes]:
        raise AssertionError("nobody should ask for it")
        yield b""

    length = {"content-length": str(SPLIT_HERE_BYTES_MAX + 1)} if says_length else {}
    answer = await clients.pol.http.post(
        f"{HOST}{ROOT}collections/{collection}/objects/",
        headers={**clients.pol.headers, "content-type": TAXII, **length},
        content=body(),
    )

    assert answer.status_code == status


@pytest.mark.parametrize("said", [SPLIT_HERE_BYTES_MAX, None])
@pytest.mark.parametrize(("collection", "status"), [(READ_ONLY, 403), (NO_ACCESS, 404)])
@pytest.mark.parametrize("content", [b"", b"{", b'{"objects":[]}'])
async def test_to_whom_a_collection_is_closed_its_form_is_never_told(
    clients: Clients, content: bytes, collection: str, status: int, said: int | None
) -> None:
    length = {} if said is None else {"content-length": str(said)}
    answer = await clients.pol.http.post(
        f"{HOST}{ROOT}collections/{collection}/objects/",
        headers={**clients.pol.headers, "content-type": TAXII, **length},
        content=content,
    )

    assert answer.status_code == status
