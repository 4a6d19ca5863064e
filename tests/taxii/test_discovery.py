from tests.taxii.world import HOST, ROOT, Client


async def test_urls_are_those_that_clients_reach_the_hub_under(pol: Client) -> None:
    found = (await pol.get("/taxii2/", headers={"Host": "inside:8440"})).json()

    assert found["default"] == f"{HOST}{ROOT}"


async def test_an_unknown_status_is_not_found(pol: Client) -> None:
    assert (await pol.get("status/nonsense/")).status_code == 404
