"""The programs of the visitor's nation: what they take, and how far they have come.

- Shown is how a program fares that reads no more than the visitor: what one with a
  higher clearance, or another role, was given last would tell when something came
  that the visitor must not know of.
- Persons are not shown, and of an address only the host.
"""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import msgspec

from foedus.clock import from_ms, to_ms
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.identity.consumers import Consumer as Program
from foedus.identity.views import account_facts
from foedus.identity.webhooks import State, Webhook
from foedus.ids import AccountId, CollectionId
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer

SILENT: Final = timedelta(seconds=30)
"""How long a stream may be silent: it takes a heartbeat every 5 seconds."""

LATE: Final = timedelta(seconds=10)
"""How far a stream may be behind: two heartbeats, by which it is told where it is."""

RARE: Final = timedelta(days=1)
"""How long ago a client may have asked that asks now and then."""

TAXII: Final = "taxii"

KINDS: Final = {"live": "live stream", "opencti": "OpenCTI stream"}
"""What streams are called, by their doors."""


class Consumer(msgspec.Struct, frozen=True, kw_only=True):
    """A program of the visitor's nation that takes, or is sent, what comes.

    Attributes:
        css: the class of its state.
        state: in words.
        detail: since when, how far behind, or why not.
    """

    name: str
    kind: str
    css: str
    state: str
    detail: str


def consumers(hub: Hub, seen: Snapshot, account: Account) -> tuple[Consumer, ...]:
    """Tell how the programs fare that the visitor may know of, by their names."""
    viewer, now = account.viewer(), hub.clock()
    webhooks = hub.keyring.webhooks.of_nation(viewer.nation)
    programs = hub.consumers.consumers.of_nation(viewer.nation, to_ms(now))
    titles = {each.id: each.title for each in seen.collections(viewer) if each.can_read}
    found: list[Consumer] = []
    for each in webhooks:
        name = _name(hub, seen, viewer, each.account_id)
        if name and each.ceiling <= viewer.clearance:
            found.append(_webhook(each, name))
    for one in programs:
        name = _name(hub, seen, viewer, one.account_id)
        title = titles.get(CollectionId(one.part), "")
        if name and one.clearance <= viewer.clearance and bool(one.part) == bool(title):
            found.append(_program(one, name, title, now))
    return tuple(sorted(found, key=lambda each: (each.name, each.kind)))


def _name(hub: Hub, seen: Snapshot, viewer: Viewer, account: AccountId) -> str:
    """Name an account that is open, and reads as nothing that the visitor is not."""
    facts = account_facts(seen.db, account)
    if facts is None or not facts.open or not facts.roles <= viewer.roles:
        return ""
    return hub.keyring.names.of(account) or ""


def _program(each: Program, name: str, title: str, now: datetime) -> Consumer:
    is_polling = each.door == TAXII
    css, state, detail = _polls(each, now) if is_polling else _streams(each, now)
    kind = f"TAXII, {title}" if is_polling else KINDS.get(each.door, each.door)
    return Consumer(name=name, kind=kind, css=css, state=state, detail=detail)


def _polls(each: Program, now: datetime) -> tuple[str, str, str]:
    """Tell how a program fares that asks now and then."""
    asked = f"last asked {when(from_ms(each.heard_ms))}"
    if each.until_ms < each.heard_ms:
        return "warn", "behind", f"{_has(each)}, {asked}"
    if now - from_ms(each.heard_ms) > RARE:
        return "warn", "silent", asked
    return "good", "up to date", asked


def _streams(each: Program, now: datetime) -> tuple[str, str, str]:
    """Tell how a program fares that stays connected."""
    heard = when(from_ms(each.heard_ms))
    if not each.is_open:
        return "warn", "not connected", f"since {heard}; {_has(each)}"
    if now - from_ms(each.heard_ms) > SILENT:
        return "bad", "stalled", f"takes nothing since {heard}; {_has(each)}"
    if each.heard_ms - each.until_ms > LATE.total_seconds() * 1_000:
        return "warn", "behind", _has(each)
    return "good", "up to date", "connected"


def _has(each: Program) -> str:
    if not each.until_ms:
        return "begins with what there is"
    lag = timedelta(milliseconds=max(0, each.heard_ms - each.until_ms))
    behind = f", {in_words(lag)} behind" if lag >= timedelta(seconds=1) else ""
    return f"has what came until {when(from_ms(each.until_ms))}{behind}"


def _webhook(webhook: Webhook, name: str) -> Consumer:
    css, state, detail = _fares(webhook)
    host = urlsplit(webhook.url).hostname or ""
    return Consumer(
        name=name, kind=f"webhook to {host}", css=css, state=state, detail=detail
    )


def _fares(webhook: Webhook) -> tuple[str, str, str]:
    """Tell how a webhook fares: the class, the state, and since when or why."""
    if webhook.state is State.STOPPED:
        return "bad", "stopped", webhook.reason
    if webhook.state is State.PAUSED:
        return "", "paused", "by its owner"
    if webhook.failing_ms is not None:
        since = when(from_ms(webhook.failing_ms))
        return "warn", "behind", f"since {since}: {webhook.reason}"
    if webhook.delivered_ms is None:
        return "good", "up to date", "nothing sent yet"
    return "good", "up to date", f"last sent {when(from_ms(webhook.delivered_ms))}"


def when(at: datetime) -> str:
    """Write an instant for a person."""
    return f"{at:%a} {at.day} {at:%b %Y %H:%M} UTC"


def in_words(lag: timedelta) -> str:
    """Write how far behind somebody is, in its largest unit."""
    seconds = int(lag.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}" + "s" * (count > 1)
    return f"{seconds} s"
