"""The report after a run, through the hub: from the log alone, for one reader."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from foedus import app
from foedus.errors import NotFoundError
from foedus.processes.escalating import settle
from foedus.releasability.viewers import Role
from foedus.response.moves import Acknowledge, Decline, Finish, Note, Return
from foedus.response.report import Report, as_json, make
from foedus.response.report_html import as_html
from foedus.response.report_pdf import as_pdf
from foedus.response.report_plots import plots_of, written
from tests.response.theatre import BALTIC, Theatre, asking

TERMS: dict[str, Any] = {
    "nations": [*BALTIC, "POL"],
    "completion": {"rule": "quorum", "quorum": 2},
    "clocks": {
        "acknowledge": {"within": "PT1H"},
        "complete": {"within": "PT4H", "name": "4 h to look"},
    },
    "ladder": [{"clock": "acknowledge", "after": "PT30M", "tell": "nation"}],
}

HOSTILE = '<script>alert(1)</script> #panic("x") $ \\ */ "'


async def wait(stage: Theatre, minutes: int) -> None:
    await stage.pass_time(timedelta(minutes=minutes))
    await settle(stage.hub.escalator)


async def played(stage: Theatre) -> str:
    """Play a run: Latvia is in time, Lithuania declines, Estonia late, Poland never."""
    run = await stage.play(asking(**TERMS), reason="a sample")
    await stage.do("lva", stage.task("lva"), Acknowledge())
    await wait(stage, 50)
    await stage.do("lva", stage.task("lva"), Finish(reply="nothing found"))
    await stage.do("ltu", stage.task("ltu"), Decline(caveat=HOSTILE))
    await wait(stage, 40)
    [own] = [each for each in stage.inbox("est") if each.asked.nation == "EST"]
    await stage.do("est", own.asked.task, Acknowledge())
    await wait(stage, 160)
    await wait(stage, 1)
    return run


def report(stage: Theatre, run: str, name: str = "est") -> Report:
    with stage.hub.reading.snapshot() as seen:
        return make(seen, stage.account(name).viewer(), run)


async def test_it_tells_each_nation_s_clocks(stage: Theatre) -> None:
    found = report(stage, await played(stage))

    rows = {each.nation: each for each in found.nations}
    assert rows["LVA"].median.acknowledged == 0
    assert rows["LVA"].median.done == 50 * 60
    assert rows["EST"].median.acknowledged == 90 * 60
    assert rows["POL"].median.acknowledged is None
    assert (rows["LTU"].declined, rows["LVA"].done) == (1, 1)


async def test_it_tells_late_from_declined_from_unreachable(stage: Theatre) -> None:
    found = report(stage, await played(stage))

    causes = {
        (each.nation, each.clock): (each.cause, each.late_s) for each in found.breaches
    }
    assert causes["EST", "acknowledge"] == ("unreachable", 30 * 60)
    assert causes["POL", "acknowledge"] == ("unreachable", None)
    assert ("LTU", "acknowledge") not in causes
    assert ("LVA", "acknowledge") not in causes


async def test_it_tells_where_the_run_left_its_way(stage: Theatre) -> None:
    found = report(stage, await played(stage))

    assert [(each.what, each.nation) for each in found.deviations] == [
        ("declined", "LTU"),
        ("step timed-out", None),
    ]
    assert found.deviations[0].text == HOSTILE


async def test_improvements_are_outcomes_of_the_framework(stage: Theatre) -> None:
    found = report(stage, await played(stage))

    outcomes = {each.outcome: each.nations for each in found.improvements}
    assert outcomes["RS.CO-02"] == ("EST", "POL")
    assert outcomes["ID.IM-04"] == ("LTU",)
    assert "ID.IM-03" in outcomes
    assert "RS.MA-04" in outcomes


async def test_what_was_given_back_is_a_deviation(stage: Theatre) -> None:
    run = await stage.play(asking(nations=["LVA"], clocks={"confirm": {}}))
    await stage.do("lva", stage.task("lva"), Finish(reply="done"))
    [task] = stage.tasks(run, "est")
    await stage.do("est", task.asked.task, Return(reason="the second site is missing"))

    [deviation] = report(stage, run).deviations
    assert (deviation.what, deviation.text) == (
        "given back",
        "the second site is missing",
    )


async def test_the_time_line_is_in_order_and_tells_everything(stage: Theatre) -> None:
    found = report(stage, await played(stage))

    instants = [each.at for each in found.timeline]
    told = [each.what for each in found.timeline]
    assert instants == sorted(instants)
    assert told[0] == "run started"
    assert {"acknowledged", "declined", "done", "step timed-out"} <= set(told)


async def test_made_again_it_is_the_same_byte_for_byte(
    stage: Theatre, tmp_path: Path
) -> None:
    run = await played(stage)
    first = report(stage, run)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(stage.folder, elsewhere)
    for views in elsewhere.glob("views.db*"):
        views.unlink()
    stage.clock.advance(timedelta(days=9))
    hub = app.open_hub(elsewhere, environment={}, clock=stage.clock)

    with hub.reading.snapshot() as seen:
        again = make(seen, hub.authenticator.named("est").viewer(), run)
    app.close_hub(hub)

    assert as_json(again) == as_json(first)
    assert as_html(again) == as_html(first)
    assert as_pdf(again) == as_pdf(first)


async def test_a_nation_is_told_its_own_part_and_no_more(stage: Theatre) -> None:
    run = await played(stage)

    own = report(stage, run, "lva")

    assert [each.nation for each in own.nations] == ["LVA"]
    assert {each.nation for each in own.timeline} == {None, "LVA"}
    text = as_json(own).decode() + as_html(own).decode()
    assert HOSTILE[:8] not in text
    assert "POL" not in text
    assert own.reference.entries < report(stage, run).reference.entries
    assert own.reference.chain is None


async def test_who_may_not_see_the_run_is_told_of_no_run(stage: Theatre) -> None:
    run = await stage.play(asking(), label="NATO UNCLASSIFIED // REL TO EST, LVA, LTU")

    with pytest.raises(NotFoundError):
        report(stage, run, "fin")
    with pytest.raises(NotFoundError):
        report(stage, "run--00000000-0000-4000-8000-000000000000")


async def test_auditors_of_the_whole_log_are_told_places_in_it(stage: Theatre) -> None:
    run = await played(stage)
    viewer = stage.account("nato").viewer()
    auditor = msgspec.structs.replace(viewer, roles=frozenset({Role.AUDITOR}))

    with stage.hub.reading.snapshot() as seen:
        as_auditor = make(seen, auditor, run).reference.chain
        assert as_auditor is not None
        as_secretariat = make(seen, viewer, run).reference.chain

        digest = seen.db.execute(
            "SELECT digest FROM log.entry WHERE position = ?", (as_auditor.last,)
        ).get

    assert as_secretariat is None
    assert as_auditor.first < as_auditor.last
    assert as_auditor.digest == digest.hex()


async def test_the_page_fetches_nothing_runs_nothing_and_escapes(
    stage: Theatre,
) -> None:
    page = as_html(report(stage, await played(stage))).decode()

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "").replace(
        "http://www.w3.org/2000/svg", ""
    )
    assert page.count("<svg") == 3


async def test_the_paper_is_set_whatever_nations_wrote(stage: Theatre) -> None:
    paper = as_pdf(report(stage, await played(stage)))

    assert paper.startswith(b"%PDF-")
    assert b"CreationDate" not in paper


async def test_plots_are_drawn_of_what_there_is(stage: Theatre) -> None:
    run = await stage.play(asking())

    titles = [each.title for each in plots_of(report(stage, run))]

    assert titles == ["Tasks over time"]


async def test_an_exercise_says_so(stage: Theatre) -> None:
    found = report(stage, await stage.play(asking(), exercise=True))

    assert "EXERCISE EXERCISE EXERCISE" in as_html(found).decode()
    assert found.exercise


async def test_what_others_wrote_to_each_other_is_not_told(stage: Theatre) -> None:
    run = await stage.play(asking())
    await stage.do("ltu", stage.task("ltu"), Note(text="only for the coordinator"))

    assert "only for the coordinator" in as_json(report(stage, run)).decode()
    assert "only for the coordinator" not in as_json(report(stage, run, "lva")).decode()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "-"),
        (0, "0 s"),
        (59, "59 s"),
        (3_600, "1 h"),
        (90_061, "1 d 1 h"),
        (-60, "-1 min"),
    ],
)
def test_a_length_of_time_is_written_as_people_say_it(
    seconds: int | None, text: str
) -> None:
    assert written(seconds) == text
