"""What a pack tells those who are new: treaty, ways in, words, mistakes, training.

Nothing here acts on who may see what. Each record says where it is from, like every
record of a pack, and is shown with that.
"""

from datetime import date
from typing import Literal

from foedus.alliance.sourced import Precision, Record, Sourced
from foedus.ids import NationCode


class Article(Sourced, frozen=True, kw_only=True):
    """One article of the treaty, in our own words.

    Attributes:
        trigger: what sets it off, such as `standing` or `on request`.
        obligation: whether it obliges members.
    """

    article: int
    gist: str
    trigger: str
    obligation: bool = False


class Duty(Sourced, frozen=True, kw_only=True):
    """What members owe beside the articles."""

    topic: str
    text: str


class Stage(Record, frozen=True, kw_only=True):
    """One stage of a nation's accession.

    Attributes:
        step: the step of `accession` that it belongs to; empty where to none.
        name: what happened.
        day: when, as far as it is known to the `precision`.
        said: what a source says of it where that is no date, or a condition.
    """

    name: str
    step: str = ""
    day: date | None = None
    precision: Precision = "day"
    said: str = ""


class Joiner(Sourced, frozen=True, kw_only=True):
    """How a nation became a member, stage by stage."""

    nation: NationCode
    stages: tuple[Stage, ...]
    note: str = ""


class Term(Sourced, frozen=True, kw_only=True):
    """One word of the glossary.

    Attributes:
        aliases: its abbreviation, its long form, and other words for it.
        framework: the framework that it names, by id; empty where none.
        holder: who holds the office, as of the record's day.
    """

    term: str
    definition: str
    aliases: tuple[str, ...] = ()
    framework: str = ""
    holder: str = ""


class Example(Record, frozen=True, kw_only=True):
    """What the hub's own data shows a mistake by.

    Attributes:
        show: which question is asked of the data.
        of: of which nations, by code, or of which framework, by id; empty: of all.
    """

    show: Literal[
        "members",
        "partners",
        "invitees",
        "suspended",
        "statuses",
        "assurances",
        "participants",
        "accessions",
    ]
    of: tuple[str, ...] = ()


When = Literal[
    "status",
    "border",
    "measures",
    "readiness",
    "intelligence",
    "burden",
    "timeline",
    "member",
    "invitee",
    "aspirant",
    "partner",
    "framework",
]
"""Parts of an assessment; then what a nation is assessed to become."""  # fmt: skip


class Mistake(Sourced, frozen=True, kw_only=True):
    """A mistake that people make, and what is right.

    Attributes:
        example: what the data shows it by; null where nothing does.
        when: where an assessment names it: parts of one, and what is assessed.
    """

    id: str
    mistake: str
    correction: str
    example: Example | None = None
    when: tuple[When, ...] = ()


class Answered(Sourced, frozen=True, kw_only=True):
    """A question that newcomers ask, with its answer."""

    id: str
    question: str
    answer: str


class Exercise(Sourced, frozen=True, kw_only=True):
    """An exercise that was held.

    Attributes:
        dates: its days as a source prints them; empty where only the year is known.
        size: who and what took part, as a source says it.
    """

    id: str
    name: str
    year: int
    kind: str
    host: str
    dates: str = ""
    organiser: str = ""
    size: str = ""
    note: str = ""


class Course(Sourced, frozen=True, kw_only=True):
    """A place or programme of training.

    Attributes:
        since: the year in which it began.
        framework: the framework that it is, by id; empty where none.
    """

    id: str
    name: str
    place: str
    since: int
    role: str
    framework: str = ""


class Standard(Sourced, frozen=True, kw_only=True):
    """A standard by which forces and systems work together.

    Attributes:
        promulgated: its date as printed; empty where unknown.
        first: whether a source names it for newcomers, or others require it.
    """

    id: str
    designation: str
    title: str
    use: str
    promulgated: str = ""
    first: bool = False
