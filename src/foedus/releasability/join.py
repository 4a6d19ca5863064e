"""Fixing a label at arrival, and joining labels.

- `fix` turns a label as written into one as admitted: closed communities get the
  day of their generation and their nations, `ORIGINATOR` gets its nation.
- A fixed label never changes. What its closed terms mean is stored with it, as a
  set of nations, so that a later correction of history changes nothing.
- `join` gives the narrowest of both: the highest level, the intersected audience,
  the united caveats. It is commutative, associative and idempotent in what it
  allows; of two texts for one audience it prefers the one that names communities.

Source: DESIGN §6, "Join, once, at admission"; the lattice model of Denning (1976).
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import msgspec

from foedus.alliance.nations import Alliance
from foedus.errors import LabelError
from foedus.ids import CommunityCode, NationCode
from foedus.releasability.labels import (
    ORIGINATOR,
    Clause,
    Closed,
    Label,
    canonical_clauses,
    clause,
    originator_only,
)

Nations = frozenset[NationCode]
"""A set of nations; the alliance's own body may be in it under its code."""


class OpenClause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A clause with at least one open community.

    Attributes:
        terms: the clause as printed.
        communities: the open communities, whose nations are those of today.
        nations: the nations that are in it by name or by a closed community.
    """

    terms: Clause
    communities: tuple[CommunityCode, ...]
    nations: Nations


class FixedLabel(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, cache_hash=True
):
    """A label as admitted.

    Attributes:
        closed_terms: the closed part of the audience as printed; None where no
            clause is closed.
        closed: the nations of the closed part; None means it excludes nobody.
        open: the open clauses, all of which must hold too.
    """

    level: int
    closed_terms: Clause | None = None
    closed: Nations | None = None
    open: tuple[OpenClause, ...] = ()
    controllers: tuple[NationCode, ...] = ()
    no_onward: bool = False

    @property
    def label(self) -> Label:
        """The label as printed."""
        closed = [self.closed_terms] if self.closed_terms is not None else []
        return Label(
            level=self.level,
            audience=canonical_clauses([*closed, *(each.terms for each in self.open)]),
            controllers=self.controllers,
            no_onward=self.no_onward,
        )

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it and do with it what they like."""
        return (
            self.level == 0
            and self.closed is None
            and not self.open
            and not self.controllers
            and not self.no_onward
        )


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(FixedLabel)


@lru_cache(maxsize=10_000)
def encode_label(label: FixedLabel) -> bytes:
    """Write a fixed label as events and views hold it; equal labels, equal bytes."""
    return _ENCODER.encode(label)


@lru_cache(maxsize=10_000)
def decode_label(raw: bytes) -> FixedLabel:
    """Read a fixed label as events and views hold it."""
    return _DECODER.decode(raw)


@lru_cache(maxsize=100_000)
def meaning_of(label: FixedLabel) -> FixedLabel:
    """Give what a label means, without how it is written.

    Labels that mean the same reach the same readers for the same reason, today and
    whatever becomes of the communities.
    """
    return msgspec.structs.replace(
        label,
        closed_terms=None,
        open=tuple(
            msgspec.structs.replace(each, terms=Clause()) for each in label.open
        ),
    )


def fix(
    label: Label, alliance: Alliance, *, on: date, originator: NationCode
) -> FixedLabel:
    """Fix a label for information that arrives on a day from a nation.

    Raises:
        LabelError: a community of it has no known nations (`unknown_membership`).
    """
    parts = [
        _fix_clause(_named(each, originator), alliance, on=on)
        for each in label.audience
    ]
    fixed = FixedLabel(
        level=label.level,
        controllers=tuple(
            sorted({originator if n == ORIGINATOR else n for n in label.controllers})
        ),
        no_onward=label.no_onward,
    )
    for part in parts:
        fixed = join(fixed, part, originator=originator)
    return fixed


def public(level: int = 0) -> FixedLabel:
    """Make the widest label of a level."""
    return FixedLabel(level=level)


def fixed_originator_only(
    level: int, alliance: Alliance, *, on: date, originator: NationCode
) -> FixedLabel:
    """Make the narrowest label of a level: the originator alone."""
    return fix(originator_only(level), alliance, on=on, originator=originator)


@lru_cache(maxsize=100_000)
def join(a: FixedLabel, b: FixedLabel, *, originator: NationCode) -> FixedLabel:
    """Join two labels of one thing.

    Args:
        a: one label.
        b: the other.
        originator: who publishes the joined thing; it stays in the audience when
            nobody else is left.
    """
    terms, closed = _join_closed(a, b, originator=originator)
    return FixedLabel(
        level=max(a.level, b.level),
        closed_terms=terms,
        closed=closed,
        open=_join_open([*a.open, *b.open]),
        controllers=tuple(sorted({*a.controllers, *b.controllers})),
        no_onward=a.no_onward or b.no_onward,
    )


