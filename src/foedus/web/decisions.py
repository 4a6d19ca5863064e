"""Pages of decisions: what lies before the nations, until when, and what to do.

- Shown is what `decisions.sheets` lets the visitor know; positions and letters are for
  those who decide, and an observer's page has no trace of them.
- An act is sent with the version of the text that was on the page. If another has been
  opened meanwhile, the act is not sent.
- Breaking silence has a page of its own that says what follows, and asks why.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.clock import to_ms
from foedus.decisions import commands, moves, reading, records, standpoints
from foedus.decisions.events import DecisionEvent
from foedus.decisions.moves import AnyMove, Move
from foedus.decisions.rooms import At
from foedus.decisions.seeing import speaks
from foedus.decisions.sheets import DecisionLine, DecisionSheet, line_of, sheet_of
from foedus.decisions.speakers import Speaker
from foedus.decisions.states import Decision, Phase
from foedus.errors import (
    ConflictError,
    FoedusError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.identity.authenticator import Session
from foedus.ids import NationCode
from foedus.intel.reading import Snapshot
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, chip, page_marking, token, tokens
from foedus.web.decision_cards import (
    PHASES,
    STANCES,
    Acts,
    Clock,
    acts_of,
    clock_of,
    effect_row,
    outcome_of,
    silence_sentence,
    step_of,
)
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import page_headers, see_other

LISTED_MAX: Final = 200
"""Decisions on the page, the next deadline first; the API has the rest."""

DECIDED_WITHIN_S: Final = 2.0
"""Seconds that an answer waits until what was decided takes place; the rest follows."""

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
}
"""What is said after an act, by the word in the address."""


class OnPage(Move, frozen=True, kw_only=True, tag="on-page"):
    """An act on the text as it was on the page, and on no other.

    Attributes:
        seen: version and opening that were on the page, as its forms write them.
    """

    move: AnyMove
    seen: str

    def decide(self, at: At) -> DecisionEvent | None:
        """Ask the act's own rule, unless the text has changed.

        Raises:
            ConflictError: it has.
        """
        if self.seen != seen_of(at.decision):
            raise ConflictError(
                f"the text or its clock has changed: version {at.decision.version} is "
                "before you now; your act was not sent. Read it, and act again"
            )
        return self.move.decide(at)


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


def seen_of(decision: Decision) -> str:
    """Name the text and the opening of silence that a page shows."""
    return f"{decision.version}.{decision.opening}"


async def show_decisions(site: Site, request: Request) -> Response:
    """List the decisions that the visitor may know of, the next deadline first."""
    viewer = require_session(site, request).account.viewer()
    now = site.hub.clock()

    def read() -> tuple[list[Row], Chip | None, bool]:
        with site.hub.reading.snapshot() as seen:
            access = seen.access
            found = reading.list_decisions(
                seen.db, access, viewer, limit=LISTED_MAX + 1
            )
            shown = found[:LISTED_MAX]
            rows = [_row(each, viewer, access, now) for each in shown]
            labels = [each.label for each in shown]
            marking = page_marking(labels, access, viewer.nation)
            return rows, marking, len(found) > LISTED_MAX

    rows, marking, more = await asyncio.to_thread(read)
    context = frame(site, request, Page(title="Decisions", marking=marking))
    return site.renderer.page("decisions.html", {**context, "rows": rows, "more": more})


def _row(found: Decision, viewer: Viewer, access: Access, now: datetime) -> Row:
    line, clock = line_of(found, viewer, access), clock_of(found, viewer, access, now)
    runs = clock is not None and clock.css != "over"
    said = "has said nothing" if line.position is None else STANCES[line.position][0]
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


async def ask_break(site: Site, request: Request) -> Response:
    """Ask whether silence shall be broken, and why."""
    session = require_session(site, request)
    return await _asking(site, request, session)


async def break_silence(site: Site, request: Request) -> Response:
    """Break silence; what comes too late is kept as a statement, and said to be."""
    session, form = await signed_form(site, request)
    try:
        done = await _do(site, request, session, form, _break(form))
    except NotFoundError:
        raise
    except FoedusError as error:
        return await _asking(site, request, session, error=error, form=form)
    return see_other(f"/decisions/{_name(request)}?done={done or 'break'}")


async def give_record(site: Site, request: Request) -> Response:
    """Give the signed record, which proves the outcome without the hub.

    Raises:
        NotFoundError: there is no such decision for the visitor.
        ForbiddenError: the visitor only observes it.
    """
    viewer = require_session(site, request).account.viewer()
    secret = site.hub.store.key(records.KEY)

    def read() -> bytes:
        with site.hub.reading.snapshot() as seen:
            found, entries = reading.read_record(
                seen.db, seen.access, viewer, _name(request)
            )
            lines = records.lines_of(entries)
            return records.record_of(found, lines, _body(seen), secret)

    name = _name(request)
    content = await asyncio.to_thread(read)
    attached = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return Response(
        content, media_type="application/json", headers={**page_headers(), **attached}
    )


async def act(site: Site, request: Request) -> Response:
    """Comment, take a position, confirm to have read, join, lift, extend or circulate.

    Raises:
        NotFoundError: there is no such act, or no such decision for the visitor.
    """
    session, form = await signed_form(site, request)
    verb = request.path_params["act"]
    read = FORMS.get(verb)
    if read is None:
        raise NotFoundError("no such page")
    try:
        await _do(site, request, session, form, read(form))
    except NotFoundError:
        raise
    except FoedusError as error:
        return await _page(site, request, session, error=error, form=form)
    return see_other(f"/decisions/{_name(request)}?done={verb}")


async def _do(
    site: Site,
    request: Request,
    session: Session,
    form: Mapping[str, str],
    words: Mapping[str, object],
) -> str:
    """Act; give "late" where it came too late and was kept as a statement."""
    hub, name, viewer = site.hub, _name(request), session.account.viewer()
    act = hub.act(session.account, door="web", at=hub.clock())
    move = OnPage(move=_move(words), seen=form.get("seen", ""))
    floor = await asyncio.to_thread(hub.floor)
    try:
        position, late = await commands.act(floor, viewer, act, name, move), ""
    except RuleViolationError:
        found, position, _ = await asyncio.to_thread(
            commands.read_decision, hub.log, name
        )
        speaker = commands.speaker_of(floor, viewer, act)
        is_break = isinstance(move.move, moves.Break)
        if not is_break or not found or not standpoints.is_late(found, speaker):
            raise
        late = "late"
    await hub.seen([position])
    await hub.decided(within_s=DECIDED_WITHIN_S)
    return late


def _move(words: Mapping[str, object]) -> AnyMove:
    try:
        move: AnyMove = msgspec.convert(words, AnyMove)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"the form is wrong: {error}") from error
    return move


def _text(form: Mapping[str, str], field: str) -> str:
    return form.get(field, "").replace("\r\n", "\n").strip()


def _break(form: Mapping[str, str]) -> dict[str, object]:
    reason = _text(form, "reason")
    if not reason:
        raise InvalidInputError("say why; those who decide read it")
    return {"act": "break", "reason": reason, "proposal": _text(form, "proposal")}


def _comment(form: Mapping[str, str]) -> dict[str, object]:
    text = _text(form, "text")
    if not text:
        raise InvalidInputError("write the comment first")
    return {"act": "comment", "text": text, "open": form.get("open") == "yes"}


def _position(form: Mapping[str, str]) -> dict[str, object]:
    words: dict[str, object] = {
        "act": "position",
        "stance": form.get("stance", ""),
        "text": _text(form, "text"),
    }
    until = _text(form, "until")
    return {**words, "until": until} if until else words


def _until(verb: str) -> Callable[[Mapping[str, str]], dict[str, object]]:
    def read(form: Mapping[str, str]) -> dict[str, object]:
        until = _text(form, "until")
        if not until:
            raise InvalidInputError("say until when: 2026-11-24 16:00 Europe/Brussels")
        words: dict[str, object] = {"act": verb, "until": until}
        return {**words, "reason": _text(form, "reason")} if verb == "extend" else words

    return read


def _plain(verb: str) -> Callable[[Mapping[str, str]], dict[str, object]]:
    def read(form: Mapping[str, str]) -> dict[str, object]:
        words: dict[str, object] = {"act": verb}
        return words if verb == "read" else {**words, "reason": _text(form, "reason")}

    return read


FORMS: Final[Mapping[str, Callable[[Mapping[str, str]], dict[str, object]]]] = {
    "comment": _comment,
    "position": _position,
    "read": _plain("read"),
    "associate": _plain("associate"),
    "lift": _plain("lift"),
    "extend": _until("extend"),
    "circulate": _until("circulate"),
}
"""What each form of the page of a decision asks the rules."""


async def _page(
    site: Site,
    request: Request,
    session: Session,
    *,
    error: FoedusError | None = None,
    form: Mapping[str, str] | None = None,
) -> Response:
    viewer = session.account.viewer()

    def read() -> tuple[dict[str, object], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            return _card(site, request, seen, viewer)

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


def _card(
    site: Site, request: Request, seen: Snapshot, viewer: Viewer
) -> tuple[dict[str, object], Chip | None]:
    """Give what the page of a decision shows, and its marking."""
    now, access = site.hub.clock(), seen.access
    dossier = reading.read_dossier(seen.db, access, viewer, _name(request))
    found = dossier.decision
    sheet = sheet_of(dossier, viewer, access, to_ms(now))
    clock = clock_of(found, viewer, access, now)
    card: dict[str, object] = {
        "sheet": sheet,
        "chip": chip(found.label, access),
        "state": PHASES[found.phase],
        "clock": clock,
        "outcome": None if clock else outcome_of(sheet, viewer, access),
        "means": silence_sentence(sheet, clock, viewer, access),
        "acts": _acts(site, found, seen, viewer),
        "seen": seen_of(found),
        "effects": [effect_row(each, access.alliance) for each in sheet.effects],
        "steps": [step_of(each, viewer, access) for each in sheet.history],
        "stances": STANCES,
        "proposer": token(found.proposer, access, own=found.proposer == viewer.nation),
        "chair": token(found.chair, access, own=found.chair == viewer.nation),
        "zone": access.alliance.timezone.rpartition("/")[2].replace("_", " "),
        **_electorate(sheet, seen, viewer),
    }
    return card, page_marking([found.label], access, viewer.nation)


def _electorate(
    sheet: DecisionSheet, seen: Snapshot, viewer: Viewer
) -> dict[str, object]:
    inside = sheet.inside
    read = inside.read if inside else ()
    unread = tuple(each for each in sheet.electorate if each not in read)
    said = inside.positions if inside else ()
    letters = inside.letters if inside else ()

    def named(code: NationCode) -> Token:
        return token(code, seen.access, own=code == viewer.nation)

    return {
        "read": tokens(read, seen.access, viewer.nation),
        "unread": tokens(unread, seen.access, viewer.nation),
        "positions": [(named(each.nation), each) for each in said],
        "letters": [(named(each.nation), each) for each in letters],
    }


async def _asking(
    site: Site,
    request: Request,
    session: Session,
    *,
    error: FoedusError | None = None,
    form: Mapping[str, str] | None = None,
) -> Response:
    viewer, filled = session.account.viewer(), form or {}

    def read() -> tuple[Decision, Acts, dict[str, object], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            card, marking = _card(site, request, seen, viewer)
            found = _find(request, seen, viewer)
            speaker = _speaker(site, seen, viewer)
            standpoints.check_member(found, speaker)
            return found, acts_of(found, speaker, viewer, _body(seen)), card, marking

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


def _acts(site: Site, found: Decision, seen: Snapshot, viewer: Viewer) -> Acts:
    return acts_of(found, _speaker(site, seen, viewer), viewer, _body(seen))


def _speaker(site: Site, seen: Snapshot, viewer: Viewer) -> Speaker:
    return Speaker(
        nation=viewer.nation,
        speaks=speaks(viewer, seen.access),
        at_ms=to_ms(site.hub.clock()),
    )


def _body(seen: Snapshot) -> NationCode:
    return NationCode(seen.access.alliance.code)


def _find(request: Request, seen: Snapshot, viewer: Viewer) -> Decision:
    name = _name(request)
    found = reading.find_decision(seen.db, seen.access, viewer, name)
    if found is None:
        raise NotFoundError(f"no decision {name}; list the decisions")
    return found


def _name(request: Request) -> str:
    return str(request.path_params["id"])
