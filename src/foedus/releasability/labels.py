"""Labels: who may see a thing, in one canonical text.

A label is a level, an audience, and caveats. The audience is a conjunction of
clauses, each the union of its terms:

- a nation (`UKR`), or `ORIGINATOR` until it is known who that is;
- a closed community: its nations when the information arrived, written with the
  day on which that generation began (`NATO 2024-03-07`), or undated (`NATO`) as
  long as nothing has arrived under it;
- an open community: its nations now (`NATO+`);
- the alliance's own body, which is no nation (`NATO STAFF`).

Canonical texts, from the widest to the narrowest:

    NATO UNCLASSIFIED // PUBLIC
    NATO RESTRICTED // REL TO NATO, UKR
    NATO SECRET // REL TO NATO 2024-03-07 // REL TO PARTNERSHIP+ // ORIGINATOR
    CONTROLLED BY FRA // NO ONWARD RELEASE

(one line each). The text means the same to everybody who has the alliance's pack,
and `parse_label(print_label(x)) == x`.
"""

import re
from collections.abc import Iterable
from datetime import date

import msgspec

from foedus.alliance.nations import Alliance
from foedus.errors import LabelError
from foedus.ids import CommunityCode, NationCode

ORIGINATOR = NationCode("ORIGINATOR")
"""Stands for the publishing nation in a label that nobody has published under yet."""

LABEL_LENGTH_MAX = 4_000
"""Characters of a canonical text. Room for every nation of a pack by name."""

_DATED = re.compile(r"(?P<community>.+) (?P<day>\d{4}-\d{2}-\d{2})")


class Closed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A community as it was: its nations in the generation that began on `since`.

    Attributes:
        since: the first day of that generation; None until something arrives.
    """

    community: CommunityCode
    since: date | None = None


class Clause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One conjunct of an audience: everybody in at least one of its terms."""

    closed: tuple[Closed, ...] = ()
    open: tuple[CommunityCode, ...] = ()
    nations: tuple[NationCode, ...] = ()


