"""Digests: a letter a day or a week of what came, exactly one a period.

- One process among several sends, under a lease with a fence; what was sent is noted
  for its period, and only if it was not noted before.
- A letter counts what came since the last one, also where days were missed: those are
  told in one.
- It is written when it is sent, as its reader sees the hub at that moment, and waits
  nowhere. Who has no account or no standing by then is written nothing.
- What the mail server does not take is tried again, ever more rarely, until the next
  letter is due, which then tells of both.
- A crash between the server's answer and the note sends the letter again, under the
  same name.

Source: issue 5, "e-mail digests"; ADR 16.
"""

import asyncio
import base64
import hashlib
import hmac
import random
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Final

import msgspec
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from foedus.clock import Clock, from_ms, to_ms
from foedus.errors import ConflictError, NotFoundError, UnavailableError
from foedus.identity.digests import Digest
from foedus.identity.keyring import Keyring
from foedus.identity.leases import Lease
from foedus.identity.views import account_facts
from foedus.ids import AccountId
from foedus.intel.reading import IntelReading, Snapshot
from foedus.processes.digest_letters import (
    Frame,
    Letter,
    Summary,
    summarise,
    write_letter,
)
from foedus.processes.digest_times import last_due
from foedus.processes.edge import Edge
from foedus.processes.mailing import Mailer, Post
from foedus.processes.webhook_retrying import pause
from foedus.releasability.viewers import Viewer
from foedus.settings import Mail

LEASE: Final = "digests"
"""What the process that sends holds."""

LOOK_S: Final = 5.0
"""Seconds between two looks at what is due."""

SETTLE: Final = timedelta(minutes=1)
"""How long after it was due a letter is written: what came until then is folded."""

SLOWER: Final = 12
"""How much longer pauses are than a webhook's: a minute first, twelve hours at most."""

KEY: Final = "digests.stop"
"""The name of the key that makes the addresses at which letters are stopped."""

_SEALED: Final = b"stop"
"""What is sealed with the id, so that it is good for nothing else."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32,128}").fullmatch

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

_log = structlog.get_logger(__name__)


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What writing letters works with.

    Attributes:
        key: makes the addresses at which letters are stopped.
        url: of the hub.
        check_fresh: refuses to write from views that lag behind the log.
    """

    reading: IntelReading
    keyring: Keyring
    settings: Mail
    folder: Path
    key: bytes
    url: str
    clock: Clock
    check_fresh: Callable[[], None]


def stop_token(desk: Desk, account: AccountId) -> str:
    """Give what proves that a letter to an account was received.

    It is the account's id, sealed: nobody else can make or read it, and to open it
    costs the same however many digests there are.
    """
    sealed = AESSIV(desk.key).encrypt(account.encode(), [_SEALED])
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def find_by_token(desk: Desk, token: str) -> Digest:
    """Find the digest whose letters say so.

    Raises:
        NotFoundError: none does.
    """
    found = None
    if _TOKEN(token):
        with suppress(InvalidTag, ValueError):
            sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            account = AESSIV(desk.key).decrypt(sealed, [_SEALED]).decode()
            found = desk.keyring.digests.find(AccountId(account))
    if found is None:
        raise NotFoundError("no such digest")
    return found


def compose(desk: Desk, digest: Digest, until: datetime) -> tuple[Summary, Letter]:
    """Write the letter of what came up to an instant, as its reader sees it now.

    Raises:
        NotFoundError: the account is closed, or its nation has no standing.
    """
    with desk.reading.snapshot() as seen:
        viewer = _viewer(seen, digest.account_id)
        summary = summarise(seen, viewer, from_ms(digest.period_ms), until)
    frame = Frame(
        nation=viewer.nation,
        since=from_ms(digest.period_ms),
        until=until,
        zone=digest.zone,
        url=desk.url,
        stop=_stop(desk, digest),
    )
    return summary, write_letter(summary, frame)


def _stop(desk: Desk, digest: Digest) -> str:
    return f"{desk.url}/digests/{stop_token(desk, digest.account_id)}"


