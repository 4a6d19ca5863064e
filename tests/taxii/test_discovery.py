from foedus.alliance.commands import change_status
from foedus.alliance.statuses import Status
from foedus.eventlog.envelope import Act
from foedus.hub import Hub
from foedus.ids import NationCode
from tests.taxii.world import FOUNDER, HOST, ROOT, Client, indicator


async def test_urls_are_those_that_clients_reach_the_hub_under(pol: Client) -> None:
    found = (await pol.get("/taxii2/", headers={"Host": "inside:8440"})).json()

    assert found["default"] == f"{HOST}{ROOT}"


async def test_an_unknown_status_is_not_found(pol: Client) -> None:
    assert (await pol.get("status/nonsense/")).status_code == 404


async def test_a_status_is_not_for_a_nation_without_standing(
    pol: Client, hub: Hub
) -> None:
    status = await pol.add(indicator(1))

    now = hub.clock()
    position = await change_status(
        hub.log,
        NationCode("POL"),
        status=Status.SUSPENDED,
        since=now.date(),
        act=Act(who=FOUNDER, at=now),
    )
    await hub.seen([position])

    assert (await pol.get(f"status/{status['id']}/")).status_code == 404
