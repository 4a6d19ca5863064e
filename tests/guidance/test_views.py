"""What is folded: again and again the same, and without what is redacted."""

from pathlib import Path

import apsw

from foedus.alliance.views import AllianceView
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Append, Redacted
from foedus.eventlog.projector import Projector
from foedus.guidance.commands import (
    acknowledge,
    engage,
    publish,
    report,
    report_engagement,
)
from foedus.guidance.events import Course, EngagementReported
from foedus.guidance.updates import list_updates
from foedus.guidance.views import TABLES, GuidanceView
from foedus.ids import new_event_id
from foedus.releasability.labelled import LabelView, readable_labels
from foedus.releasability.news import NewsView
from foedus.releasability.wordings import WordingView
from tests.guidance.test_commands import MET
from tests.guidance.test_engagements import EXERCISE
from tests.guidance.test_updates import FIRST
from tests.guidance.world import EVENTS, FIN, MDA, POL, World


async def fill(world: World) -> str:
    update, _ = await publish(world.bureau, POL, world.act(POL), FIRST)
    await acknowledge(world.bureau, FIN, world.act(FIN), update, None)
    await report(world.bureau, POL, world.act(POL), MET)
    thing, _ = await engage(world.bureau, POL, world.act(POL), EXERCISE)
    told = EngagementReported(engagement=thing, status=Course.DONE, outcome="done")
    await report_engagement(world.bureau, POL, world.act(POL), thing, told)
    return update


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    found = {
        table: sorted(db.execute(f"SELECT * FROM {table}"))  # noqa: S608 - our own names
        for table in TABLES
    }
    db.close()
    return found


async def test_folding_again_gives_the_same_rows(world: World, tmp_path: Path) -> None:
    await fill(world)
    world.projector.catch_up()
    again = Projector(
        world.log,
        tmp_path / "again.db",
        Codec(EVENTS),
        [AllianceView(), LabelView(), NewsView(), WordingView(), GuidanceView()],
    )
    again.catch_up()
    again.close()

    assert rows(tmp_path / "again.db") == rows(world.path)
    assert all(rows(world.path).values())


async def test_what_is_redacted_goes(world: World) -> None:
    await fill(world)
    published = next(
        each for each in world.entries() if each.kind.endswith("published")
    )
    await world.log.append(
        Append(
            event_id=new_event_id(1),
            stream=f"log/redactions/{published.position}",
            event=Redacted(position=published.position),
            who=published.who,
        )
    )

    with world.sight() as seen:
        assert list_updates(seen.db, seen.access, POL) == []


async def test_live_consumers_are_told_of_an_update_under_its_label(
    world: World,
) -> None:
    update = await fill(world)

    with world.sight() as seen:
        told = seen.db.execute("SELECT thing, kind, label FROM news").fetchall()
        seen_by = [
            readable_labels(seen.db, seen.access, reader)[told[0][2] - 1]
            for reader in (FIN, MDA)
        ]

    assert [(thing, kind) for thing, kind, _ in told] == [(update, "update")]
    assert seen_by == [1, 0]
