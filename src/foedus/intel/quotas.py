"""Quotas: how many labels a nation may use, and how many audiences they may mean."""

from collections.abc import Iterable, Sequence
from typing import Final

from foedus.intel.admission import Admitted, Refused, Verdict
from foedus.releasability.join import FixedLabel, meaning_of

AUDIENCES_MAX = 1_000
"""Distinct audiences of one nation, however they are written. All nations share the
reaches."""

LABELS_MAX = 10_000
"""Distinct texts of one nation's labels. Each POST is compared with them."""


_FULL: Final = Refused(
    reason=f"label: your nation uses {AUDIENCES_MAX} distinct audiences or "
    f"{LABELS_MAX} distinct labels; use a community or one of them"
)


class Quota:
    """What a nation uses of its quota, while its requests are judged.

    Args:
        known: the labels under which the nation has published until now.
    """

    def __init__(self, known: Iterable[FixedLabel]) -> None:
        self._labels = set(known)
        self._meanings = {meaning_of(each) for each in self._labels}

    def within(self, verdicts: Sequence[Verdict]) -> list[Verdict]:
        """Refuse what would give the nation more than it may have."""
        return [
            _FULL
            if isinstance(each, Admitted) and not self._takes(each.label)
            else each
            for each in verdicts
        ]

    def _takes(self, label: FixedLabel) -> bool:
        if label in self._labels:
            return True
        meaning = meaning_of(label)
        if len(self._labels) >= LABELS_MAX or (
            len(self._meanings) >= AUDIENCES_MAX and meaning not in self._meanings
        ):
            return False
        self._labels.add(label)
        self._meanings.add(meaning)
        return True
