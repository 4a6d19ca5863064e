"""Texts before the nations: typed paragraphs, annexes, and what adoption will do.

- A decision is a list of typed paragraphs: *noting* a report commits nobody, *deciding*
  does.
- The hash of a text covers all that is operative: everything but title and summary,
  which the chair may correct. It is SHA-256 over the JCS form (RFC 8785).
- What an adopted text does in the hub stands in it as *effects*, in order; an effect
  is named by its ordinal for ever.
"""

import hashlib
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec
import rfc8785

from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.errors import InvalidInputError, RuleViolationError
from foedus.ids import NationCode

TITLE_LENGTH_MAX: Final = 200
"""Characters of a title: it stands in lists."""

WORDS_LENGTH_MAX: Final = 8_000
"""Characters of a paragraph, a reason or a comment; people read them."""

ANNEX_LENGTH_MAX: Final = 100_000
"""Characters of an annex: some forty pages."""

PARTS_MAX: Final = 100
"""Paragraphs of a text, or annexes, or effects."""

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_LENGTH_MAX)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_LENGTH_MAX)]
Remark = Annotated[str, msgspec.Meta(max_length=WORDS_LENGTH_MAX)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Part(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """A part of a text; unknown keys are refused, so that none is misspelt."""


class Kind(StrEnum):
    """What a text is."""

    DECISION = "decision"
    MINUTES = "minutes"


class Verb(StrEnum):
    """What the nations do in a paragraph."""

    RECALLS = "recalls"
    NOTES = "notes"
    AGREES = "agrees"
    DECIDES = "decides"
    INVITES = "invites"
    TASKS = "tasks"


COMMITTING: Final = frozenset({Verb.AGREES, Verb.DECIDES})
"""Verbs that bind whoever stayed silent."""


class Paragraph(Part, frozen=True, kw_only=True):
    """One operative line."""

    verb: Verb
    text: Words


class Annex(Part, frozen=True, kw_only=True):
    """What is attached; the hash of the text covers it."""

    title: Title
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=ANNEX_LENGTH_MAX)]


class Forum(Part, frozen=True, kw_only=True):
    """Who decides.

    Attributes:
        name: the body, as people call it.
        of: nations and communities; a community means its nations on the day on which
            the electorate is fixed.
        without: nations and communities that are left out.
        chair: whose delegates preside; None for the alliance's secretariat.
        weights: what each nation counts where a rule counts populations.
    """

    name: Title
    of: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1, max_length=PARTS_MAX)]
    without: Annotated[tuple[Code, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()
    chair: Code | None = None
    weights: dict[str, Annotated[int, msgspec.Meta(ge=0, le=10**10)]] = {}


class StatusEffect(Part, frozen=True, kw_only=True, tag_field="kind", tag="status"):
    """A nation's status changes."""

    nation: Code
    status: Status
    since: date


class ReleaseEffect(Part, frozen=True, kw_only=True, tag_field="kind", tag="release"):
    """What an audience could see is released to further nations.

    It covers what the nations of the electorate originated.

    Attributes:
        label: what its audience could see, up to its level.
        since: only information that arrived on that day or later.
    """

    to: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1, max_length=PARTS_MAX)]
    label: Words
    since: date
    from_now_on: bool = False
    include_controlled: bool = False


class FrameworkEffect(
    Part, frozen=True, kw_only=True, tag_field="kind", tag="framework"
):
    """A nation joins a framework."""

    framework: Code
    nation: Code
    since: date


class UpdateEffect(Part, frozen=True, kw_only=True, tag_field="kind", tag="update"):
    """A policy update is published."""

    title: Title
    text: Words


class ProtocolEffect(Part, frozen=True, kw_only=True, tag_field="kind", tag="protocol"):
    """A response protocol starts.

    Attributes:
        protocol: the id of the playbook.
        variables: what its variables are set to.
    """

    protocol: Code
    variables: dict[str, str] = {}
    reason: Remark = ""


class MeasureEffect(Part, frozen=True, kw_only=True, tag_field="kind", tag="measure"):
    """A measure is declared.

    Attributes:
        level: the rung of the ladder that it belongs to, if any.
    """

    measure: Code
    level: Remark = ""
    reason: Remark = ""


