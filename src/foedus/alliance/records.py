"""The records of a data pack, exactly as its JSON is written.

- Unknown keys are refused, so a misspelt key never passes for an absent one.
- Every record says where it is from: `sources`, `basis`, `as_of`.
- Dates are days; an interval is half-open, [since, until), and `until` null is open.
"""

from datetime import date
from typing import Literal

import msgspec

from foedus.alliance.guidebook import (
    Answered,
    Article,
    Course,
    Duty,
    Exercise,
    Joiner,
    Mistake,
    Standard,
    Term,
)
from foedus.alliance.land_borders import BorderTable
from foedus.alliance.measures import Measure, Module
from foedus.alliance.sourced import Basis, Precision, Record, Source, Sourced
from foedus.alliance.spending import SpendingEdition
from foedus.alliance.statuses import Status
from foedus.alliance.vocabulary import Vocabulary
from foedus.ids import CommunityCode, NationCode

PUBLIC = "PUBLIC"
"""The audience of everybody; no community may take this name."""

ORIGINATOR = "ORIGINATOR"
"""The audience of the originating nation alone; no community may take this name."""

EVERYDAY_COMMUNITY = CommunityCode("MEMBERS")
"""The name by which every pack must know its members, as a code or an alias."""


class Level(Sourced, frozen=True, kw_only=True):
    """One level of classification; the pack lists them in ascending order.

    Attributes:
        translations: the name in other languages, by ISO 639-1 code.
        policy_value: the level's value in machine-readable labels.
    """

    name: str
    abbreviation: str
    classified: bool
    translations: dict[str, str] = msgspec.field(default_factory=dict)
    policy_value: str = ""
    meaning: str = ""
    note: str = ""


class Word(Sourced, frozen=True, kw_only=True):
    """One word of the pack's own status vocabulary.

    Attributes:
        status: what it makes a nation; null where it says nothing of that.
        partnership: held by nations outside the alliance only, so that becoming a
            member ends it; always so where the status is invitee, aspirant, partner.
    """

    word: str
    meaning: str
    status: Status | None = None
    partnership: bool = False


class Hold(Record, frozen=True, kw_only=True):
    """A nation holds one word of the vocabulary over [since, until).

    Attributes:
        sources: where this differs from the sources of the nation.
    """

    word: str
    since: date
    basis: Basis
    until: date | None = None
    precision: Precision = "day"
    note: str = ""
    sources: tuple[str, ...] = ()


class Nation(Sourced, frozen=True, kw_only=True):
    """A nation of the pack, shown without prejudice to positions on status.

    Attributes:
        code: ISO 3166-1 alpha-3, or user-assigned.
        code2: ISO 3166-1 alpha-2, for data that uses it; never looked up in labels.
        aliases: other names and codes by which labels and people call it.
        contact: what the alliance has with a nation of no status, in words.
        ceiling: the highest level its people may be cleared to; empty: the top.
        history: every word it ever held.
    """

    code: NationCode
    code2: str
    name: str
    aliases: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    iso_numeric: str = ""
    contact: str = ""
    note: str = ""
    ceiling: str = ""
    history: tuple[Hold, ...] = ()


class ByStatus(Record, frozen=True, kw_only=True, tag_field="by", tag="status"):
    """Nations by their one status."""

    statuses: tuple[Status, ...]


class ByWord(Record, frozen=True, kw_only=True, tag_field="by", tag="word"):
    """Nations that hold any of some words; of `only` these, where it is given."""

    words: tuple[str, ...]
    only: tuple[NationCode, ...] = ()


class Seat(Record, frozen=True, kw_only=True):
    """A nation listed over [since, until); null is unbounded on that side."""

    nation: NationCode
    since: date | None = None
    until: date | None = None
    precision: Precision = "day"
    note: str = ""


class Listed(Record, frozen=True, kw_only=True, tag_field="by", tag="list"):
    """Nations that are named one by one."""

    seats: tuple[Seat, ...]


class ByCommunity(Record, frozen=True, kw_only=True, tag_field="by", tag="community"):
    """The nations of other communities."""

    communities: tuple[CommunityCode, ...]


Criterion = ByStatus | ByWord | Listed | ByCommunity


