"""Pages of decisions: what lies before the nations, until when, and what to do.

- Shown is what `decisions.sheets` lets the visitor know; positions and letters are for
  those who decide, and an observer's page has no trace of them.
- An act is sent with the version of the text that was on the page. If another has been
  opened meanwhile, the act is not sent.
- Breaking silence has a page of its own that says what follows, and asks why; so have
  the acts of the chair and the proposer.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from foedus.clock import to_ms
from foedus.decisions import reading, standpoints
from foedus.decisions.reading import Dossier
from foedus.decisions.rooms import At
from foedus.decisions.seeing import speaks
from foedus.decisions.sheets import DecisionLine, DecisionSheet, line_of, sheet_of
from foedus.decisions.speakers import Speaker
from foedus.decisions.states import Decision, Phase
from foedus.errors import (
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.identity.authenticator import Session
from foedus.ids import NationCode
from foedus.intel.reading import Snapshot
from foedus.processes.decisions import room_of
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer
from foedus.web import decision_forms
from foedus.web.chips import Chip, Token, chip, page_marking, token, tokens
from foedus.web.decision_cards import (
    DUTIES,
    PHASES,
    STANCES,
    Acts,
    Clock,
    acts_of,
    clock_of,
    effect_row,
    outcome_of,
    position_of,
    silence_sentence,
    step_of,
)
from foedus.web.decision_forms import Form, may_amend, offers, typed
from foedus.web.decision_moves import do_move, read_move, seen_of
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import page_headers, see_other

LISTED_MAX: Final = 200
"""Decisions on the page, the next deadline first; the API has the rest."""

DONE: Final = {
    "read": "Recorded that your nation has read this text.",
    "comment": "Your comment is there.",
    "position": "The position of your nation is there.",
    "break": "Silence is broken. Nothing is adopted by silence now.",
    "late": "Silence had already ended: it is not broken. What you wrote is kept as a "
    "statement, and the chair sees it. The remedy is a new decision.",
    "associate": "Your nation has joined the break.",
    "lift": "The break of your nation is taken back. The old clock stays gone.",
    "extend": "There is more time now.",
    "circulate": "Silence is open.",
    "draft": "Drafted. Your nation and the chair alone know of it.",
    "amend": "The new version is there. No clock runs.",
    "table": "The text lies before the nations. No clock runs.",
    "meet": "The text is before a meeting.",
    "conclude": "The meeting has agreed.",
    "send-back": "The text is back for comments.",
    "confirm": "The silence that was held is confirmed.",
    "suspend": "The clock is stopped.",
    "resume": "The clock runs again.",
    "go-on-without": "That nation decides no more.",
    "activate": "The condition is met: the decision is in force.",
    "duty": "Recorded how your nation applies it.",
    "state": "Your statement is in the record.",
    "correct": "Title and summary are corrected.",
    "split": "Each part is a decision of its own now.",
    "refer-up": "The text begins anew in the other body.",
    "withdraw": "The text is withdrawn.",
    "close": "The procedure has ended without adoption.",
}
"""What is said after an act, by the word in the address."""

PARTS: Final = {
    "clock": "_decision_clock.html",
    "table": "_decision_table.html",
    "people": "_decision_people.html",
    "steps": "_decision_steps.html",
}
"""Parts of the page that change while it is looked at; none holds a form."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A decision in the list.

    Attributes:
        means: what silence will mean for the reader's nation; "" where no clock runs.
        position: what that nation has said, in words; "" where it has no say.
    """

    line: DecisionLine
    chip: Chip
    clock: Clock | None
    state: tuple[str, str]
    means: str
    position: str


async def show_decisions(site: Site, request: Request) -> Response:
    """List the decisions that the visitor may know of, the next deadline first."""
    viewer = require_session(site, request).account.viewer()
    now = site.hub.clock()

    def read() -> tuple[list[Row], Chip | None, bool, bool]:
        with site.hub.reading.snapshot() as seen:
            access = seen.access
            found = reading.list_decisions(
                seen.db, access, viewer, limit=LISTED_MAX + 1
            )
            shown = found[:LISTED_MAX]
            rows = [row_of(each, viewer, access, now) for each in shown]
            labels = [each.label for each in shown]
            marking = page_marking(labels, access, viewer.nation)
            more = len(found) > LISTED_MAX
            return rows, marking, more, speaks(viewer, access)

    rows, marking, more, may_draft = await asyncio.to_thread(read)
    context = frame(site, request, Page(title="Decisions", marking=marking))
    shown = {"rows": rows, "more": more, "may_draft": may_draft}
    return site.renderer.page("decisions.html", {**context, **shown})


def row_of(found: Decision, viewer: Viewer, access: Access, now: datetime) -> Row:
    """Set a decision out as a row of a list."""
    line, clock = line_of(found, viewer, access), clock_of(found, viewer, access, now)
    runs = clock is not None and clock.css != "over"
    said = position_of(found, viewer.nation, line.position)
    return Row(
        line=line,
        chip=chip(found.label, access),
        clock=clock,
        state=PHASES[found.phase],
        means=line.silence_means if runs else "",
        position=said if viewer.nation in found.electorate else "",
    )


async def show_decision(site: Site, request: Request) -> Response:
    """Show one decision: its clock, what silence means, the text, and who decides."""
    session = require_session(site, request)
    return await _page(site, request, session)


async def show_parts(site: Site, request: Request) -> Response:
    """Give the parts of a decision's page that change, for the script."""
    viewer = require_session(site, request).account.viewer()
    was = request.query_params.get("seen", "")

    def read() -> dict[str, str]:
        with site.hub.reading.snapshot() as seen:
            card, _ = card_of(site, request, seen, viewer)
        held = {**card, "was": was}
        parts = {
            name: site.renderer.fragment(template, held)
            for name, template in PARTS.items()
        }
        return {**parts, "changed": site.renderer.fragment(_CHANGED, held)}

    return JSONResponse(await asyncio.to_thread(read), headers=page_headers())


