"""A vocabulary, made ready for reading: its words as books of phrases."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from foedus.alliance.vocabulary import (
    Caveat,
    Context,
    Control,
    Entity,
    ForeignMark,
    ForeignPolicy,
    LevelWords,
    Light,
    Owner,
    Shorthand,
    Spelling,
    Stamp,
    TrafficLights,
    Vocabulary,
)
from foedus.releasability.markings_words import PhraseBook

LEXICONS_MAX = 8
"""Vocabularies kept ready; a hub serves one alliance, tests a few."""

Foreign = tuple[ForeignPolicy, ForeignMark]
"""A marking of somebody else, and whose it is."""

Caveats = tuple[str, Caveat]
"""`sensitivity` or `administrative`, and the word."""


class Lexicon:
    """The phrase books of one vocabulary."""

    def __init__(self, words: Vocabulary) -> None:
        self.vocabulary = words
        self.ranks = {level.value: rank for rank, level in enumerate(words.levels)}
        self.levels = {level.value: level for level in words.levels}
        self.contexts = {context.code: context for context in words.contexts}
        self.entities = {entity.code: entity for entity in _entities(words)}
        self.community_codes = frozenset(c.code for c in words.communities)
        self.owner_book = PhraseBook(_owners(words))
        self.level_book = PhraseBook(_levels(words))
        self.abbreviation_book = PhraseBook(_abbreviations(words))
        self.context_book = PhraseBook(_contexts(words))
        self.caveat_book = PhraseBook(_caveats(words))
        self.stamp_book = PhraseBook(_stamps(words, alone=False))
        self.lone_stamp_book = PhraseBook(_stamps(words, alone=True))
        self.release_book = PhraseBook(_spelt(words.release_words))
        self.only_book = PhraseBook(_spelt(words.only_words))
        self.conjunction_book = PhraseBook((word, word) for word in words.conjunctions)
        self.entity_book = PhraseBook(_names(_entities(words)))
        self.nation_book = PhraseBook(_names(words.nations))
        self.light_book = PhraseBook(_lights(words))
        self.prefix_book = PhraseBook((s.prefix, s) for s in words.traffic_lights)
        self.tag_book = PhraseBook(_shorthands(words.tags))
        self.portion_book = PhraseBook(_shorthands(words.portions))
        self.foreign_book = PhraseBook(_foreign(words))
        self.not_label_book = PhraseBook((text, text) for text in words.not_labels)
        self.preface_book = PhraseBook((text, text) for text in words.prefaces)
        self.tag_name_book = PhraseBook(_tag_names(words))
        self.control_book = PhraseBook(_controls(words))
        self.partner_book = PhraseBook(_partners(words))


@lru_cache(maxsize=LEXICONS_MAX)
def lexicon_of(words: Vocabulary) -> Lexicon:
    """Return the phrase books of a vocabulary, made once."""
    return Lexicon(words)


def _entities(words: Vocabulary) -> tuple[Entity, ...]:
    return (*words.communities, *words.nations)


def _owners(words: Vocabulary) -> Iterator[tuple[str, Owner]]:
    for owner in words.owners:
        for text in (owner.word, *owner.aliases):
            yield text, owner


def _levels(words: Vocabulary) -> Iterator[tuple[str, LevelWords]]:
    for level in words.levels:
        for spelling in level.spellings:
            yield spelling.text, level


def _abbreviations(words: Vocabulary) -> Iterator[tuple[str, LevelWords]]:
    for level in words.levels:
        if level.abbreviation:
            yield level.abbreviation, level


def _contexts(words: Vocabulary) -> Iterator[tuple[str, Context]]:
    for context in words.contexts:
        for text in (context.code, *context.aliases):
            yield text, context


def _caveats(words: Vocabulary) -> Iterator[tuple[str, Caveats]]:
    for kind, caveats in (
        ("sensitivity", words.sensitivities),
        ("administrative", words.administrative),
    ):
        for caveat in caveats:
            for text in (caveat.code, *caveat.aliases):
                yield text, (kind, caveat)


def _stamps(words: Vocabulary, *, alone: bool) -> Iterator[tuple[str, Stamp]]:
    for stamp in words.stamps:
        if (stamp.after is None) is alone:
            for text in stamp.spellings:
                yield text, stamp


def _spelt(spellings: Iterable[Spelling]) -> Iterator[tuple[str, Spelling]]:
    for spelling in spellings:
        yield spelling.text, spelling


def _names(entities: Iterable[Entity]) -> Iterator[tuple[str, Entity]]:
    for entity in entities:
        for text in (entity.code, entity.name, *entity.aliases):
            yield text, entity


def _lights(words: Vocabulary) -> Iterator[tuple[str, tuple[TrafficLights, Light]]]:
    for scheme in words.traffic_lights:
        for light in scheme.lights:
            yield f"{scheme.prefix}:{light.label}", (scheme, light)


def _shorthands(shorthands: Iterable[Shorthand]) -> Iterator[tuple[str, Shorthand]]:
    for shorthand in shorthands:
        yield shorthand.text, shorthand


def _foreign(words: Vocabulary) -> Iterator[tuple[str, Foreign]]:
    unstated = () if words.unstated is None else (words.unstated,)
    for policy in (*unstated, *words.foreign):
        for mark in policy.marks:
            for text in mark.spellings:
                yield text, (policy, mark)


def _tag_names(words: Vocabulary) -> Iterator[tuple[str, str]]:
    for tag in words.tags:
        name = tag.text.partition("=")[0]
        yield name, name


def _controls(words: Vocabulary) -> Iterator[tuple[str, Control]]:
    for policy in words.foreign:
        for control in policy.slashes.controls if policy.slashes else ():
            for text in (control.code, *control.aliases):
                yield text, control


def _partners(words: Vocabulary) -> Iterator[tuple[str, str]]:
    """Yield what a release list behind double slashes may name, as codes."""
    for text, entity in _names(_entities(words)):
        yield text, entity.code
    for policy in words.foreign:
        for group in policy.slashes.groups if policy.slashes else ():
            for text in (group.code, *group.aliases):
                yield text, group.code
