"""Whom an object reaches, as its page tells each nation that holds it."""

import pytest

from foedus.errors import NotFoundError
from foedus.hub import Hub
from foedus.intel.pages import Filters
from foedus.processes.demo_play import PLAY
from foedus.web.audiences import Group, Panel, make_panel


def _id_of(hub: Hub, name: str, text: str) -> str:
    viewer = hub.authenticator.named(name).viewer()
    return next(
        record.id
        for each in hub.reading.collections(viewer)
        for record in hub.reading.page(viewer, each, Filters(), limit=200).records
        if text in record.raw.decode()
    )


def _panel(hub: Hub, name: str, stix_id: str) -> Panel:
    viewer = hub.authenticator.named(name).viewer()
    with hub.reading.snapshot() as seen:
        return make_panel(seen, viewer, stix_id)


def _codes(groups: tuple[Group, ...], why: str) -> set[str]:
    return {token.code for each in groups if why in each.why for token in each.nations}


def test_nations_of_which_the_same_is_said_stand_together(hub: Hub) -> None:
    panel = _panel(hub, "sweden", _id_of(hub, "sweden", "Command server of"))

    assert panel.reach == "32 nations"
    assert _codes(panel.receive, "published it") == {"SWE"}
    assert len(_codes(panel.receive, "is in the audience")) == 31
    assert "MDA" in _codes(panel.others, "is not in the audience")


def test_what_everybody_may_see_reaches_every_nation_that_has_standing(
    hub: Hub,
) -> None:
    panel = _panel(hub, "norway", _id_of(hub, "norway", "A small loader"))

    assert panel.reach == "every nation that has standing"
    assert all("suspended" in each.why for each in panel.others)


def test_what_one_nation_keeps_to_itself_reaches_one(hub: Hub) -> None:
    panel = _panel(hub, "norway", _id_of(hub, "norway", "National until the source"))

    assert panel.reach == "1 nation"


async def test_who_has_it_by_a_release_is_told_so_and_led_to_it(hub: Hub) -> None:
    await PLAY[1].scene(hub, 0)
    stix_id = _id_of(hub, "moldova", "Unpacked sample from")

    moldova, sweden = (_panel(hub, name, stix_id) for name in ("moldova", "sweden"))

    assert moldova.by_release == "MDA sees it by a release"
    assert [each.nation.code for each in moldova.releases] == ["NOR"]
    assert _codes(moldova.receive, "sees it by a release") == {"MDA"}
    assert sweden.by_release == ""
    assert sweden.releases == ()


def test_of_what_one_does_not_hold_nothing_is_said(hub: Hub) -> None:
    stix_id = _id_of(hub, "norway", "National until the source")

    with pytest.raises(NotFoundError):
        _panel(hub, "moldova", stix_id)
