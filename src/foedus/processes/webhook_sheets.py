"""Webhooks as their owners and operators are told of them, on every surface."""

from datetime import datetime

import msgspec

from foedus.alliance.nations import Alliance
from foedus.clock import from_ms
from foedus.identity.accounts import Account
from foedus.identity.keyring import Keyring
from foedus.identity.secret import Secret
from foedus.identity.webhooks import State, Wanted, Webhook
from foedus.ids import NationCode
from foedus.releasability.viewers import Role


class WebhookSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook, without its secret.

    Attributes:
        account: the name of the service that it belongs to.
        ceiling: the level above which nothing is sent.
        own_system: whether what may not be passed on is sent, too.
        kinds: what news are sent; empty for all.
        types: of which types objects are sent; empty for all.
        collections: by id; empty for all.
        labels: a level, for all up to it, and labels; empty for all.
        confidence_min: the least confidence of objects.
        pattern: a STIX pattern; empty for all.
        reason: why it was stopped, or what the last failure was.
        delivered: when a message was last taken; null for never.
        failing_since: when the first failure in a row was; null for none.
        next_try: when it is tried again, where it fails.
    """

    id: str
    account: str
    nation: NationCode
    url: str
    ceiling: str
    own_system: bool
    kinds: tuple[str, ...]
    types: tuple[str, ...]
    collections: tuple[str, ...]
    labels: tuple[str, ...]
    confidence_min: int
    pattern: str
    state: State
    reason: str
    made: datetime
    delivered: datetime | None
    failing_since: datetime | None
    next_try: datetime | None


class WebhookMade(WebhookSheet, frozen=True, kw_only=True):
    """A webhook that has been made.

    Attributes:
        secret: with which each message is signed; it is not shown again.
    """

    secret: str


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message that was sent to try a webhook.

    Attributes:
        taken: whether the receiver took it.
        status: what it answered; null where it answered nothing.
        reason: why it was not taken.
    """

    taken: bool
    status: int | None
    reason: str


def sheet(webhook: Webhook, keyring: Keyring, alliance: Alliance) -> WebhookSheet:
    """Tell of a webhook."""
    wanted = webhook.wanted
    is_failing = webhook.failing_ms is not None and webhook.state is State.ACTIVE
    return WebhookSheet(
        id=webhook.id,
        account=keyring.names.of(webhook.account_id) or "",
        nation=webhook.nation,
        url=webhook.url,
        ceiling=alliance.levels[webhook.ceiling].name,
        own_system=bool(webhook.own_system),
        kinds=wanted.kinds,
        types=wanted.types,
        collections=wanted.collections,
        labels=_labels(wanted, alliance),
        confidence_min=wanted.confidence_min,
        pattern=wanted.pattern,
        state=webhook.state,
        reason=webhook.reason,
        made=from_ms(webhook.made_ms),
        delivered=_instant(webhook.delivered_ms),
        failing_since=_instant(webhook.failing_ms),
        next_try=from_ms(webhook.next_ms) if is_failing else None,
    )


def made_sheet(
    webhook: Webhook, secret: Secret, keyring: Keyring, alliance: Alliance
) -> WebhookMade:
    """Tell of a webhook that has just been made, once with its secret."""
    shown = msgspec.structs.asdict(sheet(webhook, keyring, alliance))
    return WebhookMade(**shown, secret=secret.reveal())


def known_to(account: Account, keyring: Keyring, alliance: Alliance) -> list[Webhook]:
    """List the webhooks that an account may know of, and change: its own.

    The alliance's operators know all: they are asked when one stops.
    """
    if account.nation == alliance.code and Role.OPERATOR in account.roles:
        return keyring.webhooks.every()
    return keyring.webhooks.of_account(account.id)


def _labels(wanted: Wanted, alliance: Alliance) -> tuple[str, ...]:
    if wanted.level_max is None:
        return wanted.labels
    return (alliance.levels[wanted.level_max].name, *wanted.labels)


def _instant(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)
