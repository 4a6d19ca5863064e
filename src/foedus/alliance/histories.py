"""What a nation's record of words says about its one status, day by day.

- An interval is half-open: a nation holds a word on `since` and no longer on `until`.
- On every day a nation has exactly one status, of those its words stand for the first.
- A recorded change covers every day from its date on; the last one recorded wins.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from foedus.alliance.records import Hold, Word
from foedus.alliance.sourced import Basis
from foedus.alliance.statuses import PARTNERSHIP_STATUSES, Status

ALWAYS = date.min
"""The start of what has no known beginning."""

FOREVER = date.max
"""The end of what has none."""

RECORDED_HERE = "recorded by this hub"
"""The note of a participation that no source of the pack tells."""

Span = tuple[date, date]
"""A half-open interval of days, from `ALWAYS` to `FOREVER` at most."""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the words of a pack's vocabulary stand for.

    Attributes:
        statuses: the status of each word that stands for one. The statuses' own names
            are words of every alliance.
        partnership: the words that only a nation outside the alliance can hold.
    """

    statuses: Mapping[str, Status]
    partnership: frozenset[str]

    @classmethod
    def of(cls, words: Iterable[Word]) -> "Words":
        """Read the vocabulary of a pack."""
        listed = tuple(words)
        statuses: dict[str, Status] = {
            each.value: each for each in Status if each is not Status.NONE
        }
        statuses |= {each.word: each.status for each in listed if each.status}
        partnership = {each.word for each in listed if each.partnership}
        partnership |= {
            word for word, status in statuses.items() if status in PARTNERSHIP_STATUSES
        }
        return cls(statuses=statuses, partnership=frozenset(partnership))


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Days [since, until) over which a nation's standing stays the same.

    Attributes:
        since: null where it has no known beginning.
        until: null where no end is known.
        underlying: the status it would have if it were not suspended.
    """

    since: date | None
    until: date | None
    status: Status
    underlying: Status


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """A nation's standing on every day: stretches without gaps, in order."""

    starts: tuple[date, ...]
    stretches: tuple[Stretch, ...]

    def at(self, on: date) -> Stretch:
        """Give the stretch that a day lies in."""
        return self.stretches[bisect_right(self.starts, on) - 1]

    def status_since(self, on: date) -> date | None:
        """Give the day on which the status that holds on a day began."""
        place = bisect_right(self.starts, on) - 1
        status = self.stretches[place].status
        while place and self.stretches[place - 1].status is status:
            place -= 1
        return self.stretches[place].since


def span(since: date | None, until: date | None) -> Span:
    """Give the days of an interval whose open ends are null."""
    return since or ALWAYS, until or FOREVER


def timeline(history: Sequence[Hold], words: Words) -> Timeline:
    """Work out the one status of a nation on every day."""
    days = {ALWAYS}
    for hold in history:
        days.update(span(hold.since, hold.until))
    days.discard(FOREVER)
    found: list[tuple[date, Status, Status]] = []
    for day in sorted(days):
        standing = _standing(history, words, day)
        if not found or found[-1][1:] != standing:
            found.append((day, *standing))
    starts = tuple(start for start, _, _ in found)
    ends = (*starts[1:], None)
    return Timeline(
        starts=starts,
        stretches=tuple(
            Stretch(
                since=None if start == ALWAYS else start,
                until=end,
                status=status,
                underlying=underlying,
            )
            for (start, status, underlying), end in zip(found, ends, strict=True)
        ),
    )


def changed(
    history: Sequence[Hold], words: Words, *, status: Status, since: date
) -> tuple[Hold, ...]:
    """Give the history of a nation whose status becomes another on a day.

    The words it holds stay with it as far as the new status leaves room for them:
    suspension ends none; leaving ends all; any other status ends suspension and the
    words that take precedence over it; membership also ends all partnership.
    """
    kept = [
        left
        for hold in history
        for left in (_cut(hold, since) if _ends(hold.word, status, words) else (hold,))
    ]
    if status is Status.NONE or any(
        words.statuses.get(hold.word) is status
        and hold.since <= since
        and hold.until is None
        for hold in kept
    ):
        return tuple(kept)
    generic = Hold(word=status.value, since=since, basis=Basis.RECORDED)
    earlier = [
        left
        for hold in kept
        for left in (_cut(hold, since) if hold.word == generic.word else (hold,))
    ]
    return (*earlier, generic)


def joined(history: Sequence[Hold], word: str, *, since: date) -> tuple[Hold, ...]:
    """Give the history of a nation that holds a word from a day on."""
    if _held_from(history, word, since):
        return tuple(history)
    kept = left(history, [word], since=since)
    hold = Hold(word=word, since=since, basis=Basis.RECORDED, note=RECORDED_HERE)
    return (*kept, hold)


def left(
    history: Iterable[Hold], words: Iterable[str], *, since: date
) -> tuple[Hold, ...]:
    """Give the history of a nation that holds some words no longer from a day on."""
    ended = frozenset(words)
    return tuple(
        each
        for hold in history
        for each in (_cut(hold, since) if hold.word in ended else (hold,))
    )


def _held_from(history: Iterable[Hold], word: str, since: date) -> bool:
    return any(
        hold.word == word and hold.since <= since and hold.until is None
        for hold in history
    )


def _standing(
    history: Iterable[Hold], words: Words, day: date
) -> tuple[Status, Status]:
    held = {
        words.statuses.get(hold.word, Status.NONE)
        for hold in history
        if hold.since <= day and (hold.until is None or day < hold.until)
    }
    underlying = min(held - {Status.SUSPENDED}, key=_rank, default=Status.NONE)
    return (Status.SUSPENDED if Status.SUSPENDED in held else underlying), underlying


def _rank(status: Status) -> int:
    return status.rank


def _ends(word: str, status: Status, words: Words) -> bool:
    if status in {Status.SUSPENDED, Status.NONE}:
        return status is Status.NONE
    if status is Status.MEMBER and word in words.partnership:
        return True
    return words.statuses.get(word, Status.NONE).rank < status.rank


def _cut(hold: Hold, at: date) -> tuple[Hold, ...]:
    """End a hold on a day; nothing is left of one that begins no earlier."""
    if hold.since >= at:
        return ()
    if hold.until is not None and hold.until <= at:
        return (hold,)
    return (msgspec.structs.replace(hold, until=at),)
