"""Drives the real hub: SQLite, a stopped clock, its own web application.

A history is run once and everything that was answered is recorded; judging comes
afterwards, so that one recording may be held against many oracles. After each act the
driver lets the hub deliver what the act has widened, as its background task would.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

import msgspec

from foedus import app
from foedus.clock import StoppedClock, to_ms
from foedus.errors import ConflictError
from foedus.eventlog.envelope import Act as LogAct
from foedus.eventlog.envelope import Recorded
from foedus.hub import Hub
from foedus.ids import Position
from foedus.intel import redacting
from foedus.intel.events import Published, Widened
from foedus.processes import calendar, widening
from tests.leaks.acts import (
    Acknowledge,
    Act,
    Change,
    Consent,
    EndRelease,
    MakeRelease,
    Midnight,
    OpenAccount,
    Poll,
    Post,
    Recall,
    Redact,
    Register,
    Tear,
    Withdraw,
    actor,
)
from tests.leaks.asking import Answer, Question, ask
from tests.leaks.founding import FOUNDER, Keys, copied, open_for, start_session
from tests.leaks.pages import Page, read_page
from tests.leaks.world import ACCOUNTS, CEILING, START

TAXII = "application/taxii+json;version=2.1"
ROOT = "/taxii2/nato"
API = "/api/v1"
START_OF_LOG = Position(0)
SECOND = timedelta(seconds=1)

_FORM = "a-browser-that-has-been-here"
_ENVIRONMENT = {"FOEDUS_CEILING": "NATO CONFIDENTIAL"}
assert CEILING == 2, "that is NATO CONFIDENTIAL"


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """One version that an act stored, as the log tells of it.

    Attributes:
        text: of its label.
        stamp: the id of the marking that was stamped, or "".
        left: what is left of it for those who saw an earlier version: the stamp, and
            that version's instant in µs.
    """

    id: str
    version: str
    text: str
    stamp: str
    left: list[tuple[str, int]]


class Done(msgspec.Struct, kw_only=True):
    """What one act led to.

    Attributes:
        status: the code of the answer; 0 where nobody was asked.
        outcomes: of each posted (id, version) whether it succeeded, sorted.
        stored: what it stored, in order.
        gained_ms: when what it widened was delivered; null if it widened nothing.
        pages: what a client was given.
        body: what was answered to what succeeded.
        problem: what was answered to what did not.
        answer: to what an account did.
    """

    status: int = 0
    at_ms: int = 0
    outcomes: list[tuple[str, str, bool]] = []
    stored: list[Stored] = []
    gained_ms: int | None = None
    pages: list[Page] = []
    body: Any = None
    problem: str = ""
    answer: Answer | None = None


class Driver:
    """A running hub that everybody can be asked through.

    Attributes:
        releases: the ids of the releases that were made, by the keys of their acts.
        recalls: the ids of the recalls that were made, by object and key.
        asked_for: the keys of all releases that were ever spoken of.
        drawn: the names of accounts that were opened on the way, by their ids.
        crashes: what the hub could not answer.
    """

    def __init__(self, hub: Hub, clock: StoppedClock, keys: Keys) -> None:
        self.hub = hub
        self.clock = clock
        self.app = app.asgi(hub)
        self.releases: dict[int, str] = {}
        self.recalls: dict[tuple[str, int], str] = {}
        self.asked_for: set[int] = set()
        self.drawn: dict[str, str] = {}
        self.crashes: list[str] = []
        self._tokens = dict(keys.tokens)
        self._sessions = dict(keys.sessions)
        self._places: dict[tuple[str, ...], dict[str, str]] = {}
        self._deliverer = widening.Deliverer(
            desk=hub.desk,
            projector=hub.projector,
            clock=clock,
        )

    # Asking

    def knows(self, account: str) -> bool:
        """Tell whether an account has been opened by now."""
        return account in self._tokens

    async def taxii(
        self,
        account: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Ask below the API root, as a TAXII client does."""
        asked = f"?{urlencode(query)}" if query else ""
        headers = {**self.signed(account), "Accept": TAXII, "Content-Type": TAXII}
        question = Question(
            method=method, url=f"{ROOT}{path}{asked}", headers=headers, body=body
        )
        return await self._put(question)

    async def api(
        self, account: str, method: str, path: str, body: object = None
    ) -> Answer:
        """Ask the API, as a program does."""
        headers = {**self.signed(account), "Accept": "application/json"}
        raw = b"" if body is None else json.dumps(body).encode()
        if raw:
            headers["Content-Type"] = "application/json"
        url = f"{API}{path}"
        return await self._put(
            Question(method=method, url=url, headers=headers, body=raw)
        )

    async def get(self, account: str, url: str) -> Answer:
        """Ask any address: pages in a browser that is signed in, the rest by token."""
        if url.startswith(("/taxii2/", "/api/", "/stream", "/live")):
            accept = TAXII if url.startswith("/taxii2/") else "application/json"
            headers = {**self.signed(account), "Accept": accept}
        else:
            session = f"foedus-session={self._sessions[account]}"
            cookie = f"{session}; foedus-form={_FORM}"  # else each form has its own
            headers = {"Cookie": cookie, "Accept": "text/html"}
        return await self._put(Question(method="GET", url=url, headers=headers))

    async def _put(self, question: Question) -> Answer:
        answer = await ask(self.app, question)
        if answer.status_code >= 500:
            what = f"{question.method} {question.url}: {answer.text[:300]}"
            self.crashes.append(what)
        return answer

    def signed(self, account: str) -> dict[str, str]:
        """Give the headers by which an account is known."""
        return {"Authorization": f"Bearer {self._tokens[account]}"}

    # Acting

    def pass_by(self) -> None:
        """Let a second pass."""
        self.clock.advance(SECOND)

    async def answer_to(self, act: Act) -> Answer:
        """Let an account do something, as one request."""
        match act:
            case Post():
                url = f"/collections/{act.collection}/objects/"
                body = json.dumps({"objects": act.items}).encode()
                return await self.taxii(act.account, "POST", url, body=body)
            case Withdraw():
                url = f"/collections/{act.collection}/objects/{act.id}/"
                only = act.match != "last"
                query = {"match[version]": act.match} if only else None
                return await self.taxii(act.account, "DELETE", url, query=query)
            case Recall():
                url, why = f"/objects/{act.id}/recall", {"reason": "It was wrong."}
                return await self.api(act.account, "POST", url, why)
            case Acknowledge():
                url = f"/recalls/{self.recall(act)}/acknowledge"
                return await self.api(act.account, "POST", url)
            case _:
                url, sent = self._sent(act)
                return await self.api(actor(act), "POST", url, sent)

    def _sent(self, act: Act) -> tuple[str, dict[str, Any]]:
        """Give what is posted to the API, and where."""
        match act:
            case Tear():
                return f"/objects/{act.id}/tear-line", {"collection": act.collection}
            case MakeRelease():
                return "/releases", _terms(act)
            case Consent():
                return f"/releases/{self.release(act.release)}/consent", {}
            case EndRelease():
                sent = {"reason": "it was too much"}
                return f"/releases/{self.release(act.release)}/withdraw", sent
            case Register():
                sent = {"identity": act.identity, "nation": act.nation}
                return "/identities", sent
            case _:
                raise TypeError(f"nobody asks for {act}")

    def release(self, key: int) -> str:
        """Give the id of a release; of one that was never made, an id of nobody's."""
        self.asked_for.add(key)
        return self.releases.get(key, f"release--{uuid5(NAMESPACE_URL, str(key))}")

    def recall(self, act: Acknowledge) -> str:
        """Give the id of a recall; of one that was never made, an id of nobody's."""
        of_nobody = f"recall--{uuid5(NAMESPACE_URL, f'recall of {act.key}')}"
        return self.recalls.get((act.id, act.key), of_nobody)

    async def do(self, act: Act) -> Done:
        """Let one thing happen, a second after the last."""
        self.pass_by()
        before = self.hub.log.head()
        done = Done()
        match act:
            case Midnight():
                await self._begin_day()
            case Change():
                await self._change(act, done)
            case OpenAccount():
                await self._open(act)
            case Redact():
                await self._redact(act)
            case Poll():
                await self._poll(act, done)
            case _:
                await self._ask(act, done)
        done.at_ms = to_ms(self.clock())
        await self.settle()
        self._note(done, before)
        return done

    async def settle(self) -> None:
        """Deliver what the last act has widened."""
        await widening.deliver(self._deliverer)

    async def _ask(self, act: Act, done: Done) -> None:
        answer = await self.answer_to(act)
        done.status, done.answer = answer.status_code, answer
        if not answer.is_success:
            done.problem = answer.text
            return
        done.body = answer.json() if answer.content else None
        if isinstance(act, Post):
            done.outcomes = sorted(
                (each["id"], each["version"], name == "successes")
                for name in ("successes", "failures")
                for each in done.body.get(name, ())
            )
            failures = done.body.get("failures", ())
            done.problem = "; ".join(each.get("message", "") for each in failures)
        if isinstance(act, Recall):
            self.recalls[act.id, act.key] = done.body["recall"]
        if isinstance(act, MakeRelease) and not act.dry_run:
            self.releases[act.key] = done.body["release"]
            self.asked_for.add(act.key)

    async def _begin_day(self) -> None:
        tomorrow = self.clock().date() + timedelta(days=1)
        self.clock.set(datetime.combine(tomorrow, time(), tzinfo=UTC))
        hub = self.hub
        due = calendar.Calendar(log=hub.log, reading=hub.reading, clock=self.clock)
        begun = await calendar.begin_due_day(due)
        if begun is not None:
            await hub.projector.wait(begun)

    async def _change(self, act: Change, done: Done) -> None:
        since = self.clock().date() + timedelta(days=act.days)
        asked = {"status": act.status, "from": since.isoformat()}
        url = f"/nations/{act.nation}/status"
        answer = await self.api("secretary", "POST", url, asked)
        done.status = answer.status_code

    async def _open(self, act: OpenAccount) -> None:
        acted = LogAct(who=FOUNDER, at=self.clock())
        token = await open_for(self.hub, ACCOUNTS[act.name], acted)
        await self.hub.projector.wait(self.hub.log.head())
        self._tokens[act.name] = token
        self._sessions[act.name] = start_session(self.hub, act.name)
        self.drawn[self.hub.authenticator.named(act.name).id] = act.name

    async def _redact(self, act: Redact) -> None:
        """Erase the entry by which a version came last, if it ever did."""
        found = [
            recorded.position
            for recorded in self.hub.log.read_after(START_OF_LOG, 10_000)
            if self._is_of(recorded, act)
        ]
        if not found:
            return
        account = self.hub.authenticator.named("secretary")
        acted = self.hub.act(account, door="cli", at=self.clock())
        with suppress(ConflictError):  # it was erased before
            erased = await redacting.redact(
                self.hub.desk, account.viewer(), acted, found[-1], "a spill"
            )
            await self.hub.seen([erased])

    def _is_of(self, recorded: Recorded, act: Redact) -> bool:
        if recorded.body is None or recorded.kind != "intel.published":
            return False
        event = self.hub.codec.decode(recorded)
        return isinstance(event, Published) and (
            event.nation,
            event.collection,
            event.id,
            event.version,
        ) == (act.nation, act.collection, act.id, act.version)

    async def _poll(self, act: Poll, done: Done) -> None:
        """Go on with a list where the client left off."""
        place = self._places.setdefault(act.client, {})
        while act.pages is None or len(done.pages) < act.pages:
            query = {"match[version]": act.match, "limit": str(act.limit), **place}
            url = f"/collections/{act.collection}/{act.surface}/"
            answer = await self.taxii(act.account, "GET", url, query=query)
            page = read_page(answer, act.surface, act.limit)
            done.pages.append(page)
            if page.records:
                last = answer.headers["x-taxii-date-added-last"]
                goes_on = act.by == "next" and page.next is not None
                if not goes_on:
                    place.clear()
                place |= {"next": page.next or ""} if goes_on else {"added_after": last}
            if not page.more:
                break

    def _note(self, done: Done, before: Position) -> None:
        """Note the labels that were given, and when the steps were taken."""
        for recorded in self.hub.log.read_after(before, 1_000):
            event = self.hub.codec.decode(recorded)
            if isinstance(event, Published):
                noted = Stored(
                    id=event.id,
                    version=event.version,
                    text=recorded.label,
                    stamp=event.stamp or "",
                    left=[
                        (each.stamp or "", each.origin_us) for each in event.stand_ins
                    ],
                )
                done.stored.append(noted)
            elif isinstance(event, Widened):
                done.gained_ms = recorded.arrival_ms


def _terms(act: MakeRelease) -> dict[str, Any]:
    since = START.date() + timedelta(days=act.since)
    return {
        "to": list(act.to),
        "label": act.text,
        "since": since.isoformat(),
        "from_now_on": act.ongoing,
        "include_controlled": act.controlled,
        "ask": list(act.asks),
        "dry_run": act.dry_run,
    }


@asynccontextmanager
async def running(keys: Keys, folder: Path) -> AsyncIterator[Driver]:
    """Run a copy of the founded hub."""
    copied(keys, folder)
    clock = StoppedClock(START)
    hub = app.open_hub(folder, environment=_ENVIRONMENT, clock=clock)
    hub.projector.start()
    try:
        yield Driver(hub, clock, keys)
    finally:
        app.close_hub(hub)
