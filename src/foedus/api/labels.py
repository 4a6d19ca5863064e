"""Labels and markings: what a text says, and whom it would reach today.

Both are questions, so they may be sent with `POST` to keep the text out of addresses.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from foedus.api.operations import Answer, Asked, Closed, Keep, Operation
from foedus.errors import LabelError
from foedus.ids import NationCode
from foedus.intel.explain import preview
from foedus.releasability import parsing
from foedus.releasability.markings import MARKING_LENGTH_MAX


class LabelText(Closed, frozen=True, kw_only=True):
    """The text of a label or marking."""

    text: Annotated[str, msgspec.Meta(max_length=MARKING_LENGTH_MAX)]


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Why a marking that is understood makes no label here."""

    code: str
    detail: str


class ParsedLabel(msgspec.Struct, frozen=True, kw_only=True):
    """What a text says; a key that says nothing is left out.

    Attributes:
        canonical: the label's text; null where this hub cannot enforce it.
        policy: whose marking it is.
        refused: why it cannot be enforced.
        legacy: true for words that are no longer used for new information.
        warnings: codes of what was forgiven or deserves a look.
    """

    valid: Literal[True] = True
    canonical: str | None
    policy: str
    classification: str | UnsetType | None = UNSET
    context: str | UnsetType = UNSET
    release_state: str | UnsetType = UNSET
    version: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    maps_to: str | UnsetType = UNSET
    releasable_to: list[str] | UnsetType = UNSET
    only: list[str] | UnsetType = UNSET
    additional_sensitivity: list[str] | UnsetType = UNSET
    administrative: list[str] | UnsetType = UNSET
    dissemination: list[str] | UnsetType = UNSET
    distribution: list[str] | UnsetType = UNSET
    handling: list[str] | UnsetType = UNSET
    candidates: list[dict[str, str | None]] | UnsetType = UNSET
    refused: Refused | UnsetType = UNSET
    legacy: Literal[True] | UnsetType = UNSET
    warnings: tuple[str, ...] | UnsetType = UNSET


class NoLabel(msgspec.Struct, frozen=True, kw_only=True):
    """The text is no label or marking.

    Attributes:
        error: the stable code of the refusal.
    """

    valid: Literal[False] = False
    error: str
    detail: str


class LabelPreview(msgspec.Struct, frozen=True, kw_only=True):
    """Whom information under a label would reach today.

    Attributes:
        sees: the nations that would see it.
        not: all other nations, and why not.
    """

    canonical: str
    sees: tuple[NationCode, ...]
    others: Mapping[NationCode, str] = msgspec.field(name="not")


async def parse(asked: Asked) -> Answer:
    """Read a text, and say what it says."""
    alliance = asked.hub.alliance
    try:
        said = parsing.say(_text(asked), alliance)
    except LabelError as refusal:
        return Answer(value=NoLabel(error=refusal.code, detail=refusal.detail))
    return Answer(value=msgspec.convert(said, ParsedLabel))


async def show_preview(asked: Asked) -> Answer:
    """Say whom information under a label would reach today, and whom not, and why.

    Raises:
        LabelError: the text is no label that can be enforced.
    """
    found = preview(_text(asked), asked.hub.access)
    return Answer(
        value=LabelPreview(
            canonical=found.canonical, sees=found.sees, others=found.others
        )
    )


def _text(asked: Asked) -> str:
    """Give the text, from wherever the operation takes it."""
    if asked.body is None:
        return asked.asks(LabelText).text
    return asked.sends(LabelText).text


def _operations() -> tuple[Operation, ...]:
    """Describe both questions, each by `GET` and by `POST`."""
    asking = {
        "parse": ("What a text says.", parse, ParsedLabel | NoLabel, ()),
        "preview": (
            "Whom information under a label would reach today, and why not others.",
            show_preview,
            LabelPreview,
            (422,),
        ),
    }
    found = []
    for word, (summary, handler, gives, errors) in asking.items():
        get = Operation(
            method="GET",
            path=f"/api/v1/labels/{word}",
            name=f"{word}Label",
            summary=summary,
            handler=handler,
            gives=gives,
            query=LabelText,
            keep=Keep.NOBODY,
            errors=errors,
        )
        post = Operation(
            method="POST",
            path=get.path,
            name=f"{word}LabelText",
            summary=summary,
            handler=handler,
            gives=gives,
            body=LabelText,
            keep=Keep.NOBODY,
            errors=errors,
        )
        found += [get, post]
    return tuple(found)


OPERATIONS: Final = _operations()
