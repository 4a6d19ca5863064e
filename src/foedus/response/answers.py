"""What an answer to a step's request says of the values that the step gives back.

- Only names in `out_args` are taken, each from its own place: the member of that name,
  or where the step's extension says.
- A value has to be of its variable's type, and short. What is missing or does not fit
  is not guessed: then a person reads the answer and enters it.
- What a receiver wrote stands in the value alone, in no reason and no record.
- These are a receiver's words. They are outputs of a step, and no variable that is an
  output of any step goes into a request; see `requests`.

Source: reference/response.md, sections 1.3 (only out_args leave the step) and 6.2 (7);
RFC 6901 for the places.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from foedus.errors import InvalidInputError
from foedus.response.assignments import assignment_of
from foedus.response.cacao import Playbook, Step
from foedus.response.comparisons import check_fits
from foedus.response.moves import VALUE_LENGTH_MAX
from foedus.response.reading import as_text
from foedus.stix.strict_json import read_object

_OBJECTS: Final = "dictionary"
"""The one type whose value is an object."""

_LAST_INDEX: Final = 9
"""Digits of an index of a list; no answer that is read is longer."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a step gives back, and where an answer has it.

    Attributes:
        name: of the variable.
        kind: its type.
        place: a JSON pointer into the answer.
    """

    name: str
    kind: str
    place: str


def wanted_of(playbook: Playbook, step: Step) -> tuple[Wanted, ...]:
    """Give what a step gives back: each `out_args`, in order."""
    places = {each.name: each.at for each in assignment_of(step).answers}
    found = []
    for name in step.out_args:
        declared = step.variables.get(name) or playbook.variables.get(name)
        own = name.removeprefix("__").removesuffix("__")
        found.append(
            Wanted(
                name=name,
                kind="string" if declared is None else declared.kind,
                place=places.get(name, f"/{own}"),
            )
        )
    return tuple(found)


def read_answer(
    body: bytes | None, wanted: Iterable[Wanted], *, openc2: bool
) -> dict[str, str | None]:
    """Read what an answer says of values; what it does not say is not among them.

    Args:
        body: the answer; None if it was too long, or could not be read.
        wanted: what is looked for.
        openc2: whether it is an answer of OpenC2, whose values are its results.

    Raises:
        InvalidInputError: a value does not fit; the detail names its variable, and
            repeats nothing of the answer.
    """
    try:
        tree: object = read_object(body or b"")
    except InvalidInputError:
        return {}
    if openc2:
        tree = _results(tree)
    found: dict[str, str | None] = {}
    for each in wanted:
        is_there, value = _at(tree, each.place)
        if is_there:
            found[each.name] = _read(each, value)
    return found


def _results(tree: object) -> object:
    """Give the results of OpenC2, in its message or alone."""
    for name in ("body", "openc2", "response"):
        tree = tree.get(name, tree) if isinstance(tree, dict) else None
    return tree.get("results") if isinstance(tree, dict) else None


def _at(tree: object, place: str) -> tuple[bool, object]:
    """Follow a JSON pointer; tell whether it leads anywhere, and where.

    Source: RFC 6901, section 4.
    """
    for part in place.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(tree, dict) and name in tree:
            tree = tree[name]
        elif isinstance(tree, list) and _is_index(name) and int(name) < len(tree):
            tree = tree[int(name)]
        else:
            return False, None
    return True, tree


def _is_index(text: str) -> bool:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _LAST_INDEX
    return is_number and (text == "0" or not text.startswith("0"))


def _read(wanted: Wanted, value: object) -> str | None:
    """Write a value as its variable holds it."""
    text = as_text(value)
    if text is None:
        return None
    is_object = isinstance(value, dict)
    is_empty = not text and wanted.kind != "string"
    if isinstance(value, list) or is_object is not (wanted.kind == _OBJECTS):
        raise _misfit(wanted)
    if is_empty:
        raise _misfit(wanted)
    if len(text) > VALUE_LENGTH_MAX:
        raise InvalidInputError(
            f"{wanted.name} in its answer is longer than {VALUE_LENGTH_MAX:,} signs"
        )
    try:
        check_fits(text, wanted.kind)
    except InvalidInputError as error:
        raise _misfit(wanted) from error
    return text


def _misfit(wanted: Wanted) -> InvalidInputError:
    return InvalidInputError(
        f"{wanted.name} in its answer is no value of type {wanted.kind}"
    )
