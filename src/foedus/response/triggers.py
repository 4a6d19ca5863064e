"""Activation rules: what intelligence proposes that a protocol is started.

- A rule belongs to a nation and has a ceiling. It reads what that nation sees up to the
  ceiling and nothing else; who may know of it, and of what it proposes, sees all that.
- It judges a *thing*: an object, with the sightings of it. The score says how sure the
  nations are together: each speaks once, by its best confidence, and their doubts are
  multiplied as if they were independent.
- A score never starts anything; it makes a proposal, and people decide.

Source: reference/response.md, sections 6.1 (8) and 6.2 (7); J. Pearl, Probabilistic
Reasoning in Intelligent Systems (1988), section 4.3.2, for the score (noisy or).
"""

import re
from collections.abc import Iterable, Mapping
from math import prod
from typing import Annotated, Final

import msgspec

from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.releasability.join import FixedLabel
from foedus.response.assignments import duration_ms
from foedus.stix.matching import Matcher

SIGHTING: Final = "sighting"
"""The type of object that says that another was seen."""

CONFIDENCE_UNSAID: Final = 50
"""What counts where an object states no confidence: as likely as not."""

EVIDENCE_MAX: Final = 200
"""Pieces of evidence of a proposal; nobody reads more before deciding."""

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Share = Annotated[int, msgspec.Meta(ge=0, le=100)]
Duration = Annotated[str, msgspec.Meta(pattern=r"^P[0-9DTHMSW]+$", max_length=40)]
Several = Annotated[tuple[Words, ...], msgspec.Meta(max_length=64)]


class Trigger(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """What a rule looks for, and what it proposes; empty means no restriction.

    Attributes:
        name: what people call the rule.
        playbook: the id of the protocol that it proposes.
        types: of the objects that it is about.
        pattern: that an object is, or names, an observation of.
        words: STIX `labels`, any of which fits.
        labels: canonical releasability labels, any of which fits; with the days of
            closed terms or without.
        confidence_min: that an object must state.
        score_min: of the object with its sightings.
        sighted_by: by how many nations it must have been sighted.
        within: how old a sighting may be.
        quiet: for how long after a proposal was dismissed, or its run has ended, more
            about the same thing only joins it.
        launch: values of the protocol's external variables.
    """

    name: Words
    playbook: Annotated[str, msgspec.Meta(pattern=r"^playbook--[0-9a-f-]{36}$")]
    types: Several = ()
    pattern: Annotated[str, msgspec.Meta(max_length=4_096)] = ""
    words: Several = ()
    labels: Several = ()
    confidence_min: Share = 0
    score_min: Share = 0
    sighted_by: Share = 0
    within: Duration = "P7D"
    quiet: Duration = "PT24H"
    launch: dict[str, str | None] = {}

    @property
    def within_ms(self) -> int:
        """How old a sighting may be."""
        return duration_ms(self.within)

    @property
    def quiet_ms(self) -> int:
        """For how long more about the same thing only joins a proposal that ended."""
        return duration_ms(self.quiet)


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An object that speaks for a proposal, by what the owning nation sees of it.

    Attributes:
        nation: that originated it.
        of: of a sighting, what was sighted; empty otherwise.
        confidence: as it states it; `None` if it does not.
    """

    id: str
    version: str
    type: str
    nation: NationCode
    of: str = ""
    confidence: int | None = None

    @property
    def key(self) -> str:
        """What names the version."""
        return f"{self.id}@{self.version}"


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of evidence while it is judged.

    Attributes:
        modified_ms: when its author wrote it.
    """

    evidence: Evidence
    label: FixedLabel
    modified_ms: int


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """An object with all sightings of it that a rule's nation sees.

    Attributes:
        document: the object's own properties.
        printed: its label's canonical text.
        own: the object as evidence.
    """

    id: str
    document: Mapping[str, object]
    printed: str
    own: Piece
    sightings: tuple[Piece, ...] = ()


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """That a thing fulfils a rule.

    Attributes:
        score: how sure the nations are together, 0 to 100.
        sighted_by: the nations that sighted it.
    """

    score: int
    sighted_by: tuple[NationCode, ...]
    pieces: tuple[Piece, ...]


def check_trigger(trigger: Trigger) -> None:
    """Refuse a rule that cannot be judged, or would propose at everything.

    Raises:
        InvalidInputError: the detail says what is wrong.
    """
    for text in (trigger.within, trigger.quiet):
        duration_ms(text)
    if trigger.pattern:
        Matcher(trigger.pattern)
    if not (
        trigger.pattern
        or trigger.words
        or trigger.confidence_min
        or trigger.score_min
        or trigger.sighted_by
    ):
        raise InvalidInputError(
            "such a rule proposes at every object; name a pattern, labels, a "
            "confidence, a score or how many nations must have sighted it"
        )


def judge(trigger: Trigger, thing: Thing, now_ms: int) -> Judgement | None:
    """Tell whether a thing fulfils a rule; `None` if not.

    Args:
        trigger: the rule.
        thing: as far as the rule's nation sees it.
        now_ms: when what is judged came to that nation.
    """
    if not _is_about(trigger, thing):
        return None
    since_ms = now_ms - trigger.within_ms
    recent = [each for each in thing.sightings if each.modified_ms >= since_ms]
    pieces = (thing.own, *recent)
    sighted_by = tuple(sorted({each.evidence.nation for each in recent}))
    score = score_of(each.evidence for each in pieces)
    if score < trigger.score_min or len(sighted_by) < trigger.sighted_by:
        return None
    return Judgement(score=score, sighted_by=sighted_by, pieces=pieces)


def score_of(evidence: Iterable[Evidence]) -> int:
    """Tell how sure the nations are together, 0 to 100."""
    best: dict[NationCode, int] = {}
    for each in evidence:
        says = CONFIDENCE_UNSAID if each.confidence is None else each.confidence
        best[each.nation] = max(best.get(each.nation, 0), says)
    doubt = prod(100 - each for each in best.values())
    whole = 100 ** len(best)
    return (whole - doubt) * 100 // whole if best else 0


def confidence_of(document: Mapping[str, object]) -> int | None:
    """Read the confidence that an object states; `None` if it does not."""
    value = document.get("confidence")
    is_one = isinstance(value, int) and not isinstance(value, bool)
    return min(max(value, 0), 100) if is_one and isinstance(value, int) else None


def subject_of(document: Mapping[str, object]) -> str:
    """Tell what an object is about: of a sighting what was sighted, else itself."""
    name = "sighting_of_ref" if document.get("type") == SIGHTING else "id"
    found = document.get(name)
    return found if isinstance(found, str) else ""


def _is_about(trigger: Trigger, thing: Thing) -> bool:
    document = thing.document
    if document.get("revoked") is True:  # it is what nobody stands by any more
        return False
    if trigger.types and document.get("type") not in trigger.types:
        return False
    if trigger.labels and not _names(thing.printed).intersection(trigger.labels):
        return False
    if (confidence_of(document) or 0) < trigger.confidence_min:
        return False
    if trigger.words:
        said = document.get("labels")
        known = said if isinstance(said, list) else []
        if not any(each in trigger.words for each in known):
            return False
    return not trigger.pattern or Matcher(trigger.pattern).matches(document)


def _names(label: str) -> frozenset[str]:
    """Give a label as it is printed, and without the days of its closed terms."""
    return frozenset({label, _without_days("", label)})


_without_days: Final = re.compile(r" [0-9]{4}-[0-9]{2}-[0-9]{2}").sub
