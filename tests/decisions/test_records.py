"""A record proves an outcome without the hub, and an altered one does not."""

import pytest

from foedus.decisions.records import Line, public_key, record_of, verify
from foedus.decisions.states import Phase
from foedus.errors import InvalidInputError, RuleViolationError
from tests.decisions.stories import Story

SECRET = bytes(range(64))


@pytest.fixture
def record() -> bytes:
    story = Story().circulate(96).wait(hours=97).expire()
    lines = tuple(Line(arrival_ms=at, event=event) for event, at in story.history)
    return record_of(story.decision, lines, "NATO", SECRET)


def test_a_record_verifies_by_the_key_of_the_hub(record: bytes) -> None:
    found = verify(record, public_key(SECRET))

    assert found.outcome is Phase.ADOPTED


def test_an_altered_record_does_not_verify(record: bytes) -> None:
    with pytest.raises(RuleViolationError, match="altered"):
        verify(record.replace(b"to do it", b"to do so"))


def test_a_record_by_another_key_does_not_verify(record: bytes) -> None:
    with pytest.raises(RuleViolationError, match="another key"):
        verify(record, public_key(SECRET[::-1]))


def test_a_record_that_claims_more_than_its_events_does_not_verify() -> None:
    story = Story().circulate(96).wait(hours=97).expire()
    lines = tuple(Line(arrival_ms=at, event=event) for event, at in story.history[:-1])
    claimed = record_of(story.decision, lines, "NATO", SECRET)

    with pytest.raises(RuleViolationError, match="do not make"):
        verify(claimed)


def test_what_is_no_record_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        verify(b"{}")
