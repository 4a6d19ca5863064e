"""Who is entitled to a version, by which reason, and who waits for it yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import apsw
import pytest

from foedus.alliance.past import load_past
from foedus.alliance.statuses import Status
from foedus.eventlog.database import open_writable
from foedus.ids import NationCode
from foedus.intel.entitlements import (
    BY_LABEL,
    Entitlements,
    StoredVersion,
    audiences_of,
    load_releases,
)
from foedus.intel.tables import VERSIONS
from foedus.releasability.viewers import Role
from tests.intel.world import World, report, thing

NATO = "NATO UNCLASSIFIED // REL TO NATO"
OPEN = "NU // REL TO NATO+"
UKR, MDA = NationCode("UKR"), NationCode("MDA")


class Asked:
    """Entitlements as a fold that starts anew has them."""

    def __init__(self, world: World, db: apsw.Connection) -> None:
        self.db = db
        self.access = world.reading.access()
        self.entitlements = Entitlements()
        self.entitlements.load(db)
        self.entitlements.use(self.access, load_past(db, self.access.alliance))

    @property
    def version(self) -> StoredVersion:
        """The first report."""
        where = {"object": report(1), "collection": 1}
        row: list[Any] = self.db.execute(VERSIONS, where).fetchall()
        return StoredVersion(*row[0])

    def why(self, nation: NationCode, *, waiting: bool = False) -> list[str]:
        """Name the reasons for which a nation sees the first report."""
        classes = self.access.mask([nation], 0)
        found = self.entitlements.why(self.db, self.version, waiting=waiting)
        return [reason for reason, entitled in found if entitled & classes]


@contextmanager
def asked(world: World) -> Iterator[Asked]:
    db = open_writable(world.folder / "views.db", synchronous="NORMAL")
    try:
        yield Asked(world, db)
    finally:
        db.close()


async def test_the_label_comes_first_and_then_each_release(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO, UKR"))
    await world.release("POL0", "UKR", "MDA", label=NATO)
    await world.release("POL0", "UKR", label=NATO)
    with asked(world) as found:
        assert found.why(UKR) == [BY_LABEL, "1", "2"]
        assert found.why(MDA) == ["1"]
        assert found.why(NationCode("GEO")) == []


async def test_who_waits_is_entitled_only_where_waiting_counts(world: World) -> None:
    await world.put("POL0", thing(1, OPEN))
    _, position = await world.begin_release("POL0", "UKR", label=NATO)
    world.fold(position)
    world.fold(await world.begin_change("MDA", Status.MEMBER))
    with asked(world) as found:
        assert (found.why(UKR), found.why(MDA)) == ([], [])
        assert found.why(UKR, waiting=True) == ["1"]
        assert found.why(MDA, waiting=True) == [BY_LABEL]
        both = found.access.mask([UKR, MDA], 0)
        assert found.entitlements.total(found.db, found.version) & both == both


async def test_what_another_release_might_give_leaves_the_one_out(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO))
    for to in ("UKR", "MDA"):
        await world.release("POL0", to, label=NATO)
    with asked(world) as found:
        audience = found.version.audience
        might = found.entitlements.might_grant(found.db, audience, 1)
        assert might == found.access.mask([MDA], 0)


@pytest.mark.parametrize("is_ended", [False, True])
async def test_an_audience_of_a_release_ends_with_it(
    world: World, *, is_ended: bool
) -> None:
    await world.put("POL0", thing(1, NATO))
    given = await world.release("POL0", "UKR", label=NATO)
    if is_ended:
        await world.end_release("POL0", given)
    with asked(world) as found:
        (label, originator, _), *_ = found.db.execute(
            "SELECT label, originator, reason FROM audience WHERE reason = '1'"
        ).fetchall()
        audience = found.entitlements.audience(found.db, label, originator, "1")
        expected = 0 if is_ended else found.access.mask([UKR], 0)
        assert found.entitlements.of_audience(found.db, audience) == expected
        assert found.entitlements.reasons(found.db, audience) == {1}


async def test_what_several_control_waits_for_all_of_them(world: World) -> None:
    label = NATO + " // ORIGINATOR CONTROLLED BY FIN, POL"
    await world.put("POL0", thing(1, label))
    terms = {"label": NATO, "include_controlled": True, "ask": ("FIN",)}
    given = await world.release("POL0", "UKR", **terms)
    with asked(world) as found:
        assert found.why(UKR) == []
    await world.consent("FIN0", given)
    with asked(world) as found:
        assert found.why(UKR) == ["1"]


async def test_a_release_is_found_by_its_id(world: World) -> None:
    given = await world.release("NATO0", "UKR", label=NATO, ask=("POL", "FIN"))
    await world.consent("FIN0", given)
    with asked(world) as found:
        release = found.entitlements.release(given)
        assert release is not None
        assert found.entitlements.originators(release.key) == {"NATO", "FIN"}
        assert found.entitlements.release("release--none") is None
        assert load_releases(found.db) == [release]


async def test_releases_keep_their_order_and_their_end(world: World) -> None:
    first = await world.release("POL0", "UKR", label=NATO)
    second = await world.release("FIN0", "UKR", label=NATO)
    await world.end_release("NATO0", first, Role.SECRETARIAT)
    with asked(world) as found:
        known = load_releases(found.db)
    assert [each.event.release for each in known] == [first, second]
    assert [each.withdrawn for each in known] == [True, False]
    assert known[0].last > known[1].position > known[0].position


async def test_the_audiences_of_nations_are_those_of_their_labels(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, OPEN))
    await world.put("FIN0", thing(3, NATO))
    await world.release("POL0", "UKR", label=NATO)
    with asked(world) as found:
        db, entitlements = found.db, found.entitlements
        of_poland = audiences_of(db, ["POL"])
        assert {entitlements.label(db, each)[1] for each in of_poland} == {"POL"}
        assert {entitlements.reasons(db, each) for each in of_poland} == {
            frozenset({0})
        }
        assert set(of_poland) < set(audiences_of(db, ["FIN", "POL"]))
        assert set(audiences_of(db, ["FIN", "POL"])) < set(
            entitlements.all_audiences(db)
        )
        assert audiences_of(db, []) == []


async def test_one_act_gives_what_it_gives_and_only_once_it_is_its_turn(
    world: World,
) -> None:
    await world.put("POL0", thing(1, OPEN))
    await world.release("POL0", "UKR", label=NATO)
    _, position = await world.begin_release("POL0", "GEO", label=NATO)
    world.fold(position)
    world.fold(await world.begin_change("MDA", Status.MEMBER))
    with asked(world) as found:
        newly = found.entitlements.newly
        db, version, access = found.db, found.version, found.access
        assert newly(db, version, 1) == ("1", access.mask([UKR], 0))
        assert newly(db, version, 2) == (BY_LABEL, 0)
        assert newly(db, version, 3) == (BY_LABEL, 0)
        reason, classes = newly(db, version, 0)
        assert reason == BY_LABEL
        assert classes & access.mask([MDA], 0) == 0
    await world.deliver()
    with asked(world) as found:
        geo = found.access.mask([NationCode("GEO")], 0)
        mda = found.access.mask([MDA], 0)
        assert found.entitlements.newly(found.db, found.version, 2) == ("2", geo)
        assert found.entitlements.newly(found.db, found.version, 0)[1] & mda == mda
