"""Dating what is taken over: which objects share a commit, and which a date.

- What another server dated alike shares a commit, so that its last stands exactly
  there and the others a microsecond each before it. Only what is too much for one
  commit is parted; all but its last part then stand a little earlier.
- Dates only grow: what would come before an earlier one stands behind it.

Pure. Source: DESIGN §6, "Date added".
"""

from collections.abc import Iterator, Sequence

from foedus.eventlog.envelope import Append
from foedus.intel.events import Published

ALIKE_MAX = 1_000
"""Objects of one date that share a commit, each a microsecond before the next."""

PART_US = 2_000
"""Microseconds between two parts of what was dated alike: each object of a part may
bring the definition of a marking along."""

COMMIT_OBJECTS_MAX = 4_000
"""Objects that share a commit. Fewer than the log would take: definitions may come
before them."""

COMMIT_BYTES_MAX = 16 << 20
"""Bytes of the objects that share a commit; with their labels still below the log's."""


def part_us(added_us: int, following: int) -> int:
    """Give the date at which the part of an object stands.

    Args:
        added_us: what it was dated.
        following: how many more were dated alike and come after it.
    """
    return added_us - following // ALIKE_MAX * PART_US


def in_commits(appends: Sequence[Append]) -> Iterator[list[Append]]:
    """Part appends so that each part is one commit and no date is in two of them.

    Appends without dates are one part, which the log parts as it likes.
    """
    gathered: list[Append] = []
    objects = size = 0
    for run in _runs(appends):
        length = sum(map(_length, run))
        if objects and (
            objects + len(run) > COMMIT_OBJECTS_MAX or size + length > COMMIT_BYTES_MAX
        ):
            yield gathered
            gathered, objects, size = [], 0, 0
        gathered += run
        if _date(run[0]) is not None:
            objects += len(run)
            size += length
    if gathered:
        yield gathered


def _runs(appends: Sequence[Append]) -> Iterator[list[Append]]:
    """Give stretches of one date."""
    run: list[Append] = []
    for each in appends:
        if run and _date(run[0]) != _date(each):
            yield run
            run = []
        run.append(each)
    if run:
        yield run


def _date(append: Append) -> int | None:
    event = append.event
    return event.added_us if isinstance(event, Published) else None


def _length(append: Append) -> int:
    event = append.event
    return memoryview(event.object).nbytes if isinstance(event, Published) else 0
