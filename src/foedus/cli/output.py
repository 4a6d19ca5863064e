"""How a command answers: data on stdout, talk on stderr.

A refusal is one sentence on stderr, or under `--json` a problem document there.

Source: RFC 9457, section 3.
"""

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click
import msgspec

from foedus.errors import CorruptLogError, FoedusError, LabelError
from foedus.ids import Position

TYPE_BASE = "https://foedus.example/problems/"
"""What a slug is appended to; a name, not an address to open."""

DONE, REFUSED, MISUSED = 0, 1, 2
"""The exit codes."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem details object.

    Attributes:
        code: of a label that is refused, why.
        position: of a log that does not verify, where.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str | None = None
    position: int | None = None


def give(document: object) -> None:
    """Write one JSON document to stdout."""
    click.echo(msgspec.json.encode(document))


def tell(lines: Iterable[str]) -> None:
    """Write lines of data for a person to stdout; say so where there are none."""
    told = False
    for line in lines:
        click.echo(line)
        told = True
    if not told:
        say("Nothing to show.")


def say(text: str) -> None:
    """Write talk to stderr."""
    click.echo(text, err=True)


def refuse(error: FoedusError, *, as_json: bool) -> None:
    """Write a refusal to stderr."""
    if as_json:
        say(msgspec.json.encode(problem_of(error)).decode())
    else:
        say(f"foedus: {error.detail}")


def problem_of(error: FoedusError) -> Problem:
    """Describe an error as a problem document."""
    return Problem(
        type=TYPE_BASE + error.slug,
        title=error.title,
        status=error.status,
        detail=_printable(error.detail),
        code=error.code if isinstance(error, LabelError) else None,
        position=error.position if isinstance(error, CorruptLogError) else None,
    )


def _printable(text: str) -> str:
    """Write what was typed in no encoding at all as it can be written."""
    return text.encode("utf-8", "backslashreplace").decode()


def table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Set rows out in columns."""
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    for row in listed:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """Show on stderr how much is done, if somebody watches.

    Yields:
        What is to be told how many more are done.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


@contextmanager
def position_progress(
    label: str, head: Position
) -> Iterator[Callable[[Position], None]]:
    """Show on stderr how far along the log something is."""
    done = 0

    def reach(position: Position) -> None:
        nonlocal done
        add(position - done)
        done = position

    with progress(label, head) as add:
        yield reach


def talk_on_stderr(*, quietly: bool) -> None:
    """Let what the software logs go to stderr, as lines for a person.

    Args:
        quietly: only warnings and errors.
    """
    import structlog  # noqa: PLC0415 - takes longer than most commands run

    level = logging.WARNING if quietly else logging.INFO
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_stderr_logger,
    )


def _stderr_logger(*_: object) -> object:
    import structlog  # noqa: PLC0415 - as above

    return structlog.PrintLogger(sys.stderr)
