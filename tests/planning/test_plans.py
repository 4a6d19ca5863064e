import msgspec
import pytest

from foedus.ids import Position
from foedus.planning.events import PlanMade
from foedus.planning.plans import Found, fingerprint, places_of
from foedus.planning.situation_surges import More
from foedus.releasability.join import FixedLabel, encode_label
from tests.planning.hubs import PlannedHub
from tests.planning.test_forces import TASK, situation
from tests.planning.test_situations import task
from tests.readiness.world import FIN, POL

CRISIS = More(crisis=task(title="Second", measure="", deadline_h=None))


async def test_a_plan_reads_as_it_was_written(planned: PlannedHub) -> None:
    for kind, more in (("coverage", None), ("drop", None), ("surge", CRISIS)):
        filed = await planned.plan(FIN, kind, more=more)  # type: ignore[arg-type]
        label = msgspec.Raw(encode_label(FixedLabel(level=0)))
        event = PlanMade(
            plan=filed.plan,
            author=FIN.nation,
            inputs_at=Position(1),
            made=filed.made,
            label=label,
        )
        text = msgspec.json.encode(event)

        again = msgspec.json.decode(text, type=PlanMade).made

        assert again == filed.made
        assert fingerprint(again.inputs) == again.digest


async def test_a_fingerprint_tells_one_input_from_another(planned: PlannedHub) -> None:
    inputs = (await planned.plan(POL)).made.inputs
    unit, *rest = inputs.situation.units
    other = msgspec.structs.replace(unit, notice_h=unit.notice_h + 1)
    changed = msgspec.structs.replace(inputs.situation, units=(other, *rest))

    assert fingerprint(inputs) == fingerprint(msgspec.structs.replace(inputs))
    assert fingerprint(msgspec.structs.replace(inputs, situation=changed)) != (
        fingerprint(inputs)
    )
    surged = msgspec.structs.replace(inputs, further=inputs.situation.commitments)
    assert fingerprint(surged) != fingerprint(inputs)


def test_nothing_found_tells_of_no_solver() -> None:
    with pytest.raises(AssertionError):
        _ = Found().main


def test_a_place_names_the_commitments_for_which_units_close_there() -> None:
    later = msgspec.structs.replace(TASK, id="later", first=2)

    (place,) = places_of(situation(commitments=(TASK, later)))

    assert place.commitments == (TASK.id,)
