"""What a text says, for whoever asks: a marking first, else a label of the hub.

A marking that is understood but cannot be enforced here has no canonical text, and says
why under `refused`.
"""

from collections.abc import Mapping

from foedus.alliance.nations import Alliance
from foedus.errors import LabelError
from foedus.releasability.labels import parse_label, print_label
from foedus.releasability.markings import Marking, parse_marking
from foedus.releasability.sources import label_of_marking


def say(text: str, alliance: Alliance) -> Mapping[str, object]:
    """Say what a text says, under the keys of the corpus of markings.

    Returns:
        `canonical` (None where this hub cannot enforce it), `policy` and whatever else
        is said; `refused`, `legacy` and `warnings` only where they apply.

    Raises:
        LabelError: it is neither a marking nor a label; the refusal as a marking.
    """
    if alliance.markings is None:
        return _said_by_label(text, alliance)
    try:
        marking = parse_marking(text, alliance.markings)
    except LabelError as refusal:
        try:
            return _said_by_label(text, alliance)
        except LabelError:
            raise refusal from None
    return _said_by_marking(marking, alliance)


def _said_by_label(text: str, alliance: Alliance) -> Mapping[str, object]:
    label = parse_label(text, alliance)
    return {
        "canonical": print_label(label, alliance),
        "policy": alliance.markings.policy if alliance.markings else alliance.code,
        "classification": alliance.levels[label.level].policy_value,
    }


def _said_by_marking(marking: Marking, alliance: Alliance) -> Mapping[str, object]:
    said: dict[str, object] = {"canonical": None}
    try:
        label = label_of_marking(marking, alliance)
        said["canonical"] = print_label(label, alliance)
    except LabelError as refusal:
        said["refused"] = {"code": refusal.code, "detail": refusal.detail}
    said |= marking.as_expect()
    if marking.legacy:
        said["legacy"] = True
    if marking.warnings:
        said["warnings"] = marking.warnings
    return said
