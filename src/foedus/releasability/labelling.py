"""Which label what somebody records gets; where none is named, the narrowest."""

from datetime import date

from foedus.errors import RuleViolationError
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.ceilings import check_ceiling
from foedus.releasability.join import FixedLabel, fix
from foedus.releasability.labels import Label, clause, originator_only
from foedus.releasability.sources import read_label
from foedus.releasability.viewers import Viewer


def label_for(
    text: str, viewer: Viewer, access: Access, *, on: date, ceiling: int | None
) -> FixedLabel:
    """Fix the label that an account gives to what it says.

    Args:
        text: a label or marking; empty for the author's nation alone.
        viewer: who says it.
        access: who may see what, now.
        on: the day on which it arrives.
        ceiling: the highest level that the hub may hold; None for no ceiling.

    Raises:
        LabelError: it is no label, or is above the ceiling.
        RuleViolationError: it is above the account's clearance.
    """
    label = read_label(text, access.alliance) if text else originator_only(0)
    return _fixed(label, viewer, access, on=on, ceiling=ceiling)


def label_for_two(
    nation: NationCode,
    viewer: Viewer,
    access: Access,
    *,
    on: date,
    ceiling: int | None,
) -> FixedLabel:
    """Fix the label of what is for another nation and the author's alone."""
    label = Label(level=0, audience=(clause(nations=[nation]),))
    return _fixed(label, viewer, access, on=on, ceiling=ceiling)


def _fixed(
    label: Label, viewer: Viewer, access: Access, *, on: date, ceiling: int | None
) -> FixedLabel:
    alliance = access.alliance
    if label.level > viewer.clearance:
        raise RuleViolationError(
            f"{alliance.levels[label.level].name} is above your clearance, "
            f"{alliance.levels[viewer.clearance].name}"
        )
    if ceiling is not None:
        check_ceiling(label.level, ceiling, alliance)
    return fix(label, alliance, on=on, originator=viewer.nation)
