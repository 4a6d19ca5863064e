import msgspec
import pytest

from foedus.alliance.nations import Alliance
from foedus.errors import ForbiddenError, InvalidInputError, RateLimitedError
from foedus.planning.horizons import Horizon
from foedus.planning.plans import Question, Within
from foedus.planning.rules import (
    PLANS_MAX,
    check_may_plan,
    check_question,
    check_quota,
    reads_restricted,
)
from foedus.planning.situation_surges import More
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role
from tests.readiness.world import DAY, nato_pack, viewer

ACCESS = Access(Alliance.from_pack(nato_pack()), DAY)
PLAN, DROP = (
    {Role.PLANNER, Role.SECRETARIAT, Role.DUTY_OFFICER},
    {
        Role.PLANNER,
        Role.SECRETARIAT,
    },
)


def may(role: Role, kind: str) -> bool:
    try:
        check_may_plan(viewer("POL", role), ACCESS, kind)  # type: ignore[arg-type]
    except ForbiddenError:
        return False
    return True


@pytest.mark.parametrize("role", Role)
def test_some_plan_and_fewer_ask_what_hangs_on_one_nation(role: Role) -> None:
    assert may(role, "coverage") is (role in PLAN)
    assert may(role, "surge") is (role in PLAN)
    assert may(role, "drop") is (role in DROP)
    assert reads_restricted(viewer("POL", role)) is (role in DROP | {Role.OPERATOR})


def test_a_nation_without_standing_plans_nothing() -> None:
    with pytest.raises(ForbiddenError, match="without standing"):
        check_may_plan(viewer("RUS", Role.PLANNER), ACCESS, "coverage")


def test_a_nation_makes_so_many_plans_a_day() -> None:
    check_quota(PLANS_MAX - 1)

    with pytest.raises(RateLimitedError, match="500 plans within a day") as refusal:
        check_quota(PLANS_MAX)
    assert refusal.value.retry_after_s > 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"nations": ("POL",)}, "only a plan of kind drop"),
        ({"more": More(times=2)}, "only a plan of kind surge"),
        ({"within": Within()}, "only a plan of kind closure"),
        ({"kind": "surge"}, "say how many times"),
        ({"kind": "surge", "more": More()}, "say how many times"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(
    wrong: dict[str, object], said: str
) -> None:
    question = Question(horizon=Horizon(as_of=DAY))
    check_question(question)

    with pytest.raises(InvalidInputError, match=said):
        check_question(msgspec.structs.replace(question, **wrong))
