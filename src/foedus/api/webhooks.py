"""Webhooks: where the hub posts, by itself, what a service may see.

A token that is limited to some roles, or that ends, changes no webhooks: they would
outlast it.
"""

from collections.abc import Callable
from typing import Annotated, Final

import msgspec

from foedus.api.operations import Answer, Asked, Closed, Door, Keep, Operation, Part
from foedus.errors import ForbiddenError
from foedus.identity.webhooks import Webhook, own
from foedus.intel.sieves import CONFIDENCE_MAX, PATTERN_CHARS_MAX
from foedus.processes.webhook_addresses import URL_CHARACTERS_MAX
from foedus.processes.webhook_registering import Application, register, try_out
from foedus.processes.webhook_sheets import (
    Tried,
    WebhookMade,
    WebhookSheet,
    known_to,
    made_sheet,
    sheet,
)
from foedus.releasability.labels import LABEL_LENGTH_MAX

WORDS_MAX: Final = 64
"""Words of a list, as in a query of live."""

Words = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=100)], ...],
    msgspec.Meta(max_length=WORDS_MAX),
]

Labels = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=LABEL_LENGTH_MAX)], ...],
    msgspec.Meta(max_length=WORDS_MAX),
]

ID: Final = "^webhook--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of a webhook is written."""


class NewWebhook(Closed, frozen=True, kw_only=True):
    """The webhook that is asked for.

    Attributes:
        url: where to, over HTTPS.
        ceiling: a level by name or abbreviation; nothing above it is sent.
        own_system: whether the receiver is a system of one's own nation, so that what
            may not be passed on is sent, too.
        kinds: only news of these kinds; empty for all.
        types: only objects of these types; empty for all.
        collections: only of these, by id or alias; empty for all.
        labels: only up to these levels, or with exactly these labels; empty for all.
        confidence_min: only objects of at least this confidence.
        pattern: only what a STIX pattern asks for; empty for all.
        snapshot: whether to begin with what there is.
    """

    url: Annotated[str, msgspec.Meta(min_length=1, max_length=URL_CHARACTERS_MAX)]
    ceiling: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    own_system: bool = False
    kinds: Words = ()
    types: Words = ()
    collections: Words = ()
    labels: Labels = ()
    confidence_min: Annotated[int, msgspec.Meta(ge=0, le=CONFIDENCE_MAX)] = 0
    pattern: Annotated[str, msgspec.Meta(max_length=PATTERN_CHARS_MAX)] = ""
    snapshot: bool = False


async def list_webhooks(asked: Asked) -> Answer:
    """List one's own webhooks, oldest first."""
    hub = asked.hub
    alliance = hub.alliance
    found = known_to(asked.account, hub.keyring, alliance)
    return Answer(value=[sheet(each, hub.keyring, alliance) for each in found])


async def add_webhook(asked: Asked) -> Answer:
    """Make a webhook for oneself.

    Raises:
        ForbiddenError: the credential is a limited token, or the nation has no
            standing.
        InvalidInputError: the URL, the ceiling, a kind or a filter is none.
        NotFoundError: there is no such collection.
        RuleViolationError: one may not have it, or not to there.
    """
    _require_unlimited(asked)
    hub = asked.hub
    application = Application(**msgspec.structs.asdict(asked.sends(NewWebhook)))
    made, secret = await register(hub.dispatch, asked.account, application, at=asked.at)
    return Answer(
        value=made_sheet(made, secret, hub.keyring, hub.alliance),
        location=f"{asked.path}/{made.id}",
    )


async def show_webhook(asked: Asked) -> Answer:
    """Show one webhook.

    Raises:
        NotFoundError: there is none, or it is somebody else's.
    """
    return _shown(asked)


async def remove_webhook(asked: Asked) -> Answer:
    """Forget a webhook with its secret.

    Raises:
        ForbiddenError: the credential is a limited token.
        NotFoundError: there is none, or it is somebody else's.
    """
    _require_unlimited(asked)
    asked.hub.keyring.webhooks.remove(_own(asked).id)
    return Answer()


