"""Labels and nations as a page shows them."""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from foedus.alliance.nations import Alliance
from foedus.errors import LabelError
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, fix, join_all
from foedus.releasability.labels import Label, parse_label, print_label
from foedus.releasability.sources import label_of_tlp
from foedus.stix.markings import tlp_of

LEVEL_CLASSES = 4
"""The style has pips for levels 0 to 4."""


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """A label as a chip.

    Attributes:
        text: the canonical text.
        level: the name of the level.
        css: the class of the level.
        audience: the clauses, such as `REL TO NATO 2024-03-07`.
        caveats: such as `NO ONWARD RELEASE`.
        light: the traffic light that says the same; empty if none does.
        light_css: the class of the light's colour.
    """

    text: str
    level: str
    css: str
    audience: tuple[str, ...]
    caveats: tuple[str, ...]
    light: str = ""
    light_css: str = ""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A nation as a token: code, name, and standing in a word.

    Attributes:
        css: the classes that draw the standing.
        standing: the word that is read aloud.
    """

    code: str
    name: str
    css: str
    standing: str


def chip(label: FixedLabel, access: Access) -> Chip:
    """Make the chip of a label."""
    return chip_of_label(label.label, access.alliance)


def chip_of_label(label: Label, alliance: Alliance) -> Chip:
    """Make the chip of a label as it is written, fixed or not."""
    text = print_label(label, alliance)
    level, *segments = text.split(" // ")
    audience = [each for each in segments if _is_audience(each)]
    return Chip(
        text=text,
        level=level,
        css=f"lv{min(label.level, LEVEL_CLASSES)}",
        audience=tuple(audience),
        caveats=tuple(each for each in segments if each not in audience),
    )


def chip_of_object(
    label: FixedLabel,
    access: Access,
    *,
    nation: NationCode,
    marking_refs: Iterable[str],
) -> Chip:
    """Make the chip of an object; a traffic light, where that is all its label says."""
    made = chip(label, access)
    for marking in marking_refs:
        light = tlp_of(marking)
        if light is not None and _says_all(light.name, label, access, nation):
            colour = light.name.partition("+")[0].lower()
            return msgspec.structs.replace(
                made, light=f"TLP:{light.name}", light_css=colour
            )
    return made


def printed_label(text: str, nation: NationCode, access: Access) -> FixedLabel:
    """Read back a label that the hub has printed.

    Printed labels are settled: closed terms are dated and the originator is named, so
    they mean the same whenever they are read.

    Args:
        text: as it was printed.
        nation: under whose name it was fixed.
        access: who may see what.
    """
    label = parse_label(text, access.alliance)
    return fix(label, access.alliance, on=access.on, originator=nation)


def page_marking(
    labels: Collection[FixedLabel], access: Access, nation: NationCode
) -> Chip | None:
    """Join the labels on a page for a viewer's nation; None for a page of none."""
    if not labels:
        return None
    joined = join_all(set(labels), originator=nation)
    return chip(joined, access)


def token(code: NationCode, access: Access, *, own: bool = False) -> Token:
    """Make the token of a nation, or of the alliance's own body."""
    alliance = access.alliance
    record = alliance.nations.get(code)
    if record is None:
        css = "member own" if own else "member"
        return Token(code=code, name=f"{code} staff", css=css, standing="staff")
    status = alliance.status(code, access.on).value
    return Token(
        code=code,
        name=record.name,
        css=f"{status} own" if own else status,
        standing=status,
    )


def tokens(
    codes: Iterable[NationCode], access: Access, own: NationCode
) -> tuple[Token, ...]:
    """Make the tokens of some nations, one of which may be the viewer's own."""
    return tuple(token(each, access, own=each == own) for each in codes)


def standing_sentence(code: NationCode, alliance: Alliance, access: Access) -> str:
    """Say how a nation stands to the alliance, and since when."""
    if code not in alliance.nations:
        return f"Staff of {alliance.code}."
    status = alliance.status(code, access.on)
    since = alliance.since(code, access.on)
    words = _STANDING.get(status.value, status.value.capitalize())
    return f"{words} since {since.day} {since:%B %Y}." if since else f"{words}."


_STANDING: Mapping[str, str] = {"none": "No status"}


def _is_audience(segment: str) -> bool:
    return segment == "PUBLIC" or segment.startswith("REL TO")


def _says_all(word: str, label: FixedLabel, access: Access, nation: NationCode) -> bool:
    try:
        meant = label_of_tlp(word, access.alliance)
        return label == fix(meant, access.alliance, on=access.on, originator=nation)
    except LabelError:
        return False
