"""Nations: a list, one nation, and how it stands to the alliance on any day.

- What is shown is the same for everybody who is signed in: who is what is no secret
  among them. The pages bear no label.
- A partner is never shown as a member, or as about to become one: each status has its
  words here, and they say what it is not.
- Each stretch of a nation's history says how it is known and from where.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.nations import Alliance, Participation
from foedus.alliance.records import Hold
from foedus.alliance.sheets import (
    NationLine,
    named_nation,
    nation_lines,
    nation_sheet,
)
from foedus.alliance.sourced import Source
from foedus.alliance.statuses import Status
from foedus.clock import Clock
from foedus.ids import CommunityCode, NationCode
from foedus.web.chips import Token
from foedus.web.days import asked_day, in_words, shortly
from foedus.web.engagements import region_title
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.rendering import page_headers

NAMES: Final[Mapping[Status, str]] = {
    Status.MEMBER: "Member",
    Status.INVITEE: "Invitee",
    Status.ASPIRANT: "Aspirant",
    Status.PARTNER: "Partner",
    Status.SUSPENDED: "Suspended",
    Status.NONE: "No relation",
}
"""The statuses in the order in which lists and legends have them."""

MEANINGS: Final[Mapping[Status, str]] = {
    Status.MEMBER: "It decides with the others, and owes and is owed what the treaty "
    "says.",
    Status.INVITEE: "It has been invited to join and takes part in meetings. It is not "
    "yet a member: it has no say in decisions, and the members' mutual obligations do "
    "not cover it.",
    Status.ASPIRANT: "It has said that it wants to join. It is not a member: it has no "
    "say in decisions, and the members' mutual obligations do not cover it.",
    Status.PARTNER: "It works with the alliance under agreed frameworks. Partnership "
    "is not membership, and need not lead to it: a partner has no say in decisions, "
    "and the members' mutual obligations do not cover it.",
    Status.SUSPENDED: "Its cooperation is suspended: it sees and receives nothing here "
    "until that ends.",
    Status.NONE: "It stands in no relation of status to the alliance.",
}
"""What a status means, and what it does not."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A nation in a list."""

    token: Token
    status: str
    since: str
    communities: str


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a nation's history, in the pack's words.

    Attributes:
        days: from when to when.
        css: whether it is what holds on the day of the page.
        source: how it is known, and from where.
    """

    words: str
    days: str
    css: str
    note: str
    basis: str
    sources: tuple[Source, ...]


class Framework(msgspec.Struct, frozen=True, kw_only=True):
    """A framework that a nation takes part in."""

    id: str
    name: str
    since: str
    note: str


async def show_nations(site: Site, request: Request) -> Response:
    """List all nations and how they stand on a day."""
    require_session(site, request)
    alliance = site.hub.alliance
    day = asked_day(request, today(site.hub.clock))
    wanted = Status(_wanted(request)) if _wanted(request) else None
    within = {
        community: alliance.members_of(community, day)
        for community in sorted(alliance.communities)
    }
    rows = [
        _row(each, token_on(alliance, each.code, day), within)
        for each in nation_lines(alliance, day)
    ]
    shown = [each for each in rows if wanted is None or each.status == NAMES[wanted]]
    return site.renderer.page(
        "nations.html",
        {
            **frame(site, request, Page(title="Nations")),
            "rows": shown,
            "day": day.isoformat(),
            "words": in_words(day),
            "wanted": wanted.value if wanted else "",
            "statuses": [
                (status.value, name, sum(each.status == name for each in rows))
                for status, name in NAMES.items()
            ],
        },
    )


async def give_nations(site: Site, request: Request) -> Response:
    """Give the list of nations as a table for other software."""
    require_session(site, request)
    alliance = site.hub.alliance
    day = asked_day(request, today(site.hub.clock))
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["as_of", "code", "name", "status", "since", "basis", "sources"])
    for line in nation_lines(alliance, day):
        record = alliance.nations[line.code]
        since = line.since.isoformat() if line.since else ""
        known = [record.basis.value, " ".join(record.sources)]
        cells = [day.isoformat(), line.code, line.name, line.status.value, since]
        table.writerow(cells + known)
    return Response(
        out.getvalue(),
        media_type="text/csv",
        headers={
            **page_headers(),
            "Content-Disposition": f'attachment; filename="nations-{day}.csv"',
        },
    )


async def show_nation(site: Site, request: Request) -> Response:
    """Show one nation on a day: how it stands, since when, and how that is known."""
    require_session(site, request)
    alliance = site.hub.alliance
    code = named_nation(alliance, request.path_params["code"])
    day = asked_day(request, today(site.hub.clock))
    sheet = nation_sheet(alliance, code, day)
    record = alliance.nations[code]
    return site.renderer.page(
        "nation.html",
        {
            **frame(site, request, Page(title=record.name)),
            "nation": sheet,
            "token": token_on(alliance, code, day),
            "record": record,
            "standing": standing(alliance, code, day),
            "meaning": MEANINGS[sheet.status],
            "day": day.isoformat(),
            "words": in_words(day),
            "history": list(stretches(alliance, code, day)),
            "frameworks": [_framework(alliance, each) for each in sheet.frameworks],
            "regions": [region_title(each) for each in record.regions],
            "sources": sources_of(alliance, record.sources),
            "known": in_words(record.as_of),
        },
    )


def today(clock: Clock) -> date:
    """Tell the present day."""
    return clock().date()


def token_on(
    alliance: Alliance, code: NationCode, day: date, *, own: bool = False
) -> Token:
    """Make the token of a nation as it stands on a day."""
    status = alliance.status(code, day).value
    css = f"{status} own" if own else status
    return Token(code=code, name=alliance.nations[code].name, css=css, standing=status)


def standing(alliance: Alliance, code: NationCode, day: date) -> str:
    """Say how a nation stands on a day, and since when."""
    name, since = NAMES[alliance.status(code, day)], alliance.since(code, day)
    return f"{name} since {in_words(since)}" if since else name


def stretches(alliance: Alliance, code: NationCode, day: date) -> Iterator[Stretch]:
    """Tell a nation's history, the newest first."""
    record = alliance.nations[code]
    for hold in sorted(record.history, key=_age, reverse=True):
        if hold.since > day:
            css = "next"
        elif hold.until is None or day < hold.until:
            css = "now"
        else:
            css = ""
        yield Stretch(
            words=word(alliance, hold.word),
            days=_days(hold),
            css=css,
            note=hold.note,
            basis=hold.basis.value,
            sources=sources_of(alliance, hold.sources),
        )


