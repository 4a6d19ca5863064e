"""What a release would give is counted in the world of each reader."""

import pytest

from foedus.decisions.reading import read_dossier
from foedus.hub import Hub
from foedus.processes.decisions_preview import Question, preview_effects
from tests.api.deciding import delegates, do, draft, drafted
from tests.api.world import Client, Clients, clients, clock, founded, http, hub, publish
from tests.processes.test_decisions_effects import TO_MOLDOVA

__all__ = ["clients", "clock", "delegates", "founded", "http", "hub"]

AMONG_MEMBERS = "NATO UNCLASSIFIED // REL TO NATO 2024-03-07"


async def counted(client: Client, path: str) -> list[tuple[int, dict[str, int]]]:
    effects = (await client.get(f"{path}/preview")).json()["effects"]
    return [(each["objects"], each["by_label"]) for each in effects]


async def test_a_reader_counts_what_the_reader_sees_and_nothing_else(
    hub: Hub, clients: Clients, delegates: dict[str, Client]
) -> None:
    for number in (1, 2):
        await publish(hub, hub.authenticator.named("pol"), "members", number)
    path = await drafted(clients.desk, draft(TO_MOLDOVA))
    await do(clients.desk, path, "table")

    member, partner = delegates["FIN"], delegates["MDA"]

    assert await counted(member, path) == [(2, {AMONG_MEMBERS: 2})]
    assert await counted(partner, path) == [(0, {})]


async def test_what_nobody_who_decides_originated_is_not_counted(
    hub: Hub, clients: Clients, delegates: dict[str, Client]
) -> None:
    await publish(hub, hub.authenticator.named("pol"), "members", 1)
    path = await drafted(clients.desk, draft(TO_MOLDOVA, of=("FIN",)))

    assert await counted(clients.desk, path) == [(0, {})]
    assert (await delegates["FIN"].get(f"{path}/preview")).status_code == 404


async def test_what_is_no_release_counts_nothing(clients: Clients) -> None:
    path = await drafted(clients.desk, draft())

    [effect] = (await clients.desk.get(f"{path}/preview")).json()["effects"]

    assert (effect["objects"], effect["refused"]) == (None, "")


@pytest.mark.usefixtures("delegates")
async def test_a_preview_may_count_the_newest_only(hub: Hub, clients: Clients) -> None:
    for number in (1, 2):
        await publish(hub, hub.authenticator.named("pol"), "members", number)
    path = await drafted(clients.desk, draft(TO_MOLDOVA))
    await do(clients.desk, path, "table")
    viewer = hub.authenticator.named("fin-delegate").viewer()

    with hub.reading.snapshot() as seen:
        name = path.rpartition("/")[2]
        decision = read_dossier(seen.db, seen.access, viewer, name).decision
        newest, whole = (
            preview_effects(
                seen, Question(viewer=viewer, now=hub.clock(), most=most), decision
            )
            for most in (1, None)
        )

    assert [(each.objects, each.whole) for each in newest] == [(1, False)]
    assert [(each.objects, each.whole) for each in whole] == [(2, True)]
