"""Values as people write them: domains, addresses, web addresses, hashes.

- What was made harmless for people (`hxxp`, `[.]`, `(dot)`) is read as it was meant,
  and made harmless again for showing.
- A value becomes the STIX pattern that finds it; what cannot be recognised is refused,
  never guessed.

Source: STIX 2.1, sections 6 and 9; RFC 1035, section 2.3.1; RFC 5321, section 4.1.2.
"""

import ipaddress
import re
from collections.abc import Mapping
from typing import Final

import msgspec

from foedus.errors import InvalidInputError

VALUE_LENGTH_MAX: Final = 2_048
"""Characters of a value; browsers and servers take no longer web addresses."""

VALUES_MAX: Final = 100
"""Values in one text; more are a file, for `foedus intel publish`."""

_HASHES: Final[Mapping[int, str]] = {
    32: "MD5",
    40: "SHA-1",
    64: "SHA-256",
    128: "SHA-512",
}
"""The name of a hash by the number of its hexadecimal digits."""

_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_IS_DOMAIN: Final = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)+[a-z][a-z0-9-]{{1,62}}")
_IS_MAIL: Final = re.compile(r"[^\s@]{1,64}@(?P<domain>[^\s@]+)")
_IS_URL: Final = re.compile(
    r"(?P<scheme>https?|ftp)://(?P<host>\[[0-9a-f:.]+\]|[^\s/:?#]+)\S*", re.IGNORECASE
)
_IS_HEX: Final = re.compile("[0-9a-f]+")

_FANGS: Final = (
    (re.compile(r"^hxxp", re.IGNORECASE), "http"),
    (re.compile(r"^fxp", re.IGNORECASE), "ftp"),
    (re.compile(r"[\[({]\s*(?:\.|dot)\s*[\])}]", re.IGNORECASE), "."),
    (re.compile(r"[\[({]\s*(?:@|at)\s*[\])}]", re.IGNORECASE), "@"),
    (re.compile(r"\[:\]|\[://\]"), ":"),
)


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A value that has been recognised.

    Attributes:
        type: the STIX observable that has it, such as `domain-name`.
        text: the value itself.
        path: the object path of a pattern that finds it.
    """

    type: str
    text: str
    path: str

    @property
    def pattern(self) -> str:
        """The STIX pattern that finds it."""
        quoted = self.text.replace("\\", "\\\\").replace("'", "\\'")
        return f"[{self.path} = '{quoted}']"


def recognise(text: str) -> Value:
    """Recognise one value.

    Raises:
        InvalidInputError: it is none that we know, or too long.
    """
    if len(text) > VALUE_LENGTH_MAX:
        raise InvalidInputError(f"a value has at most {VALUE_LENGTH_MAX} characters")
    meant = refang(text.strip())
    for read in (_address, _hash, _url, _mail, _domain):
        found = read(meant)
        if found is not None:
            return found
    raise InvalidInputError(
        f"{text.strip()[:60]!r} is no domain, address, web address, mail address or "
        "file hash; write one a line"
    )


def recognise_all(text: str) -> tuple[Value, ...]:
    """Recognise the values of a text, one a line, each once.

    Raises:
        InvalidInputError: a line is none, there is none at all, or there are too many.
    """
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    if not lines:
        raise InvalidInputError(
            "paste a domain, address, web address, mail address or file hash"
        )
    if len(lines) > VALUES_MAX:
        raise InvalidInputError(
            f"at most {VALUES_MAX} values at once; publish more as a file, with "
            "`foedus intel publish` or over TAXII"
        )
    return tuple(dict.fromkeys(map(recognise, lines)))


def refang(text: str) -> str:
    """Give what was meant by a value that was made harmless."""
    for pattern, meant in _FANGS:
        text = pattern.sub(meant, text)
    return text


def defang(value: Value) -> str:
    """Make a value harmless for showing: nobody clicks it by mistake."""
    match value.type:
        case "url":
            scheme, _, rest = value.text.partition("://")
            host, slash, path = rest.partition("/")
            return f"{scheme.replace('tt', 'xx')}://{_dots(host)}{slash}{path}"
        case "file":
            return value.text
        case _:
            return _dots(value.text)


def _dots(text: str) -> str:
    return text.replace(".", "[.]")


def _address(text: str) -> Value | None:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    kind = f"ipv{network.version}-addr"
    whole = network.prefixlen == network.max_prefixlen
    shown = str(network.network_address) if whole else str(network)
    return Value(type=kind, text=shown, path=f"{kind}:value")


def _hash(text: str) -> Value | None:
    digits = text.lower()
    name = _HASHES.get(len(digits))
    if name is None or not _IS_HEX.fullmatch(digits):
        return None
    return Value(type="file", text=digits, path=f"file:hashes.'{name}'")


def _url(text: str) -> Value | None:
    found = _IS_URL.fullmatch(text)
    if found is None or _host(found["host"]) is None:
        return None
    return Value(type="url", text=text, path="url:value")


def _mail(text: str) -> Value | None:
    found = _IS_MAIL.fullmatch(text)
    if found is None or _domain(found["domain"]) is None:
        return None
    return Value(type="email-addr", text=text, path="email-addr:value")


def _domain(text: str) -> Value | None:
    name = text.lower().removesuffix(".")
    try:
        plain = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return None
    if not _IS_DOMAIN.fullmatch(plain):
        return None
    return Value(type="domain-name", text=plain, path="domain-name:value")


def _host(text: str) -> Value | None:
    return _address(text.strip("[]")) or _domain(text)
