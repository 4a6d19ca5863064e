"""Who may know of a run, of its steps and of its tasks.

- A run is known to whoever may see its label.
- A step is known to the nations that are asked to do it and to the coordinator's, as
  far as they may see the run; or to whoever may see the label under which its author
  released its text.
- A task is known to its nation and to the coordinator's, of those who may see its step.
- What goes into a run is filed under the coordinator's eyes alone, so that no count of
  entries tells anybody of steps that he may not see.
"""

from collections.abc import Iterable

from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, join
from foedus.releasability.labels import clause
from foedus.releasability.viewers import Role, Viewer

ACTING = frozenset({Role.DUTY_OFFICER, Role.DELEGATE, Role.SECRETARIAT})
"""Roles that may act for their nation on a task, where the step names none.

They commit a nation, and so take two factors; others act where a step names them.
"""

NOTING = ACTING | {Role.PLANNER, Role.PUBLISHER}
"""Roles that may write a note beside a task of their nation, which commits nobody."""


def restricted(
    label: FixedLabel, nations: Iterable[NationCode], coordinator: NationCode
) -> FixedLabel:
    """Narrow a label to some nations and the coordinator's."""
    allowed = frozenset({*nations, coordinator})
    narrow = FixedLabel(
        level=0, closed_terms=clause(nations=sorted(allowed)), closed=allowed
    )
    return join(label, narrow, originator=coordinator)


def directs(viewer: Viewer, access: Access) -> bool:
    """Tell whether an account may start and direct runs: a duty officer.

    The alliance's own body acts through its secretariat, too.
    """
    allowed = {Role.DUTY_OFFICER}
    if viewer.nation == access.alliance.code:
        allowed.add(Role.SECRETARIAT)
    return bool(viewer.roles & allowed) and access.standing(viewer.nation)


def acts(viewer: Viewer, access: Access, role: Role | None) -> bool:
    """Tell whether an account may act on a task of its nation.

    Args:
        viewer: the account.
        access: who may see what, now.
        role: that the step asks for; `None` for any that may act.
    """
    allowed = ACTING if role is None else frozenset({role})
    return bool(viewer.roles & allowed) and access.standing(viewer.nation)


def notes(viewer: Viewer, access: Access, role: Role | None) -> bool:
    """Tell whether an account may write beside a task of its nation."""
    allowed = NOTING if role is None else frozenset({role})
    return bool(viewer.roles & allowed) and access.standing(viewer.nation)
