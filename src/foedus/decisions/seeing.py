"""Who may know of a decision, and how much of it.

- A text that has never been put before the nations is known to its proposer's nation
  and to the chair; every other one to whoever may see what is under its label.
- *Inside* are those who decide, the proposer, the chair and the alliance's own body:
  positions, letters, receipts and statements are theirs. Everybody else who may see the
  text is an observer.
"""

from foedus.decisions.states import Decision
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel
from foedus.releasability.labels import clause
from foedus.releasability.viewers import Role, Viewer


def label_now(decision: Decision) -> FixedLabel:
    """Give the label under which a decision stands at the moment."""
    if decision.electorate:
        return decision.label
    nations = [decision.proposer, decision.chair]
    return FixedLabel(
        level=decision.label.level,
        closed_terms=clause(nations=nations),
        closed=frozenset(nations),
    )


def may_see(decision: Decision, viewer: Viewer, access: Access) -> bool:
    """Decide whether a viewer may know of a decision."""
    return access.may_see(viewer, label_now(decision), decision.proposer)


def is_inside(decision: Decision, viewer: Viewer, body: NationCode) -> bool:
    """Tell whether a viewer is of those who decide, rather than an observer.

    Args:
        decision: a decision that the viewer may see.
        viewer: who looks.
        body: the code of the alliance's own body.
    """
    return viewer.nation in (
        *decision.electorate,
        decision.proposer,
        decision.chair,
        body,
    )


def speaks(viewer: Viewer, access: Access) -> bool:
    """Tell whether an account may speak: a delegate, or the alliance's secretariat."""
    role = Role.SECRETARIAT if viewer.nation == access.alliance.code else Role.DELEGATE
    return role in viewer.roles and access.standing(viewer.nation)
