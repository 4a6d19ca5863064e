"""A plan is seen by whoever may see its label, and a drop by planners alone."""

import pytest

from foedus.clock import to_ms
from foedus.errors import NotFoundError
from foedus.planning.events import plan_stream
from foedus.planning.views import made_since
from tests.planning.hubs import DUTY, MEMBERS, MOLDOVAN, READER, PlannedHub
from tests.readiness.world import FIN, POL, SWE

NOTHING = "plan--00000000-0000-4000-8000-000000000000"


async def test_plans_are_listed_for_their_audience_the_last_made_first(
    planned: PlannedHub,
) -> None:
    first = await planned.plan(POL, label=MEMBERS)
    own = await planned.plan(POL)

    assert [each.plan for each in planned.lines(POL)[:2]] == [own.plan, first.plan]
    seen = {each.plan for each in planned.lines(READER)}
    assert first.plan in seen
    assert own.plan not in seen
    assert not {first.plan, own.plan} & {e.plan for e in planned.lines(MOLDOVAN)}
    line = planned.lines(POL)[1]
    told = first.made.found.coverage
    assert told is not None
    assert (line.fill, line.gaps) == (told.fill, len(told.gaps))
    assert (line.kind, line.ending) == ("coverage", "proven")
    assert (line.label, line.restricted) == (first.label, False)


async def test_what_hangs_on_one_nation_is_for_planners(planned: PlannedHub) -> None:
    filed = await planned.plan(POL, "drop", label=MEMBERS)

    for by in (FIN, SWE):
        assert planned.sheet(by, filed.plan).line.restricted
        assert filed.plan in {each.plan for each in planned.lines(by)}
    for by in (READER, DUTY, MOLDOVAN):
        assert filed.plan not in {each.plan for each in planned.lines(by)}
        with pytest.raises(NotFoundError) as hidden:
            planned.sheet(by, filed.plan)
        with pytest.raises(NotFoundError) as absent:
            planned.sheet(by, NOTHING)
        assert hidden.value.detail == absent.value.detail


async def test_a_list_goes_on_behind_a_plan_that_its_reader_sees(
    planned: PlannedHub,
) -> None:
    made = [await planned.plan(POL, label=MEMBERS) for _ in range(2)]
    hidden = await planned.plan(POL, "drop", label=MEMBERS)
    last = await planned.plan(POL, label=MEMBERS)

    page = planned.lines(READER, limit=2)
    rest = planned.lines(READER, after=page[-1].plan, limit=1)

    assert [each.plan for each in page] == [last.plan, made[1].plan]
    assert [each.plan for each in rest] == [made[0].plan]
    assert planned.lines(READER, after=hidden.plan) == []
    assert planned.lines(READER, after=NOTHING) == []


async def test_a_nations_own_plans_are_counted_for_its_quota(
    planned: PlannedHub,
) -> None:
    before = to_ms(planned.clock())
    await planned.plan(POL)
    await planned.plan(FIN)

    with planned.hub.reading.snapshot() as seen:
        assert made_since(seen.db, POL.nation, before) == 1
        assert made_since(seen.db, POL.nation, to_ms(planned.clock())) == 0


async def test_a_redacted_plan_is_gone(planned: PlannedHub) -> None:
    filed = await planned.plan(POL)
    (entry,) = planned.hub.log.read(plan_stream(filed.plan))
    assert entry.position == filed.position

    await planned.redact(filed.position)

    assert filed.plan not in {each.plan for each in planned.lines(POL)}
    with pytest.raises(NotFoundError):
        planned.sheet(POL, filed.plan)
