import hashlib

import pytest

from foedus.errors import FoedusError, InvalidInputError, TooLargeError
from foedus.eventlog.draft import (
    BODY_BYTES_MAX,
    HEADER_BYTES_MAX,
    Draft,
    Erasure,
    draft_all,
    draft_redaction,
)
from foedus.eventlog.envelope import Append, Who
from foedus.ids import START, Position
from tests.eventlog.samples import CODEC, Noted, a_redaction, an_append


def drafts(*requests: Append) -> list[Draft]:
    return [each for each in draft_all(CODEC, requests) if isinstance(each, Draft)]


def refusal(request: Append) -> Draft | FoedusError:
    (outcome,) = draft_all(CODEC, [request])
    return outcome


def test_a_draft_commits_to_its_salt_and_body() -> None:
    (draft,) = drafts(an_append())

    assert draft.commitment == hashlib.sha256(draft.salt + draft.body).digest()


def test_every_draft_has_a_salt_of_its_own() -> None:
    salts = {draft.salt for draft in drafts(*(an_append() for _ in range(50)))}

    assert {len(salt) for salt in salts} == {16}
    assert len(salts) == 50


def test_the_size_of_a_draft_is_that_of_body_and_names() -> None:
    (small, large) = drafts(an_append(), an_append(event=Noted(text="x" * 1000)))

    assert large.size - small.size == 1000 - len("seen")
    assert small.size == len(small.body) + len(small.fixed_header)


EMPTY = "stream, account, nation and door of an append must not be empty"
NO_TEXT = "stream, account, nation, door and label must be valid Unicode text"
NUL = "an entry's names must not hold the character NUL"
NO_JSON = "the event sample.noted cannot be written as JSON and read again"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (an_append(stream=""), EMPTY),
        (an_append(who=Who(account="", nation="NOR", door="web")), EMPTY),
        (an_append(who=Who(account="a", nation="", door="web")), EMPTY),
        (an_append(who=Who(account="a", nation="NOR", door="")), EMPTY),
        (an_append(who=Who(account="a", nation="NOR", door="web", by="")), EMPTY),
        (an_append(stream="a\0b"), NUL),
        (an_append(label="\0"), NUL),
        (an_append(stream="\ud800"), NO_TEXT),
        (an_append(label="\udfff"), NO_TEXT),
        (an_append(event=Noted(text="\ud800")), NO_JSON),
    ],
)
def test_names_that_cannot_be_written_are_refused(request_: Append, words: str) -> None:
    outcome = refusal(request_)

    assert isinstance(outcome, InvalidInputError)
    assert outcome.detail == words


def test_names_may_hold_any_other_character() -> None:
    (draft,) = drafts(an_append("a\\b\x01é", label="\\"))

    assert (draft.stream, draft.label) == ("a\\b\x01é", "\\")


def test_an_event_above_its_limit_is_too_large() -> None:
    room = BODY_BYTES_MAX - len(CODEC.encode(Noted())[1])

    (most,) = drafts(an_append(event=Noted(text="x" * room)))
    outcome = refusal(an_append(event=Noted(text="x" * (room + 1))))

    assert len(most.body) == BODY_BYTES_MAX
    assert isinstance(outcome, TooLargeError)
    assert outcome.detail == f"an event may have at most {BODY_BYTES_MAX} bytes"


def test_names_above_their_limit_are_too_large() -> None:
    (short,) = drafts(an_append("x"))
    room = HEADER_BYTES_MAX - len(short.fixed_header) + 1

    (most,) = drafts(an_append("x" * room))
    outcome = refusal(an_append("x" * (room + 1)))

    assert len(most.fixed_header) == HEADER_BYTES_MAX
    assert isinstance(outcome, TooLargeError)
    assert outcome.detail == (
        f"names and label of an append may have at most {HEADER_BYTES_MAX} bytes"
    )


def test_a_draft_holds_what_was_asked_for() -> None:
    request = an_append("s", label="L", after=Position(3))

    (draft,) = drafts(request)

    assert draft.event_id == request.event_id.bytes
    assert draft.names == ("s", "sample.noted", "account--1", "NOR", "taxii", None)
    assert (draft.stream, draft.nation, draft.label) == ("s", "NOR", "L")
    assert (draft.after, draft.erases) == (3, None)


def test_a_redaction_expects_to_be_the_first_and_tells_what_it_erases() -> None:
    left = draft_redaction(CODEC, a_redaction(7, residue=Noted()))
    nothing_left = draft_redaction(CODEC, a_redaction(7))

    assert (left.after, nothing_left.after) == (START, START)
    assert left.erases == Erasure(position=Position(7), kind="sample.noted")
    assert nothing_left.erases == Erasure(position=Position(7), kind=None)
    assert (len(left.salt), len(nothing_left.salt)) == (16, 16)
    assert left.salt != nothing_left.salt


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (an_append(), "only an event of the kind log.redacted erases"),
        (
            a_redaction(7, stream="log/redactions/8"),
            "the stream of this redaction is log/redactions/7",
        ),
    ],
)
def test_what_is_no_redaction_is_told_why(request_: Append, words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        draft_redaction(CODEC, request_)

    assert caught.value.detail == words
