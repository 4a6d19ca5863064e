import msgspec
import pytest

from foedus.alliance.nations import Alliance
from foedus.errors import ForbiddenError, InvalidInputError, RateLimitedError
from foedus.planning.horizons import Horizon
from foedus.planning.plans import Kind, Question, Within
from foedus.planning.rules import (
    PLANS_MAX,
    check_may_plan,
    check_question,
    check_quota,
    reads_restricted,
)
from foedus.planning.situation_surges import More
from foedus.readiness.records import Commitment, Need
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

NO_CRISIS = "more: say how many times as much is asked for, or what the crisis is"


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
    with pytest.raises(ForbiddenError) as refusal:
        check_may_plan(viewer("RUS", Role.PLANNER), ACCESS, "coverage")
    assert str(refusal.value) == "a nation without standing plans nothing here"


def test_a_nation_makes_so_many_plans_a_day() -> None:
    check_quota(PLANS_MAX - 1)

    with pytest.raises(RateLimitedError) as refusal:
        check_quota(PLANS_MAX)
    assert str(refusal.value) == (
        "your nation has made 500 plans within a day; each is kept, so look at those "
        "that there are"
    )
    assert refusal.value.retry_after_s > 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"nations": ("POL",)}, "nations: only a plan of kind drop leaves nations out"),
        ({"more": More(times=2)}, "more: only a plan of kind surge asks for more"),
        ({"within": Within()}, "within: only a plan of kind closure counts hours"),
        ({"kind": "surge"}, NO_CRISIS),
        ({"kind": "surge", "more": More()}, NO_CRISIS),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(
    wrong: dict[str, object], said: str
) -> None:
    question = Question(horizon=Horizon(as_of=DAY))
    check_question(question)

    with pytest.raises(InvalidInputError) as refusal:
        check_question(msgspec.structs.replace(question, **wrong))
    assert str(refusal.value) == said


@pytest.mark.parametrize(
    "meant",
    [
        {"kind": "drop", "nations": ("POL",)},
        {"kind": "closure", "within": Within()},
        {"kind": "surge", "more": More(times=2)},
        {
            "kind": "surge",
            "more": More(
                crisis=Commitment(
                    title="W",
                    location="N",
                    needs=(Need(type="company", amount=2),),
                    since=DAY,
                )
            ),
        },
    ],
)
def test_a_question_of_each_kind_may_ask_for_its_own(meant: dict[str, object]) -> None:
    question = Question(horizon=Horizon(as_of=DAY))

    check_question(msgspec.structs.replace(question, **meant))


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("coverage", "duty-officer, planner, secretariat"),
        ("drop", "planner, secretariat"),
    ],
)
def test_who_may_not_plan_is_told_which_roles_do(kind: Kind, names: str) -> None:
    with pytest.raises(ForbiddenError) as refusal:
        check_may_plan(viewer("POL", Role.READER), ACCESS, kind)
    assert str(refusal.value) == (
        f"this takes one of the roles {names}; ask who has one"
    )