async def pause_webhook(asked: Asked) -> Answer:
    """Send nothing until it is resumed.

    Raises:
        ForbiddenError: the credential is a limited token.
        NotFoundError: there is none, or it is somebody else's.
        ConflictError: it is not active.
    """
    return _change(asked, asked.hub.keyring.webhooks.pause)


async def resume_webhook(asked: Asked) -> Answer:
    """Go on from where it was.

    Raises:
        ForbiddenError: the credential is a limited token.
        NotFoundError: there is none, or it is somebody else's.
        ConflictError: it is active.
    """
    return _change(asked, asked.hub.keyring.webhooks.resume)


async def test_webhook(asked: Asked) -> Answer:
    """Send a message that holds nothing, and tell what became of it.

    Raises:
        ForbiddenError: the credential is a limited token.
        NotFoundError: there is none, or it is somebody else's.
    """
    _require_unlimited(asked)
    answer = await try_out(asked.hub.dispatch, _own(asked), at=asked.at)
    return Answer(
        value=Tried(
            taken=not answer.failure,
            status=answer.status or None,
            reason=answer.failure,
        )
    )


def _change(asked: Asked, verb: Callable[[str], None]) -> Answer:
    _require_unlimited(asked)
    verb(_own(asked).id)
    return _shown(asked)


def _shown(asked: Asked) -> Answer:
    hub = asked.hub
    return Answer(value=sheet(_own(asked), hub.keyring, hub.alliance))


def _own(asked: Asked) -> Webhook:
    hub = asked.hub
    found = known_to(asked.account, hub.keyring, hub.alliance)
    return own(found, asked.parts["id"])


def _require_unlimited(asked: Asked) -> None:
    if asked.account.limited:
        raise ForbiddenError(
            "a token that is limited or ends changes no webhooks; send the password or "
            "an unlimited token"
        )


_PATH: Final = "/api/v1/webhooks"
_PARTS: Final = {"id": Part(description="The webhook's id.", pattern=ID)}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path=_PATH,
        name="listWebhooks",
        summary="One's own webhooks, oldest first; at most 16. An operator's: all.",
        handler=list_webhooks,
        gives=list[WebhookSheet],
        keep=Keep.NOBODY,
    ),
    Operation(
        method="POST",
        path=_PATH,
        name="addWebhook",
        summary="Make a webhook; its secret is shown once.",
        handler=add_webhook,
        gives=WebhookMade,
        status=201,
        body=NewWebhook,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 422),
    ),
    Operation(
        method="GET",
        path=f"{_PATH}/{{id}}",
        name="showWebhook",
        summary="One webhook: its state, and why it stopped.",
        handler=show_webhook,
        gives=WebhookSheet,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="DELETE",
        path=f"{_PATH}/{{id}}",
        name="removeWebhook",
        summary="Forget a webhook with its secret.",
        handler=remove_webhook,
        gives=None,
        status=204,
        parts=_PARTS,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404),
    ),
    Operation(
        method="POST",
        path=f"{_PATH}/{{id}}/pause",
        name="pauseWebhook",
        summary="Send nothing until it is resumed.",
        handler=pause_webhook,
        gives=WebhookSheet,
        parts=_PARTS,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409),
    ),
    Operation(
        method="POST",
        path=f"{_PATH}/{{id}}/resume",
        name="resumeWebhook",
        summary="Go on from where it was, without a gap.",
        handler=resume_webhook,
        gives=WebhookSheet,
        parts=_PARTS,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409),
    ),
    Operation(
        method="POST",
        path=f"{_PATH}/{{id}}/test",
        name="testWebhook",
        summary="Send a message that holds nothing, and tell what became of it.",
        handler=test_webhook,
        gives=Tried,
        parts=_PARTS,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404),
    ),
)