class ActivateEffect(Part, frozen=True, kw_only=True, tag_field="kind", tag="activate"):
    """The condition of an earlier decision is met: it comes into force."""

    decision: Code


class EndEffect(Part, frozen=True, kw_only=True, tag_field="kind", tag="end"):
    """An earlier decision ends."""

    decision: Code


Effect = (
    StatusEffect
    | ReleaseEffect
    | FrameworkEffect
    | UpdateEffect
    | ProtocolEffect
    | MeasureEffect
    | ActivateEffect
    | EndEffect
)
"""What an adopted text does in the hub."""


class Text(Part, frozen=True, kw_only=True):
    """What lies before the nations.

    Attributes:
        label: who may see it, in any form that labels are read in.
        summary: for readers; no part of what is decided.
        condition: it is adopted at once, but in force only when this is met.
        sunset: it ends at 00:00 UTC of this day.
    """

    title: Title
    label: Words
    forum: Forum
    paragraphs: Annotated[
        tuple[Paragraph, ...], msgspec.Meta(min_length=1, max_length=PARTS_MAX)
    ]
    annexes: Annotated[tuple[Annex, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()
    effects: Annotated[tuple[Effect, ...], msgspec.Meta(max_length=PARTS_MAX)] = ()
    condition: Remark = ""
    sunset: date | None = None
    kind: Kind = Kind.DECISION
    summary: Remark = ""

    @property
    def commits(self) -> bool:
        """Whether adopting it binds the nations to anything."""
        return any(each.verb in COMMITTING for each in self.paragraphs)


class Draft(Part, frozen=True, kw_only=True):
    """What is drafted: a text, and by which rules it is to be decided.

    Attributes:
        profile: the id of a rule profile.
        follows: the decision that this one continues: the same text again after a
            break, another body, a part of it.
    """

    text: Text
    profile: Code = "nato"
    follows: Code | None = None


def hash_of(text: Text) -> str:
    """Give the SHA-256 of everything operative in a text, in hexadecimal.

    Source: RFC 8785 (JSON canonicalization scheme).
    """
    operative = msgspec.structs.replace(text, title="-", summary="")
    canonical = rfc8785.dumps(msgspec.to_builtins(operative, str_keys=True))
    return hashlib.sha256(canonical).hexdigest()


def parse_draft(document: bytes) -> Draft:
    """Read a draft from JSON.

    Raises:
        InvalidInputError: it is none; the detail names the part.
    """
    try:
        return msgspec.json.decode(document, type=Draft)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"the draft is wrong: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInputError(
            "the draft is not JSON in UTF-8; begin with the example in the reference"
        ) from error


def resolve_forum(forum: Forum, alliance: Alliance, on: date) -> tuple[NationCode, ...]:
    """Tell which nations with standing a forum is made of on a day.

    Raises:
        InvalidInputError: a name in it is neither a nation nor a community.
        RuleViolationError: nobody is left.
    """
    inside = _nations(forum.of, alliance, on)
    outside = _nations(forum.without, alliance, on)
    found = {each for each in inside - outside if alliance.standing(each, on)}
    if not found:
        raise RuleViolationError(f"{forum.name} has no nation on {on}; name some")
    return tuple(sorted(found))


def chair_of(forum: Forum, alliance: Alliance) -> NationCode:
    """Tell whose delegates preside.

    Raises:
        InvalidInputError: the chair is no nation of the alliance.
    """
    if forum.chair is None or forum.chair.upper() == alliance.code:
        return NationCode(alliance.code)
    nation = alliance.nation(forum.chair)
    if nation is None:
        raise InvalidInputError(
            f"forum.chair: no nation {forum.chair!r}; see 'foedus nation list'"
        )
    return nation


def _nations(
    names: tuple[str, ...], alliance: Alliance, on: date
) -> frozenset[NationCode]:
    found: set[NationCode] = set()
    for name in names:
        community, nation = alliance.community(name), alliance.nation(name)
        if community is not None:
            found |= alliance.members_of(community, on)
        elif nation is not None:
            found.add(nation)
        else:
            raise InvalidInputError(
                f"forum: {name!r} is neither a nation nor a community of "
                f"{alliance.name}; see 'foedus nation list' and 'foedus community list'"
            )
    return frozenset(found)
