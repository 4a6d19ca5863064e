"""Quotas: how many labels a nation may use, and how many audiences they may mean."""

from collections.abc import Collection, Iterable, Sequence
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
    """What a nation uses of its quota.

    Args:
        known: the labels under which the nation has published until now.
    """

    def __init__(self, known: Iterable[FixedLabel]) -> None:
        self._labels = set(known)
        self._meanings = {meaning_of(each) for each in self._labels}

    def within(self, verdicts: Sequence[Verdict]) -> list[Verdict]:
        """Refuse what would give the nation more than it may have.

        Each request is counted for itself: nobody knows yet what becomes of others.
        """
        labels: set[FixedLabel] = set()
        meanings: set[FixedLabel] = set()
        kept: list[Verdict] = []
        for verdict in verdicts:
            if isinstance(verdict, Admitted):
                label = verdict.label
                if label not in self._labels and label not in labels:
                    meaning = meaning_of(label)
                    is_meant = meaning in self._meanings or meaning in meanings
                    if self._is_full(labels, meanings, is_meant=is_meant):
                        kept.append(_FULL)
                        continue
                    labels.add(label)
                    if not is_meant:
                        meanings.add(meaning)
            kept.append(verdict)
        return kept

    def _is_full(
        self,
        labels: Collection[FixedLabel],
        meanings: Collection[FixedLabel],
        *,
        is_meant: bool,
    ) -> bool:
        """Tell whether one label more is one too many, beside what a request uses."""
        if len(self._labels) + len(labels) >= LABELS_MAX:
            return True
        return not is_meant and len(self._meanings) + len(meanings) >= AUDIENCES_MAX