_CHANGED: Final = "_decision_changed.html"


async def ask(site: Site, request: Request) -> Response:
    """Say what an act means, and ask whether it shall be done.

    Raises:
        NotFoundError: there is no such act, or no such decision for the visitor.
        ForbiddenError: the visitor may not, or not now.
    """
    session = require_session(site, request)
    if request.path_params["act"] == "break":
        return await _asking_break(site, request, session)
    return await _asking(site, request, session)


async def act(site: Site, request: Request) -> Response:
    """Do what a form of a page asks for.

    Raises:
        NotFoundError: there is no such act, or no such decision for the visitor.
    """
    session, form = await signed_form(site, request)
    verb, name = request.path_params["act"], str(request.path_params["id"])
    try:
        words = await _words(site, request, session, verb, form)
        seen = form.get("seen", "")
        late = await do_move(site, session, name, read_move(words), seen)
    except NotFoundError:
        raise
    except FoedusError as error:
        if verb == "break":
            return await _asking_break(site, request, session, error=error, form=form)
        if decision_forms.is_act(verb):
            return await _asking(site, request, session, error=error, form=form)
        return await _page(site, request, session, error=error, form=form)
    return see_other(f"/decisions/{name}?done={late or verb}")


async def _words(
    site: Site, request: Request, session: Session, verb: str, form: Form
) -> dict[str, object]:
    """Read what a form asks the rules for."""
    reader = FORMS.get(verb)
    if reader is not None:
        return reader(form)
    if not decision_forms.is_act(verb):
        raise NotFoundError("no such page")

    def read() -> Decision:
        with site.hub.reading.snapshot() as seen:
            viewer = session.account.viewer()
            return dossier_of(request, seen, viewer).decision

    found = await asyncio.to_thread(read)
    return decision_forms.words_of(verb, form, found.text)


