"""What was known of the alliance, and when."""

from datetime import date
from pathlib import Path

import apsw

from foedus.alliance import commands
from foedus.alliance.events import ParticipationChanged, StatusChanged
from foedus.alliance.nations import Alliance
from foedus.alliance.pack import parse_pack
from foedus.alliance.past import Past, load_changes, load_past
from foedus.alliance.statuses import Status
from foedus.ids import NationCode
from tests.intel.world import World

HARBOUR = Path(__file__).parent / "data/harbour.json"
FOUNDED = Alliance.from_pack(parse_pack(HARBOUR.read_bytes()))
QMA = NationCode("QMA")
DAY = date(2026, 11, 23)


def change(status: Status, since: date = DAY) -> StatusChanged:
    return StatusChanged(nation=QMA, status=status, since=since)


def test_a_change_is_known_from_its_position_on() -> None:
    past = made((5, 50, change(Status.PARTNER)), (9, 90, change(Status.NONE)))

    known = [past.at(past.turn(each)).status(QMA, DAY) for each in (4, 5, 8, 9, 99)]

    assert known == [
        Status.MEMBER, Status.PARTNER, Status.PARTNER, Status.NONE, Status.NONE,
    ]  # fmt: skip


def test_a_change_is_known_to_what_arrives_after_it() -> None:
    past = made((5, 50, change(Status.PARTNER)), (9, 90, change(Status.NONE)))

    known = [past.at(past.turn_at(each)).status(QMA, DAY) for each in (50, 51, 90, 91)]

    assert known == [Status.MEMBER, Status.PARTNER, Status.PARTNER, Status.NONE]


def made(*changes: tuple[int, int, StatusChanged]) -> Past:
    return Past(FOUNDED.with_changes(each for _, _, each in changes), changes)


def test_what_is_known_now_is_not_made_again() -> None:
    assert Past(FOUNDED).at(Past(FOUNDED).turn(7)) is FOUNDED


def test_what_was_known_before_is_made_once() -> None:
    past = made((5, 50, change(Status.NONE)))
    assert past.at(past.turn(4)) is past.at(past.turn(0))


async def test_it_is_read_from_the_views(tmp_path: Path) -> None:
    world = await World.found(tmp_path)
    before = world.log.head()
    await world.change("SWE", Status.PARTNER, date(2025, 1, 1))
    alliance = world.reading.access().alliance

    past = load_past(apsw.Connection(str(tmp_path / "views.db")), alliance)

    sweden = NationCode("SWE")
    earlier = past.at(past.turn(before))
    assert past.at(past.turn(world.log.head())) is alliance
    assert earlier.status(sweden, date(2025, 6, 1)) is Status.MEMBER
    assert alliance.status(sweden, date(2025, 6, 1)) is Status.PARTNER
    world.close()


async def test_changes_of_both_kinds_are_read_in_one_order(tmp_path: Path) -> None:
    world = await World.found(tmp_path)
    await world.change("SWE", Status.PARTNER, date(2025, 1, 1))
    wanted = ParticipationChanged(
        nation=NationCode("CYP"), framework="pfp", joined=True, since=DAY
    )
    await commands.change_participation(world.log, wanted, world.act("NATO"))
    world.projector.catch_up()

    found = load_changes(apsw.Connection(str(tmp_path / "views.db")))

    assert [type(change) for _, _, change in found] == [
        StatusChanged,
        ParticipationChanged,
    ]
    assert found[1][2] == wanted
    world.close()
