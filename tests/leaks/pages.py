"""Pages of a TAXII list as plain data."""

from datetime import datetime
from typing import Any

import msgspec

from foedus.clock import EPOCH
from tests.leaks.asking import Answer
from tests.leaks.oracle_items import version_of

Record = tuple[str, str, int]
"""(id, version, date added in µs; 0 where it is not told)."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page, and how it is gone on with.

    Attributes:
        ends: the dates of its first and last record, in µs.
        next: how to go on, if the hub says so.
    """

    status: int
    records: list[Record]
    more: bool
    ends: tuple[int, int] | None
    next: str | None


def microseconds(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // datetime.resolution


def read_page(answer: Answer, surface: str, limit: int) -> Page:
    """Read a page of objects or of a manifest, checking that it fits together."""
    if not answer.is_success:
        return Page(
            status=answer.status_code, records=[], more=False, ends=None, next=None
        )
    page = answer.json()
    found = records(page.get("objects", []), surface)
    first, last = (
        microseconds(answer.headers[f"x-taxii-date-added-{end}"])
        for end in ("first", "last")
    )
    if found and surface == "manifest":
        assert (found[0][2], found[-1][2]) == (first, last), "the headers tell the ends"
    assert len(found) <= limit, "a page is never longer than asked for"
    more = bool(page.get("more"))
    assert found or not more, "a page with more is never empty"
    return Page(
        status=answer.status_code,
        records=found,
        more=more,
        ends=(first, last) if found else None,
        next=page.get("next"),
    )


def records(found: list[dict[str, Any]], surface: str) -> list[Record]:
    """Read the records of a manifest, or of a page of objects, which has no dates."""
    if surface == "manifest":
        return [
            (each["id"], each["version"], microseconds(each["date_added"]))
            for each in found
        ]
    return [(each["id"], version_of(each), 0) for each in found]