def join_all(labels: Iterable[FixedLabel], *, originator: NationCode) -> FixedLabel:
    """Join any number of labels; of none it is the widest."""
    joined = public()
    for each in labels:
        joined = join(joined, each, originator=originator)
    return joined


def _join_closed(
    a: FixedLabel, b: FixedLabel, *, originator: NationCode
) -> tuple[Clause | None, Nations | None]:
    if a.closed is None or b.closed is None:
        narrow = b if a.closed is None else a
        return narrow.closed_terms, narrow.closed
    if a.closed == b.closed:
        first = min(a, b, key=lambda each: _words(each.closed_terms or Clause()))
        return first.closed_terms, first.closed
    if a.closed < b.closed:
        return a.closed_terms, a.closed
    if b.closed < a.closed:
        return b.closed_terms, b.closed
    # An audience without a name is printed as its nations.
    nations = (a.closed & b.closed) or frozenset([originator])
    return clause(nations=nations), nations


def _words(terms: Clause) -> tuple[bool, int, str]:
    """Order texts of one audience: what names communities first, then few words."""
    return (not terms.closed, len(terms.closed) + len(terms.nations), repr(terms))


def _join_open(clauses: list[OpenClause]) -> tuple[OpenClause, ...]:
    """Join open clauses; those with the same communities C become one.

    (C or N) and (C or M) is C or (N and M), so any join of many stays short.
    """
    merged: dict[tuple[CommunityCode, ...], OpenClause] = {}
    for each in clauses:
        found = merged.get(each.communities)
        merged[each.communities] = each if found is None else _merge(found, each)
    narrow = [
        each
        for each in merged.values()
        if not any(_is_narrower(other, each) for other in merged.values())
    ]
    return tuple(sorted(narrow, key=lambda each: each.communities))


def _merge(a: OpenClause, b: OpenClause) -> OpenClause:
    if a.nations == b.nations:
        return min(a, b, key=lambda each: _words(each.terms))
    if a.nations < b.nations or b.nations < a.nations:
        return min(a, b, key=lambda each: len(each.nations))
    nations = a.nations & b.nations
    return OpenClause(
        terms=clause(open=a.communities, nations=nations),
        communities=a.communities,
        nations=nations,
    )


def _is_narrower(a: OpenClause, b: OpenClause) -> bool:
    """Tell whether whoever is in `a` is in `b`, whatever the communities mean."""
    return (
        a is not b
        and set(a.communities) <= set(b.communities)
        and a.nations <= b.nations
    )


def _named(each: Clause, originator: NationCode) -> Clause:
    if ORIGINATOR not in each.nations:
        return each
    nations = {originator if n == ORIGINATOR else n for n in each.nations}
    return clause(closed=each.closed, open=each.open, nations=nations)


def _fix_clause(each: Clause, alliance: Alliance, *, on: date) -> FixedLabel:
    dated: list[Closed] = []
    nations: set[NationCode] = set(each.nations)
    for term in each.closed:
        _require_known(term.community, alliance)
        day = on if term.since is None else min(term.since, on)
        dated.append(Closed(term.community, alliance.generation(term.community, day)))
        nations |= alliance.members_of(term.community, day, with_suspended=False)
        nations |= _body_of(term.community, alliance)
    terms = clause(closed=dated, open=each.open, nations=each.nations)
    if not each.open:
        return FixedLabel(level=0, closed_terms=terms, closed=frozenset(nations))
    for community in each.open:
        _require_known(community, alliance)
    found = OpenClause(terms=terms, communities=each.open, nations=frozenset(nations))
    return FixedLabel(level=0, open=(found,))


def _body_of(community: CommunityCode, alliance: Alliance) -> Nations:
    if alliance.communities[community].includes_body:
        return frozenset([NationCode(alliance.code)])
    return frozenset()


def open_members(part: OpenClause, alliance: Alliance, *, on: date) -> Nations:
    """Tell who is in an open clause on a day, suspended nations included."""
    nations = set(part.nations)
    for community in part.communities:
        nations |= alliance.members_of(community, on, with_suspended=True)
        nations |= _body_of(community, alliance)
    return frozenset(nations)


def _require_known(community: CommunityCode, alliance: Alliance) -> None:
    if not alliance.communities[community].known:
        raise LabelError(
            f"the nations of {community} are not known to this hub; name the nations",
            code="unknown_membership",
        )
