from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import ConflictError
from foedus.eventlog.draft import Draft, draft_all
from foedus.eventlog.envelope import Append, chain, header
from foedus.eventlog.sequence import (
    AHEAD_MS_MAX,
    Head,
    Known,
    Sequenced,
    is_too_far_ahead,
    next_arrival_ms,
    sequence,
)
from foedus.ids import START, Position
from tests.eventlog.samples import CODEC, an_append

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

    assert isinstance(done.outcomes[0], ConflictError)
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


def test_commits_are_slowed_when_arrivals_run_too_far_ahead() -> None:
    assert not is_too_far_ahead(1000 + AHEAD_MS_MAX - 1, 1000)
    assert is_too_far_ahead(1000 + AHEAD_MS_MAX, 1000)
