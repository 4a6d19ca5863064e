"""Webhooks: what accounts may see is posted to their receivers, in order, without loss.

- One process among several sends: the holder of a lease. What it notes is fenced, so
  that one that was paused too long notes nothing, and it begins nothing that would
  outlast its lease.
- Each webhook is a place and nothing more; there is no queue. What is tried again is
  read again, so that what was recalled meanwhile does not leave.
- A receiver gets one message at a time and the next one after it has taken that; so it
  gets everything in order, and after a crash perhaps the last message twice, under the
  same id.
- Who does not take it is asked again, ever more rarely, and stopped after `GIVE_UP`.
- A slow receiver holds up nobody: each webhook has its own task, each nation a few.

Source: issue 5, "Webhooks"; ADR 16.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import structlog

from foedus.clock import Clock, from_ms, to_ms
from foedus.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnavailableError,
)
from foedus.identity.accounts import Account, Holder
from foedus.identity.keyring import Keyring
from foedus.identity.leases import LENGTH, Lease
from foedus.identity.webhooks import State, Webhook
from foedus.intel.courses import Course, Ids
from foedus.intel.following import state
from foedus.intel.reading import IntelReading
from foedus.processes.edge import Edge
from foedus.processes.receipts import Given
from foedus.processes.webhook_addresses import Policy, policy_of
from foedus.processes.webhook_posting import TIMEOUT_S, Answer, Poster
from foedus.processes.webhook_reading import Batch, Reader
from foedus.processes.webhook_retrying import GIVE_UP, GONE, is_given_up, pause
from foedus.processes.webhook_signing import message_id, signed_headers
from foedus.settings import Webhooks as WebhookSettings

LEASE: Final = "webhooks"
"""What the process that sends holds."""

DOOR: Final = "webhook"
"""How receipts name this exit."""

LOOK_S: Final = 0.25
"""Seconds between two looks at what is to be sent."""

AT_ONCE: Final = 4
"""Messages of one nation under way at once; each holds a page in memory."""

REST: Final = timedelta(hours=1)
"""How long the place of a webhook with no news may stand still. Its id is good for 30
days after the place was written."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

_log = structlog.get_logger(__name__)


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """What sending works with.

    Attributes:
        note: takes a receipt of what an account was given, by which door.
        check_fresh: refuses to send anything from views that lag behind the log.
    """

    reading: IntelReading
    keyring: Keyring
    settings: WebhookSettings
    folder: Path
    ids: Ids
    clock: Clock
    note: Callable[[Account, str, Given | None], None]
    check_fresh: Callable[[], None]

    @property
    def policy(self) -> Policy:
        """Where to anything may be sent."""
        return policy_of(self.settings.networks, allow_http=self.settings.allow_http)

    @property
    def reader(self) -> Reader:
        """What reads what is sent."""
        return Reader(self.reading, self.ids)

    def poster(self) -> Poster:
        """Make what posts."""
        chosen = self.settings.authorities
        return Poster(self.policy, None if chosen is None else self.folder / chosen)