def _break(form: Form) -> dict[str, object]:
    reason = typed(form, "reason")
    if not reason:
        raise InvalidInputError("say why; those who decide read it")
    named = decision_forms.listed(typed(form, "named"))
    return {
        "act": "break",
        "reason": reason,
        "named": named,
        "proposal": typed(form, "proposal"),
    }


def _comment(form: Form) -> dict[str, object]:
    text = typed(form, "text")
    if not text:
        raise InvalidInputError("write the comment first")
    return {"act": "comment", "text": text, "open": form.get("open") == "yes"}


def _position(form: Form) -> dict[str, object]:
    words: dict[str, object] = {
        "act": "position",
        "stance": form.get("stance", ""),
        "text": typed(form, "text"),
    }
    until = typed(form, "until")
    return {**words, "until": until} if until else words


def _until(verb: str) -> Callable[[Form], dict[str, object]]:
    def read(form: Form) -> dict[str, object]:
        until = typed(form, "until")
        if not until:
            raise InvalidInputError("say until when: 2026-11-24 16:00 Europe/Brussels")
        words: dict[str, object] = {"act": verb, "until": until}
        return {**words, "reason": typed(form, "reason")} if verb == "extend" else words

    return read


def _plain(verb: str) -> Callable[[Form], dict[str, object]]:
    def read(form: Form) -> dict[str, object]:
        words: dict[str, object] = {"act": verb}
        return words if verb == "read" else {**words, "reason": typed(form, "reason")}

    return read


FORMS: Final[Mapping[str, Callable[[Form], dict[str, object]]]] = {
    "break": _break,
    "comment": _comment,
    "position": _position,
    "read": _plain("read"),
    "associate": _plain("associate"),
    "lift": _plain("lift"),
    "extend": _until("extend"),
    "circulate": _until("circulate"),
}
"""What the forms of the page of a decision, and that of breaks, ask the rules."""


