"""The words of an alliance's marking grammar, as data of its pack.

The grammar itself (`foedus.releasability.markings`) knows forms, not words: an
owner, a level, a list. Which words there are, in which languages, and which
combinations are refused stands here, so that nothing in the code is NATO-only.

- Levels stand in ascending order; every other record names a level by its value.
- Spellings are compared without case, accents and runs of blanks.
- Every record says where it comes from (`source`) and how it is known (`basis`).
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

Basis = Literal["read", "known", "mixed", "derived"]
"""How a record is known: read in a source, background, partly each, or derived."""


class Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record that says where it comes from.

    Attributes:
        source: ids of the pack's sources.
        basis: how it is known.
        note: what a reader should know about it.
    """

    source: tuple[str, ...] = ()
    basis: Basis = "known"
    note: str = ""


class Spelling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One spelling of a word of the grammar.

    Attributes:
        language: ISO 639-1; the first spelling of a language is the printed one.
            Empty: understood, never printed.
    """

    text: str
    language: str = ""


class Owner(Sourced, frozen=True, kw_only=True):
    """A word that says whose information it is, in front of the level.

    Attributes:
        default: True for the ordinary owner; others belong to some levels only.
        levels: the levels it stands in front of.
    """

    word: str
    aliases: tuple[str, ...] = ()
    default: bool = False
    levels: tuple[str, ...]


class LevelWords(Sourced, frozen=True, kw_only=True):
    """How a level is written.

    Attributes:
        value: the level without its owner, as in the alliance's policy.
        spellings: the same in the alliance's languages, without the owner.
        abbreviation: owner and level in short; empty where there is none.
        releasable: False where nothing may be released beyond its context.
    """

    value: str
    spellings: tuple[Spelling, ...]
    abbreviation: str = ""
    releasable: bool = True


class Context(Sourced, frozen=True, kw_only=True):
    """An activity in which information was made, as in `NATO/KFOR`.

    Attributes:
        release_code: the community that its release lists always hold.
        legacy: still understood, no longer used for new information.
    """

    code: str
    aliases: tuple[str, ...] = ()
    release_code: str
    legacy: bool = False


class Caveat(Sourced, frozen=True, kw_only=True):
    """A word after the level: an additional sensitivity or an administrative word.

    Attributes:
        floor: the lowest level that it goes with; None for every level.
        legacy: still understood, no longer used for new information.
    """

    code: str
    aliases: tuple[str, ...] = ()
    floor: str | None = None
    legacy: bool = False


class Stamp(Sourced, frozen=True, kw_only=True):
    """Words that say that information has been released to the public.

    Attributes:
        state: what they say, in the words of the label.
        after: the level that they stand behind; None where they stand alone.
    """

    state: str
    spellings: tuple[str, ...]
    after: str | None = None


class Entity(Sourced, frozen=True, kw_only=True):
    """A nation or a community that a release list may name.

    Attributes:
        code: ISO 3166-1 alpha-3 of a nation, or the community's code.
        name: as printed in a list.
        aliases: other names and codes that are understood.
        legacy: no longer used for new information.
    """

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    legacy: bool = False


class Shorthand(Sourced, frozen=True, kw_only=True):
    """A portion code or machine tag, and the marking that it stands for."""

    text: str
    means: str


class Light(Sourced, frozen=True, kw_only=True):
    """One label of a traffic light protocol.

    Attributes:
        maps_to: the label that replaced it; None where it still holds.
    """

    label: str
    version: str
    maps_to: str | None = None


class TrafficLights(Sourced, frozen=True, kw_only=True):
    """A traffic light protocol: a prefix, a colon, a label."""

    policy: str
    prefix: str
    lights: tuple[Light, ...]


class ForeignMark(Sourced, frozen=True, kw_only=True):
    """A marking of somebody else's policy.

    Attributes:
        classification: what it says; None where it is no classification.
        equivalent: the alliance's level that protects it; None if not established.
        legacy: still understood, no longer used for new information.
    """

    spellings: tuple[str, ...]
    classification: str | None = None
    equivalent: str | None = None
    distribution: tuple[str, ...] = ()
    handling: tuple[str, ...] = ()
    legacy: bool = False


class Control(Sourced, frozen=True, kw_only=True):
    """A dissemination control behind double slashes.

    Attributes:
        bars_release: True where it contradicts a release list.
    """

    code: str
    aliases: tuple[str, ...] = ()
    bars_release: bool = False


class Group(Sourced, frozen=True, kw_only=True):
    """A nation's own word for a set of nations.

    Attributes:
        members: the nations meant, by code.
    """

    code: str
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...]


class Slashes(Sourced, frozen=True, kw_only=True):
    """What may follow the level after double slashes."""

    controls: tuple[Control, ...] = ()
    groups: tuple[Group, ...] = ()


class ForeignPolicy(Sourced, frozen=True, kw_only=True):
    """Markings that are not the alliance's own.

    Attributes:
        nation: whose they are; None for an organisation or where nobody says.
        slashes: set where the policy parts its controls with double slashes.
    """

    policy: str
    nation: str | None = None
    marks: tuple[ForeignMark, ...]
    slashes: Slashes | None = None


class AcsLevel(Sourced, frozen=True, kw_only=True):
    """A classification of an ACS marking that the alliance accepts.

    Attributes:
        value: as in the marking, such as `U`.
        level: the alliance's level that it becomes.
    """

    value: str
    level: str


class AcsWord(Sourced, frozen=True, kw_only=True):
    """A formal determination or a caveat of an ACS marking that can be enforced.

    Without an effect it restricts nobody.

    Attributes:
        no_onward: it becomes *no onward release*.
        originator_controlled: it becomes *originator controlled*.
    """

    value: str
    no_onward: bool = False
    originator_controlled: bool = False


class Acs(Sourced, frozen=True, kw_only=True):
    """What the alliance makes of markings of the Access Control Specification.

    What is not listed is refused.
    """

    classifications: tuple[AcsLevel, ...]
    determinations: tuple[AcsWord, ...] = ()
    caveats: tuple[AcsWord, ...] = ()


class Vocabulary(Sourced, frozen=True, kw_only=True, cache_hash=True):
    """All words of an alliance's marking grammar.

    Attributes:
        policy: the name of the alliance's own policy.
        as_of: the day of the youngest record, ISO 8601.
        default_context: the context of a marking that names none.
        administrative_with: the only level that administrative words go with.
        conjunctions: words that part the last two names of a list.
        unstated: plain levels, when nobody says whose they are.
        not_labels: what looks like a marking and gives no protection.
        prefaces: words in front of a marking, as in `Classification: …`.
        acs: what ACS markings become; None: they are refused.
    """

    policy: str
    as_of: str
    owners: tuple[Owner, ...]
    levels: tuple[LevelWords, ...]
    default_context: str
    contexts: tuple[Context, ...]
    release_words: tuple[Spelling, ...]
    only_words: tuple[Spelling, ...]
    conjunctions: tuple[str, ...] = ()
    sensitivities: tuple[Caveat, ...] = ()
    administrative: tuple[Caveat, ...] = ()
    administrative_with: str = ""
    stamps: tuple[Stamp, ...] = ()
    nations: tuple[Entity, ...]
    communities: tuple[Entity, ...]
    portions: tuple[Shorthand, ...] = ()
    tags: tuple[Shorthand, ...] = ()
    traffic_lights: tuple[TrafficLights, ...] = ()
    unstated: ForeignPolicy | None = None
    foreign: tuple[ForeignPolicy, ...] = ()
    not_labels: tuple[str, ...] = ()
    prefaces: tuple[str, ...] = ()
    acs: Acs | None = None

    def __post_init__(self) -> None:
        """Refuse words that refer to what is not there.

        Raises:
            ValueError: the words contradict themselves; msgspec turns it into a
                `ValidationError` with the path.
        """
        for fault in _faults(self):
            raise ValueError(fault)


def _faults(words: Vocabulary) -> Iterator[str]:
    levels = {level.value for level in words.levels}
    for name in _level_names(words):
        if name not in levels:
            yield f"no level {name!r} in this vocabulary"
    yield from _context_faults(words)
    yield from _owner_faults(words)
    if sum(policy.slashes is not None for policy in words.foreign) > 1:
        yield "only one foreign policy may use double slashes"


def _level_names(words: Vocabulary) -> Iterator[str]:
    for owner in words.owners:
        yield from owner.levels
    policies = (*words.foreign, *((words.unstated,) if words.unstated else ()))
    optional: list[str | None] = [
        words.administrative_with or None,
        *(caveat.floor for caveat in words.sensitivities),
        *(stamp.after for stamp in words.stamps),
        *(mark.equivalent for policy in policies for mark in policy.marks),
        *(each.level for each in (words.acs.classifications if words.acs else ())),
    ]
    yield from (name for name in optional if name is not None)


def _context_faults(words: Vocabulary) -> Iterator[str]:
    communities = {community.code for community in words.communities}
    if words.default_context not in {context.code for context in words.contexts}:
        yield f"no context {words.default_context!r} in this vocabulary"
    for context in words.contexts:
        if context.release_code not in communities:
            yield f"no community {context.release_code!r} for {context.code!r}"
    for shared in sorted(communities & {nation.code for nation in words.nations}):
        yield f"{shared!r} is both a nation and a community"


def _owner_faults(words: Vocabulary) -> Iterator[str]:
    if sum(owner.default for owner in words.owners) != 1:
        yield "exactly one owner is the default"
    owned = [name for owner in words.owners for name in owner.levels]
    for level in words.levels:
        if owned.count(level.value) != 1:
            yield f"level {level.value!r} needs exactly one owner"
    for what, spellings in _spelt(words):
        if not any(spelling.language for spelling in spellings):
            yield f"{what} has no spelling that can be printed"


def _spelt(words: Vocabulary) -> Iterable[tuple[str, tuple[Spelling, ...]]]:
    yield "the release list", words.release_words
    yield "the only list", words.only_words
    for level in words.levels:
        yield f"level {level.value!r}", level.spellings
