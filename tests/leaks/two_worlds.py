"""The same history twice: once whole, once without what a viewer never saw.

Kept in both worlds is what the viewer did itself, what it ever saw, and what the
admission of that rested on (what it was joined with, the definitions of its
markings, the lane that made its publisher the creator); what is known to all (statuses,
days, accounts, the register); and the releases that it was shown or that ever covered
anything kept. Everything else that others did is taken out, item by item.

Source: DESIGN §6, "Non-interference"; releasability reference, 7.3.
"""

import json
import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from operator import itemgetter

import msgspec

from tests.leaks.acts import (
    OF_EVERYBODY,
    Acknowledge,
    Act,
    Consent,
    EndRelease,
    MakeRelease,
    Poll,
    Post,
    Recall,
    Redact,
    Tear,
    Withdraw,
    actor,
)
from tests.leaks.asking import Answer
from tests.leaks.driver import Done, Driver
from tests.leaks.judging import Judge
from tests.leaks.oracle_items import markings
from tests.leaks.oracle_labels import hub_text
from tests.leaks.oracle_rows import Row, Verdict
from tests.leaks.surfaces import TAXII, questions

Trace = list[tuple[str, int, tuple[tuple[str, str], ...], str]]
"""What was asked, and the code, the headers and the body of each answer."""

ACCOUNTS = "/api/v1/accounts"

RECALL = re.compile(r"recall--[0-9a-f-]{36}")
LIVE_ID = re.compile(r"^id: [A-Za-z0-9_-]{64,}$", re.MULTILINE)

OF_LOT = re.compile(r'challenge&#34;:&#34;[\w-]+|name="ticket" value="[^"]*"')
"""What a page to sign in asks a device with: new each time, for everybody."""

_NOT_COMPARED = {"date"}


class Purge(msgspec.Struct, frozen=True, kw_only=True):
    """A history without what a viewer never saw; None where nothing is left to do."""

    acts: list[Act | None]
    removed: int


def purge(judge: Judge, viewer: str) -> Purge:
    """Derive the world in which nothing happened that a viewer never saw."""
    kept = _kept(judge, viewer)
    releases = judge.shown[viewer] | {
        key for key, each in judge.oracle.releases.items() if each.ever & kept
    }
    acts: list[Act | None] = []
    removed = 0
    for number, act in enumerate(judge.recording.acts):
        if isinstance(act, OF_EVERYBODY) or actor(act) == viewer:
            acts.append(act)
        else:
            acts.append(_share(judge, number, kept, releases))
        removed += _size(act) - _size(acts[-1])
    return Purge(acts=acts, removed=removed)


def _share(judge: Judge, number: int, kept: set[int], releases: set[int]) -> Act | None:
    """Give what is left of another's act."""
    act = judge.recording.acts[number]
    match act:
        case Withdraw():
            return _withdrawal(act, judge.gone[number], kept)
        case Post():
            return _post(act, judge.verdicts[number], kept)
        case Redact() | Recall():
            stays = any(row.number in kept for row in judge.gone[number])
        case Tear():
            rows = [each.row for each in judge.verdicts[number]]
            stays = any(row is not None and row.number in kept for row in rows)
        case MakeRelease():
            stays = act.key in releases and not act.dry_run
        case Consent() | EndRelease():
            stays = act.release in releases
        case Acknowledge():
            stays = any(
                isinstance(made, Recall)
                and made.key == act.key
                and any(row.number in kept for row in judge.gone[place])
                for place, made in enumerate(judge.recording.acts[:number])
            )
        case _:
            stays = False
    return act if stays else None


def _size(act: Act | None) -> int:
    if act is None or isinstance(act, Poll):
        return 0
    return len(act.items) if isinstance(act, Post) else 1


