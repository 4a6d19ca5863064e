"""What is told of frameworks: who is in them, what they ask, what they do not promise.

- Participants are listed with their status, so that nobody in a framework is taken
  for a member.
- Everything stands beside its sources and how it is known.
"""

from datetime import date
from difflib import get_close_matches

import msgspec

from foedus.alliance.citing import Citation, citations
from foedus.alliance.histories import FOREVER, span
from foedus.alliance.nations import Alliance, Participation, fold_name
from foedus.alliance.records import Assurance, Framework
from foedus.alliance.sourced import Basis, Precision
from foedus.alliance.statuses import Status
from foedus.errors import NotFoundError
from foedus.ids import NationCode

NAME_MAX = 60
"""Characters of a name that are compared with what there is."""


class FrameworkLine(msgspec.Struct, frozen=True, kw_only=True):
    """A framework in a list.

    Attributes:
        state: what it is today: active, dormant, superseded or ended.
        participants: how many nations take part on the day.
        not_promised: what it does not promise.
    """

    id: str
    name: str
    kind: str
    state: str
    participants: int
    not_promised: tuple[str, ...]


class Participant(msgspec.Struct, frozen=True, kw_only=True):
    """A nation that takes part, took part, or is recorded to.

    Attributes:
        status: what it is to the alliance on the day that is asked about.
        since: null where unbounded; known as far as `precision` says.
        until: null where no end is known.
        now: whether it takes part on the day that is asked about.
    """

    nation: NationCode
    name: str
    status: Status
    since: date | None
    until: date | None
    precision: Precision
    note: str
    now: bool


class FrameworkSheet(FrameworkLine, frozen=True, kw_only=True):
    """Everything about one framework.

    Attributes:
        day: the day that is asked about.
        history: everybody who ever took part, by date.
        mentioned: nations that a source names without dates; no participants.
        source: where the record is from.
        as_of: the day up to which it was looked at.
    """

    day: date
    established: date | None
    precision: Precision
    ended: date | None
    dates_note: str
    purpose: str
    eligible: str
    scope: str
    duration: str
    review_cycle: str
    obligations: tuple[str, ...]
    gives: tuple[str, ...]
    assurance: Assurance
    succeeded_by: str
    history: tuple[Participant, ...]
    mentioned: tuple[NationCode, ...]
    note: str
    source: tuple[Citation, ...]
    basis: Basis
    as_of: date


def not_promised(assurance: Assurance) -> tuple[str, ...]:
    """Name what an assurance leaves out."""
    promises = {
        "collective defence": assurance.collective_defence,
        "mutual defence": assurance.mutual_defence,
        "consultation when threatened": assurance.consultation_on_threat,
    }
    return tuple(words for words, given in promises.items() if not given)


def framework_lines(alliance: Alliance, on: date) -> list[FrameworkLine]:
    """List the frameworks in the order of the pack, with how many take part."""
    return [_line(alliance, each, on) for each in alliance.frameworks.values()]


def framework_sheet(alliance: Alliance, text: str, on: date) -> FrameworkSheet:
    """Tell of one framework, by its id, its name or a word of the glossary.

    Raises:
        NotFoundError: the alliance has no such framework.
    """
    record = named_framework(alliance, text)
    return FrameworkSheet(
        **msgspec.structs.asdict(_line(alliance, record, on)),
        day=on,
        established=record.established,
        precision=record.precision,
        ended=record.ended,
        dates_note=record.dates_note,
        purpose=record.purpose,
        eligible=record.eligible,
        scope=record.scope,
        duration=record.duration,
        review_cycle=record.review_cycle,
        obligations=record.obligations,
        gives=record.gives,
        assurance=record.assurance,
        succeeded_by=record.succeeded_by,
        history=tuple(
            _participant(alliance, each, on)
            for each in alliance.participations(record.id)
        ),
        mentioned=record.mentioned,
        note=record.note,
        source=citations(alliance, record.sources),
        basis=record.basis,
        as_of=record.as_of,
    )


def named_framework(alliance: Alliance, text: str) -> Framework:
    """Find a framework by its id, its name or a word of the glossary, in any case.

    Raises:
        NotFoundError: the alliance has no such framework.
    """
    called = {fold_name(each.name): each for each in alliance.frameworks.values()}
    for term in alliance.pack.glossary:
        if term.framework:
            record = alliance.frameworks[term.framework]
            called |= {fold_name(name): record for name in (term.term, *term.aliases)}
    called |= {fold_name(each.id): each for each in alliance.frameworks.values()}
    found = called.get(fold_name(text))
    if found is None:
        near = get_close_matches(fold_name(text)[:NAME_MAX], called, n=3)
        ids = dict.fromkeys(called[name].id for name in near)
        meant = f"did you mean {' or '.join(ids)}? Otherwise " if ids else ""
        raise NotFoundError(
            f"no framework {text!r} in {alliance.name}; {meant}list the frameworks"
        )
    return found


def _line(alliance: Alliance, record: Framework, on: date) -> FrameworkLine:
    return FrameworkLine(
        id=record.id,
        name=record.name,
        kind=record.kind,
        state=record.state,
        participants=len(alliance.participants(record.id, on)),
        not_promised=not_promised(record.assurance),
    )


def _participant(alliance: Alliance, each: Participation, on: date) -> Participant:
    low, high = span(each.since, each.until)
    return Participant(
        nation=each.nation,
        name=alliance.nations[each.nation].name,
        status=alliance.status(each.nation, on),
        since=each.since,
        until=each.until,
        precision=each.precision,
        note=each.note,
        now=low <= on and (on < high or high == FOREVER),
    )
