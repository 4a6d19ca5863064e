"""What a consumer asks for: the query and the header of `GET /live`."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from foedus.errors import InvalidInputError
from foedus.intel.places import KINDS, Interest
from foedus.intel.reading import Snapshot
from foedus.intel.sieves import narrow
from foedus.releasability.viewers import Viewer

PARAMETERS: Final = (
    *("kind", "type", "collection", "label", "confidence_min", "pattern"),
    *("snapshot", "after", "follow"),
)
"""What may be asked for."""

VALUES_MAX: Final = 64
"""Values of the query together, of lists one each; more is a list nobody reads."""

QUERY_BYTES_MAX: Final = 8_192
"""Bytes of a query; nobody needs a longer one."""

_LISTS: Final = ("kind", "type", "collection")
"""Parameters whose values are separated by commas; labels hold commas themselves."""

_FLAGS: Final = {"1": True, "true": True, "0": False, "false": False}


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for.

    Attributes:
        kinds: of news, any of which matches; empty for all.
        types: object types, any of which matches; empty for all.
        collections: by id or alias; empty for all.
        labels: levels and canonical labels; empty for all.
        confidence_min: the least confidence, as written; empty for any.
        pattern: a STIX pattern; empty for none.
        snapshot: whether to give what there is first.
        after: the id behind which to go on; empty for none.
        follow: whether to stay for what comes.
    """

    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    confidence_min: str = ""
    pattern: str = ""
    snapshot: bool = False
    after: str = ""
    follow: bool = True


def read_ask(query: bytes, last_event_id: str) -> Ask:
    """Read what is asked for; the header goes before `after`.

    Raises:
        InvalidInputError: it cannot be understood; named by its parameter.
    """
    if len(query) > QUERY_BYTES_MAX:
        raise InvalidInputError(f"a query has at most {QUERY_BYTES_MAX} bytes")
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, max_num_fields=VALUES_MAX
        )
    except ValueError as error:
        raise InvalidInputError("the query cannot be read") from error
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in PARAMETERS:
            raise InvalidInputError(
                f"{name}: no such parameter; there are {', '.join(PARAMETERS)}"
            )
        values = value.split(",") if name in _LISTS else [value]
        given.setdefault(name, []).extend(filter(None, values))
    for kind in given.get("kind", ()):
        if kind not in KINDS:
            raise InvalidInputError(f"kind: {kind} is none of {', '.join(KINDS)}")
    after = last_event_id or "".join(given.get("after", ()))
    return Ask(
        kinds=_values(given.get("kind", ())),
        types=_values(given.get("type", ())),
        collections=_values(given.get("collection", ())),
        labels=_values(given.get("label", ())),
        confidence_min=_one(given, "confidence_min"),
        pattern=_one(given, "pattern"),
        snapshot=_flag(given, "snapshot", otherwise=False) and not after,
        after=after,
        follow=_flag(given, "follow", otherwise=True),
    )


def interest_of(ask: Ask, seen: Snapshot, viewer: Viewer) -> Interest:
    """Find out what is asked for.

    Raises:
        InvalidInputError: a label, a confidence or a pattern cannot be understood.
        NotFoundError: there is no collection of that name for the viewer.
    """
    found = {seen.collection(viewer, each).id for each in ask.collections}
    interest = Interest(
        kinds=ask.kinds, types=ask.types, collections=tuple(sorted(found))
    )
    return narrow(
        seen,
        interest,
        labels=ask.labels,
        confidence_min=ask.confidence_min,
        pattern=ask.pattern,
    )


def _one(given: dict[str, list[str]], name: str) -> str:
    values = given.get(name, [])
    if len(values) > 1:
        raise InvalidInputError(f"{name}: one value")
    return "".join(values)


def _values(values: Iterable[str]) -> tuple[str, ...]:
    found = tuple(sorted(set(values)))
    if len(found) > VALUES_MAX:
        raise InvalidInputError(f"at most {VALUES_MAX} values of one parameter")
    return found


def _flag(given: dict[str, list[str]], name: str, *, otherwise: bool) -> bool:
    values = given.get(name)
    if values is None:
        return otherwise
    if len(values) != 1 or values[0].lower() not in _FLAGS:
        raise InvalidInputError(f"{name}: 1 or 0")
    return _FLAGS[values[0].lower()]
