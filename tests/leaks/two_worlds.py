"""The same history twice: once whole, once without what a viewer never saw.

Kept in both worlds is what the viewer did itself, what it ever saw, and what the
admission of that rested on (what it was joined with, the definitions of its
markings, the lane that made its publisher the creator); the changes of status too.
Everything else that others posted or withdrew is taken out, item by item.

Source: DESIGN §6, "Non-interference"; releasability reference, 7.3.
"""

import json
from collections.abc import Iterable

import httpx
import msgspec

from tests.leaks.driver import Driver
from tests.leaks.judging import Judge
from tests.leaks.oracle import Row, Verdict
from tests.leaks.oracle_items import markings
from tests.leaks.oracle_labels import hub_text
from tests.leaks.surfaces import TAXII, glances, questions
from tests.leaks.world import Act, Change, Post, Withdraw

Trace = list[tuple[str, int, tuple[tuple[str, str], ...], str]]
"""What was asked, and the code, the headers and the body of each answer."""

_NOT_COMPARED = {"date"}


class Purge(msgspec.Struct, frozen=True, kw_only=True):
    """A history without what a viewer never saw; None where nothing is left to do."""

    acts: list[Act | None]
    removed: int


def purge(judge: Judge, viewer: str) -> Purge:
    """Derive the world in which nothing happened that a viewer never saw."""
    kept = _kept(judge, viewer)
    acts: list[Act | None] = []
    removed = 0
    for number, act in enumerate(judge.recording.acts):
        if isinstance(act, Change) or act.account == viewer:
            acts.append(act)
        elif isinstance(act, Withdraw):
            acts.append(_withdrawal(act, judge.gone[number], kept))
        else:
            acts.append(_post(act, judge.verdicts[number], kept))
        removed += _size(act) - _size(acts[-1])
    return Purge(acts=acts, removed=removed)


def _size(act: Act | None) -> int:
    if act is None:
        return 0
    return len(act.items) if isinstance(act, Post) else 1


def _kept(judge: Judge, viewer: str) -> set[int]:
    """Find what stays: seen, or done by the viewer, and what that rests on."""
    rows = {row.number: row for row in judge.oracle.rows}
    todo = [rows[number] for number in judge.known[viewer]]
    for act, verdicts in zip(judge.recording.acts, judge.verdicts, strict=True):
        if isinstance(act, Post) and act.account == viewer:
            todo += [each.row for each in verdicts if each.row is not None]
    kept: set[int] = set()
    while todo:
        row = todo.pop()
        if row.number not in kept:
            kept.add(row.number)
            todo += [*row.needs, *_definitions(row, rows.values())]
    return kept


def _definitions(row: Row, rows: Iterable[Row]) -> list[Row]:
    """Find the definitions of markings that came in the same POST."""
    return [
        each for each in rows if each.act == row.act and each.id in markings(row.item)
    ]


def _withdrawal(act: Withdraw, gone: list[Row], kept: set[int]) -> Act | None:
    versions = sorted({row.version for row in gone if row.number in kept})
    if not versions:
        return None
    return msgspec.structs.replace(act, match=",".join(versions))


def _post(act: Post, verdicts: list[Verdict], kept: set[int]) -> Act | None:
    stay = [
        item
        for item, verdict in zip(act.items, verdicts, strict=False)
        if verdict.row is not None and verdict.row.number in kept
    ]
    if not stay:
        return None
    used = {marking for item in stay for marking in markings(item)}
    items = [
        item
        for item in act.items
        if any(item is each for each in stay)
        or (item["id"] in used and hub_text(item) is not None)
    ]
    return msgspec.structs.replace(act, items=tuple(items))


class Witness:
    """One viewer in one world, and all that it is answered."""

    def __init__(self, driver: Driver, viewer: str) -> None:
        self._driver = driver
        self._viewer = viewer
        self._statuses: list[str] = []

    async def live(self, act: Act | None, *, closely: bool) -> Trace:
        """Let something happen, or only a second pass, and look around."""
        trace: Trace = []
        if act is None:
            self._driver.pass_by()
        elif isinstance(act, Change) or act.account != self._viewer:
            await self._driver.do(act)
        else:
            answer = await self._driver.answer_to(act)
            trace.append(self._answer("own act", answer))
        for url in questions(self._statuses) if closely else glances():
            await self._ask(url, trace)
        return trace

    async def _ask(self, url: str, trace: Trace) -> None:
        """Ask for a page, and for those behind it."""
        while True:
            answer = await self._driver.get(self._viewer, url)
            trace.append(self._answer(url, answer))
            onward = _next(url, answer)
            if onward is None:
                return
            url = onward

    def _answer(
        self, what: str, answer: httpx.Response
    ) -> tuple[str, int, tuple[tuple[str, str], ...], str]:
        headers = tuple(
            (name, value)
            for name, value in sorted(answer.headers.items())
            if name not in _NOT_COMPARED
        )
        body = answer.text
        if what == "own act" and answer.status_code == httpx.codes.ACCEPTED:
            self._statuses.append(json.loads(body)["id"])
        for number, status in enumerate(self._statuses):
            body = body.replace(status, f"status {number}")
            what = what.replace(status, f"status {number}")
        return what, answer.status_code, headers, body


def _next(url: str, answer: httpx.Response) -> str | None:
    if not url.startswith(f"{TAXII}/collections/") or not answer.is_success:
        return None
    onward = answer.json().get("next")
    if onward is None:
        return None
    first = url.partition("&next=")[0]
    return f"{first}&next={onward}"


def differences(one: Trace, other: Trace) -> list[str]:
    """Say where two traces part."""
    found = [
        f"{mine[0]}\n    with    {mine[1:]}\n    without {yours[1:]}"
        for mine, yours in zip(one, other, strict=False)
        if mine != yours
    ]
    if len(one) != len(other):
        found.append(f"{len(one)} answers with, {len(other)} without")
    return found
