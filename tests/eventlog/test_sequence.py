import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import (
    ConflictError,
    FoedusError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.eventlog.draft import Draft, draft_all, draft_redaction
from foedus.eventlog.envelope import Append, chain, header
from foedus.eventlog.sequence import (
    AHEAD_MS_MAX,
    REDACTION,
    Head,
    Known,
    Sequenced,
    Target,
    is_too_far_ahead,
    next_arrival_ms,
    sequence,
)
from foedus.ids import START, Position
from tests.eventlog.samples import CODEC, Counted, a_redaction, an_append

HEAD = Head(position=Position(10), digest=b"d" * 32, arrival_ms=1000)


def drafts(*requests: Append) -> list[Draft]:
    return [each for each in draft_all(CODEC, requests) if isinstance(each, Draft)]


def place(*requests: Append, lasts: dict[str, Position] | None = None) -> Sequenced:
    known = Known(ids={}, lasts=lasts or {}, find={}.get, target={}.get)
    return sequence(drafts(*requests), HEAD, known, 1001)


def test_every_entry_is_chained_to_the_one_before() -> None:
    done = place(an_append(), an_append())

    digest = HEAD.digest
    for placed in done.placed:
        line = header(placed.position, 1001, placed.draft.fixed_header)
        digest = chain(digest, line, placed.draft.commitment)
        assert placed.digest == digest
    assert done.head == Head(position=Position(12), digest=digest, arrival_ms=1001)


def test_a_commit_of_refusals_leaves_the_head_as_it_was() -> None:
    done = place(an_append("a", after=START), lasts={"a": Position(9)})

    (refusal,) = done.outcomes
    assert isinstance(refusal, ConflictError)
    assert refusal.detail == "a has moved on since position 0; read it again"
    assert (done.placed, done.head) == ([], HEAD)


def test_a_retry_that_was_overtaken_is_looked_up() -> None:
    request = an_append("a", after=START)
    find = {request.event_id.bytes: Position(4)}.get
    known = Known(ids={}, lasts={"a": Position(9)}, find=find, target={}.get)

    assert sequence(drafts(request), HEAD, known, 1001).outcomes == [4]


def test_an_expectation_past_the_end_of_a_stream_holds() -> None:
    done = place(an_append("a", after=Position(10)), lasts={"a": Position(9)})

    assert done.outcomes == [11]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_an_arrival_is_past_the_last_and_not_before_the_clock(
    last_ms: int, now_ms: int
) -> None:
    arrival_ms = next_arrival_ms(Head(arrival_ms=last_ms), now_ms)

    assert arrival_ms > last_ms
    assert arrival_ms >= now_ms
    assert arrival_ms in {last_ms + 1, now_ms}


def test_commits_are_slowed_when_arrivals_run_too_far_ahead() -> None:
    assert not is_too_far_ahead(1000 + AHEAD_MS_MAX - 1, 1000)
    assert is_too_far_ahead(1000 + AHEAD_MS_MAX, 1000)


def erased(
    position: int,
    targets: dict[Position, Target],
    *,
    last: Position = START,
    first: Position | None = None,
) -> Position | FoedusError:
    """Redact one entry, of which something that counts is to be left.

    Args:
        position: the entry.
        targets: the entries that there are.
        last: the last entry on the stream of the redaction.
        first: where the id of the redaction was written already.
    """
    request = a_redaction(position, residue=Counted(number=0))
    draft = draft_redaction(CODEC, request)
    known = Known(
        ids={} if first is None else {draft.event_id: first},
        lasts={draft.stream: last},
        find={}.get,
        target=targets.get,
    )
    (outcome,) = sequence([draft], HEAD, known, 1001).outcomes
    return outcome


COUNTED = Target(kind="sample.counted", erased=False)
GONE = Target(kind="sample.counted", erased=True)
OTHER = Target(kind="sample.noted", erased=False)
REDACTED = Target(kind=REDACTION, erased=False)
TWO = Position(2)


@pytest.mark.parametrize(
    ("targets", "last", "kind", "words"),
    [
        ({}, START, NotFoundError, "the log has no entry at position 2"),
        (
            {TWO: REDACTED},
            START,
            RuleViolationError,
            (
                "the entry at position 2 is a redaction; it stays, since it vouches "
                "for what was erased"
            ),
        ),
        (
            {TWO: GONE},
            START,
            ConflictError,
            "the entry at position 2 was redacted already",
        ),
        (
            {TWO: COUNTED},
            Position(1),
            ConflictError,
            "the entry at position 2 was redacted already",
        ),
        (
            {TWO: OTHER},
            START,
            InvalidInputError,
            "what is left of the entry at position 2 must be of its kind, sample.noted",
        ),
    ],
)
def test_a_redaction_that_is_refused_is_told_why(
    targets: dict[Position, Target],
    last: Position,
    kind: type[FoedusError],
    words: str,
) -> None:
    outcome = erased(2, targets, last=last)

    assert isinstance(outcome, kind)
    assert outcome.detail == words


def test_a_redaction_of_an_entry_of_its_kind_is_placed() -> None:
    assert erased(2, {TWO: COUNTED}) == 11


@pytest.mark.parametrize("targets", [{}, {TWO: COUNTED}])
def test_a_redaction_whose_id_belongs_to_another_event_is_told_so(
    targets: dict[Position, Target],
) -> None:
    outcome = erased(2, targets, first=Position(5))

    assert isinstance(outcome, ConflictError)
    assert outcome.detail == "the id of this redaction belongs to another event"


def test_a_redaction_that_is_retried_gets_its_first_position() -> None:
    assert erased(2, {TWO: GONE}, first=Position(5)) == 5
