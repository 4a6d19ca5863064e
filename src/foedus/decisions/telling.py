"""What of a history a reader may be told: each entry under the label of its hour.

- A decision may lie before different readers from version to version, and a draft is
  its proposer's and the chair's alone. What was written under a label that a reader may
  not see is not told, whatever label the decision has today.
- In a record nothing is left out on which the outcome rests: the words are withheld,
  the step stays; and what came before the text was laid is one step.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from foedus.decisions.events import (
    Amended,
    Circulated,
    Commented,
    DecisionEvent,
    Drafted,
    PutToMeeting,
    Split,
    Stated,
    Tabled,
)
from foedus.decisions.folding import step
from foedus.decisions.seeing import label_now
from foedus.decisions.states import Decision
from foedus.decisions.texts import Forum, Paragraph, Text, Verb
from foedus.releasability.access import Access
from foedus.releasability.join import encode_label
from foedus.releasability.viewers import Viewer

WITHHELD: Final = "withheld"
"""Stands in a record for words that its reader may not see."""

_NO_TEXT: Final = Text(
    title=WITHHELD,
    label=WITHHELD,
    forum=Forum(name=WITHHELD, of=(WITHHELD,)),
    paragraphs=(Paragraph(verb=Verb.NOTES, text=WITHHELD),),
)

_BRINGS_LABEL: Final = (Drafted, Tabled, Circulated, Amended, PutToMeeting)
"""Events that stand under the label that they bring."""

_WORDS: Final = ("reason", "text", "proposal", "note", "title", "summary")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a decision."""

    event: DecisionEvent
    arrival_ms: int
    nation: str


class Moment(NamedTuple):
    """An entry, what the decision was after it, and whether the reader may know."""

    entry: Entry
    decision: Decision
    told: bool


def moments(
    entries: Iterable[Entry], viewer: Viewer, access: Access
) -> Iterator[Moment]:
    """Go through a history as a reader; what was redacted is not among it."""
    decision: Decision | None = None
    for entry in entries:
        before, decision = decision, step(decision, entry.event, entry.arrival_ms)
        if decision is None:
            continue
        stood = decision if isinstance(entry.event, _BRINGS_LABEL) else before
        assert stood is not None, "only the first entry brings a decision"
        told = access.may_see(viewer, label_now(stood), decision.proposer)
        yield Moment(entry, decision, told)


def told_of(
    entries: Iterable[Entry], viewer: Viewer, access: Access
) -> tuple[Entry, ...]:
    """Leave out what was written under labels that the reader may not see."""
    return tuple(each.entry for each in moments(entries, viewer, access) if each.told)


def for_record(
    entries: Sequence[Entry], viewer: Viewer, access: Access
) -> tuple[Entry, ...]:
    """Withhold from a reader's record what the reader may not see.

    Its entries make the same outcome as all of them.
    """
    found = list(moments(entries, viewer, access))
    laid = next(
        (at for at, each in enumerate(found) if each.decision.electorate), len(found)
    )
    # A label is fixed anew with each opening: a text may have come in sight later.
    shown = frozenset(each.decision.version for each in found if each.told)
    if not found or found[0].told or laid == len(found):
        return tuple(_of_record(found, shown))
    opening = _as_laid(found[laid - 1].decision, found[laid], shown)
    return (opening, *_of_record(found[laid:], shown))


def _of_record(found: Iterable[Moment], shown: frozenset[int]) -> Iterator[Entry]:
    for each in found:
        event = each.entry.event
        if each.told or (
            isinstance(event, Drafted | Amended) and each.decision.version in shown
        ):
            yield each.entry
        elif not isinstance(event, Commented | Stated):
            yield msgspec.structs.replace(each.entry, event=_without_words(event))


def _as_laid(was: Decision, laying: Moment, shown: frozenset[int]) -> Entry:
    """Give the draft as it was when it was laid before the nations, and no other.

    Which decision it follows is left out: not all who decide may know of that one.
    """
    drafted = Drafted(
        decision=was.id,
        nation=was.proposer,
        chair=was.chair,
        text=was.text if was.version in shown else _NO_TEXT,
        profile=was.profile_name,
        label=msgspec.Raw(encode_label(was.label)),
    )
    return Entry(
        event=drafted,
        arrival_ms=laying.entry.arrival_ms,
        nation=was.proposer,
    )


def _without_words(event: DecisionEvent) -> DecisionEvent:
    if isinstance(event, Drafted | Amended):
        return msgspec.structs.replace(event, text=_NO_TEXT)
    if isinstance(event, Split):
        parts = tuple(
            msgspec.structs.replace(each, text=_NO_TEXT) for each in event.children
        )
        return msgspec.structs.replace(event, children=parts)
    fields = {
        name: WITHHELD
        for name in _WORDS
        if isinstance(getattr(event, name, None), str) and getattr(event, name)
    }
    return msgspec.structs.replace(event, **fields)
