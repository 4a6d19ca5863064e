"""Texts as people type them into a form: a line a paragraph, a line an effect.

- A line that begins with one of the verbs begins a paragraph; an indented or any other
  line goes on with the one before.
- A line that begins with `# ` begins an annex; what follows is its text.
- An effect is a sentence of a few words; one that cannot be said so is a line of JSON.
- What is written is read back as it was.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from foedus.decisions.texts import (
    ActivateEffect,
    Annex,
    Effect,
    EndEffect,
    FrameworkEffect,
    MeasureEffect,
    Paragraph,
    ProtocolEffect,
    ReleaseEffect,
    StatusEffect,
    UpdateEffect,
    Verb,
)
from foedus.errors import InvalidInputError

_LEADING_VERB: Final = re.compile(rf"({'|'.join(Verb)})[ \t]+(\S.*)")

EFFECT_FORMS: Final = (
    "status MDA invitee from 2026-12-01",
    "framework PFP MDA from 2026-12-01",
    "release to MDA, UKR since 2026-10-01 of NATO RESTRICTED // REL TO NATO",
    "update Title: its text",
    "protocol playbook--…: why",
    "measure CODE: why",
    "activate decision--…",
    "end decision--…",
)
"""How effects are written, by example."""

_DAY: Final = r"\d{4}-\d{2}-\d{2}"

_STATUS = re.compile(rf"status (\S+) (\S+) from ({_DAY})")
_FRAMEWORK = re.compile(rf"framework (\S+) (\S+) from ({_DAY})")
_RELEASE = re.compile(
    rf"release to (\S.*?) since ({_DAY})( and from now on)?( with controlled)? of (.+)"
)
_UPDATE = re.compile(r"update ([^:]+): (.+)")
_PROTOCOL = re.compile(r"protocol ([^\s:]+)(?:: (.+))?")
_MEASURE = re.compile(r"measure ([^\s:]+)(?: at ([^:]+))?(?:: (.+))?")
_EARLIER = re.compile(r"(activate|end) (\S+)")


def read_paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Read paragraphs.

    Raises:
        InvalidInputError: the first line begins with no verb.
    """
    found: list[tuple[str, list[str]]] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        begins = _LEADING_VERB.fullmatch(line)
        if begins is not None:
            found.append((begins[1], [begins[2]]))
        elif found:
            found[-1][1].append(line.removeprefix("  "))
        elif line.strip():
            raise InvalidInputError(
                f"begin each paragraph with what the nations do: {', '.join(Verb)}; "
                f"{line.strip()[:40]!r} begins with neither"
            )
    return tuple(
        Paragraph(verb=Verb(verb), text="\n".join(lines).strip("\n"))
        for verb, lines in found
    )


def write_paragraphs(paragraphs: Iterable[Paragraph]) -> str:
    """Write paragraphs; further lines of one are indented."""
    return "\n".join(
        f"{each.verb.value} " + each.text.replace("\n", "\n  ") for each in paragraphs
    )


def read_annexes(text: str) -> tuple[Annex, ...]:
    """Read annexes.

    Raises:
        InvalidInputError: the first has no title, or one has no text.
    """
    found: list[tuple[str, list[str]]] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.startswith("# "):
            found.append((line[2:].strip(), []))
        elif found:
            found[-1][1].append(line.removeprefix("  "))
        elif line.strip():
            raise InvalidInputError("begin each annex with a line '# Its title'")
    annexes = [(title, "\n".join(lines).strip("\n")) for title, lines in found]
    for title, words in annexes:
        if not title or not words.strip():
            raise InvalidInputError(f"the annex {title!r} lacks its title or its text")
    return tuple(Annex(title=title, text=words) for title, words in annexes)


def write_annexes(annexes: Iterable[Annex]) -> str:
    """Write annexes."""
    return "\n".join(
        f"# {each.title}\n  " + each.text.replace("\n", "\n  ") for each in annexes
    )


def read_effects(text: str) -> tuple[Effect, ...]:
    """Read effects.

    Raises:
        InvalidInputError: a line says none; the detail names it.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    return tuple(_read_effect(line.strip()) for line in lines if line.strip())


def write_effects(effects: Iterable[Effect]) -> str:
    """Write effects, each on a line of its own."""
    return "\n".join(_write_effect(each) for each in effects)


def _read_effect(line: str) -> Effect:
    try:
        if line.startswith("{"):
            written: Effect = msgspec.json.decode(line, type=Effect)
            return written
        for pattern, make in _FORMS:
            said = pattern.fullmatch(line)
            if said is not None:
                read: Effect = msgspec.convert(make(said), type=Effect)
                return read
    except msgspec.MsgspecError as error:
        raise InvalidInputError(f"the effect {line[:80]!r} is wrong: {error}") from (
            error
        )
    raise InvalidInputError(
        f"{line[:80]!r} says no effect; write it as one of: {'; '.join(EFFECT_FORMS)}"
    )


def _write_effect(effect: Effect) -> str:
    said = _say(effect)
    try:
        if said and "\n" not in said and _read_effect(said) == effect:
            return said
    except InvalidInputError:
        pass  # it holds what a sentence cannot say
    return msgspec.json.encode(effect).decode()


def _say(effect: Effect) -> str:  # noqa: PLR0911 - one form an effect
    match effect:
        case StatusEffect():
            return f"status {effect.nation} {effect.status.value} from {effect.since}"
        case FrameworkEffect():
            return f"framework {effect.framework} {effect.nation} from {effect.since}"
        case ReleaseEffect():
            onward = " and from now on" if effect.from_now_on else ""
            controlled = " with controlled" if effect.include_controlled else ""
            to = ", ".join(effect.to)
            when = f"{effect.since}{onward}{controlled}"
            return f"release to {to} since {when} of {effect.label}"
        case UpdateEffect():
            return f"update {effect.title}: {effect.text}"
        case ProtocolEffect():
            return f"protocol {effect.protocol}" + _because(effect.reason)
        case MeasureEffect():
            level = f" at {effect.level}" if effect.level else ""
            return f"measure {effect.measure}{level}" + _because(effect.reason)
        case ActivateEffect():
            return f"activate {effect.decision}"
        case EndEffect():
            return f"end {effect.decision}"


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _release(said: re.Match[str]) -> dict[str, object]:
    return {
        "kind": "release",
        "to": [each.strip() for each in said[1].split(",")],
        "since": said[2],
        "from_now_on": bool(said[3]),
        "include_controlled": bool(said[4]),
        "label": said[5],
    }


_FORMS: Final[
    tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], dict[str, object]]], ...]
] = (
    (
        _STATUS,
        lambda said: {
            "kind": "status",
            "nation": said[1],
            "status": said[2],
            "since": said[3],
        },
    ),
    (
        _FRAMEWORK,
        lambda said: {
            "kind": "framework",
            "framework": said[1],
            "nation": said[2],
            "since": said[3],
        },
    ),
    (_RELEASE, _release),
    (
        _UPDATE,
        lambda said: {"kind": "update", "title": said[1].strip(), "text": said[2]},
    ),
    (
        _PROTOCOL,
        lambda said: {
            "kind": "protocol",
            "protocol": said[1],
            "reason": said[2] or "",
        },
    ),
    (
        _MEASURE,
        lambda said: {
            "kind": "measure",
            "measure": said[1],
            "level": said[2] or "",
            "reason": said[3] or "",
        },
    ),
    (_EARLIER, lambda said: {"kind": said[1], "decision": said[2]}),
)
