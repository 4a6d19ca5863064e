import hashlib

import pytest

from foedus.errors import FoedusError, InvalidInputError, TooLargeError
from foedus.eventlog.draft import BODY_BYTES_MAX, HEADER_BYTES_MAX, Draft, draft_all
from foedus.eventlog.envelope import Append, Who
from tests.eventlog.samples import CODEC, Noted, an_append


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


@pytest.mark.parametrize(
    "request_",
    [
        an_append(stream=""),
        an_append(who=Who(account="", nation="NOR", door="web")),
        an_append(who=Who(account="a", nation="", door="web")),
        an_append(who=Who(account="a", nation="NOR", door="")),
        an_append(who=Who(account="a", nation="NOR", door="web", by="")),
        an_append(stream="a\0b"),
        an_append(stream="\ud800"),
        an_append(label="\udfff"),
        an_append(event=Noted(text="\ud800")),
    ],
)
def test_names_that_cannot_be_written_are_refused(request_: Append) -> None:
    assert isinstance(refusal(request_), InvalidInputError)


def test_an_event_above_its_limit_is_too_large() -> None:
    event = Noted(text="x" * BODY_BYTES_MAX)

    assert isinstance(refusal(an_append(event=event)), TooLargeError)


def test_names_above_their_limit_are_too_large() -> None:
    assert isinstance(refusal(an_append("x" * HEADER_BYTES_MAX)), TooLargeError)