class Courier:
    """What one process sends.

    Args:
        dispatch: what it works with.
        poster: posts each message.
    """

    def __init__(self, dispatch: Dispatch, poster: Poster) -> None:
        self._dispatch = dispatch
        self._webhooks = dispatch.keyring.webhooks
        self._reader = dispatch.reader
        self._poster = poster
        self._lease: Lease | None = None
        self._courses: dict[str, tuple[str, Course]] = {}
        self._rested: dict[str, tuple[str, tuple[int, int]]] = {}
        self._under_way: set[str] = set()
        self._turns: dict[str, asyncio.Semaphore] = {}

    async def keep(self, sleep: Sleep = asyncio.sleep) -> None:
        """Send what is to be sent, for as long as the hub runs."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                with Edge("webhooks_not_looked_at"):
                    for each in self.due():
                        self._under_way.add(each.id)
                        tasks.create_task(self._send(each))
                await sleep(LOOK_S)

    async def send_due(self) -> None:
        """Send once what is to be sent now."""
        for each in self.due():
            await self.deliver(each)

    def due(self) -> list[Webhook]:
        """List the webhooks for which there may be something to send now."""
        now = self._dispatch.clock()
        if not self._webhooks.any_active() or self._held(now) is None:
            return []
        with self._dispatch.reading.snapshot() as seen:
            head = state(seen)
        found = [each for each in self._webhooks.every() if self._is_due(each, now)]
        return [
            each
            for each in found
            if self._rested.get(each.id) != (each.place, head)
            or now - from_ms(each.placed_ms) >= REST
        ]

    async def deliver(self, webhook: Webhook) -> None:
        """Send to one receiver until there is nothing more, or it takes nothing."""
        onward: Webhook | None = webhook
        while onward is not None:
            onward = await self._turn(onward)

    async def _send(self, webhook: Webhook) -> None:
        """Send as `deliver`; whatever goes wrong ends with this webhook."""
        turns = self._turns.setdefault(webhook.nation, asyncio.Semaphore(AT_ONCE))
        try:
            async with turns:
                # While it waited for its turn its owner may have ended it.
                found = self._webhooks.find(webhook.id)
                if found.state is State.ACTIVE:
                    await self.deliver(found)
        except NotFoundError:
            return
        except Exception as error:  # noqa: BLE001 - the edge of a background task
            _log.error("webhook_broke", webhook=webhook.id, error=type(error).__name__)
            self._back_off(webhook)
        finally:
            self._under_way.discard(webhook.id)

    def _is_due(self, webhook: Webhook, now: datetime) -> bool:
        is_awaited = webhook.state is State.ACTIVE and webhook.next_ms <= to_ms(now)
        return is_awaited and webhook.id not in self._under_way

    def _held(self, now: datetime) -> Lease | None:
        """Give the lease, taken again in time; None if another process has it."""
        if self._lease is None or self._lease.until - now < LENGTH * 0.9:
            self._lease = self._dispatch.keyring.leases.take(LEASE, now)
        return self._lease

    async def _turn(self, webhook: Webhook) -> Webhook | None:
        """Send one message; give the webhook as it is then, if more follows."""
        dispatch = self._dispatch
        now = dispatch.clock()
        lease = self._held(now)
        if lease is None or lease.until - now < timedelta(seconds=TIMEOUT_S):
            return None
        try:
            dispatch.check_fresh()
            with dispatch.reading.snapshot() as seen:
                head = state(seen)
            batch = await asyncio.to_thread(self._read, webhook, now)
        except UnavailableError:
            return None
        except (ForbiddenError, ConflictError) as error:
            self._stop(lease, webhook, error.detail)
            return None
        if batch.body:
            answer = await send(self._poster, webhook, batch.body, at=dispatch.clock())
            if answer.failure:
                self._fail(webhook, answer)
                return None
            self._note(webhook, batch)
        return self._go_on(webhook, batch, head)

    def _read(self, webhook: Webhook, now: datetime) -> Batch:
        place, course = self._courses.get(webhook.id, ("", None))
        is_there = place == webhook.place
        return self._reader.read(webhook, course if is_there else None, now)

    def _go_on(
        self, webhook: Webhook, batch: Batch, head: tuple[int, int]
    ) -> Webhook | None:
        """Note that a message was taken, or that there was nothing to send."""
        now = self._dispatch.clock()
        place = webhook.place
        if batch.passed or now - from_ms(webhook.placed_ms) >= REST:
            place, taken = batch.place, bool(batch.body)
            lease = self._held(now)
            if lease is None:
                return None
            try:
                self._webhooks.move(
                    lease, webhook, place, taken=taken, at_ms=to_ms(now)
                )
            except ConflictError:  # another process sends now, and sends this again
                return None
        self._courses[webhook.id] = (place, batch.course)
        if not batch.more:
            self._rested[webhook.id] = (place, head)
            return None
        try:
            found = self._webhooks.find(webhook.id)
        except NotFoundError:
            return None
        return found if found.state is State.ACTIVE else None

    def _note(self, webhook: Webhook, batch: Batch) -> None:
        """Take receipts of what has left."""
        reader = Account(
            id=webhook.account_id,
            name="",
            nation=webhook.nation,
            roles=frozenset(),
            clearance=webhook.ceiling,
            holder=Holder.SERVICE,
            open=True,
        )
        for each in batch.given:
            self._dispatch.note(reader, DOOR, each)

    def _fail(self, webhook: Webhook, answer: Answer) -> None:
        """Note that a message was not taken: try again later, or stop."""
        now = self._dispatch.clock()
        lease = self._held(now)
        if lease is None:
            return
        since = from_ms(webhook.failing_ms or to_ms(now))
        if answer.status == GONE or is_given_up(since, now):
            self._stop(lease, webhook, answer.failure)
            return
        self._put_off(lease, webhook, answer.failure, answer.retry_after_s)

    def _back_off(self, webhook: Webhook) -> None:
        """Try again later what the hub itself could not do."""
        lease = self._held(self._dispatch.clock())
        if lease is not None:
            self._put_off(lease, webhook, "the hub failed; its log says where")

    def _put_off(
        self, lease: Lease, webhook: Webhook, why: str, asked_s: float = 0.0
    ) -> None:
        now = self._dispatch.clock()
        chance = random.random()  # noqa: S311 - spreads receivers, guards nothing
        wait = pause(webhook.failures + 1, chance, asked_s)
        try:
            self._webhooks.fail(
                lease, webhook, why, at_ms=to_ms(now), next_ms=to_ms(now + wait)
            )
        except ConflictError:  # another process sends now
            return
        _log.info("webhook_failed", webhook=webhook.id, failures=webhook.failures + 1)

    def _stop(self, lease: Lease, webhook: Webhook, why: str) -> None:
        try:
            self._webhooks.stop(lease, webhook, why)
        except ConflictError:  # another process sends now, and finds the same
            return
        _log.warning("webhook_stopped", webhook=webhook.id, days=GIVE_UP.days)


async def send(
    poster: Poster, webhook: Webhook, body: bytes, *, at: datetime
) -> Answer:
    """Sign a message and post it."""
    name = message_id(webhook.id, body)
    headers = signed_headers(webhook.secret, name, body, at=at)
    return await poster.post(webhook.url, body, headers)


async def keep(dispatch: Dispatch) -> None:
    """Send what is to be sent, for as long as the hub runs."""
    await Courier(dispatch, dispatch.poster()).keep()
