"""The state of the alliance on one page: a panel a pillar, a figure a line.

- Every figure is counted in the visitor's world, and its records are one click away:
  they unfold below it, with where they are from.
- A figure says what it counts; nothing is graded, and nothing is summed up into one.
"""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.citing import citations
from foedus.alliance.frameworks import framework_lines
from foedus.alliance.nations import Alliance
from foedus.alliance.sourced import Sourced
from foedus.alliance.statuses import Status
from foedus.clock import to_ms
from foedus.decisions.reading import PAGE_SIZE_MAX, list_decisions
from foedus.decisions.states import Decision, Phase
from foedus.guidance.engagements import Wanted, list_engagements
from foedus.guidance.events import Course, Progress
from foedus.guidance.obligations import checklist
from foedus.guidance.updates import list_updates
from foedus.ids import NationCode
from foedus.intel.reading import Snapshot
from foedus.readiness.comparing import Row, compare
from foedus.readiness.ratings import NO_EVIDENCE, WITHHELD
from foedus.readiness.reading import list_held
from foedus.readiness.records import Unit
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, chip, page_marking, printed_label
from foedus.web.days import in_words, shortly
from foedus.web.frame import Page, Site, frame, require_session

RECORDS_MAX: Final = 12
"""Records that unfold below a figure; the page that it links to has all."""

LATELY: Final = timedelta(days=365)
"""How far back *in the last year* goes."""

RECORDED: Final = "recorded in this hub, as you may see it"
"""How what the hub itself holds is known."""

UNRATED: Final = frozenset({NO_EVIDENCE, WITHHELD})
"""Words of a rating that there is not, for this viewer."""

PACK: Final = "the data pack; each record names its sources"
"""How what the pack tells is known."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One record that a figure counts."""

    title: str
    href: str
    said: str = ""
    chip: Chip | None = None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A number with what it counts.

    Attributes:
        value: as it is shown.
        said: what it counts, before the number.
        records: the first of what it counts.
        href: where all of them are.
        basis: how it is known.
    """

    value: str
    said: str
    records: tuple[Entry, ...]
    href: str
    basis: str


class Pillar(msgspec.Struct, frozen=True, kw_only=True):
    """A pillar and what stands in it."""

    title: str
    about: str
    figures: tuple[Figure, ...]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks, at what, when; and the labels of what is shown."""

    seen: Snapshot
    viewer: Viewer
    now: datetime
    labels: list[FixedLabel]

    @property
    def alliance(self) -> Alliance:
        """The alliance as it stands."""
        return self.seen.access.alliance

    @property
    def today(self) -> date:
        """The present day."""
        return self.now.date()

    def show(self, label: FixedLabel) -> Chip:
        """Make the chip of a label, and note it for the page."""
        self.labels.append(label)
        return chip(label, self.seen.access)