def _kept(judge: Judge, viewer: str) -> set[int]:
    """Find what stays: seen, or done by the viewer, and what that rests on."""
    rows = {row.number: row for row in judge.oracle.rows}
    todo = [rows[number] for number in judge.known[viewer]]
    for act, verdicts in zip(judge.recording.acts, judge.verdicts, strict=True):
        if actor(act) == viewer:
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
    versions = sorted(
        {row.version for row in gone if row.number in kept and row.id == act.id}
    )
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
        self._told = ""
        self._streamed = ""
        self._recalls: dict[str, int] = {}

    async def live(self, act: Act | None, *, urls: Sequence[str] | None) -> Trace:
        """Let something happen, or only a second pass, and look around.

        Args:
            urls: what is asked afterwards; everything there is if null.
        """
        if act is None:
            self._driver.pass_by()
            return await self.look(None, Done(), urls=urls)
        return await self.look(act, await self._driver.do(act), urls=urls)

    async def look(
        self, act: Act | None, done: Done, *, urls: Sequence[str] | None
    ) -> Trace:
        """Note what was answered to an own act, and look around after it."""
        trace: Trace = []
        if act is not None and actor(act) == self._viewer:
            if isinstance(act, Poll):
                trace.append(("own poll", done.status, (), str(done.pages)))
            elif done.answer is not None:
                self._note_status(act, done)
                trace.append(self._answer("own act", done.answer))
        if self._driver.knows(self._viewer):
            for url in questions(self._statuses) if urls is None else urls:
                await self._ask(url, trace)
            await self._follow(trace)
            await self._stream(trace)
        return trace

    async def _follow(self, trace: Trace) -> None:
        """Go on following where it was left; with a snapshot the first time."""
        behind = f"&after={self._told}" if self._told else "&snapshot=1"
        answer = await self._driver.get(self._viewer, f"/live?follow=0{behind}")
        trace.append(self._answer("live", answer))
        given = re.findall(r"^id: (.+)$", answer.text, re.MULTILINE)
        self._told = given[-1] if given else self._told

    async def _stream(self, trace: Trace) -> None:
        """Go on as a connector of OpenCTI does."""
        behind = f"&from={self._streamed}" if self._streamed else ""
        answer = await self._driver.get(self._viewer, f"/stream?follow=0{behind}")
        trace.append(self._answer("stream", answer))
        given = re.findall(r"^id: (.+)$", answer.text, re.MULTILINE)
        self._streamed = given[-1] if given else self._streamed

    def _note_status(self, act: Act, done: Done) -> None:
        if isinstance(act, Post) and done.body is not None:
            self._statuses.append(done.body["id"])

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
        self, what: str, answer: Answer
    ) -> tuple[str, int, tuple[tuple[str, str], ...], str]:
        """Note an answer, with ids that are drawn by lot put in order."""
        headers = tuple(
            (name, self._plain(value))
            for name, value in sorted(answer.headers.items())
            if name not in _NOT_COMPARED and not self._is_of_lot(name, answer)
        )
        text = answer.text
        if what == ACCOUNTS and answer.is_success:  # in order of their ids, by lot
            text = json.dumps(sorted(answer.json(), key=itemgetter("name")))
        return self._plain(what), answer.status_code, headers, self._plain(text)

    def _is_of_lot(self, name: str, answer: Answer) -> bool:
        """Tell whether a header is a digest of ids that were drawn by lot."""
        return name == "etag" and self._plain(answer.text) != answer.text

    def _plain(self, text: str) -> str:
        for number, status in enumerate(self._statuses):
            text = text.replace(status, f"status {number}")
        for account, name in self._driver.drawn.items():
            text = text.replace(account, f"account {name}")
        text = OF_LOT.sub("-", text)
        for found in RECALL.findall(text):
            turn = self._recalls.setdefault(found, len(self._recalls))
            text = text.replace(found, f"recall {turn}")
        if self._recalls:  # ids on live hold a digest of what names the last recall
            text = LIVE_ID.sub("id: -", text)
        for key in self._driver.asked_for:
            text = text.replace(self._driver.release(key), f"release {key}")
        return text


def _next(url: str, answer: Answer) -> str | None:
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
        f"{mine[0]}\n    with    {_from(mine[::-1], yours[::-1])}"
        f"\n    without {_from(yours[::-1], mine[::-1])}"
        for mine, yours in zip(one, other, strict=False)
        if mine != yours
    ]
    if len(one) != len(other):
        found.append(f"{len(one)} answers with, {len(other)} without")
    return found


def _from(mine: object, yours: object) -> str:
    """Give some of an answer from a little before it parts from another."""
    text = str(mine)
    same = takewhile(
        lambda pair: pair[0] == pair[1], zip(text, str(yours), strict=False)
    )
    alike = sum(1 for _ in same)
    return text[max(0, alike - 200) : alike + 300]
