"""The form for publishing: what was filled in, and the label that it builds.

- A label is built by three choices: how sensitive, who, and what they may do with it.
  What nobody chose goes to nobody but the publisher's own nation.
- What was filled in is never lost, also not when it is refused.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from foedus.alliance.nations import Alliance
from foedus.alliance.records import EVERYDAY_COMMUNITY
from foedus.alliance.sheets import named_nation
from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.releasability.labels import (
    ORIGINATOR,
    Clause,
    Closed,
    Label,
    clause,
)
from foedus.releasability.viewers import Viewer

TEXT_LENGTH_MAX: Final = 4_096
"""Characters of a field."""

OWN, MEMBERS, EVERYBODY = "own", "members", "everybody"
"""Whom a label may begin with; nations are added to the first two."""

AUDIENCES: Final[Mapping[str, str]] = {
    OWN: "My nation",
    MEMBERS: "Members",
    EVERYBODY: "Everybody",
}

MEANINGS: Final[Mapping[str, str]] = {
    "malicious-activity": "Malicious",
    "anomalous-activity": "Suspicious",
    "compromised": "Compromised",
    "benign": "Harmless",
    "unknown": "Not known",
}
"""What a value means, by the word of STIX 2.1, section 10.9."""


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in, as it was.

    Attributes:
        at: the instant of the first form, as STIX writes it; what is published is dated
            by it, and a form that is sent twice publishes once.
    """

    at: str
    what: str = ""
    meaning: str = "malicious-activity"
    note: str = ""
    level: str = "0"
    who: str = OWN
    nations: str = ""
    controlled: bool = False
    no_onward: bool = False
    collection: str = ""


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A level in the form.

    Attributes:
        why_not: why it cannot be chosen; empty where it can.
    """

    number: str
    name: str
    why_not: str


def choices(alliance: Alliance, viewer: Viewer, *, ceiling: int) -> dict[str, object]:
    """Give what the label builder offers to a viewer.

    Args:
        alliance: whose words they are.
        viewer: who builds a label.
        ceiling: the highest level that the hub may hold.
    """
    nations = sorted((code, each.name) for code, each in alliance.nations.items())
    return {
        "levels": [
            Level(
                number=str(number),
                name=level.name,
                why_not="above what this hub may hold"
                if number > ceiling
                else "above your clearance"
                if number > viewer.clearance
                else "",
            )
            for number, level in enumerate(alliance.levels)
        ],
        "audiences": AUDIENCES.items(),
        "nations": nations,
    }


def read_fields(form: Mapping[str, str], fresh: Fields) -> Fields:
    """Take what was filled in; `fresh` for what was not sent at all."""
    return Fields(
        at=form.get("at", "") or fresh.at,
        what=form.get("what", ""),
        meaning=form.get("meaning", fresh.meaning),
        note=form.get("note", "").strip(),
        level=form.get("level", fresh.level),
        who=form.get("who", fresh.who),
        nations=form.get("nations", "").strip(),
        controlled="controlled" in form,
        no_onward="no-onward" in form,
        collection=form.get("collection", ""),
    )


def label_of(fields: Fields, alliance: Alliance) -> Label:
    """Build the label that was chosen.

    Raises:
        InvalidInputError: a choice is none of the form's, or makes no sense.
        NotFoundError: a nation that was added is none of the alliance's.
    """
    if max(len(fields.nations), len(fields.note)) > TEXT_LENGTH_MAX:
        raise InvalidInputError(f"a field has at most {TEXT_LENGTH_MAX} characters")
    level = _level(fields.level, alliance)
    added = [named_nation(alliance, word) for word in _words(fields.nations)]
    match fields.who:
        case "everybody":
            if level or added or fields.controlled or fields.no_onward:
                raise InvalidInputError(
                    "what everybody may see has the lowest level, no further nations "
                    "and no conditions"
                )
            audience: tuple[Clause, ...] = ()
        case "members":
            audience = (_members(alliance, added),)
        case "own":
            audience = (clause(nations=[ORIGINATOR, *added]),)
        case _:
            raise InvalidInputError("choose who may see it")
    return Label(
        level=level,
        audience=audience,
        controllers=(ORIGINATOR,) if fields.controlled else (),
        no_onward=fields.no_onward,
    )


def _members(alliance: Alliance, added: list[NationCode]) -> Clause:
    code = alliance.community(EVERYDAY_COMMUNITY)
    assert code is not None, "every pack knows its members by this name"
    return clause(closed=[Closed(code)], nations=added)


def _level(text: str, alliance: Alliance) -> int:
    known = {str(number) for number in range(len(alliance.levels))}
    if text not in known:
        raise InvalidInputError("choose how sensitive it is")
    return int(text)


def _words(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip())]
