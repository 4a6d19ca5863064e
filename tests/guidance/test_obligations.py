from datetime import date, timedelta

import pytest

from foedus.errors import NotFoundError
from foedus.guidance.commands import Reporting, report
from foedus.guidance.events import Progress
from foedus.guidance.obligations import Line, bare_checklist, checklist, find_owed
from foedus.ids import NationCode
from foedus.releasability.viewers import Viewer
from tests.guidance.conftest import TODAY
from tests.guidance.world import DESK, FIN, MDA, POL, World


def line(world: World, reader: Viewer, nation: str, key: str) -> Line:
    with world.sight() as seen:
        found = checklist(seen.db, seen.access, reader, NationCode(nation), TODAY)
    return next(each for each in found.obligations if each.obligation == key)


async def say(world: World, by: Viewer, key: str, **more: object) -> None:
    sent = Reporting(
        **{"nation": by.nation, "obligation": key, "status": Progress.MET, **more}  # type: ignore[arg-type]
    )
    await report(world.bureau, by, world.act(by), sent)


def test_a_member_owes_the_articles_and_a_partner_its_frameworks(world: World) -> None:
    with world.sight() as seen:
        alliance = seen.access.alliance
        member = bare_checklist(alliance, NationCode("POL"), TODAY).obligations
        partner = bare_checklist(alliance, NationCode("MDA"), TODAY).obligations

    assert {"article/3", "article/5", "duty/spending"} <= {
        each.obligation for each in member
    }
    assert {each.obligation.split("/")[0] for each in member} == {"article", "duty"}
    assert "pfp/1" in [each.obligation for each in partner]
    assert not any(each.obligation.startswith("article/") for each in partner)
    assert all(each.source and each.report is None for each in (*member, *partner))


def test_every_key_of_every_nation_is_its_own(world: World) -> None:
    with world.sight() as seen:
        for nation in seen.access.alliance.nations:
            found = bare_checklist(seen.access.alliance, nation, TODAY).obligations
            assert len({each.obligation for each in found}) == len(found)


def test_what_a_nation_owed_is_told_as_of_the_day(world: World) -> None:
    with world.sight() as seen:
        alliance, sweden = seen.access.alliance, NationCode("SWE")
        eve = bare_checklist(alliance, sweden, date(2024, 3, 6)).obligations

    assert {each.obligation.split("/")[0] for each in eve} >= {"pfp", "eop"}
    assert "article/5" not in [each.obligation for each in eve]


def test_nobody_owes_what_is_not_in_the_checklist(world: World) -> None:
    with world.sight() as seen, pytest.raises(NotFoundError, match="owes nothing"):
        find_owed(seen.access.alliance, NationCode("MDA"), "article/5", TODAY)


async def test_the_last_report_that_the_reader_may_read_is_shown(world: World) -> None:
    await say(
        world, POL, "article/3", status=Progress.IN_PROGRESS, label="NATO RESTRICTED"
    )
    await say(world, POL, "article/3", owner="Budget office")

    own, fins = (
        line(world, reader, "POL", "article/3").report for reader in (POL, FIN)
    )

    assert own
    assert fins
    assert (own.status, own.owner) == ("met", "Budget office")
    assert (fins.status, fins.label) == (
        "in-progress",
        "NATO RESTRICTED // REL TO NATO 2024-03-07",
    )
    assert line(world, MDA, "POL", "article/3").report is None


async def test_what_is_due_and_not_met_is_overdue(world: World) -> None:
    yesterday = TODAY - timedelta(days=1)
    await say(world, POL, "article/3", status=Progress.PLANNED, due=yesterday)
    await say(world, POL, "article/4", status=Progress.PLANNED, due=TODAY)
    await say(world, POL, "article/5", due=yesterday)

    keys = ("article/3", "article/4", "article/5")
    assert [line(world, POL, "POL", key).overdue for key in keys] == [
        True,
        False,
        False,
    ]


async def test_the_secretariats_report_is_for_it_and_the_nation(world: World) -> None:
    await say(world, DESK, "pfp/3", nation="MDA", evidence="the plan of 2026")

    assert line(world, MDA, "MDA", "pfp/3").report
    assert line(world, DESK, "MDA", "pfp/3").report
    assert line(world, POL, "MDA", "pfp/3").report is None


async def test_a_suspended_nation_reads_no_report(world: World) -> None:
    await say(world, POL, "article/3")
    await world.suspend("POL")

    assert line(world, POL, "POL", "article/3").report is None
