"""What an object says, for a person: facts, pattern, kill chain, references.

- Every property is shown, in the order in which a person wants them, or stands apart.
- Values of addresses are shown harmless, beside a way to copy them as they are.
- A reference is text. It is a link only where it leads to a public catalogue that is
  known here: anything else is what an attacker may have written.

Source: STIX 2.1, sections 2 and 3.2.
"""

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec
import orjson

from foedus.web import fields
from foedus.web.harmless import harmless
from foedus.web.pattern_pieces import Piece, pieces_of
from foedus.web.things import HIDDEN, in_words, text_of

FACTS_MAX: Final = 60
"""Facts that are listed of one object; the raw object has the rest."""

TEXT_MAX: Final = 1_000
"""Characters of one property; likewise."""

PATTERN_MAX: Final = 20_000
"""Characters of a pattern; likewise."""

PHASES_MAX: Final = 50
"""Phases of kill chains; likewise."""

REFERENCES_MAX: Final = 50
"""References that are listed of one object; likewise."""

APART: Final = frozenset({"pattern", "kill_chain_phases", "external_references"})
"""Properties that have a place of their own."""

OPAQUE: Final = frozenset({"payload_bin", "body"})
"""Properties of which only the size is told: a page is no place for malware."""

SAFE_HOSTS: Final = frozenset(
    {
        *("attack.mitre.org", "capec.mitre.org", "cwe.mitre.org", "d3fend.mitre.org"),
        *("cve.mitre.org", "www.cve.org", "cve.org", "nvd.nist.gov"),
        *("www.cisa.gov", "www.enisa.europa.eu", "euvd.enisa.europa.eu"),
        *("www.first.org", "docs.oasis-open.org", "www.nato.int"),
    }
)
"""Public catalogues of the field: the only hosts that a reference is a link to."""

CHAINS: Final[Mapping[str, tuple[str, ...]]] = {
    "mitre-attack": (
        *("reconnaissance", "resource-development", "initial-access", "execution"),
        *("persistence", "privilege-escalation", "defense-evasion"),
        *("credential-access", "discovery", "lateral-movement", "collection"),
        *("command-and-control", "exfiltration", "impact"),
    ),
    "lockheed-martin-cyber-kill-chain": (
        *("reconnaissance", "weaponization", "delivery", "exploitation"),
        *("installation", "command-and-control", "actions-on-objectives"),
    ),
}
"""The phases of the chains that everybody uses, in their order."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One property in words.

    Attributes:
        code: whether it is to be shown letter by letter.
        exact: as it was sent, for copying; empty where that is what is shown.
    """

    name: str
    value: str
    code: bool = False
    exact: str = ""


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """A phase of a chain, and whether the object belongs there."""

    name: str
    here: bool


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """A kill chain, in its order."""

    name: str
    phases: tuple[Phase, ...]


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """What the object refers to outside.

    Attributes:
        shown: the address, made harmless.
        exact: the address as it was sent.
        href: the same where it leads to a known catalogue; else empty.
    """

    source: str
    id: str
    said: str
    shown: str
    exact: str
    href: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What an object says.

    Attributes:
        pattern: in pieces; of another language one piece.
        pattern_exact: as it was sent.
        language: of the pattern.
    """

    facts: tuple[Fact, ...]
    pattern: tuple[Piece, ...]
    pattern_exact: str
    language: str
    chains: tuple[Chain, ...]
    references: tuple[Reference, ...]


def read_out(raw: bytes, title: str) -> Said:
    """Read a stored object as its page shows it.

    Args:
        raw: the bytes as served; they were checked at admission.
        title: what stands above; it is not said twice.
    """
    tree: dict[str, object] = orjson.loads(raw)
    pattern = tree.get("pattern")
    exact = pattern if isinstance(pattern, str) else ""
    language = str(tree.get("pattern_type", "stix"))
    shown = _cut(exact, PATTERN_MAX)
    pieces = pieces_of(shown) if language == "stix" else (Piece(text=shown),)
    return Said(
        facts=tuple(_facts(tree, title))[:FACTS_MAX],
        pattern=pieces if exact else (),
        pattern_exact=exact if exact == shown else "",
        language=language,
        chains=tuple(_chains(tree.get("kill_chain_phases"))),
        references=tuple(_references(tree.get("external_references"))),
    )


def _facts(tree: dict[str, object], title: str) -> Iterator[Fact]:
    stix_type = str(tree["type"])
    for name in fields.in_order(stix_type, list(tree)):
        if name in HIDDEN or name in APART or name.endswith(("_ref", "_refs")):
            continue
        value = tree[name]
        if name == "revoked" and value is False:
            continue  # as of almost every object
        if name in OPAQUE and isinstance(value, str):
            yield Fact(name=in_words(name), value=f"{len(value):,} characters")
        elif name == "hashes" and isinstance(value, dict):
            yield from _hashes(value)
        elif (text := text_of(value)) and text != title:
            yield _fact(stix_type, name, text)


def _fact(stix_type: str, name: str, text: str) -> Fact:
    if name == "confidence":
        return Fact(name=in_words(name), value=f"{text} of 100")
    of_type = "url" if name == "url" else stix_type if name == "value" else ""
    code = name in fields.CODE
    shown = _cut(text, TEXT_MAX)
    return Fact(
        name=in_words(name),
        value=harmless(of_type, shown),
        code=code,
        exact=text if code and text == shown else "",
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} …"


def _hashes(found: dict[str, object]) -> Iterator[Fact]:
    for name, value in found.items():
        text = _cut(text_of(value), TEXT_MAX)
        yield Fact(name=str(name)[:TEXT_MAX], value=text, code=True, exact=text)


def _chains(value: object) -> Iterator[Chain]:
    found: dict[str, list[str]] = {}
    for each in value[:PHASES_MAX] if isinstance(value, list) else []:
        if isinstance(each, dict):
            name = str(each.get("kill_chain_name", ""))
            found.setdefault(name, []).append(str(each.get("phase_name", "")))
    for name, here in found.items():
        known = CHAINS.get(name, ())
        further = [each for each in here if each not in known]
        yield Chain(
            name=in_words(name),
            phases=tuple(
                Phase(name=in_words(each), here=each in here)
                for each in (*known, *further)
            ),
        )


def _references(value: object) -> Iterator[Reference]:
    listed = value if isinstance(value, list) else []
    for each in listed[:REFERENCES_MAX]:
        if isinstance(each, dict):
            url = _cut(text_of(each.get("url")), TEXT_MAX)
            yield Reference(
                source=_cut(text_of(each.get("source_name")), TEXT_MAX),
                id=_cut(text_of(each.get("external_id")), TEXT_MAX),
                said=_cut(text_of(each.get("description")), TEXT_MAX),
                shown=harmless("url", url) if url else "",
                exact=url,
                href=url if is_safe(url) else "",
            )


def is_safe(url: str) -> bool:
    """Tell whether an address leads to a known public catalogue, and to nothing else.

    It has no name, password or port, which could make it lead elsewhere than it looks.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        return False
    return (
        url.isascii()
        and url.isprintable()
        and "\\" not in url
        and " " not in url
        and parts.scheme == "https"
        and parts.netloc == host
        and port is None
        and host in SAFE_HOSTS
    )
