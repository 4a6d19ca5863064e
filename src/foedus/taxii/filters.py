"""Filters: what a query string asks for.

- What is malformed is refused, never ignored; match fields that we do not know are
  ignored, except where something is deleted.
- The filters are the same for every spelling: order and page size do not count.

Source: TAXII 2.1, sections 3.4 and 3.4.1.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

import msgspec

from foedus.errors import InvalidInputError
from foedus.intel.pages import Filters, VersionTerm
from foedus.stix.timestamps import parse_us

QUERY_BYTES_MAX = 65_536
"""Bytes of a query string: about 1,000 ids in one `match[id]`."""

PARAMETERS_MAX = 100
"""Parameters in one query string; TAXII defines seven."""

LIMIT_MAX = 2**53 - 1
"""The largest integer that JSON readers agree on (TAXII 2.1, section 2)."""

_INTEGER = re.compile(r"[0-9]{1,16}").fullmatch
_WORD = re.compile(r"[!-+\--~]{1,300}").fullmatch
_SPEC_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}").fullmatch

_KEYWORDS: Mapping[str, VersionTerm] = {"last": "last", "first": "first", "all": "all"}


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A query string, read.

    Attributes:
        filters: what is asked for.
        limit: how many at most; None if the client leaves it to us.
        cursor: the `next` of an earlier page; None on the first.
    """

    filters: Filters = Filters()
    limit: int | None = None
    cursor: str | None = None


_NOTHING = Query(filters=Filters(latest_spec=True))


def parse_query(raw: bytes) -> Query:
    """Read the query string of a list of objects, a manifest or the like.

    Raises:
        InvalidInputError: a parameter is malformed or given twice.
    """
    if not raw:
        return _NOTHING
    given = _parameters(raw)
    added_after = given.get("added_after")
    limit = given.get("limit")
    spec_versions = _spec_versions(given)
    return Query(
        filters=Filters(
            added_after_us=None if added_after is None else _instant(added_after),
            ids=_words("id", given),
            types=_words("type", given),
            versions=_versions(given),
            spec_versions=spec_versions,
            latest_spec=not spec_versions,
        ),
        limit=None if limit is None else _limit(limit),
        cursor=given.get("next"),
    )


def parse_deletion(raw: bytes) -> Filters:
    """Read the query string of a DELETE, where a slip must not delete the wrong thing.

    Raises:
        InvalidInputError: a parameter is malformed, or none that a DELETE has.
    """
    given = _parameters(raw)
    strange = set(given) - {"match[version]", "match[spec_version]"}
    if strange:
        raise InvalidInputError(
            "a DELETE takes match[version] and match[spec_version] and nothing else"
        )
    return Filters(versions=_versions(given), spec_versions=_spec_versions(given))


def _parameters(raw: bytes) -> dict[str, str]:
    if len(raw) > QUERY_BYTES_MAX:
        raise InvalidInputError(
            f"the query is longer than {QUERY_BYTES_MAX} bytes; ask for less at once"
        )
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=PARAMETERS_MAX,
        )
    except ValueError as error:
        raise InvalidInputError(
            f"the query is not URL-encoded UTF-8 of at most {PARAMETERS_MAX} parameters"
        ) from error
    given = dict(pairs)
    if len(given) < len(pairs):
        raise InvalidInputError("a parameter is given twice; separate values by commas")
    return given


def _instant(text: str) -> int:
    try:
        return parse_us(text)
    except InvalidInputError as error:
        raise InvalidInputError(f"added_after: {error.detail}") from error


def _limit(text: str) -> int:
    limit = int(text) if _INTEGER(text) else 0
    if not 1 <= limit <= LIMIT_MAX:
        raise InvalidInputError("limit: not a whole number from 1; write limit=100")
    return limit


def _values(field: str, given: Mapping[str, str]) -> list[str]:
    text = given.get(f"match[{field}]")
    if text is None:
        return []
    values = text.split(",")
    if not all(map(_WORD, values)):
        raise InvalidInputError(
            f"match[{field}]: values are separated by commas, without any blanks"
        )
    return values


def _words(field: str, given: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(set(_values(field, given))))


def _spec_versions(given: Mapping[str, str]) -> tuple[str, ...]:
    found = _words("spec_version", given)
    if not all(map(_SPEC_VERSION, found)):
        raise InvalidInputError("match[spec_version]: write versions such as 2.1")
    return found


def _versions(given: Mapping[str, str]) -> tuple[VersionTerm, ...]:
    values = _values("version", given)
    if not values:
        return ("last",)
    terms = [
        _KEYWORDS[each] if each in _KEYWORDS else _version(each) for each in values
    ]
    if len(set(terms)) < len(terms):
        raise InvalidInputError("match[version]: a version is given twice")
    if "all" in terms and len(terms) > 1:
        raise InvalidInputError("match[version]: `all` stands alone")
    return tuple(sorted(terms, key=str))


def _version(text: str) -> int:
    try:
        return parse_us(text)
    except InvalidInputError as error:
        raise InvalidInputError(
            f"match[version]: neither last, first, all nor a timestamp; {error.detail}"
        ) from error
