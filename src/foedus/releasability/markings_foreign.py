"""Markings that are not the alliance's own: traffic lights and other policies.

- A traffic light is a prefix, a colon and a label without a blank.
- Another policy's marking is recognised whole, longest first; a nation in brackets
  behind it says whose it is. A word of several nations stays ambiguous: the nation
  is never guessed, not even where all candidates mean the same level.
- Double slashes part the controls of the one policy that uses them.
"""

from itertools import pairwise

import msgspec

from foedus.alliance.vocabulary import Control, ForeignMark, ForeignPolicy
from foedus.errors import LabelError
from foedus.releasability.markings_lexicon import Foreign, Lexicon
from foedus.releasability.markings_lists import distinct, read_release_list
from foedus.releasability.markings_said import Candidate, Marking
from foedus.releasability.markings_words import Reader, Word


def read_light(reader: Reader, lexicon: Lexicon) -> Marking | None:
    """Read a traffic light, to the end of the text.

    Returns:
        None where the text does not begin with the prefix of one.

    Raises:
        LabelError: `malformed_tlp` or `not_a_label`.
    """
    start = reader.at
    found = reader.take(lexicon.light_book)
    if found is not None:
        scheme, light = found
        blanks = _blanks(reader.words[start + 1 : reader.at])
        if not reader.done or blanks - {":"}:
            raise _malformed_light(scheme.prefix, light.label)
        return Marking(
            policy=scheme.policy,
            version=light.version,
            label=light.label,
            maps_to=light.maps_to,
            warnings=("blank_after_colon",) if blanks else (),
        )
    scheme_only = reader.take(lexicon.prefix_book)
    if scheme_only is None:
        return None
    if reader.take_sign(":") and not reader.done:
        raise LabelError(
            f"{scheme_only.prefix} has no label “{reader.rest()}”", code="not_a_label"
        )
    raise _malformed_light(scheme_only.prefix, "a label")


def read_foreign(reader: Reader, lexicon: Lexicon) -> Marking | None:
    """Read a marking of another policy, to the end of the text.

    Returns:
        None where the text does not begin with one.

    Raises:
        LabelError: what follows is unknown, contradicts it, or is left over.
    """
    found = reader.take_all(lexicon.foreign_book)
    if not found:
        return None
    if reader.take_sign("//"):
        return _read_slashes(reader, lexicon, found)
    if reader.take_sign("("):
        found = _of_nation(reader, lexicon, found)
    said = _resolve(found, lexicon)
    if reader.take(lexicon.release_book) is not None:
        names = read_release_list(reader, lexicon, lexicon.entity_book)
        codes = distinct([name.code for name in names])
        said = msgspec.structs.replace(said, releasable_to=codes)
    if not reader.done:
        raise LabelError(
            f"the marking ends before “{reader.rest()}”", code="trailing_words"
        )
    return said


def _blanks(words: tuple[Word, ...]) -> set[str]:
    """Return the words behind which a blank stands where none should."""
    pairs = pairwise(words)
    behind = {before.folded for before, word in pairs if word.spaced}
    return behind | {"" for word in words[:1] if word.spaced}


def _malformed_light(prefix: str, label: str) -> LabelError:
    return LabelError(
        f"write {prefix}:{label} without blanks and with nothing behind it",
        code="malformed_tlp",
    )


def _of_nation(
    reader: Reader, lexicon: Lexicon, found: tuple[Foreign, ...]
) -> tuple[Foreign, ...]:
    """Keep the meanings of the nation in brackets, whose opening one has been read."""
    nation = reader.take(lexicon.nation_book)
    if nation is None:
        raise LabelError(
            f"no nation of that name at “{reader.rest()}”", code="unknown_entity"
        )
    if not reader.take_sign(")"):
        raise LabelError(
            f"the bracket behind {nation.name} is not closed", code="trailing_words"
        )
    meant = tuple(each for each in found if each[0].nation == nation.code)
    if not meant:
        raise LabelError(
            f"{nation.name} has no such marking here", code="unknown_marking"
        )
    return meant


def _resolve(found: tuple[Foreign, ...], lexicon: Lexicon) -> Marking:
    """Say whose marking it is, or that several nations use the word."""
    nobody = tuple(each for each in found if each[0].nation is None)
    meant = nobody or found
    if len(meant) > 1:
        candidates = {
            Candidate(
                nation=policy.nation or policy.policy, classification=mark.equivalent
            )
            for policy, mark in meant
        }
        return Marking(
            policy="ambiguous",
            candidates=tuple(sorted(candidates, key=_candidate_order)),
            warnings=("nation_ambiguous",),
        )
    policy, mark = meant[0]
    warnings = ("nation_unstated",) if policy is lexicon.vocabulary.unstated else ()
    return _marking(policy, mark, warnings)


def _candidate_order(candidate: Candidate) -> tuple[str, str]:
    return candidate.nation, candidate.classification or ""


def _marking(
    policy: ForeignPolicy, mark: ForeignMark, warnings: tuple[str, ...] = ()
) -> Marking:
    return Marking(
        policy=policy.policy,
        nation=policy.nation,
        classification=mark.classification,
        equivalent=mark.equivalent,
        distribution=mark.distribution,
        handling=mark.handling,
        legacy=mark.legacy,
        warnings=warnings,
    )


def _read_slashes(
    reader: Reader, lexicon: Lexicon, found: tuple[Foreign, ...]
) -> Marking:
    """Read controls and a release list behind double slashes, to the end."""
    meant = [each for each in found if each[0].slashes is not None]
    if not meant:
        raise LabelError(
            "double slashes do not belong to this policy", code="trailing_words"
        )
    controls: list[Control] = []
    partners: tuple[str, ...] = ()
    going_on = True
    while going_on:
        if not partners and reader.take(lexicon.release_book) is not None:
            names = read_release_list(reader, lexicon, lexicon.partner_book)
            partners = distinct(names)
        else:
            controls.append(_read_control(reader, lexicon))
        going_on = reader.take_sign("//") or reader.take_sign("/")
    return _slashed(reader, meant[0], controls, partners)


def _read_control(reader: Reader, lexicon: Lexicon) -> Control:
    control = reader.take(lexicon.control_book)
    if control is None:
        raise LabelError(
            f"no dissemination control of that name at “{reader.rest()}”",
            code="unknown_control",
        )
    return control


def _slashed(
    reader: Reader,
    meant: Foreign,
    controls: list[Control],
    partners: tuple[str, ...],
) -> Marking:
    barring = [control.code for control in controls if control.bars_release]
    if barring and partners:
        raise LabelError(
            f"{barring[0]} contradicts a release list", code="conflicting_controls"
        )
    if not reader.done:
        raise LabelError(
            f"the marking ends before “{reader.rest()}”", code="trailing_words"
        )
    return msgspec.structs.replace(
        _marking(*meant),
        dissemination=distinct([control.code for control in controls]),
        releasable_to=partners,
    )
