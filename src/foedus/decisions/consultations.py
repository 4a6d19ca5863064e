"""Consultations: any one nation's opinion suffices to bring the others together.

- A consultation decides nothing: it is asked for, joined, held and closed, and may
  lead to a decision.
- Who is asked is fixed when it is asked for.

Source: North Atlantic Treaty, Article 4; `response` reference, section 4.2.
"""

from collections.abc import Iterable
from typing import Annotated, assert_never

import msgspec

from foedus.decisions.texts import Code, Title, Words
from foedus.errors import ForbiddenError, InvalidInputError, RuleViolationError
from foedus.eventlog.envelope import Event
from foedus.ids import DecisionId, NationCode
from foedus.releasability.join import FixedLabel, decode_label, encode_label


class Consulted(Event, frozen=True, kw_only=True, tag="decisions.consulted"):
    """A nation asked the others to consult.

    Attributes:
        article: under what it asks, such as `Article 4`.
        concern: what it is concerned about.
        label: a `FixedLabel` in JSON.
    """

    consultation: str
    nation: NationCode
    article: str
    title: str
    concern: str
    chair: NationCode
    electorate: tuple[NationCode, ...]
    label: msgspec.Raw


class ConsultationJoined(
    Event,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag="decisions.consultation-joined",
):
    """Another nation asked alongside."""

    nation: NationCode
    text: str = ""


class ConsultationMet(
    Event,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag="decisions.consultation-met",
):
    """The nations met."""

    note: str = ""
    at_ms: int


class ConsultationClosed(
    Event,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag="decisions.consultation-closed",
):
    """The consultation ended.

    Attributes:
        decision: what came of it, if a decision did.
    """

    note: str = ""
    decision: DecisionId | None = None


ConsultationEvent = (
    Consulted | ConsultationJoined | ConsultationMet | ConsultationClosed
)
"""Everything that can happen to one consultation."""


def consultation_stream(consultation: str) -> str:
    """Name the history of a consultation."""
    return f"decisions/{consultation}"


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a nation asks for.

    Attributes:
        article: under what it asks.
        label: who may see it, in any form that labels are read in.
        of: the nations and communities that it asks.
        chair: the nation that presides; None for the alliance's secretariat.
    """

    title: Title
    concern: Words
    label: Words
    article: Title = "Article 4"
    of: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1, max_length=100)] = (
        "MEMBERS",
    )
    chair: Code | None = None


class Consultation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A consultation by now.

    Attributes:
        nations: who asked, first the one that began, then who joined.
        met_ms: when the nations met, each time.
        decision: what came of it.
    """

    id: str
    article: str
    title: str
    concern: str
    chair: NationCode
    electorate: tuple[NationCode, ...]
    label: FixedLabel
    nations: tuple[NationCode, ...]
    asked_ms: int
    texts: tuple[str, ...] = ()
    met_ms: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    closed: bool = False
    decision: DecisionId | None = None


def fold_consultation(
    history: Iterable[tuple[ConsultationEvent, int]],
) -> Consultation | None:
    """Fold a history; None if nobody asked.

    Args:
        history: every event with its arrival in milliseconds since 1970, in order.
    """
    found: Consultation | None = None
    for event, arrival_ms in history:
        found = step_consultation(found, event, arrival_ms)
    return found


def step_consultation(
    was: Consultation | None, event: ConsultationEvent, arrival_ms: int
) -> Consultation | None:
    """Tell what one more event makes of a consultation."""
    if isinstance(event, Consulted):
        return Consultation(
            id=event.consultation,
            article=event.article,
            title=event.title,
            concern=event.concern,
            chair=event.chair,
            electorate=event.electorate,
            label=decode_label(bytes(event.label)),
            nations=(event.nation,),
            asked_ms=arrival_ms,
        )
    if was is None:
        return None
    replace = msgspec.structs.replace
    match event:
        case ConsultationJoined():
            nations = (*was.nations, event.nation)
            return replace(was, nations=nations, texts=(*was.texts, event.text))
        case ConsultationMet():
            notes = (*was.notes, event.note)
            return replace(was, met_ms=(*was.met_ms, event.at_ms), notes=notes)
        case ConsultationClosed():
            notes = (*was.notes, event.note)
            return replace(was, closed=True, notes=notes, decision=event.decision)
        case _:
            assert_never(event)


def ask(  # noqa: PLR0913 - who, what, and before whom
    asking: Asking,
    nation: NationCode,
    consultation: str,
    *,
    speaks: bool,
    chair: NationCode,
    electorate: tuple[NationCode, ...],
    label: FixedLabel,
) -> Consulted:
    """Decide whether a nation may ask the others to consult: any one may.

    Raises:
        ForbiddenError: the account speaks for none of the nations that are asked.
        InvalidInputError: it does not say what it is about.
    """
    _check_speaks(nation, electorate, speaks=speaks)
    if not asking.title.strip() or not asking.concern.strip():
        raise InvalidInputError("say what the consultation is about, and why")
    return Consulted(
        consultation=consultation,
        nation=nation,
        article=asking.article,
        title=asking.title,
        concern=asking.concern,
        chair=chair,
        electorate=electorate,
        label=msgspec.Raw(encode_label(label)),
    )


def join(
    was: Consultation, nation: NationCode, text: str, *, speaks: bool
) -> ConsultationJoined | None:
    """Decide whether a further nation may ask alongside.

    Returns:
        None where it has asked already.

    Raises:
        ForbiddenError: it was not asked, or the account does not speak for it.
        RuleViolationError: the consultation is closed.
    """
    _check_speaks(nation, was.electorate, speaks=speaks)
    _check_not_closed(was)
    if nation in was.nations:
        return None
    return ConsultationJoined(nation=nation, text=text)


def meet(
    was: Consultation, nation: NationCode, note: str, *, speaks: bool, at_ms: int
) -> ConsultationMet:
    """Decide whether the chair may record that the nations met.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: the consultation is closed.
    """
    _check_chair(was, nation, speaks=speaks)
    _check_not_closed(was)
    return ConsultationMet(note=note, at_ms=at_ms)


def close(
    was: Consultation,
    nation: NationCode,
    note: str,
    *,
    speaks: bool,
    decision: DecisionId | None = None,
) -> ConsultationClosed:
    """Decide whether the chair may end a consultation.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: it is closed.
    """
    _check_chair(was, nation, speaks=speaks)
    _check_not_closed(was)
    return ConsultationClosed(note=note, decision=decision)


def _check_speaks(
    nation: NationCode, electorate: tuple[NationCode, ...], *, speaks: bool
) -> None:
    if not speaks or nation not in electorate:
        raise ForbiddenError(
            "only a delegate of a nation that is asked does this; ask one of them"
        )


def _check_chair(was: Consultation, nation: NationCode, *, speaks: bool) -> None:
    if not speaks or nation != was.chair:
        raise ForbiddenError(f"only the chair, {was.chair}, does this; ask it")


def _check_not_closed(was: Consultation) -> None:
    if was.closed:
        raise RuleViolationError("the consultation is closed; ask for a new one")
