from tests.taxii.world import OPEN, Clients, indicator


async def test_what_one_nation_posts_another_reads(clients: Clients) -> None:
    status = await clients.pol.add(indicator(1), indicator(2))

    assert status["success_count"] == 2
    assert await clients.fin.ids(OPEN) == [indicator(1)["id"], indicator(2)["id"]]
