"""The alliance's own form of marking, read and printed.

    OWNER[/CONTEXT] LEVEL [SENSITIVITY…] [- ADMINISTRATIVE…] [- STAMP]
    [LIST ONLY] [RELEASABLE TO LIST]

- An owner and its levels belong together; an administrative word goes with one level
  only, a sensitivity has a floor, the highest level may bar release.
- A release list always holds its context, which is not printed.
- What is left over is refused, never ignored.
"""

from collections.abc import Iterable

import msgspec

from foedus.alliance.vocabulary import (
    Caveat,
    Context,
    Entity,
    LevelWords,
    Owner,
    Spelling,
)
from foedus.errors import LabelError
from foedus.releasability.markings_lexicon import Lexicon
from foedus.releasability.markings_lists import (
    communities_first,
    distinct,
    read_list,
    read_release_list,
)
from foedus.releasability.markings_said import Marking
from foedus.releasability.markings_words import Reader


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first part of a marking: in which activity, at which level."""

    context: Context
    level: LevelWords


class Tail(msgspec.Struct, kw_only=True):
    """What has been read behind the level so far; belongs to one reading."""

    sensitivities: list[str] = msgspec.field(default_factory=list)
    administrative: list[str] = msgspec.field(default_factory=list)
    release_state: str | None = None
    warnings: list[str] = msgspec.field(default_factory=list)
    legacy: bool = False


def read_head(reader: Reader, lexicon: Lexicon) -> Head | None:
    """Read owner, context and level, or an abbreviation of owner and level.

    Returns:
        None where the text does not begin with an owner or an abbreviation.

    Raises:
        LabelError: `unknown_context`, `missing_classification`,
            `owner_level_mismatch` or `unknown_marking`.
    """
    default = lexicon.contexts[lexicon.vocabulary.default_context]
    abbreviated = reader.take(lexicon.abbreviation_book)
    if abbreviated is not None:
        return Head(context=default, level=abbreviated)
    owner = reader.take(lexicon.owner_book)
    if owner is None:
        return None
    context = _read_context(reader, lexicon) if reader.take_sign("/") else default
    level = reader.take(lexicon.level_book)
    if level is None:
        raise _no_level(reader, lexicon)
    if level.value not in owner.levels:
        raise _wrong_owner(owner, level)
    return Head(context=context, level=level)


def read_own(reader: Reader, lexicon: Lexicon, head: Head) -> Marking:
    """Read the rest of a marking whose head has been read, to the end.

    Raises:
        LabelError: a part is unknown, does not go with the level, or is left over.
    """
    tail = _read_tail(reader, lexicon, head)
    only = _read_only(reader, lexicon, tail)
    releasable_to = _read_release(reader, lexicon, head, tail)
    if not reader.done:
        raise LabelError(
            f"the marking ends before “{reader.rest()}”; remove it or write it as the "
            "alliance does",
            code="trailing_words",
        )
    return Marking(
        policy=lexicon.vocabulary.policy,
        context=head.context.code,
        classification=head.level.value,
        releasable_to=releasable_to,
        only=only,
        additional_sensitivity=distinct(tail.sensitivities),
        administrative=distinct(tail.administrative),
        release_state=tail.release_state,
        equivalent=head.level.value,
        warnings=distinct(tail.warnings),
        legacy=head.context.legacy or tail.legacy,
    )


def print_own(marking: Marking, lexicon: Lexicon, language: str) -> str:
    """Print a marking of the alliance's own policy; the caller reads it back.

    Raises:
        LabelError: `not_printable`, if it names what the vocabulary does not have.
    """
    words = lexicon.vocabulary
    if marking.classification is None:
        return _lone_stamp(marking, lexicon)
    level = lexicon.levels.get(marking.classification)
    context = lexicon.contexts.get(marking.context or "")
    if level is None or context is None:
        raise not_printable(marking)
    owner = next(each for each in words.owners if level.value in each.levels)
    shown = "" if context.code == words.default_context else f"/{context.code}"
    parts = [f"{owner.word}{shown} {_spell(level.spellings, language)}"]
    parts += marking.additional_sensitivity
    if marking.administrative:
        parts += ["-", *marking.administrative]
    if marking.release_state is not None:
        parts += ["-", _stamp_text(marking, lexicon)]
    if marking.only:
        names = _print_names(marking.only, lexicon, language)
        parts += [names, _spell(words.only_words, language)]
    widened = [code for code in marking.releasable_to if code != context.release_code]
    if widened:
        names = _print_names(widened, lexicon, language)
        parts += [_spell(words.release_words, language), names]
    return " ".join(parts)


def not_printable(marking: Marking) -> LabelError:
    """Return the refusal to print a marking in a form that cannot say it."""
    return LabelError(
        f"a marking of policy {marking.policy} with these parts has no printed form",
        code="not_printable",
    )


def read_lone_stamp(reader: Reader, lexicon: Lexicon) -> Marking | None:
    """Read a stamp that stands alone; None where the text is none, or more than one."""
    stamp = reader.take(lexicon.lone_stamp_book)
    if stamp is None or not reader.done:
        return None
    return Marking(
        policy=lexicon.vocabulary.policy,
        context=lexicon.vocabulary.default_context,
        release_state=stamp.state,
    )


def _read_context(reader: Reader, lexicon: Lexicon) -> Context:
    context = reader.take(lexicon.context_book)
    if context is None:
        raise LabelError(
            f"no context of that name at “{reader.rest()}”", code="unknown_context"
        )
    return context


def _no_level(reader: Reader, lexicon: Lexicon) -> LabelError:
    """Say why no level follows the owner: none is there, or none of that name."""
    lists_follow = any(
        book.find(reader.words, reader.at)[0]
        for book in (lexicon.release_book, lexicon.only_book)
    )
    if reader.done or lists_follow:
        return LabelError(
            "the marking names no classification; write one behind the owner",
            code="missing_classification",
        )
    return LabelError(
        f"no classification of that name at “{reader.rest()}”", code="unknown_marking"
    )


def _wrong_owner(owner: Owner, level: LevelWords) -> LabelError:
    if owner.default:
        return LabelError(
            f"there is no marking {owner.word} {level.value}; that level has an owner "
            "of its own",
            code="unknown_marking",
        )
    return LabelError(
        f"{owner.word} does not go with {level.value}", code="owner_level_mismatch"
    )


def _read_tail(reader: Reader, lexicon: Lexicon, head: Head) -> Tail:
    tail = Tail()
    while tail.release_state is None:
        dashed = reader.take_sign("-")
        if dashed and _read_stamp(reader, lexicon, head, tail):
            continue
        found = reader.take(lexicon.caveat_book)
        if found is not None:
            kind, caveat = found
            _add_caveat(tail, lexicon, head, caveat=caveat, kind=kind)
            if kind == "administrative" and not (
                dashed or len(tail.administrative) > 1
            ):
                tail.warnings.append("administrative_dash_missing")
        elif dashed:
            raise LabelError(
                f"no sensitivity, administrative word or stamp at “{reader.rest()}”",
                code="unknown_caveat",
            )
        else:
            break
    return tail


def _read_stamp(reader: Reader, lexicon: Lexicon, head: Head, tail: Tail) -> bool:
    stamp = reader.take(lexicon.stamp_book)
    if stamp is None:
        return False
    if stamp.after != head.level.value:
        raise LabelError(
            f"{stamp.state!r} goes with {stamp.after} only", code="stamp_on_classified"
        )
    tail.release_state = stamp.state
    return True


def _add_caveat(
    tail: Tail, lexicon: Lexicon, head: Head, *, caveat: Caveat, kind: str
) -> None:
    level = head.level.value
    plain = lexicon.vocabulary.administrative_with
    tail.legacy = tail.legacy or caveat.legacy
    if kind == "administrative":
        if level != plain:
            raise LabelError(
                f"{caveat.code} goes with {plain} only", code="admin_on_classified"
            )
        tail.administrative.append(caveat.code)
        return
    if caveat.floor and lexicon.ranks[level] < lexicon.ranks[caveat.floor]:
        raise LabelError(
            f"{caveat.code} needs {caveat.floor} or higher",
            code="sensitivity_below_floor",
        )
    tail.sensitivities.append(caveat.code)


def _read_only(reader: Reader, lexicon: Lexicon, tail: Tail) -> tuple[str, ...]:
    if not _only_ahead(reader, lexicon):
        return ()
    if reader.take(lexicon.only_book) is not None:
        raise LabelError(
            "the narrowing list is empty; name who it is for", code="empty_only_list"
        )
    names = read_list(reader, lexicon, lexicon.entity_book)
    if reader.take(lexicon.only_book) is None:
        raise LabelError(
            f"the names should end before “{reader.rest()}”", code="trailing_words"
        )
    _warn_of_names(names, tail)
    return communities_first(names, lexicon)


def _only_ahead(reader: Reader, lexicon: Lexicon) -> bool:
    """Tell whether a narrowing list follows, before any release list."""
    for at in range(reader.at, len(reader.words)):
        if lexicon.release_book.find(reader.words, at)[0]:
            return False
        if lexicon.only_book.find(reader.words, at)[0]:
            return True
    return False


def _read_release(
    reader: Reader, lexicon: Lexicon, head: Head, tail: Tail
) -> tuple[str, ...]:
    if reader.take(lexicon.release_book) is None:
        return ()
    names = read_release_list(reader, lexicon, lexicon.entity_book)
    if not head.level.releasable:
        raise LabelError(
            f"{head.level.value} cannot carry a release list",
            code="release_of_top_secret",
        )
    _warn_of_names(names, tail)
    codes = _with_context(communities_first(names, lexicon), head.context)
    if len(codes) == 1:
        tail.warnings.append("release_to_context_only")
        return ()
    return codes


def _with_context(codes: tuple[str, ...], context: Context) -> tuple[str, ...]:
    return distinct([context.release_code, *codes])


def _warn_of_names(names: list[Entity], tail: Tail) -> None:
    if len({name.code for name in names}) < len(names):
        tail.warnings.append("repeated_entity")
    if any(name.legacy for name in names):
        tail.warnings.append("legacy_entity")


def _lone_stamp(marking: Marking, lexicon: Lexicon) -> str:
    for stamp in lexicon.vocabulary.stamps:
        if stamp.after is None and stamp.state == marking.release_state:
            return stamp.spellings[0]
    raise not_printable(marking)


def _stamp_text(marking: Marking, lexicon: Lexicon) -> str:
    for stamp in lexicon.vocabulary.stamps:
        if stamp.after is not None and stamp.state == marking.release_state:
            return stamp.spellings[0]
    raise not_printable(marking)


def _spell(spellings: tuple[Spelling, ...], language: str) -> str:
    """Return the printed spelling of a language, or the first that is printed."""
    printed = [spelling for spelling in spellings if spelling.language]
    chosen = [spelling for spelling in printed if spelling.language == language]
    return (chosen or printed)[0].text


def _print_names(codes: Iterable[str], lexicon: Lexicon, language: str) -> str:
    """Print a list: names in the first language of the alliance, else codes."""
    words = lexicon.vocabulary
    first = next(word.language for word in words.release_words if word.language)
    entities = [lexicon.entities.get(code) for code in codes]
    return ", ".join(
        entity.name if language == first else entity.code
        for entity in entities
        if entity is not None
    )