class Community(Sourced, frozen=True, kw_only=True):
    """A named, dated set of nations: the union of what its criteria give.

    Attributes:
        since: the first day on which it exists; null: always.
        until: the first day on which it no longer does; null: it still does.
        known: whether its nations are known. One that is not can be named in a
            marking, resolves to nobody, and a label that needs it is refused.
        includes_body: the alliance's own body belongs to it.
    """

    code: CommunityCode
    name: str
    aliases: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    since: date | None = None
    until: date | None = None
    known: bool = True
    includes_body: bool = False
    note: str = ""


class TlpRule(Sourced, frozen=True, kw_only=True):
    """What a word of the Traffic Light Protocol means in this alliance.

    Attributes:
        word: `AMBER+STRICT`; `aliases` holds the words of older versions.
        audience: a community, `PUBLIC` or `ORIGINATOR`.
        open: the community's nations now, not those at arrival.
        names_add: nations that the object names are added.
    """

    word: str
    audience: str
    aliases: tuple[str, ...] = ()
    open: bool = False
    names_add: bool = False
    no_onward_release: bool = False


class Assurance(Record, frozen=True, kw_only=True):
    """What a framework promises when a participant's security is at stake."""

    text: str
    collective_defence: bool = False
    mutual_defence: bool = False
    consultation_on_threat: bool = False


class Framework(Sourced, frozen=True, kw_only=True):
    """A programme of cooperation, with dated participation and obligations.

    Attributes:
        state: `active`, `dormant`, `superseded`, `ended`.
        dates_note: what is known of its dates beyond `established` and `ended`.
        words: status words whose holders take part, over the same dates.
        seats: participants that are listed, with dates where known.
        mentioned: nations that a source names without dates; not participants.
        gives: what the alliance gives in return.
    """

    id: str
    name: str
    kind: str
    state: Literal["active", "dormant", "superseded", "ended"]
    purpose: str
    assurance: Assurance
    established: date | None = None
    precision: Precision = "day"
    ended: date | None = None
    dates_note: str = ""
    eligible: str = ""
    scope: str = ""
    duration: str = ""
    review_cycle: str = ""
    obligations: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    succeeded_by: str = ""
    words: tuple[str, ...] = ()
    seats: tuple[Seat, ...] = ()
    mentioned: tuple[NationCode, ...] = ()
    note: str = ""


class AccessionStep(Sourced, frozen=True, kw_only=True):
    """One step on the way to membership; the pack lists them in order."""

    step: str
    text: str
    actor: str


class Principle(Sourced, frozen=True, kw_only=True):
    """A statement about the alliance that guidance quotes."""

    topic: str
    text: str


class CountCheck(Record, frozen=True, kw_only=True):
    """On this day there were so many members; a pack that disagrees is refused."""

    date: date
    members: int


class Pack(Record, frozen=True, kw_only=True):
    """An alliance, as data.

    Attributes:
        schema: the version of this format; 1.
        code: the alliance's short name in capitals, and the code of its own body.
        timezone: IANA name of the zone in which the alliance's own body works.
        tlp: empty where the alliance does not use the protocol.
        markings: the words of the marking grammar; null where it has none.
        articles: what the treaty says, in order.
        duties: what else members owe.
        joiners: how the last nations joined, the earliest first.
    """

    schema: Literal[1]
    code: str
    name: str
    timezone: str
    sources: tuple[Source, ...]
    levels: tuple[Level, ...]
    words: tuple[Word, ...]
    nations: tuple[Nation, ...]
    communities: tuple[Community, ...]
    tlp: tuple[TlpRule, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    accession: tuple[AccessionStep, ...] = ()
    principles: tuple[Principle, ...] = ()
    count_checks: tuple[CountCheck, ...] = ()
    markings: Vocabulary | None = None
    articles: tuple[Article, ...] = ()
    duties: tuple[Duty, ...] = ()
    joiners: tuple[Joiner, ...] = ()
    glossary: tuple[Term, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    questions: tuple[Answered, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    training: tuple[Course, ...] = ()
    standards: tuple[Standard, ...] = ()
    measures: tuple[Measure, ...] = ()
    modules: tuple[Module, ...] = ()
    spending: tuple[SpendingEdition, ...] = ()
    borders: tuple[BorderTable, ...] = ()
