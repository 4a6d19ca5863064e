"""The one canonical text of a JSON value.

Names are sorted by UTF-16 code units, strings escape only what they must, numbers
are written as ECMAScript writes them.

Source: RFC 8785 (JCS); ECMAScript 2024, section 6.1.6.1.20 (Number::toString).
"""

import json
import math
from collections.abc import Mapping

from foedus.errors import InvalidInputError
from foedus.stix import strict_json

_EXACT_MAX = 2**53
_FIXED_MIN = -6
_FIXED_MAX = 21


def encode(value: object) -> str:
    """Write a value canonically.

    Args:
        value: what a JSON reader returns: dict, list, str, int, float, bool, None.

    Raises:
        InvalidInputError: a lone surrogate, NaN, Infinity, an integer that no double
            holds exactly, something that is not JSON, or nesting beyond `DEPTH_MAX`.
    """
    return _encode(value, strict_json.DEPTH_MAX)


def _encode(value: object, levels: int) -> str:
    if levels < 0:
        raise strict_json.too_deep()
    match value:
        case str():
            return _string(value)
        case bool() | None:
            return {True: "true", False: "false", None: "null"}[value]
        case int() | float():
            return _number(value)
        case Mapping():
            return _object(value, levels - 1)
        case list() | tuple():
            return "[" + ",".join(_encode(item, levels - 1) for item in value) + "]"
        case _:
            raise InvalidInputError("not a JSON value; send only JSON types")


def _object(value: Mapping[str, object], levels: int) -> str:
    names = sorted(value, key=_utf16)
    pairs = (f"{_string(name)}:{_encode(value[name], levels)}" for name in names)
    return "{" + ",".join(pairs) + "}"


def _utf16(name: str) -> bytes:
    try:
        return name.encode("utf-16-be")
    except UnicodeEncodeError as error:
        raise InvalidInputError("a name holds a lone surrogate; remove it") from error
    except AttributeError as error:
        raise InvalidInputError("a name is not a string; send JSON") from error


def _string(text: str) -> str:
    _utf16(text)
    return json.dumps(text, ensure_ascii=False)


def _number(value: float) -> str:
    if isinstance(value, int) and abs(value) > _EXACT_MAX:
        raise InvalidInputError("an integer beyond 2**53 has no canonical form")
    if not math.isfinite(value):
        raise InvalidInputError("NaN and Infinity are not JSON; send a number")
    if value == int(value) and abs(value) < _EXACT_MAX:
        return str(int(value))
    return _ecmascript(float(value))


def _ecmascript(value: float) -> str:
    """Write a double with the fewest digits that read back as itself."""
    sign = "-" if value < 0 else ""
    mantissa, _, power = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).strip("0")
    point = len(whole.lstrip("0")) or -(len(fraction) - len(fraction.lstrip("0")))
    point += int(power or 0)
    if len(digits) <= point <= _FIXED_MAX:
        text = digits.ljust(point, "0")
    elif 0 < point <= _FIXED_MAX:
        text = digits[:point] + "." + digits[point:]
    elif _FIXED_MIN < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        tail = "." + digits[1:] if digits[1:] else ""
        text = f"{digits[0]}{tail}e{point - 1:+d}"
    return sign + text
