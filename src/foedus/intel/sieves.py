"""Sieves: what a consumer wants of all that it may see.

- A label filter goes for everything that has a label: what comes, what is lost, news.
- Confidence and pattern are properties of objects: they hold back what comes, never
  what is lost, and no recall.
- An object whose new version is wanted no longer, while the one before it was, is told
  as gone: what a consumer holds by what it was told is what it wants.

Source: DESIGN §7, "Live"; ADR 15.
"""

from functools import lru_cache
from typing import Final

import msgspec
import orjson

from foedus.errors import FoedusError, InvalidInputError
from foedus.intel.places import INTEL, Change, Interest, Step
from foedus.intel.reading import Snapshot
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.labels import parse_label, print_label
from foedus.releasability.news import RECALL
from foedus.releasability.viewers import Viewer
from foedus.stix.matching import Matcher

PATTERN_CHARS_MAX: Final = 4_096
"""Characters of a pattern that is asked for; it comes in the query of an address."""

CONFIDENCE_MAX: Final = 100
"""The highest confidence. Source: STIX 2.1, section 3.2."""

_BEFORE: Final = """
SELECT p.object, p.type, p.written, a.label, substr(e.body, p.place + 1, p.length)
  FROM version AS v
 CROSS JOIN version AS p ON p.object = v.object
                        AND p.collection = v.collection
                        AND p.nation = v.nation
                        AND p.modified < v.modified
                        AND p.withdrawn = 0
  JOIN audience AS a ON a.audience = p.audience
 CROSS JOIN log.entry AS e ON e.position = p.position AND e.body IS NOT NULL
 WHERE v.version = :version
   AND EXISTS (SELECT 1
                 FROM delivery AS d
                WHERE d.version = p.version
                  AND substr(:readable, d.reach, 1) = x'01')
 ORDER BY p.modified DESC, p.version DESC
 LIMIT 1
"""


class Sieve:
    """Sifts what one viewer may see, inside one snapshot.

    Args:
        seen: the snapshot.
        viewer: whose.
        interest: what is wanted.

    Attributes:
        cost: what judging patterns has taken, as `Judged` reckons it.
    """

    def __init__(self, seen: Snapshot, viewer: Viewer, interest: Interest) -> None:
        self._db = seen.db
        self._alliance = seen.access.alliance
        self._readable = seen.readable(viewer)
        self._interest = interest
        self._matcher = _matcher(interest.pattern) if interest.pattern else None
        self._labels: dict[FixedLabel, bool] = {}
        self.cost = 0
        self._is_open = not (
            interest.labels
            or interest.level_max is not None
            or interest.confidence_min
            or interest.pattern
        )

    def sift(self, change: Change, step: Step | Change) -> Change | None:
        """Give what is told of a change: itself, that it is gone, or nothing."""
        if self._is_open:
            return change
        if change.is_lost or change.kind != INTEL:
            return change if self.takes_news(change) else None
        if self._takes(change.label, change.raw):
            return change
        if self._interest.last_only or isinstance(step, Change):
            return None
        return self._gone(change, step)

    def takes_news(self, change: Change) -> bool:
        """Tell whether a loss or an item of news is wanted."""
        if not self._takes_label(change.label):
            return False
        if change.is_lost or change.kind == RECALL:
            return True
        return not (self._interest.confidence_min or self._interest.pattern)

    def _gone(self, change: Change, step: Step) -> Change | None:
        """Tell that an object is gone, if the version before was wanted."""
        bindings = {"version": step.version, "readable": self._readable}
        row = self._db.execute(_BEFORE, bindings).fetchone()
        if row is None:
            return None
        stix_id, stix_type, version, label, raw = row
        before = decode_label(label)
        if not self._takes(before, raw):
            return None
        return msgspec.structs.replace(
            change, id=stix_id, type=stix_type, version=version, label=before, raw=b"",
            leaves=True,
        )  # fmt: skip

    def _takes(self, label: FixedLabel, raw: bytes) -> bool:
        if not self._takes_label(label):
            return False
        least = self._interest.confidence_min
        if not least and self._matcher is None:
            return True
        thing = orjson.loads(raw)
        confidence = thing.get("confidence")
        if least and not (isinstance(confidence, int) and confidence >= least):
            return False
        if self._matcher is None:
            return True
        judged = self._matcher.judge(thing)
        self.cost += judged.cost
        return judged.matches

    def _takes_label(self, label: FixedLabel) -> bool:
        found = self._labels.get(label)
        if found is None:
            found = self._labels[label] = self._judge_label(label)
        return found

    def _judge_label(self, label: FixedLabel) -> bool:
        level_max, labels = self._interest.level_max, self._interest.labels
        if level_max is None and not labels:
            return True
        if level_max is not None and label.level <= level_max:
            return True
        return print_label(label.label, self._alliance) in labels


def narrow(
    seen: Snapshot,
    interest: Interest,
    *,
    labels: tuple[str, ...] = (),
    confidence_min: str = "",
    pattern: str = "",
) -> Interest:
    """Narrow an interest by what a consumer wrote.

    Args:
        seen: the views.
        interest: what is wanted otherwise.
        labels: levels, for all up to the highest of them, and canonical labels.
        confidence_min: a number up to 100.
        pattern: a STIX pattern.

    Raises:
        InvalidInputError: one of them cannot be understood; it is named.
    """
    alliance = seen.access.alliance
    levels, exact = [], set()
    for text in labels:
        level = alliance.level(text)
        if level is not None:
            levels.append(level)
            continue
        try:
            exact.add(print_label(parse_label(text, alliance), alliance))
        except FoedusError as error:
            raise InvalidInputError(f"label: {error.detail}") from error
    if pattern:
        check_pattern(pattern)
    return msgspec.structs.replace(
        interest,
        labels=tuple(sorted(exact)),
        level_max=max(levels, default=None),
        confidence_min=_confidence(confidence_min),
        pattern=pattern,
    )


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that cannot be judged.

    Raises:
        InvalidInputError: it is none, too long, or uses what is refused.
    """
    if len(pattern) > PATTERN_CHARS_MAX:
        raise InvalidInputError(f"pattern: at most {PATTERN_CHARS_MAX} characters")
    _matcher(pattern)


def _confidence(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and int(text[:4]) <= CONFIDENCE_MAX):
        raise InvalidInputError(f"confidence_min: a number from 0 to {CONFIDENCE_MAX}")
    return int(text)


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> Matcher:
    return Matcher(pattern)
