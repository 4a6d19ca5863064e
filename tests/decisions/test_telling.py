"""What of a history is told to whom, also where its labels changed meanwhile."""

from collections.abc import Iterable

import msgspec
import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.decisions import rules, standpoints
from foedus.decisions.records import lines_of, record_of, verify
from foedus.decisions.states import Decision, Phase
from foedus.decisions.telling import Entry, for_record, moments, told_of
from foedus.decisions.versions import versions_of
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Role, Viewer
from tests.decisions.stories import BEL, FRA, LABEL, NATO, NOON, Story, text

SECRET = bytes(range(64))
RESTRICTED = FixedLabel(level=1)


@pytest.fixture(scope="module")
def access() -> Access:
    return Access(Alliance.from_pack(load_pack("nato")), NOON.date())


def viewer(nation: str, clearance: int = 1) -> Viewer:
    return Viewer(
        nation=NationCode(nation),
        clearance=clearance,
        roles=frozenset({Role.DELEGATE}),
        account=None,  # type: ignore[arg-type]  # nobody asks for it here
    )


def entries(story: Story) -> tuple[Entry, ...]:
    return tuple(
        Entry(event=event, arrival_ms=at, nation="NATO") for event, at in story.history
    )


def amend(story: Story, words: str, label: FixedLabel = LABEL) -> Story:
    by = story.speaker(NATO)
    story.add(rules.amend(story.decision, by, text(words), chair=NATO, label=label))
    return story


@pytest.fixture
def drafted_thrice() -> Story:
    """A draft that was written anew and commented before it was circulated."""
    story = amend(Story(text("CANARY-first")), "CANARY-second")
    story.add(
        standpoints.comment(
            story.decision, story.speaker(NATO), "CANARY-comment", is_open=False
        )
    )
    return amend(story, "to do it").wait(hours=1).circulate(96)


@pytest.fixture
def once_restricted() -> Story:
    """A text whose second version goes further than its first one."""
    story = Story(text("CANARY-first"))
    story.add(
        rules.table(
            story.decision,
            story.speaker(NATO),
            rules.Table(electorate=story.electorate, label=RESTRICTED),
        )
    )
    story.add(
        standpoints.comment(
            story.decision, story.speaker(FRA), "CANARY-comment", is_open=True
        )
    )
    amend(story, "to do it").circulate(96)
    return story


def test_how_often_a_draft_was_written_is_told_to_nobody_else(
    drafted_thrice: Story, access: Access
) -> None:
    told = told_of(entries(drafted_thrice), viewer(BEL), access)

    assert drafted_thrice.decision.version == 1
    assert [type(each.event).__name__ for each in told] == ["Circulated"]
    assert "CANARY" not in repr(told)


def test_the_proposer_and_the_chair_are_told_of_the_draft(
    drafted_thrice: Story, access: Access
) -> None:
    told = told_of(entries(drafted_thrice), viewer(NATO), access)

    assert len(told) == len(drafted_thrice.history)


def test_a_version_under_a_higher_label_stays_closed_when_the_next_is_not(
    once_restricted: Story, access: Access
) -> None:
    found = entries(once_restricted)

    low = tuple(moments(found, viewer(BEL, clearance=0), access))
    high = tuple(moments(found, viewer(BEL, clearance=1), access))

    assert [each.number for each in versions_of(low)] == [2]
    assert [each.number for each in versions_of(high)] == [1, 2]
    assert "CANARY" not in repr([each.entry for each in low if each.told])


@pytest.mark.parametrize("history", ["drafted_thrice", "once_restricted"])
def test_a_record_withholds_what_its_reader_may_not_see_and_proves_the_outcome(
    history: str, access: Access, request: pytest.FixtureRequest
) -> None:
    story: Story = request.getfixturevalue(history)
    story.wait(hours=97).expire()

    given = record(
        story.decision, for_record(entries(story), viewer(BEL, clearance=0), access)
    )

    assert b"CANARY" not in given
    assert verify(given).outcome is Phase.ADOPTED


def test_a_record_names_no_decision_that_its_reader_may_not_know(
    drafted_thrice: Story, access: Access
) -> None:
    drafted, *rest = entries(drafted_thrice)
    event = msgspec.structs.replace(drafted.event, follows="decision--CANARY")
    found = (msgspec.structs.replace(drafted, event=event), *rest)

    assert "CANARY" not in repr(for_record(found, viewer(BEL), access))


def test_the_record_of_who_may_see_all_of_it_is_all_of_it(
    once_restricted: Story, access: Access
) -> None:
    found = entries(once_restricted)

    assert for_record(found, viewer(NATO), access) == found


def test_letters_of_a_version_that_is_hidden_keep_their_place_without_words(
    access: Access,
) -> None:
    story = Story(text("first"))
    story.add(
        rules.circulate(
            story.decision,
            story.speaker(),
            story.in_(96),
            rules.Table(electorate=story.electorate, label=RESTRICTED),
        )
    )
    story.break_by(FRA, "CANARY-reason", proposal="CANARY-proposal")
    amend(story, "to do it").circulate(96).wait(hours=97).expire()

    given = for_record(entries(story), viewer(BEL, clearance=0), access)

    assert "CANARY" not in repr(given)
    assert "SilenceBroken" in repr(given)
    assert verify(record(story.decision, given)).outcome is Phase.ADOPTED


def record(decision: Decision, given: Iterable[Entry]) -> bytes:
    return record_of(decision, lines_of(given), "NATO", SECRET)
