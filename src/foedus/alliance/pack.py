"""Reading data packs: what an alliance is founded from.

- A pack is JSON: one file, or a shipped folder whose files hold different top-level
  keys. `docs/reference/data-pack.md` describes it.
- Nothing is guessed: an unknown or doubled key, a number too large, a record that
  contradicts another is refused, with its path and what to do.
"""

import json
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NoReturn

import msgspec

from foedus.alliance.checks import faults
from foedus.alliance.records import Pack
from foedus.errors import InvalidInputError, TooLargeError

PACK_BYTES_MAX = 8 * 1024 * 1024
"""A pack is one event of the log; the NATO pack is a twentieth of this."""

GUIDE_KEYS = (
    *("articles", "duties", "joiners", "glossary", "mistakes", "questions"),
    *("exercises", "training", "standards"),
)
"""What guides newcomers, and acts on nobody's access."""

READINESS_KEYS = ("measures", "modules")
"""What readiness is reported of; it acts on nobody's access either."""

BORDER_KEYS = ("borders",)
"""What an accession is assessed by; it acts on nobody's access either."""

FAULTS_SHOWN_MAX = 10
"""Faults that one refusal lists; enough to mend a pack in few rounds."""

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def load_pack(name_or_path: str) -> Pack:
    """Load a shipped pack by its name, or any pack by its path.

    Raises:
        InvalidInputError: there is no such pack, or it cannot be used; the detail
            says where and why.
        TooLargeError: it is above `PACK_BYTES_MAX`.
    """
    shipped = resources.files("foedus.alliance") / "packs"
    if name_or_path in shipped_packs():
        return _check(_merge(shipped / name_or_path))
    path = Path(name_or_path)
    if not is_pack(name_or_path):
        raise InvalidInputError(
            f"there is no pack {name_or_path!r}: name a file of JSON, or one of the "
            f"shipped packs: {', '.join(shipped_packs())}"
        )
    return parse_pack(_bytes(path))


def is_pack(name_or_path: str) -> bool:
    """Tell whether this names a shipped pack, or a file."""
    try:
        return name_or_path in shipped_packs() or Path(name_or_path).is_file()
    except OSError:  # no file can be called so
        return False


def shipped_packs() -> tuple[str, ...]:
    """Name the packs that come with Foedus."""
    folder = resources.files("foedus.alliance") / "packs"
    return tuple(sorted(each.name for each in folder.iterdir() if each.is_dir()))


def parse_pack(document: bytes) -> Pack:
    """Read and check a pack that is one JSON document.

    Raises:
        InvalidInputError: it cannot be used; the detail says where and why.
        TooLargeError: it is above `PACK_BYTES_MAX`.
    """
    return _check(_object(document, where="the pack"))


def print_pack(pack: Pack) -> bytes:
    """Write a pack as one JSON document, the same bytes for the same pack."""
    return msgspec.json.encode(pack, order="sorted")


def with_guide(pack: Pack) -> Pack:
    """Give a pack from before there was a guide that of the shipped pack of its code.

    What guides acts on nobody's access, so it may be newer than the hub; so may the
    measures and modules. A pack with anything of its own to tell is left alone there,
    and so is one that it does not fit.
    """
    keys = [
        key
        for group in (GUIDE_KEYS, READINESS_KEYS, BORDER_KEYS)
        if not any(getattr(pack, each) for each in group)
        for key in group
    ]
    name = pack.code.lower()
    if not keys or name not in shipped_packs():
        return pack
    shipped = load_pack(name)
    known = {each.sid for each in pack.sources}
    further = [each for each in shipped.sources if each.sid not in known]
    guided = msgspec.structs.replace(
        pack,
        sources=(*pack.sources, *further),
        **{key: getattr(shipped, key) for key in keys},
    )
    return pack if any(faults(guided)) else guided


def _merge(folder: Traversable) -> dict[str, Json]:
    merged: dict[str, Json] = {}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        part = _object(_bytes(file), where=file.name)
        for key in sorted(part.keys() & merged.keys()):
            raise InvalidInputError(
                f"{file.name}: the key {key!r} is in another file of the pack too; "
                "keep one"
            )
        merged |= part
    return merged


def _bytes(file: Traversable) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            f"the pack {file.name} cannot be read: {error.strerror}"
        ) from error


def _object(document: bytes, *, where: str) -> dict[str, Json]:
    if len(document) > PACK_BYTES_MAX:
        raise TooLargeError(
            f"{where} has {len(document)} bytes; the limit is {PACK_BYTES_MAX}"
        )
    try:
        parsed: Json = json.loads(
            document, object_pairs_hook=_no_doubles, parse_constant=_no_constants
        )
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"{where} is not JSON ({error}); mend it at that place"
        ) from error
    if not isinstance(parsed, dict):
        raise InvalidInputError(f"{where} must be one JSON object")
    return parsed


def _no_doubles(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {doubled!r} stands twice in one object")
    return found


def _no_constants(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _check(document: dict[str, Json]) -> Pack:
    try:
        pack = msgspec.convert(document, Pack)
    except msgspec.ValidationError as error:
        raise InvalidInputError(
            f"the pack cannot be used: {error}; see the reference page of data packs"
        ) from error
    found = list(faults(pack))
    if found:
        shown = "\n- ".join(["", *found[:FAULTS_SHOWN_MAX]])
        left = len(found) - FAULTS_SHOWN_MAX
        more = f"\n- and {left} more" if left > 0 else ""
        raise InvalidInputError(f"the pack cannot be used:{shown}{more}")
    return pack
