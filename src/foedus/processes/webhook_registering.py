"""Registering webhooks, and trying one: the verbs of the command line and the API."""

from datetime import datetime
from ipaddress import ip_address

import msgspec
import orjson

from foedus.alliance.nations import Alliance
from foedus.clock import to_ms
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
)
from foedus.identity.accounts import Account
from foedus.identity.secret import Secret
from foedus.identity.webhooks import Draft, Wanted, Webhook, check_may_have_one
from foedus.intel.places import KINDS, Interest
from foedus.intel.reading import Snapshot
from foedus.intel.sieves import narrow
from foedus.processes.webhook_addresses import Policy, judged_addresses, read_url
from foedus.processes.webhook_posting import Answer
from foedus.processes.webhook_reading import NO_STANDING, under_ceiling
from foedus.processes.webhook_signing import new_secret
from foedus.processes.webhooks import Dispatch, send
from foedus.releasability.viewers import Viewer

TEST_TYPE = "foedus.test"
"""What a message says that only tries whether messages arrive."""


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """The webhook that is asked for.

    Attributes:
        ceiling: a level by name or abbreviation; nothing above it is sent.
        own_system: whether the receiver is a system of the account's own nation, so
            that what may not be passed on is sent, too.
        kinds: only news of these kinds; empty for all.
        types: only objects of these types; empty for all.
        collections: only of these, by id or alias; empty for all.
        labels: only up to these levels, or with exactly these labels; empty for all.
        confidence_min: only objects of at least this confidence.
        pattern: only what a STIX pattern asks for; empty for all.
        snapshot: whether to begin with what there is.
    """

    url: str
    ceiling: str
    own_system: bool = False
    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    confidence_min: int = 0
    pattern: str = ""
    snapshot: bool = False


async def register(
    dispatch: Dispatch, account: Account, application: Application, *, at: datetime
) -> tuple[Webhook, Secret]:
    """Make a webhook for a service account.

    Returns:
        The webhook, and its secret to show once.

    Raises:
        InvalidInputError: the URL, the ceiling, a kind or a filter is none.
        NotFoundError: there is no such collection for the account.
        RuleViolationError: it may not have one, or not to there.
        ForbiddenError: its nation has no standing.
    """
    await _check_url(application.url, dispatch.policy)
    with dispatch.reading.snapshot() as seen:
        if not seen.access.standing(account.nation):
            raise ForbiddenError(NO_STANDING)
        ceiling = _level(application.ceiling, seen.access.alliance)
        check_may_have_one(account, ceiling)
        viewer = under_ceiling(account.viewer(), ceiling)
        wanted = _wanted(application, seen, viewer)
    draft = Draft(
        url=application.url,
        secret=new_secret(),
        ceiling=ceiling,
        own_system=application.own_system,
        wanted=wanted,
        place=dispatch.reader.begin(viewer, at, snapshot=application.snapshot),
    )
    made = dispatch.keyring.webhooks.add(account, draft, at_ms=to_ms(at))
    return made, draft.secret


async def try_out(dispatch: Dispatch, webhook: Webhook, *, at: datetime) -> Answer:
    """Send a message that holds nothing, and tell what became of it."""
    body = orjson.dumps({"type": TEST_TYPE, "at": at.isoformat(), "changes": []})
    return await send(dispatch.poster(), webhook, body, at=at)


async def _check_url(url: str, policy: Policy) -> None:
    """Refuse what could never be sent to; names are resolved when something is sent."""
    target = read_url(url, policy)
    try:
        ip_address(target.host)
    except ValueError:
        return

    async def itself(host: str, _port: int) -> tuple[str, ...]:
        return (host,)

    await judged_addresses(target, policy, itself)


def _level(text: str, alliance: Alliance) -> int:
    level = alliance.level(text)
    if level is None:
        known = ", ".join(each.name for each in alliance.levels)
        raise InvalidInputError(f"{text!r} is no level of {alliance.name}; use {known}")
    return level


def _wanted(application: Application, seen: Snapshot, viewer: Viewer) -> Wanted:
    for kind in application.kinds:
        if kind not in KINDS:
            raise InvalidInputError(f"kind: {kind} is none of {', '.join(KINDS)}")
    found = [seen.collection(viewer, each) for each in application.collections]
    if not all(each.can_read for each in found):
        raise NotFoundError("no such collection; list those that are there for you")
    interest = narrow(
        seen,
        Interest(),
        labels=application.labels,
        confidence_min=str(application.confidence_min),
        pattern=application.pattern,
    )
    return Wanted(
        kinds=tuple(sorted(set(application.kinds))),
        types=tuple(sorted(set(application.types))),
        collections=tuple(sorted({each.id for each in found})),
        labels=interest.labels,
        level_max=interest.level_max,
        confidence_min=interest.confidence_min,
        pattern=interest.pattern,
    )