def _viewer(seen: Snapshot, account: AccountId) -> Viewer:
    facts = account_facts(seen.db, account)
    if facts is None or not facts.open or not seen.access.standing(facts.nation):
        raise NotFoundError("the account sees nothing here at present")
    return Viewer(
        nation=facts.nation,
        clearance=facts.clearance,
        roles=facts.roles,
        account=account,
    )


class Writer:
    """What one process sends.

    Args:
        desk: what it works with.
        mailer: hands letters over.
    """

    def __init__(self, desk: Desk, mailer: Mailer) -> None:
        self._desk = desk
        self._digests = desk.keyring.digests
        self._mailer = mailer

    async def keep(self, sleep: Sleep = asyncio.sleep) -> None:
        """Send letters when they are due, for as long as the hub runs."""
        async with asyncio.TaskGroup() as tasks:
            sending: asyncio.Task[None] | None = None
            while True:
                with Edge("digests_not_looked_at"):
                    # It is taken again while a letter is on its way.
                    lease = self._hold()
                    if lease is not None and (sending is None or sending.done()):
                        sending = tasks.create_task(self._turn(lease))
                await sleep(LOOK_S)

    async def send_due(self, lease: Lease | None = None) -> None:
        """Send once what is due now."""
        lease = lease or self._hold()
        if lease is None:
            return
        for digest in self._digests.every():
            try:
                await self._send(lease, digest)
            except (ConflictError, UnavailableError) as error:
                _log.info("digest_not_sent", slug=error.slug)
                return
            except NotFoundError:
                continue
            except Exception as error:  # noqa: BLE001 - the edge of one reader's letter
                _log.error("digest_broke", error=type(error).__name__)
                self._back_off(lease, digest)

    async def _turn(self, lease: Lease) -> None:
        with Edge("digests_not_sent"):
            await self.send_due(lease)

    def _hold(self) -> Lease | None:
        """Take the lease, if there is anybody to write to."""
        if self._desk.settings.host is None or not self._digests.any_active():
            return None
        return self._desk.keyring.leases.take(LEASE, self._desk.clock())

    async def _send(self, lease: Lease, digest: Digest) -> None:
        """Send a letter if it is due.

        Raises:
            ConflictError: another process sends now.
            UnavailableError: the views lag behind the log.
            NotFoundError: its reader sees nothing at present.
        """
        now = self._desk.clock()
        due = last_due(digest.minute, digest.zone, digest.every, now - SETTLE)
        is_due = to_ms(due) > digest.period_ms and digest.next_ms <= to_ms(now)
        if digest.paused or not is_due:
            return
        self._desk.check_fresh()
        summary, letter = await asyncio.to_thread(compose, self._desk, digest, due)
        if not summary.count:
            self._digests.done(lease, digest, period_ms=to_ms(due), sent_ms=None)
            return
        failure = await self._hand_over(digest, letter, due)
        now = self._desk.clock()
        if not failure:
            self._digests.done(lease, digest, period_ms=to_ms(due), sent_ms=to_ms(now))
            return
        self._put_off(lease, digest, failure)

    def _back_off(self, lease: Lease, digest: Digest) -> None:
        """Try again later what the hub itself could not do."""
        with suppress(ConflictError):  # another process sends now
            self._put_off(lease, digest, "the hub failed; its log says where")

    def _put_off(self, lease: Lease, digest: Digest, why: str) -> None:
        chance = random.random()  # noqa: S311 - spreads letters, guards nothing
        wait = pause(digest.failures + 1, chance) * SLOWER
        next_ms = to_ms(self._desk.clock() + wait)
        self._digests.fail(lease, digest, why, next_ms=next_ms)
        _log.warning("digest_failed", failures=digest.failures + 1)

    async def _hand_over(self, digest: Digest, letter: Letter, due: datetime) -> str:
        said = f"{digest.account_id} {to_ms(due)}".encode()
        name = hmac.digest(self._desk.key, said, hashlib.sha256).hex()[:32]
        post = Post(
            to=digest.address,
            name=f"digest.{name}",
            subject=letter.subject,
            text=letter.text,
            stop=_stop(self._desk, digest),
        )
        return await self._mailer.send(post, date=format_datetime(due))


async def keep(desk: Desk) -> None:
    """Send letters when they are due, for as long as the hub runs."""
    await Writer(desk, Mailer(desk.settings, desk.folder)).keep()