async def _page(
    site: Site,
    request: Request,
    session: Session,
    *,
    error: FoedusError | None = None,
    form: Form | None = None,
) -> Response:
    viewer = session.account.viewer()

    def read() -> tuple[dict[str, object], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            return card_of(site, request, seen, viewer)

    card, marking = await asyncio.to_thread(read)
    return site.renderer.page(
        "decision.html",
        {
            **frame(site, request, Page(title="Decision", marking=marking)),
            **card,
            "form": form or {},
            "done": DONE.get(request.query_params.get("done", ""), ""),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def card_of(
    site: Site, request: Request, seen: Snapshot, viewer: Viewer
) -> tuple[dict[str, object], Chip | None]:
    """Give what the page of a decision shows, and its marking."""
    now, access = site.hub.clock(), seen.access
    dossier = dossier_of(request, seen, viewer)
    found = dossier.decision
    sheet = sheet_of(dossier, viewer, access, to_ms(now))
    clock = clock_of(found, viewer, access, now)
    at = place_of(site, seen, viewer, found)
    open_now = offers(at) if at.speaker.speaks else ()
    card: dict[str, object] = {
        "sheet": sheet,
        "chip": chip(found.label, access),
        "state": PHASES[found.phase],
        "clock": clock,
        "outcome": None if clock else outcome_of(sheet, viewer, access),
        "means": silence_sentence(sheet, clock, viewer, access),
        "acts": _acts(at, viewer),
        "offers": open_now,
        "urgent": [each for each in open_now if each.urgent],
        "others": [each for each in open_now if not each.urgent],
        "amends": at.speaker.speaks and may_amend(at),
        "seen": seen_of(found),
        "effects": [effect_row(each, access.alliance) for each in sheet.effects],
        "steps": [step_of(each, viewer, access) for each in sheet.history],
        "stances": STANCES,
        "proposer": token(found.proposer, access, own=found.proposer == viewer.nation),
        "chair": token(found.chair, access, own=found.chair == viewer.nation),
        "zone": access.alliance.timezone.rpartition("/")[2].replace("_", " "),
        **_people(sheet, seen, viewer),
    }
    return card, page_marking([found.label], access, viewer.nation)


def _people(sheet: DecisionSheet, seen: Snapshot, viewer: Viewer) -> dict[str, object]:
    inside = sheet.inside
    read = inside.read if inside else ()
    unread = tuple(each for each in sheet.electorate if each not in read)
    said = inside.positions if inside else ()
    letters = inside.letters if inside else ()
    applied = inside.applications if inside else ()

    def named(code: NationCode) -> Token:
        return token(code, seen.access, own=code == viewer.nation)

    spoken = {each.nation for each in said}
    quiet = tuple(each for each in sheet.electorate if each not in spoken)
    return {
        "read": tokens(read, seen.access, viewer.nation),
        "unread": tokens(unread, seen.access, viewer.nation),
        "quiet": tokens(quiet, seen.access, viewer.nation),
        "positions": [(named(each.nation), each) for each in said],
        "letters": [(named(each.nation), each) for each in letters],
        "duties": [(named(each.nation), DUTIES[each.duty], each) for each in applied],
        "meets": sheet.phase is Phase.MEETING and inside is not None,
    }


async def _asking_break(
    site: Site,
    request: Request,
    session: Session,
    *,
    error: FoedusError | None = None,
    form: Form | None = None,
) -> Response:
    viewer, filled = session.account.viewer(), form or {}

    def read() -> tuple[Decision, Acts, dict[str, object], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            card, marking = card_of(site, request, seen, viewer)
            found = dossier_of(request, seen, viewer).decision
            at = place_of(site, seen, viewer, found)
            standpoints.check_member(found, at.speaker)
            return found, _acts(at, viewer), card, marking

    found, acts, card, marking = await asyncio.to_thread(read)
    if error is None and not acts.break_silence and not acts.object_late:
        raise RuleViolationError(
            f"there is no silence that {viewer.nation} could break; see the decision"
        )
    return site.renderer.page(
        "decision_break.html",
        {
            **frame(site, request, Page(title="Break silence", marking=marking)),
            **card,
            "again": found.phase is Phase.BROKEN,
            "late": acts.object_late,
            "form": filled,
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


async def _asking(
    site: Site,
    request: Request,
    session: Session,
    *,
    error: FoedusError | None = None,
    form: Form | None = None,
) -> Response:
    verb, viewer = request.path_params["act"], session.account.viewer()
    if not decision_forms.is_act(verb):
        raise NotFoundError("no such page")

    def read() -> tuple[dict[str, object], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            return card_of(site, request, seen, viewer)

    card, marking = await asyncio.to_thread(read)
    open_now = card["offers"]
    assert isinstance(open_now, tuple), "the card lists what is open"
    offer = next((each for each in open_now if each.act == verb), None)
    if offer is None:
        raise error or ForbiddenError(
            "this is not open to you now; the page of the decision says what is"
        )
    return site.renderer.page(
        "decision_act.html",
        {
            **frame(site, request, Page(title=offer.heading, marking=marking)),
            **card,
            "offer": offer,
            "form": form or {},
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def _acts(at: At, viewer: Viewer) -> Acts:
    body = NationCode(at.room.alliance.code)
    return acts_of(at.decision, at.speaker, viewer, body)


def place_of(site: Site, seen: Snapshot, viewer: Viewer, found: Decision) -> At:
    """Tell as whom, and before whom, a visitor acts on a decision now."""
    speaker = Speaker(
        nation=viewer.nation,
        speaks=speaks(viewer, seen.access),
        at_ms=to_ms(site.hub.clock()),
    )
    return At(decision=found, speaker=speaker, room=room_of(seen))


def dossier_of(request: Request, seen: Snapshot, viewer: Viewer) -> Dossier:
    """Find the decision that a page is about.

    Raises:
        NotFoundError: there is none for the visitor.
    """
    name = str(request.path_params["id"])
    return reading.read_dossier(seen.db, seen.access, viewer, name)
