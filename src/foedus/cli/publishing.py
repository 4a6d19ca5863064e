"""Publishing files of any size, and telling what became of every object.

- Memory holds one set of objects. The objects of a set are joined with each other,
  whatever their order; nearly every file is one.
- What became of each object waits on disk until all is done.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Final, Self

import click
import msgspec

from foedus.cli.bundles import STDIN, stream_objects
from foedus.cli.output import REFUSED, progress, say, tell
from foedus.cli.station import Station
from foedus.intel.judging import PLAINLY, Manner, Outcome


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much is one set."""

    objects: int
    length: int


SET_OBJECTS_MAX: Final = 30_000
"""Objects that are published as one set. Fewer than the log lets wait; the larger a
set, the more memory (some 13 KB an object)."""

SET_BYTES_MAX: Final = 48 << 20
"""Bytes of the objects of one set; a set takes several times that in memory."""

SET: Final = Limits(objects=SET_OBJECTS_MAX, length=SET_BYTES_MAX)
"""How much is one set, unless somebody says otherwise."""

REFUSED_SHOWN_MAX: Final = 20
"""Refusals that are shown to a person one by one; often all have one reason."""

TOLD_BYTES_MAX: Final = 1 << 20
"""Bytes of outcomes that wait in memory; more wait on disk."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how files are published.

    Attributes:
        name: of the account on whose behalf.
        collection: by id or alias.
    """

    name: str
    collection: str
    manner: Manner = PLAINLY
    limits: Limits = SET


class Tally:
    """What became of the objects of a command: counted, and kept for telling.

    Args:
        keeps_all: whether each is to be told, not the first refusals alone.
    """

    def __init__(self, *, keeps_all: bool) -> None:
        self._all: IO[bytes] | None = None
        if keeps_all:
            self._all = SpooledTemporaryFile(TOLD_BYTES_MAX)  # noqa: SIM115
        self.counts: Counter[str] = Counter()
        self._refused: list[Outcome] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._all is not None:
            self._all.close()

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Take in what became of further objects."""
        for each in outcomes:
            if self._all is not None:
                told = {name: getattr(each, name) for name in _TOLD}
                between = b"," if self.counts else b""
                self._all.write(between + msgspec.json.encode(told))
            self.counts[each.outcome] += 1
            if each.outcome == "refused" and len(self._refused) < REFUSED_SHOWN_MAX:
                self._refused.append(each)

    def tell(self) -> None:
        """Answer with all of it; exit with 1 if anything was refused."""
        if self._all is not None:
            _give_list(self._all)
        else:
            self._report()
        if self.counts["refused"]:
            raise click.exceptions.Exit(REFUSED)

    def _report(self) -> None:
        tell(
            f"refused  {each.id or '(no id)'} {each.version}  {each.reason}"
            for each in self._refused
        )
        if (more := self.counts["refused"] - len(self._refused)) > 0:
            say(f"… and {more} more; --json lists them all")
        say(", ".join(f"{self.counts[each]} {each}" for each in _OUTCOMES))


def _give_list(items: IO[bytes]) -> None:
    """Write one JSON document to stdout, piece by piece."""
    items.seek(0)
    stdout = sys.stdout.buffer
    stdout.write(b"[")
    shutil.copyfileobj(items, stdout)
    stdout.write(b"]\n")


_TOLD = ("id", "version", "outcome", "reason")
_OUTCOMES = ("stored", "duplicate", "refused")


def sets_of(
    objects: Iterable[bytes], file: str, limits: Limits = SET
) -> Iterator[list[bytes]]:
    """Give the objects of a file as sets whose labels are joined."""
    gathered: list[bytes] = []
    size = 0
    is_told = False
    for each in objects:
        if len(gathered) == limits.objects or (
            gathered and size + len(each) > limits.length
        ):
            if not is_told:
                say(
                    f"{file} is published in sets of {limits.objects} objects or "
                    f"{limits.length >> 20} MB: what an object refers to in a later "
                    "set does not narrow its label"
                )
                is_told = True
            yield gathered
            gathered, size = [], 0
        gathered.append(each)
        size += len(each)
    if gathered:
        yield gathered


async def publish_files(
    station: Station,
    files: Sequence[str],
    order: Order,
    tally: Tally,
) -> None:
    """Publish the objects of files.

    Args:
        station: where the command runs.
        files: by path; `-` is stdin.
        order: where and how.
        tally: takes in what became of each object.
    """
    with station.hub() as hub:
        account = hub.authenticator.named(order.name)
        collection = hub.reading.collection(account.viewer(), order.collection).id
        check_files(files)
        with progress("Publishing", _size(files)) as add:
            for file in files:
                for objects in sets_of(stream_objects(file, add), file, order.limits):
                    act = station.act_for(account)
                    tally.add(
                        await hub.publish(
                            account, act, collection, objects, manner=order.manner
                        )
                    )
                    # Before the next set is read, so that memory holds one.
                    objects.clear()


def check_files(files: Sequence[str]) -> None:
    """Read every file once, so that one that cannot be read refuses the whole.

    Raises:
        InvalidInputError: one cannot be read, or is none of the known forms.
        TooLargeError: a value of one is too large for memory.
    """
    with progress("Reading", _size(files)) as add:
        for file in files:
            if file != STDIN:
                for _ in stream_objects(file, add):
                    pass


def _size(files: Sequence[str]) -> int:
    return sum(Path(file).stat().st_size for file in files if file != STDIN)
