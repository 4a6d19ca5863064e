"""Who may make which plan, and who may read it.

What hangs on one nation is for planners: a table of nations by what is missing without
them is an input to planning and no judgement, and outside it would be read as one.

Source: ADR 27; reference on planning, section 2.1.
"""

from datetime import timedelta
from typing import Final

from foedus.errors import ForbiddenError, InvalidInputError, RateLimitedError
from foedus.planning.plans import RESTRICTED, Kind, Question
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role, Viewer

MAKERS: Final = frozenset({Role.PLANNER, Role.DUTY_OFFICER, Role.SECRETARIAT})
"""Roles whose holders make plans."""

PLANNERS: Final = frozenset({Role.PLANNER, Role.SECRETARIAT})
"""Roles whose holders ask what hangs on one nation."""

READERS: Final = PLANNERS | {Role.OPERATOR}
"""Roles whose holders read what hangs on one nation, if the label lets them."""


PLANS_MAX: Final = 500
"""Plans that a nation makes within `LATELY`: one every three minutes. Each is kept for
ever, with some megabytes where there are thousands of units."""

LATELY: Final = timedelta(days=1)
"""Over which time the plans of a nation are counted."""

RETRY_AFTER_S: Final = 3_600
"""When a nation that has made too many may ask again."""


def check_may_plan(viewer: Viewer, access: Access, kind: Kind) -> None:
    """Refuse whoever does not plan.

    Raises:
        ForbiddenError: the nation has no standing, or the account has no role for it.
    """
    if not access.standing(viewer.nation):
        raise ForbiddenError("a nation without standing plans nothing here")
    wanted = PLANNERS if kind in RESTRICTED else MAKERS
    if not viewer.roles & wanted:
        names = ", ".join(sorted(wanted))
        raise ForbiddenError(f"this takes one of the roles {names}; ask who has one")


def check_quota(made: int) -> None:
    """Refuse a nation that has made too many plans lately.

    Args:
        made: how many it has made within `LATELY`.

    Raises:
        RateLimitedError: it has made `PLANS_MAX`.
    """
    if made >= PLANS_MAX:
        raise RateLimitedError(
            f"your nation has made {PLANS_MAX} plans within a day; each is kept, so "
            "look at those that there are",
            retry_after_s=RETRY_AFTER_S,
        )


def reads_restricted(viewer: Viewer) -> bool:
    """Tell whether somebody may read plans that tell what hangs on one nation."""
    return bool(viewer.roles & READERS)


def check_question(question: Question) -> None:
    """Refuse a question that cannot be meant.

    Raises:
        InvalidInputError: it asks for another kind's, or for nothing.
    """
    if question.nations and question.kind != "drop":
        raise InvalidInputError("nations: only a plan of kind drop leaves nations out")
    if question.within is not None and question.kind != "closure":
        raise InvalidInputError("within: only a plan of kind closure counts hours")
    if question.kind != "surge":
        if question.more is not None:
            raise InvalidInputError("more: only a plan of kind surge asks for more")
        return
    more = question.more
    if more is None or (more.times == 1 and more.crisis is None):
        raise InvalidInputError(
            "more: say how many times as much is asked for, or what the crisis is"
        )
