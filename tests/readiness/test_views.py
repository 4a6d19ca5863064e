"""The table of records: what goes, what stays, and that it can be made anew."""

from pathlib import Path

import apsw

from foedus.alliance.events import AllianceEvent
from foedus.alliance.views import AllianceView
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Redacted
from foedus.eventlog.projector import Projector
from foedus.readiness.commands import record_again
from foedus.readiness.events import ReadinessEvent
from foedus.readiness.records import Completion, PairTest
from foedus.readiness.views import ReadinessView, module_of, nation_of, parents_of
from foedus.releasability.labelled import LabelView
from tests.readiness.world import DAY, FIN, POL, World, report, unit

ROWS = "SELECT * FROM readiness_record ORDER BY position"


async def test_folding_the_log_anew_gives_the_same_rows(
    world: World, tmp_path: Path
) -> None:
    name = await world.record(POL, unit())
    await world.record(POL, report(name))
    await record_again(world.register, POL, world.act(POL), name, unit(size=3))
    codec = Codec((AllianceEvent, ReadinessEvent, Redacted))
    views = [AllianceView(), LabelView(), ReadinessView()]

    anew = Projector(world.log, tmp_path / "anew.db", codec, views)
    anew.catch_up()

    with world.sight() as seen:
        before = seen.db.execute(ROWS).fetchall()
    after = apsw.Connection(str(tmp_path / "anew.db")).execute(ROWS).fetchall()
    anew.close()
    assert len(before) == 3
    assert after == before


def test_only_what_belongs_to_a_module_names_one() -> None:
    done = Completion(
        module="data_links", nation=POL.nation, people=1, on=DAY, certificate="C"
    )

    assert (module_of(done), module_of(unit())) == ("data_links", "")


def test_a_key_of_the_pack_is_no_record_that_something_is_about() -> None:
    tested = PairTest(
        first=POL.nation,
        second=FIN.nation,
        subject="s",
        measure="rapid_reaction",
        result="success",
        on=DAY,
    )

    assert parents_of(tested) == ("", "")
    assert parents_of(report("unit--1")) == ("unit--1", "")
    assert (nation_of(unit()), nation_of(tested)) == ("POL", "")