def word(alliance: Alliance, text: str) -> str:
    """Say what a word of the pack's vocabulary means."""
    meanings = {each.word: each.meaning for each in alliance.pack.words}
    meaning = meanings.get(text, "") or text.replace("_", " ")
    return meaning[:1].upper() + meaning[1:]


def sources_of(alliance: Alliance, ids: tuple[str, ...]) -> tuple[Source, ...]:
    """Find the sources that a record names."""
    return tuple(alliance.sources[each] for each in ids if each in alliance.sources)


def _age(hold: Hold) -> tuple[date, str]:
    return hold.since, hold.word


def _days(hold: Hold) -> str:
    since = _as_known(hold.since, hold)
    if hold.until is None:
        return f"since {since}"
    return f"{since} to {shortly(hold.until)}"


def _as_known(day: date, hold: Hold) -> str:
    match hold.precision:
        case "year":
            return f"{day.year}"
        case "month":
            return f"{day:%b %Y}"
        case _:
            return shortly(day)


def _row(
    line: NationLine,
    token: Token,
    within: Mapping[CommunityCode, frozenset[NationCode]],
) -> Row:
    return Row(
        token=token,
        status=NAMES[line.status],
        since=shortly(line.since) if line.since else "",
        communities=", ".join(
            code for code, members in within.items() if line.code in members
        ),
    )


def _framework(alliance: Alliance, each: Participation) -> Framework:
    record = alliance.frameworks[each.framework]
    return Framework(
        id=record.id,
        name=record.name,
        since=shortly(each.since) if each.since else "",
        note=each.note,
    )


def _wanted(request: Request) -> str:
    """Tell which status alone is asked for; empty for all, and for no such word."""
    text = request.query_params.get("status", "")
    return text if text in set(Status) else ""
