"""The play of the demo, scene by scene, as each nation sees it."""

from collections.abc import Iterator, KeysView
from contextlib import suppress
from pathlib import Path

import orjson
import pytest

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.errors import FoedusError
from foedus.hub import Hub
from foedus.ids import NationCode
from foedus.intel import releasing
from foedus.intel.pages import Filters, Record
from foedus.intel.releases import Draft
from foedus.processes import demo
from foedus.processes.demo_data import scene_id
from foedus.processes.demo_pack import INVENTED
from foedus.processes.demo_play import PLAY
from foedus.processes.demo_stage import desk, player, settle
from tests.web.demo_hub import Mould, copy_hub, make_mould

ACTS = {
    "Act 1: Intelligence arrives",
    "Act 2: A release",
    "Act 3: A narrower version",
    "Act 4: A part for partners",
    "Act 5: A nation joins",
    "Act 6: Suspension and return",
    "Act 7: A recall",
}
JOINT_WATCH = scene_id("report", "plan", 0)
HELP_DESK = scene_id("report", "case", 0)


@pytest.fixture(scope="module")
def mould(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    return make_mould(tmp_path_factory.mktemp("mould") / "data")


@pytest.fixture
def hub(mould: Mould, tmp_path: Path) -> Hub:
    return copy_hub(mould, tmp_path / "data")


@pytest.fixture(autouse=True)
def closed(hub: Hub) -> Iterator[None]:
    yield
    app.close_hub(hub)


async def _play(hub: Hub, last: str, *, after: str = "") -> str:
    """Play from behind one scene to another; give what the last of them says."""
    names = [cue.scene.__name__ for cue in PLAY]
    text = ""
    for cue in PLAY[names.index(after) + 1 if after else 0 : names.index(last) + 1]:
        text = await cue.scene(hub, 0)
    return text


def _world(hub: Hub, name: str) -> dict[str, Record]:
    viewer = hub.authenticator.named(name).viewer()
    with hub.reading.snapshot() as seen:
        return {
            record.id: record
            for each in seen.collections(viewer)
            for record in seen.page(viewer, each, Filters(), limit=1_000).records
            if record.type != "marking-definition"
        }


def _status(hub: Hub) -> Status:
    return hub.alliance.status(INVENTED, hub.access.on)


async def test_every_scene_says_what_happened(hub: Hub) -> None:
    said = [await cue.scene(hub, 0) for cue in PLAY]

    assert all(said)
    assert len(set(said)) == len(said)
    assert {cue.act for cue in PLAY} == ACTS


async def test_a_release_fills_the_partners_world_and_its_end_empties_it(
    hub: Hub,
) -> None:
    before = _world(hub, "moldova").keys()

    said = await _play(hub, "_release_to_moldova")
    released = _world(hub, "moldova").keys() - before
    await _play(hub, "_end_release", after="_release_to_moldova")

    assert f"{len(released)} objects newly visible" in said
    assert released <= _world(hub, "norway").keys()
    assert _world(hub, "moldova").keys() == before


async def test_a_narrower_version_leaves_the_earlier_one_where_it_was(
    hub: Hub,
) -> None:
    await _play(hub, "_narrower_version")

    norway, moldova = (_world(hub, each)[JOINT_WATCH] for each in ("norway", "moldova"))
    assert b"company that helps" in norway.raw
    assert b"company that helps" not in moldova.raw


async def test_a_revocation_reaches_who_saw_an_earlier_version(hub: Hub) -> None:
    await _play(hub, "_revocation")

    left = orjson.loads(_world(hub, "moldova")[JOINT_WATCH].raw)
    assert left["revoked"] is True
    assert "name" not in left
    assert JOINT_WATCH not in _world(hub, "illustria")


async def test_a_part_for_partners_goes_further_than_its_original(hub: Hub) -> None:
    await _play(hub, "_marked_report")
    whole = _world(hub, "sweden")
    assert HELP_DESK in whole
    assert HELP_DESK not in _world(hub, "moldova")

    await _play(hub, "_part_for_partners", after="_marked_report")

    [part] = [
        each
        for each in _world(hub, "moldova").values()
        if b"Help desk calls" in each.raw
    ]
    assert part.id in _world(hub, "illustria")
    assert b"a source that we share" not in part.raw
    await _play(hub, "_end_of_report", after="_part_for_partners")
    assert not {part.id, HELP_DESK} & _world(hub, "norway").keys()


async def test_an_invitation_opens_nothing(hub: Hub) -> None:
    await _play(hub, "_end_of_report")
    before = _world(hub, "illustria").keys()

    await _play(hub, "_invite", after="_end_of_report")

    assert _status(hub) is Status.INVITEE
    assert _world(hub, "illustria").keys() == before


async def test_membership_opens_what_is_open_and_nothing_that_is_closed(
    hub: Hub,
) -> None:
    await _play(hub, "_invite")
    before = _world(hub, "illustria").keys()

    await _play(hub, "_admit", after="_invite")

    after = _world(hub, "illustria")
    gained = [each for key, each in after.items() if key not in before]
    assert gained
    assert all(each.label.closed is None for each in gained)
    assert len(after) < len(_world(hub, "sweden"))


async def test_a_release_brings_the_newcomer_its_authors_and_by_consent_the_others(
    hub: Hub,
) -> None:
    await _play(hub, "_admit")
    before = _world(hub, "illustria").keys()

    await _play(hub, "_release_to_illustria", after="_admit")
    first = _gained(hub, before)
    await _play(hub, "_consent", after="_release_to_illustria")

    assert first == {"NOR"}
    assert _gained(hub, before) == {"NOR", "SWE"}


def _gained(hub: Hub, before: KeysView[str]) -> set[NationCode]:
    """Tell whose objects the invented nation sees that it did not."""
    world = _world(hub, "illustria")
    return {each.nation for key, each in world.items() if key not in before}


async def test_suspension_empties_the_world_and_return_brings_the_same_back(
    hub: Hub,
) -> None:
    await _play(hub, "_consent")
    before = _world(hub, "illustria")

    await _play(hub, "_suspend", after="_consent")
    suspended = _world(hub, "illustria")
    await _play(hub, "_return", after="_suspend")

    assert suspended == {}
    assert _world(hub, "illustria") == before


async def test_a_second_run_ends_as_the_first_with_other_reports(hub: Hub) -> None:
    for run in (0, 1):
        for cue in PLAY:
            await cue.scene(hub, run)

    assert _status(hub) is Status.PARTNER
    assert scene_id("report", "plan", 1) in _world(hub, "moldova")


@pytest.mark.parametrize("kept", [0, 1])
async def test_scenes_that_were_lost_are_not_missed_by_the_next_run(
    kept: int, hub: Hub
) -> None:
    for cue in PLAY[kept::2]:
        with suppress(FoedusError):
            await cue.scene(hub, 0)

    for cue in PLAY:
        assert await cue.scene(hub, 1)


async def test_the_play_ends_no_release_but_its_own(hub: Hub) -> None:
    account, act = player(hub, NationCode("NOR"))
    draft = Draft(
        to=("MDA",),
        label="NATO RESTRICTED // REL TO NATO 2024-03-07",
        since=act.at.date(),
        reason="by hand",
    )
    release, _, position = await releasing.add(desk(hub), account.viewer(), act, draft)
    await settle(hub, position)

    await _play(hub, "_close")

    with hub.reading.snapshot() as seen:
        found = releasing.shown(seen, account.viewer())
    assert [each.event.release for each in found if not each.withdrawn] == [release]


async def test_without_the_invented_nation_the_acts_about_it_are_left_out(
    tmp_path: Path,
) -> None:
    old = await app.create(tmp_path / "old", load_pack("nato"), environment={})
    await demo.prepare(old)

    said = {cue.act for cue in PLAY if await cue.scene(old, 0)}

    app.close_hub(old)
    assert {act[:5] for act in ACTS - said} == {"Act 5", "Act 6"}


async def test_what_sweden_recalls_is_gone_and_who_had_it_confirms(hub: Hub) -> None:
    block = scene_id("report", "block", 0)
    await _play(hub, "_mistake", after="_close")
    assert block in _world(hub, "moldova")

    await _play(hub, "_recall", after="_mistake")
    assert not any(block in _world(hub, name) for name in ("sweden", "norway"))
    said = await _play(hub, "_acknowledge", after="_recall")

    assert "Norway and Moldova confirm" in said
    assert "2 of" in said
