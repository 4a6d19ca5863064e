"""The HTTP requests of a step, as its author wrote them: a machine could send these.

- They follow from the bytes of one playbook and from nothing else. What a run was
  started with, what nations, intelligence or other playbooks gave, changes no byte.
- So a command, a header, a body and an address may name a variable only if its author
  gave it a value and nobody can set it: it is neither external nor an output of any
  step.
- A value goes in as what it is there: escaped in a path, a string in JSON, and nothing
  but visible characters in a header.
- What is not plainly a request is none, and the reason says so: then people do it.

Source: CACAO 2.0, sections 5.5 and 7.10; reference/response.md, sections 1.4 and 6.2.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import quote, unquote, urlsplit

import msgspec
import orjson

from foedus.errors import InvalidInputError
from foedus.response.cacao import Playbook, Step
from foedus.response.vocabulary import StepKind, variables_in
from foedus.stix.strict_json import read_object

HTTP_API: Final = "http-api"
OPENC2: Final = "openc2-http"
AUTOMATED: Final = frozenset({HTTP_API, OPENC2})
"""Types of commands that are requests."""

REQUESTS_MAX: Final = 20
"""Requests of one step: commands times targets. One after the other, they take time."""

BODY_BYTES_MAX: Final = 1_048_576
"""Bytes of a body; what is longer is a transfer of files, not a command."""

HEADERS_MAX: Final = 50
"""Headers of a request."""

HEADER_LENGTH_MAX: Final = 4_096
"""Characters of one header; common servers take no more than 8,192 in a line."""

URL_LENGTH_MAX: Final = 2_048
"""Characters of a URL: what every server takes."""

PORTS: Final[Mapping[str, int]] = {"https": 443, "http": 80}

PORT_MAX: Final = 65_535

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

METHODS: Final[Mapping[str, Method]] = {
    each: each for each in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
}

REPEATABLE: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})
"""Methods that do the same once and twice (RFC 9110, section 9.2.2)."""

_PEOPLE: Final = frozenset(
    {"individual", "group", "organization", "location", "sector"}
)
"""Types of agents that are no machines: what they are told, people do."""

_OURS: Final = frozenset(
    {
        "authorization", "connection", "content-length", "cookie", "expect",
        "forwarded", "host", "keep-alive", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "via",
    }
)  # fmt: skip
"""Headers that the hub alone sets, or nobody: credentials, and how it is carried."""

_reference: Final = re.compile(r"(__[a-zA-Z][a-zA-Z0-9_-]*?__):value")
_header_name: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}").fullmatch
_version: Final = re.compile(r"HTTP/[0-9](\.[0-9])?").fullmatch
_port: Final = re.compile(r"[0-9]{1,5}").fullmatch

_Raw = Mapping[str, object]
_Form = Callable[[str], str]
"""Writes a value as it has to stand in its place."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request, as it would be sent but for credentials.

    Attributes:
        url: with its port where that is not the usual one.
        openc2: whether what is answered is an answer of OpenC2.
    """

    method: Method
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    openc2: bool = False

    @property
    def line(self) -> str:
        """Name it in a few words, for people."""
        return f"{self.method} {self.url}"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A URL, taken apart.

    Attributes:
        path: with a slash before it; without the query.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def url(self) -> str:
        """Write it: always in the same way."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{host}{port}{self.path}{query}"


def could_be_sent(step: Step) -> bool:
    """Tell whether all that a step tells somebody to do are requests."""
    kinds = {each.kind for each in step.commands}
    return step.kind is StepKind.ACTION and bool(kinds) and kinds <= AUTOMATED


def requests_of(playbook: Playbook, step: Step) -> tuple[Request, ...]:
    """Give the requests of a step, in order: each command to each target.

    Raises:
        InvalidInputError: it is not plainly requests of its author; the detail says
            why, for whoever does the step by hand.
    """
    document = _document(playbook.source)
    commands = list(_list(_entry(document, step), "commands"))
    doers = _doers(document, step)
    places: list[Place | None] = [_base(each, playbook, step) for each in doers]
    places = places or [None]
    if len(commands) * len(places) > REQUESTS_MAX:
        raise InvalidInputError(f"it is more than {REQUESTS_MAX} requests")
    return tuple(
        _request(command, place, playbook, step)
        for command in commands
        for place in places
    )


