"""Rules V05 to V08: ids that are unique, and dates in their form and order.

Source: CACAO 2.0, sections 3.1, 10.10 and 10.17.
"""

from collections.abc import Iterator, Mapping

from foedus.errors import InvalidInputError
from foedus.response.findings import Findings, at
from foedus.response.vocabulary import is_identifier
from foedus.stix.timestamps import Instant, parse_instant

_MILLISECONDS, _MICROSECONDS = 3, 6

DEFINITIONS = (
    "agent_definitions",
    "target_definitions",
    "authentication_info_definitions",
    "extension_definitions",
    "data_marking_definitions",
)
"""The dictionaries of a playbook, whose keys are ids."""


def check_dates(document: Mapping[str, object], findings: Findings) -> None:
    """Check ids and dates of a playbook."""
    _check_unique(document, findings)
    created = _instant(document, "created", findings, exactly=True)
    modified = _instant(document, "modified", findings, exactly=True)
    if created is not None and modified is not None and modified < created:
        findings.refuse("V07", "$.modified", "is before created; correct one of them")
    opens = _instant(document, "valid_from", findings)
    closes = _instant(document, "valid_until", findings)
    if document.get("revoked") is True or opens is None or closes is None:
        return
    if closes <= opens:
        findings.refuse("V08", "$.valid_until", "is not after valid_from")


def _instant(
    document: Mapping[str, object],
    name: str,
    findings: Findings,
    *,
    exactly: bool = False,
) -> Instant | None:
    text = document.get(name)
    if not isinstance(text, str):
        return None
    where = at("$", name)
    try:
        instant = parse_instant(text)
    except InvalidInputError:
        findings.refuse("V06", where, "write it as 2026-01-31T12:00:00.000Z, in UTC")
        return None
    digits = len(text.partition(".")[2]) - 1 if "." in text else 0
    if exactly and digits == _MICROSECONDS:
        findings.warn("V06", where, "cut it to milliseconds: three decimals")
    elif exactly and digits != _MILLISECONDS:
        findings.relax("V06", where, "write exactly three decimals")
    return instant


def _check_unique(document: Mapping[str, object], findings: Findings) -> None:
    """Check that no two objects share a UUID, whatever stands before it (V05).

    An agent may also stand among the targets, under its one id. A step that shares a
    UUID with a definition is a note: the specification's own examples do it, and
    no look-up goes astray.
    """
    seen: dict[str, tuple[str, str]] = {}
    for group, identifier, path in _identifiers(document):
        if is_identifier(identifier) is None:
            continue
        known, known_group = seen.setdefault(
            identifier[-36:].lower(), (identifier, group)
        )
        if known == identifier:
            continue
        say = findings.refuse if group == known_group else findings.note
        say("V05", path, "shares its UUID with another object; draw a new one")


def _identifiers(document: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    own = document.get("id")
    if isinstance(own, str):
        yield "workflow", own, "$.id"
    for group in ("workflow", *DEFINITIONS):
        entries = document.get(group)
        if isinstance(entries, dict):
            for key in entries:
                yield (
                    "workflow" if group == "workflow" else "definitions",
                    key,
                    at("$", group, key),
                )
