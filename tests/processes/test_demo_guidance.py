"""What the demo lays down and does together, once, under its labels."""

import asyncio
from collections.abc import Iterator

import pytest

from foedus import app
from foedus.guidance.engagements import Wanted, list_engagements
from foedus.guidance.updates import list_updates
from foedus.hub import Hub
from foedus.processes.demo import prepare
from foedus.processes.demo_guidance import MARK, lay_down
from foedus.processes.demo_pack import load_demo_pack


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("demo") / "data"
    found = asyncio.run(app.create(folder, load_demo_pack(), environment={}))
    asyncio.run(prepare(found))
    asyncio.run(lay_down(found))
    yield found
    app.close_hub(found)


def titles(hub: Hub, name: str) -> tuple[set[str], set[str]]:
    viewer = hub.authenticator.named(name).viewer()
    with hub.reading.snapshot() as seen:
        updates = list_updates(seen.db, seen.access, viewer)
        found = list_engagements(seen.db, seen.access, viewer, Wanted())
    return {each.title for each in updates}, {each.title for each in found}


def test_members_see_more_than_a_partner_and_all_is_marked(hub: Hub) -> None:
    members, partner = titles(hub, "norway"), titles(hub, "moldova")
    for of_members, of_partner in zip(members, partner, strict=True):
        assert of_partner < of_members
        assert all(each.startswith(MARK.strip()) for each in of_members)
    assert len(members[1]) == 4


def test_each_nation_has_a_second_edition_to_acknowledge(hub: Hub) -> None:
    viewer = hub.authenticator.named("sweden").viewer()
    with hub.reading.snapshot() as seen:
        found = list_updates(seen.db, seen.access, viewer)
    (update,) = [each for each in found if each.edition == 2]
    assert [each.edition for each in update.acknowledged] == [1]