def read_place(text: str) -> Place:
    """Take a URL apart, if there is one way alone to read it.

    Raises:
        InvalidInputError: it is none, or servers could read it in two ways.
    """
    if len(text) > URL_LENGTH_MAX:
        raise InvalidInputError(f"a URL has at most {URL_LENGTH_MAX} characters")
    if not text.isascii() or not text.isprintable() or set(text) & set(' \\"<>^`{|}'):
        raise InvalidInputError("a URL is ASCII, without blanks and the like")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise InvalidInputError(f"the URL cannot be read: {error}") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise InvalidInputError("a URL begins with https:// and a host")
    if "@" in parts.netloc or "%" in parts.netloc or parts.fragment or "#" in text:
        raise InvalidInputError("a URL here has no user, no password and no fragment")
    _check_path(parts.path)
    return Place(
        scheme=parts.scheme,
        host=parts.hostname.rstrip("."),
        port=PORTS[parts.scheme] if port is None else port,
        path=parts.path or "/",
        query=parts.query,
    )


def _check_path(path: str) -> None:
    """Refuse a path that somebody behind could take for another."""
    read = unquote(unquote(path))
    segments = read.removeprefix("/").split("/")
    is_odd = "\\" in read or ";" in read or "%2f" in path.lower()
    if is_odd or {".", ".."} & set(segments) or "" in segments[:-1]:
        raise InvalidInputError(
            "the path of a URL here has no empty part, no dots alone, no semicolon and "
            "no escaped slash"
        )


@lru_cache(maxsize=64)
def _document(source: bytes) -> dict[str, object]:
    return read_object(source)


def _entry(document: _Raw, step: Step) -> _Raw:
    return _map(_map(document.get("workflow")).get(step.id))


def _doers(document: _Raw, step: Step) -> list[_Raw]:
    """Give what a step is done to; without targets, the agent does it to itself."""
    agents = _map(document.get("agent_definitions"))
    agent = _map(agents.get(step.agent or ""))
    if agent.get("type") in _PEOPLE:
        raise InvalidInputError("its agent is no machine")
    targets = _map(document.get("target_definitions"))
    found = [_map(targets.get(each, agents.get(each))) for each in step.targets]
    if not found and agent.get("type") == HTTP_API:
        found = [agent]
    if any(each.get("type") != HTTP_API for each in found):
        raise InvalidInputError("one of its targets is of another type than http-api")
    return found


def _base(target: _Raw, playbook: Playbook, step: Step) -> Place:
    """Read the address of a target."""
    address = _map(target.get("address"))
    named = [
        (kind, each)
        for kind, values in address.items()
        for each in (values if isinstance(values, list) else [values])
    ]
    kind, written = named[0] if len(named) == 1 else ("", None)
    if not isinstance(written, str):
        raise InvalidInputError("a target has one address; name the one that is meant")
    text = _filled(written, playbook, step, lambda value: value)
    port = str(target.get("port") or "")
    if port and (_port(port) is None or not 0 < int(port) <= PORT_MAX):
        raise InvalidInputError("the port of a target is a number")
    if kind == "url":
        place = read_place(text)
        if place.query:
            raise InvalidInputError("the address of a target has no query")
        return msgspec.structs.replace(place, port=int(port)) if port else place
    if kind not in ("dname", "ipv4", "ipv6"):
        raise InvalidInputError("the address of a target is a url, a dname or an IP")
    host = f"[{text}]" if kind == "ipv6" else text
    scheme = "http" if port == "80" else "https"
    place = read_place(f"{scheme}://{host}" + (f":{port}" if port else ""))
    if place.path != "/" or place.query or (port and place.port != int(port)):
        raise InvalidInputError("the name of a target is a name, and no more")
    return place


def _request(
    command: _Raw, base: Place | None, playbook: Playbook, step: Step
) -> Request:
    words = str(command.get("command") or "").split()
    if len(words) != 3 or words[0] not in METHODS or _version(words[2]) is None:  # noqa: PLR2004 - method, target, version
        raise InvalidInputError("its command is no line such as POST /path HTTP/1.1")
    target = _filled(words[1], playbook, step, lambda value: quote(value, safe=""))
    body = _body(command, playbook, step)
    openc2 = command.get("type") == OPENC2
    return Request(
        method=METHODS[words[0]],
        url=_url(target, base),
        headers=tuple(_headers(command, body, playbook, step)),
        body=body,
        openc2=openc2,
    )


