"""Step one: where a nation stands, what it owes, and what nobody promises it.

- A nation outside the alliance is told so in words, whatever frameworks it is in.
- After each framework stands what it does not promise.
"""

from collections.abc import Iterator
from datetime import date

from foedus.alliance.citing import citations
from foedus.alliance.frameworks import not_promised
from foedus.alliance.histories import ALWAYS, FOREVER, RECORDED_HERE
from foedus.alliance.nations import Alliance, Participation
from foedus.alliance.records import Assurance, Framework, Hold
from foedus.alliance.sourced import Basis
from foedus.alliance.statuses import Status
from foedus.guidance.sheets import Item, from_hub, from_record
from foedus.ids import NationCode

_STANDS = {
    Status.MEMBER: "is a member",
    Status.INVITEE: "is an invitee: it is not a member until it has acceded",
    Status.ASPIRANT: "is an aspirant: it wishes to join, and is not a member",
    Status.PARTNER: "is a partner: it works with the alliance, and is not a member",
    Status.NONE: "has no status: it is neither a member nor a partner",
    Status.SUSPENDED: "is suspended: it sees and does nothing here; what lies under "
    "the suspension is kept, and is no standing",
}
"""What is said of a nation of each status; partnership is never called membership."""


def standing(alliance: Alliance, nation: NationCode, on: date) -> Iterator[Item]:
    """Tell of a nation's statuses, frameworks, obligations and missing promises."""
    yield _status(alliance, nation, on)
    yield from _coming(alliance, nation, on)
    taken = alliance.frameworks_of(nation, on)
    for each in taken:
        yield from _framework(alliance, each, on)
    yield from _mentions(alliance, nation, on)
    if not is_outside(alliance, nation, on):
        yield from _treaty(alliance)
        return
    if not taken:
        yield from_hub(
            alliance,
            on,
            f"{alliance.nations[nation].name} takes part in no framework on this day: "
            "it owes nothing under one, and none promises it anything.",
        )
    yield from _way_in(alliance, nation, on)


def is_outside(alliance: Alliance, nation: NationCode, on: date) -> bool:
    """Tell whether a nation is no member on a day; a suspended member still is one."""
    return all(
        stretch.underlying is not Status.MEMBER
        for stretch in alliance.status_history(nation)
        if (stretch.since or ALWAYS) <= on < (stretch.until or FOREVER)
    )


def lacks(assurance: Assurance) -> str:
    """Say what a framework does not promise."""
    missing = not_promised(assurance)
    return f"does not promise {_either(missing)}" if missing else ""


def _status(alliance: Alliance, nation: NationCode, on: date) -> Item:
    record = alliance.nations[nation]
    status, since = alliance.status(nation, on), alliance.since(nation, on)
    text = f"{record.name} {_STANDS[status]}"
    text += f"; so since {since}." if since else "."
    if status is Status.NONE and record.contact:
        text += f" Contact: {record.contact}."
    hold = _behind(alliance, nation, on, status)
    if hold is None:
        return from_record(alliance, record, text)
    if hold.basis is Basis.RECORDED:
        return from_hub(alliance, on, text, Basis.RECORDED)
    return Item(
        text=text,
        source=citations(alliance, hold.sources or record.sources),
        basis=hold.basis,
        as_of=record.as_of,
    )


def _behind(
    alliance: Alliance, nation: NationCode, on: date, status: Status
) -> Hold | None:
    """Find the entry of a nation's record that its status is from."""
    return next(
        (
            hold
            for hold in alliance.nations[nation].history
            if alliance.words.statuses.get(hold.word) is status
            and hold.since <= on
            and (hold.until is None or on < hold.until)
        ),
        None,
    )


def _coming(alliance: Alliance, nation: NationCode, on: date) -> Iterator[Item]:
    for stretch in alliance.status_history(nation):
        if stretch.since is not None and stretch.since > on:
            text = f"Recorded for {stretch.since}: status {stretch.status}."
            yield from_hub(alliance, on, text)
            return


def _framework(alliance: Alliance, each: Participation, on: date) -> Iterator[Item]:
    record = alliance.frameworks[each.framework]
    text = f"{_taken(record, each)}. {record.purpose}"
    if each.note == RECORDED_HERE:
        yield from_hub(alliance, on, text, Basis.RECORDED)
    else:
        yield from_record(alliance, record, text)
    if record.obligations and owes(alliance, record, each.nation, on):
        owed = "; ".join(record.obligations)
        yield from_record(alliance, record, f"Owed under {record.name}: {owed}.")
    if record.gives:
        given = "; ".join(record.gives)
        yield from_record(alliance, record, f"Given by {record.name}: {given}.")
    promise = lacks(record.assurance)
    said = f" {promise}. " if promise else ": "
    if is_outside(alliance, each.nation, on):
        said += f"{alliance.nations[each.nation].name} is not a member. "
    yield from_record(alliance, record, f"{record.name}{said}{record.assurance.text}")


def _taken(record: Framework, each: Participation) -> str:
    parts = [f"Takes part in {record.name}"]
    if each.since:
        shown = str(each.since)[: {"year": 4, "month": 7, "day": 10}[each.precision]]
        parts.append(f"since {shown}")
    if record.state != "active":
        parts.append(f"today {record.state}")
    if record.duration:
        parts.append(f"duration: {record.duration}")
    if record.review_cycle:
        parts.append(f"review: {record.review_cycle}")
    return ", ".join(parts)


def owes(alliance: Alliance, record: Framework, nation: NationCode, on: date) -> bool:
    """Tell whether a participant owes what a framework's record lists.

    A partnership framework obliges those outside the alliance; the one that promises
    collective defence obliges members, and is told by articles where the pack has them.
    """
    if is_outside(alliance, nation, on):
        return True
    return record.assurance.collective_defence and not alliance.pack.articles


def _mentions(alliance: Alliance, nation: NationCode, on: date) -> Iterator[Item]:
    for record in alliance.frameworks.values():
        begun = record.established is None or record.established <= on <= record.as_of
        if nation in record.mentioned and begun:
            yield from_record(
                alliance,
                record,
                f"A source names {nation} in {record.name}, without dates; this is "
                f"not counted as taking part. It {lacks(record.assurance)}.",
            )


def _treaty(alliance: Alliance) -> Iterator[Item]:
    for article in alliance.pack.articles:
        if article.obligation:
            text = f"Owed under Article {article.article}: {article.gist}"
            yield from_record(alliance, article, text)
    for duty in alliance.pack.duties:
        yield from_record(alliance, duty, f"Owed, {duty.topic}: {duty.text}.")


def _way_in(alliance: Alliance, nation: NationCode, on: date) -> Iterator[Item]:
    for principle in alliance.pack.principles:
        if principle.topic == "partnership is not membership":
            yield from_record(alliance, principle, principle.text)
    status = alliance.status(nation, on)
    if status in {Status.INVITEE, Status.ASPIRANT} and alliance.pack.accession:
        steps = "; ".join(
            f"{n}. {each.text} ({each.actor})"
            for n, each in enumerate(alliance.pack.accession, start=1)
        )
        text = f"The way to membership, of which only the last step makes one: {steps}."
        yield from_record(alliance, alliance.pack.accession[0], text)


def _either(words: tuple[str, ...]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