async def show_state(site: Site, request: Request) -> Response:
    """Show the state of the alliance, pillar by pillar."""
    viewer = require_session(site, request).account.viewer()
    now = site.hub.clock()

    def read() -> tuple[tuple[Pillar, ...], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            look = Look(seen=seen, viewer=viewer, now=now, labels=[])
            found = pillars(look)
            return found, page_marking(look.labels, seen.access, viewer.nation)

    found, marking = await asyncio.to_thread(read)
    page = Page(title="State of the alliance", marking=marking)
    return site.renderer.page(
        "state.html",
        {
            **frame(site, request, page),
            "pillars": found,
            "words": in_words(now.date()),
        },
    )


def pillars(look: Look) -> tuple[Pillar, ...]:
    """Give the three pillars in the viewer's world."""
    return (
        Pillar(
            title="Political consensus",
            about="What the nations decide together, and what they laid down.",
            figures=(_members(look), *_decisions(look), _updates(look)),
        ),
        Pillar(
            title="Capability development",
            about="What nations can do together and how soon, as evidence shows; what "
            "is owed, trained and agreed as a standard.",
            figures=(*_readiness(look), _obligations(look), *_training(look)),
        ),
        Pillar(
            title="Regional engagement",
            about="What is done together, and with whom. A partner is no member.",
            figures=(*_engagements(look), _partners(look), _frameworks(look)),
        ),
    )


def _members(look: Look) -> Figure:
    return _standing(look, (Status.MEMBER,), "Members, who decide together")


def _partners(look: Look) -> Figure:
    statuses = (Status.INVITEE, Status.ASPIRANT, Status.PARTNER)
    return _standing(look, statuses, "Partners, aspirants and invitees")


def _standing(look: Look, statuses: tuple[Status, ...], said: str) -> Figure:
    codes = [
        code
        for code in sorted(look.alliance.nations)
        if look.alliance.status(code, look.today) in statuses
    ]
    status = statuses[0] if len(statuses) == 1 else None
    return _figure(
        codes,
        said,
        [
            Entry(
                title=look.alliance.nations[code].name,
                href=f"/nations/{code}",
                said=_since(look.alliance.since(code, look.today)),
            )
            for code in codes
        ],
        href=f"/nations?status={status}" if status else "/nations",
        basis=PACK,
    )


def _decisions(look: Look) -> tuple[Figure, ...]:
    found = list_decisions(
        look.seen.db, look.seen.access, look.viewer, limit=PAGE_SIZE_MAX
    )
    since_ms = to_ms(look.now - LATELY)
    silent = [each for each in found if each.phase is Phase.SILENT]
    adopted = [
        each
        for each in found
        if each.phase in {Phase.ADOPTED, Phase.ENDED, Phase.SUPERSEDED}
        and (each.recorded_ms or 0) >= since_ms
    ]
    rest = [
        each
        for each in found
        if each.phase in {Phase.BROKEN, Phase.HELD, Phase.SUSPENDED, Phase.MEETING}
    ]
    told = (
        (silent, "Decisions under silence now"),
        (adopted, "Decisions adopted in the last year"),
        (rest, "Decisions broken, held or in a meeting"),
    )
    return tuple(
        _figure(
            which,
            said,
            [_decision(look, each) for each in which[:RECORDS_MAX]],
            href="/decisions",
            basis=RECORDED,
        )
        for which, said in told
    )


def _decision(look: Look, each: Decision) -> Entry:
    return Entry(
        title=each.text.title,
        href=f"/decisions/{each.id}",
        said=each.text.forum.name,
        chip=look.show(each.label),
    )


def _updates(look: Look) -> Figure:
    found = list_updates(look.seen.db, look.seen.access, look.viewer)
    in_force = [each for each in found if each.effective <= look.today]
    access = look.seen.access
    return _figure(
        in_force,
        "Policy updates that apply today",
        [
            Entry(
                title=each.title,
                href=f"/updates/{each.update}",
                said=f"edition {each.edition}, from {shortly(each.effective)}",
                chip=look.show(printed_label(each.label, each.author, access)),
            )
            for each in in_force[:RECORDS_MAX]
        ],
        href="/updates",
        basis=RECORDED,
    )


def _readiness(look: Look) -> Iterable[Figure]:
    """Tell what measures are rated, and what units they could rest on."""
    access = look.seen.access
    found = compare(look.seen.db, access, look.viewer, look.today).measures
    rated = [each for each in found if not UNRATED & set(_words(each))]
    yield Figure(
        value=f"{len(rated)} of {len(found)}",
        said="Security measures rated from evidence",
        records=tuple(_measure(look, each) for each in found[:RECORDS_MAX]),
        href="/measures",
        basis=f"worked out from records; {RECORDED}",
    )
    units = list_held(look.seen.db, access, look.viewer, Unit)
    yield _figure(
        units,
        "Units recorded",
        [
            Entry(
                title=each.content.name,
                href=f"/units?nation={each.author}",
                said=_made_up(illustrative=each.illustrative),
                chip=_printed(look, each.label, each.author),
            )
            for each in units[:RECORDS_MAX]
        ],
        href="/units",
        basis=RECORDED,
    )


def _measure(look: Look, row: Row) -> Entry:
    capability, readiness, interoperability = _words(row)
    said = (
        f"capability {capability.lower()}, readiness {readiness.lower()}, "
        f"interoperability {interoperability.lower()}"
    )
    made_up = _made_up(illustrative=row.illustrative)
    return Entry(
        title=row.name,
        href=f"/measures/{row.measure}",
        said=f"{said}; {made_up}" if made_up else said,
        chip=_printed(look, row.label, look.viewer.nation),
    )


def _words(row: Row) -> tuple[str, str, str]:
    return row.capability, row.readiness, row.interoperability


def _made_up(*, illustrative: bool) -> str:
    return "made up for the demonstration" if illustrative else ""


def _printed(look: Look, label: str, nation: NationCode) -> Chip | None:
    if not label:
        return None
    return look.show(printed_label(label, nation, look.seen.access))


def _obligations(look: Look) -> Figure:
    nation, alliance = look.viewer.nation, look.alliance
    if nation not in alliance.nations:
        return _duties(look)
    access = look.seen.access
    found = checklist(look.seen.db, access, look.viewer, nation, look.today)
    met = [
        each
        for each in found.obligations
        if each.report and each.report.status is Progress.MET
    ]
    name, href = alliance.nations[nation].name, f"/nations/{nation}/obligations"
    rest = [each for each in found.obligations if each not in met]
    return Figure(
        value=f"{len(met)} of {len(found.obligations)}",
        said=f"Obligations of {name} reported met",
        records=tuple(
            Entry(
                title=each.text,
                href=f"{href}#{each.obligation.replace('/', '-')}",
                said=f"open, {each.under}",
            )
            for each in rest[:RECORDS_MAX]
        ),
        href=href,
        basis=f"what is owed: {PACK}; reports: {RECORDED}",
    )


def _duties(look: Look) -> Figure:
    """Tell the staff, who owe nothing themselves, what every member owes."""
    duties = look.alliance.pack.duties
    entries = [
        Entry(title=each.text, href="/guide", said=each.topic) for each in duties
    ]
    said = "Duties common to all members"
    return _figure(duties, said, entries, href="/guide", basis=PACK)


def _training(look: Look) -> Iterable[Figure]:
    pack = look.alliance.pack
    ahead = [each for each in pack.exercises if each.year >= look.today.year]
    yield _figure(
        ahead,
        f"Exercises known for {look.today.year} and later",
        [_told(look, each, each.name, f"{each.kind}, {each.host}") for each in ahead],
        href="/guide",
        basis=PACK,
    )
    yield _figure(
        pack.training,
        "Training modules on offer",
        [_told(look, each, each.name, each.place) for each in pack.training],
        href="/guide",
        basis=PACK,
    )
    yield _figure(
        pack.standards,
        "Standards by which forces fit together",
        [_told(look, each, each.title, each.designation) for each in pack.standards],
        href="/guide",
        basis=PACK,
    )


def _told(look: Look, record: Sourced, title: str, said: str) -> Entry:
    known = f"basis: {record.basis.value}, as of {shortly(record.as_of)}"
    titles = [each.title for each in citations(look.alliance, record.sources)]
    source = f": {'; '.join(titles)}" if titles else ""
    return Entry(title=title, href="", said=f"{said} ({known}{source})")


def _engagements(look: Look) -> Iterable[Figure]:
    access = look.seen.access
    found = list_engagements(look.seen.db, access, look.viewer, Wanted())
    told = (
        (Course.RUNNING, "Engagements under way"),
        (Course.PLANNED, "Engagements planned"),
        (Course.DONE, "Engagements brought to an end"),
    )
    for course, said in told:
        which = [each for each in found if each.status is course]
        yield _figure(
            which,
            said,
            [
                Entry(
                    title=each.title,
                    href=f"/engagements/{each.engagement}",
                    said=f"{each.kind}, from {shortly(each.since)}",
                    chip=look.show(printed_label(each.label, each.author, access)),
                )
                for each in which[:RECORDS_MAX]
            ],
            href="/engagements",
            basis=RECORDED,
        )


def _frameworks(look: Look) -> Figure:
    lines = [
        each
        for each in framework_lines(look.alliance, look.today)
        if each.state == "active"
    ]
    entries = [
        Entry(
            title=each.name,
            href=f"/frameworks/{each.id}",
            said=f"{each.participants} take part",
        )
        for each in lines
    ]
    said = "Active frameworks of cooperation"
    return _figure(lines, said, entries, href="/frameworks", basis=PACK)


def _figure(
    counted: Iterable[object],
    said: str,
    records: list[Entry],
    *,
    href: str,
    basis: str,
) -> Figure:
    return Figure(
        value=str(sum(1 for _ in counted)),
        said=said,
        records=tuple(records[:RECORDS_MAX]),
        href=href,
        basis=basis,
    )


def _since(day: date | None) -> str:
    return f"since {shortly(day)}" if day else ""