def _url(target: str, base: Place | None) -> str:
    if base is None:
        return read_place(target).url
    if not target.startswith("/"):
        raise InvalidInputError("its command names no path of its target, from / on")
    root = base.path.rstrip("/")
    whole = msgspec.structs.replace(base, path=root, query="").url + target
    return read_place(whole).url


def _headers(
    command: _Raw, body: bytes, playbook: Playbook, step: Step
) -> Iterator[tuple[str, str]]:
    given = _map(command.get("headers"))
    if len(given) > HEADERS_MAX:
        raise InvalidInputError(f"a request has at most {HEADERS_MAX} headers")
    if body and "content-type" not in {each.lower() for each in given}:
        is_json = body.lstrip()[:1] in {b"{", b"["}
        yield "Content-Type", "application/json" if is_json else "text/plain"
    for name, values in given.items():
        if _header_name(name) is None or name.lower() in _OURS:
            raise InvalidInputError(f"the header {name!a} is not a playbook's to set")
        for written in values if isinstance(values, list) else [values]:
            value = _filled(str(written), playbook, step, lambda said: said)
            if (
                len(value) > HEADER_LENGTH_MAX
                or not value.isascii()
                or not value.isprintable()
            ):
                raise InvalidInputError(f"the header {name!a} is no line of characters")
            yield name, value


def _body(command: _Raw, playbook: Playbook, step: Step) -> bytes:
    """Give the body: what is encoded as it is, a text with its variables."""
    encoded, text = command.get("content_b64"), command.get("content")
    if isinstance(encoded, str) and isinstance(text, str):
        raise InvalidInputError("it has two bodies; which is meant nobody can tell")
    if isinstance(encoded, str):
        body = base64.b64decode(encoded, validate=True)
    else:
        body = _text(text if isinstance(text, str) else "", playbook, step)
    if len(body) > BODY_BYTES_MAX:
        raise InvalidInputError(f"a body has at most {BODY_BYTES_MAX:,} bytes")
    return body


def _text(text: str, playbook: Playbook, step: Step) -> bytes:
    if not any(variables_in(text)):
        return text.encode()
    try:
        tree = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInputError(
            "its body names variables and is no JSON; there they cannot be told apart"
        ) from error
    return orjson.dumps(_with_values(tree, playbook, step))


def _with_values(tree: object, playbook: Playbook, step: Step) -> object:
    """Put values into the strings of a JSON tree: a value is never more than one."""
    if isinstance(tree, str):
        return _filled(tree, playbook, step, lambda value: value)
    if isinstance(tree, list):
        return [_with_values(each, playbook, step) for each in tree]
    if isinstance(tree, dict):
        if any(any(variables_in(name)) for name in tree):
            raise InvalidInputError("a name in its body is a variable; write it out")
        return {name: _with_values(each, playbook, step) for name, each in tree.items()}
    return tree


def _filled(text: str, playbook: Playbook, step: Step, form: _Form) -> str:
    values = {name: _own(name, playbook, step) for name in variables_in(text)}
    return _reference.sub(lambda found: form(values[found[1]]), text)


def _own(name: str, playbook: Playbook, step: Step) -> str:
    """Give the value of a variable that the author alone has set.

    Raises:
        InvalidInputError: somebody else can set it, or nobody has.
    """
    elsewhere = (each for each in playbook.workflow.values() if each.id != step.id)
    inner = step.variables.get(name)
    variable = playbook.variables.get(name) if inner is None else inner
    if variable is None or any(name in each.variables for each in elsewhere):
        raise InvalidInputError(f"{name} is not of this step or the playbook alone")
    if variable.external:
        raise InvalidInputError(f"{name} is set by whoever starts the run")
    if any(name in each.out_args for each in playbook.workflow.values()):
        raise InvalidInputError(f"{name} is set by what a step gives back")
    if variable.value is None:
        raise InvalidInputError(f"{name} has no value")
    return variable.value


def _map(value: object) -> _Raw:
    return value if isinstance(value, dict) else {}


def _list(entry: _Raw, name: str) -> Iterable[_Raw]:
    value = entry.get(name)
    return [_map(each) for each in value] if isinstance(value, list) else []