class Label(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who may see a thing, before or after it has arrived.

    Attributes:
        level: index into the alliance's levels, ascending.
        audience: the clauses, all of which must hold; none means everybody.
        controllers: the nations without whose consent nothing may be released
            further (*originator controlled*); empty when there is no such caveat.
        no_onward: whether the receiver may pass it on to nobody.
    """

    level: int
    audience: tuple[Clause, ...] = ()
    controllers: tuple[NationCode, ...] = ()
    no_onward: bool = False


def clause(
    *,
    closed: Iterable[Closed] = (),
    open: Iterable[CommunityCode] = (),  # noqa: A002 - the word of the field
    nations: Iterable[NationCode] = (),
) -> Clause:
    """Make a clause with its terms in canonical order, each once."""
    return Clause(
        closed=tuple(sorted(set(closed), key=_closed_order)),
        open=tuple(sorted(set(open))),
        nations=tuple(sorted(set(nations))),
    )


def originator_only(level: int) -> Label:
    """Make the narrowest label: the publishing nation and nobody else."""
    return Label(level=level, audience=(clause(nations=[ORIGINATOR]),))


def is_settled(label: Label) -> bool:
    """Tell whether a label means the same to everybody, whenever they read it.

    Closed communities are dated, and the originator is named.
    """
    return ORIGINATOR not in label.controllers and not any(
        ORIGINATOR in each.nations or any(term.since is None for term in each.closed)
        for each in label.audience
    )


def print_label(label: Label, alliance: Alliance) -> str:
    """Write the canonical text of a label."""
    parts = [alliance.levels[label.level].name]
    parts += [_print_clause(each, alliance) for each in label.audience] or ["PUBLIC"]
    if label.controllers == (ORIGINATOR,):
        parts.append("ORIGINATOR CONTROLLED")
    elif label.controllers:
        named = _print_nations(label.controllers, alliance)
        parts.append("ORIGINATOR CONTROLLED BY " + ", ".join(named))
    if label.no_onward:
        parts.append("NO ONWARD RELEASE")
    return " // ".join(parts)


def parse_label(text: str, alliance: Alliance) -> Label:
    """Read a canonical text.

    Case and runs of blanks do not matter. `ORIGINATOR ONLY` is read as
    `REL TO ORIGINATOR`.

    Raises:
        LabelError: the text is not canonical; `code` is one of `unknown_marking`,
            `missing_audience`, `unknown_entity`, `unknown_caveat`,
            `empty_release_list` and `too_long`.
    """
    if len(text) > LABEL_LENGTH_MAX:
        raise LabelError(
            f"a label has at most {LABEL_LENGTH_MAX} characters", code="too_long"
        )
    head, *segments = [" ".join(part.split()) for part in text.upper().split("//")]
    level = alliance.level(head)
    if level is None:
        raise LabelError(
            f"{head!r} is no level of {alliance.name}; use one of "
            + ", ".join(each.name for each in alliance.levels),
            code="unknown_marking",
        )
    if not segments:
        raise LabelError(
            "say who may see it, such as REL TO or PUBLIC", code="missing_audience"
        )
    return _assemble(level, segments, alliance)


def _assemble(level: int, segments: list[str], alliance: Alliance) -> Label:
    clauses: list[Clause] = []
    public = no_onward = False
    controllers: set[NationCode] = set()
    for segment in segments:
        if segment == "REL TO" or segment.startswith("REL TO "):
            clauses.append(_parse_clause(segment.removeprefix("REL TO"), alliance))
        elif segment == "ORIGINATOR ONLY":
            clauses.append(clause(nations=[ORIGINATOR]))
        elif segment == "PUBLIC":
            public = True
        elif segment.startswith("ORIGINATOR CONTROLLED"):
            controllers |= _parse_controllers(segment, alliance)
        elif segment == "NO ONWARD RELEASE":
            no_onward = True
        else:
            raise LabelError(
                f"{segment!r} is no caveat of this hub; a label goes LEVEL // REL TO "
                "nations and communities // ORIGINATOR CONTROLLED // NO ONWARD RELEASE",
                code="unknown_caveat",
            )
    if public == bool(clauses):
        raise LabelError(
            "say either PUBLIC or REL TO somebody", code="missing_audience"
        )
    return Label(
        level=level,
        audience=canonical_clauses(clauses),
        controllers=tuple(sorted(controllers)),
        no_onward=no_onward,
    )


def canonical_clauses(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """Sort clauses and drop those that another one implies by its terms alone."""
    unique = sorted(set(clauses), key=_clause_order)
    return tuple(
        each
        for each in unique
        if not any(other != each and _implies(other, each) for other in unique)
    )


def _implies(narrow: Clause, wide: Clause) -> bool:
    """Tell whether whoever is in `narrow` is in `wide`, whatever the terms mean."""
    return (
        set(narrow.closed) <= set(wide.closed)
        and set(narrow.open) <= set(wide.open)
        and set(narrow.nations) <= set(wide.nations)
    )


def _parse_clause(text: str, alliance: Alliance) -> Clause:
    words = [word.strip() for word in text.split(",")]
    if words == [""] or "" in words:
        raise LabelError("REL TO needs nations or communities, separated by commas",
                         code="empty_release_list")  # fmt: skip
    closed: list[Closed] = []
    opened: list[CommunityCode] = []
    nations: list[NationCode] = []
    for word in words:
        match _parse_term(word, alliance):
            case Closed() as term:
                closed.append(term)
            case (community,):
                opened.append(community)
            case nation:
                nations.append(NationCode(str(nation)))
    return clause(closed=closed, open=opened, nations=nations)


def _parse_term(
    word: str, alliance: Alliance
) -> Closed | tuple[CommunityCode] | NationCode:
    """Read one term: a closed community, (an open one,) or a nation."""
    if word == ORIGINATOR:
        return ORIGINATOR
    if word == _staff(alliance):
        return NationCode(alliance.code)
    if word.endswith("+") and (code := alliance.community(word[:-1].strip())):
        return (code,)
    if (dated := _DATED.fullmatch(word)) and (
        code := alliance.community(dated["community"])
    ):
        return Closed(code, _parse_day(dated["day"]))
    if code := alliance.community(word):
        return Closed(code)
    if nation := alliance.nation(word):
        return nation
    raise LabelError(
        f"{word!r} is neither a nation nor a community of {alliance.name}",
        code="unknown_entity",
    )


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise LabelError(f"{text!r} is no day", code="unknown_entity") from error


def _parse_controllers(segment: str, alliance: Alliance) -> set[NationCode]:
    rest = segment.removeprefix("ORIGINATOR CONTROLLED")
    if not rest:
        return {ORIGINATOR}
    if not rest.startswith(" BY "):
        raise LabelError(f"{segment!r} is no caveat", code="unknown_caveat")
    nations: set[NationCode] = set()
    for word in (part.strip() for part in rest.removeprefix(" BY ").split(",")):
        match _parse_term(word, alliance):
            case str(nation):
                nations.add(NationCode(nation))
            case _:
                raise LabelError(f"{word!r} is no nation", code="unknown_entity")
    return nations


def _print_clause(each: Clause, alliance: Alliance) -> str:
    terms = [
        f"{term.community} {term.since.isoformat()}" if term.since else term.community
        for term in each.closed
    ]
    terms += [f"{community}+" for community in each.open]
    return "REL TO " + ", ".join([*terms, *_print_nations(each.nations, alliance)])


def _print_nations(nations: Iterable[NationCode], alliance: Alliance) -> list[str]:
    return [
        _staff(alliance) if each == alliance.code else str(each) for each in nations
    ]


def _staff(alliance: Alliance) -> str:
    """Name the alliance's own body, whose code is also that of a community."""
    return f"{alliance.code} STAFF"


def _closed_order(term: Closed) -> tuple[str, str]:
    return (term.community, term.since.isoformat() if term.since else "")


def _clause_order(each: Clause) -> tuple[object, ...]:
    return ([_closed_order(term) for term in each.closed], each.open, each.nations)
