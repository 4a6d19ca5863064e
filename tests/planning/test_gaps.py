"""Why something is missing: each reason in a situation that has it alone."""

import pytest

from foedus.planning.covering import cover
from foedus.planning.forces import Need, Rotation
from foedus.planning.results import Gap, Reason
from tests.planning.test_forces import ROUTE, situation, task, unit

TWO = (Need(type="brigade", amount=2),)
ONE_TO_ONE = Rotation(tour=1, home=1, home_least=1)


def gaps(**changed: object) -> tuple[Gap, ...]:
    return cover(situation(**changed)).gaps


def pair(**second: object) -> tuple[object, ...]:
    return (*unit(), *unit(id="u2", nation="FIN", **second))


@pytest.mark.parametrize(
    ("changed", "reason", "said"),
    [
        ({"units": ()}, Reason.NO_SUCH_CAPABILITY, "nobody has any brigade"),
        ({"units": unit()}, Reason.TOO_FEW, "there are 1 in all"),
        ({"units": pair(caveats=("c1",))}, Reason.NOT_SENT, "leave 1 of 2"),
        ({"units": pair(base="nowhere")}, Reason.NO_WAY, "only 1 of 2 have a way"),
        ({"units": pair(away=(1, 2))}, Reason.AWAY, "1 of 2 are there then"),
    ],
)
def test_the_first_step_that_leaves_too_few_is_the_reason(
    changed: dict[str, object], reason: Reason, said: str
) -> None:
    (gap,) = gaps(commitments=task(needs=TWO), **changed)

    assert gap.reason is reason
    assert said in gap.said
    assert gap.nobody_can
    assert (gap.first, gap.last) == (1, 2)
    assert gap.missing == 2 * gap.most


def test_who_comes_too_late_by_the_named_clock_leaves_the_first_period_open() -> None:
    commitments = task(needs=TWO, deadline_h=60.0)
    (gap,) = gaps(units=pair(notice_h=60.0), commitments=commitments)

    assert gap.reason is Reason.TOO_LATE
    assert (gap.first, gap.last, gap.missing) == (1, 1, 1)
    assert gap.said == (
        "2 are wanted within 60 h until on-station; 1 of 2 keep that, and the next "
        "comes after 70 h"
    )


def test_rest_at_home_is_a_reason_that_nobody_can_mend() -> None:
    found = gaps(units=pair(), commitments=task(last=4, needs=TWO), rotation=ONE_TO_ONE)

    assert {each.reason for each in found} == {Reason.AT_HOME_REST}
    assert all(each.nobody_can for each in found)
    assert sum(each.missing for each in found) == 4


def test_what_others_take_is_no_gap_that_nobody_can_fill() -> None:
    first = task()[0]
    second = task(id="c2", priority=2)[0]
    nowhere = task(id="c3", priority=3, location="moon")[0]
    found = gaps(
        commitments=(second, nowhere, first), rotation=Rotation(tour=2), routes=(ROUTE,)
    )

    assert [(each.commitment, each.reason, each.nobody_can) for each in found] == [
        ("c3", Reason.NO_WAY, True),
        ("c2", Reason.OTHERS_FIRST, False),
    ]
