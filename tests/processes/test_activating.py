"""Intelligence proposes, people decide: through the hub, as it comes in."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from foedus.errors import (
    ForbiddenError,
    LabelError,
    NotFoundError,
    RuleViolationError,
)
from foedus.response.proposals import Phase
from foedus.response.proposals_commands import (
    RULES_OF_NATION_MAX,
    Approving,
    approve,
    remove_rule,
)
from foedus.response.proposals_views import open_rules, unsettled
from foedus.response.runs import Status
from tests.processes import activating_world
from tests.processes.activating_world import (
    ABOVE,
    HIDDEN,
    RESTRICTED,
    RULE,
    Lookout,
    indicator,
    sighting,
)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return activating_world.founded_in(tmp_path_factory.getbasetemp())


@pytest.fixture
def lookout(founded: Path, tmp_path: Path) -> Iterator[Lookout]:
    opened = Lookout(founded, tmp_path)
    yield opened
    opened.close()


async def test_what_fits_a_rule_proposes_its_protocol_with_its_evidence(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol())

    await lookout.post("pol", indicator(confidence=70))

    [found] = lookout.proposals()
    assert (found.phase, found.score, found.needed) == (Phase.OPEN, 70, 1)
    assert [(each.id, each.nation) for each in found.evidence] == [
        (indicator()["id"], "POL")
    ]


async def test_what_was_there_before_the_rule_proposes_nothing(
    lookout: Lookout,
) -> None:
    playbook = await lookout.protocol()
    await lookout.post("pol", indicator())

    await lookout.rule(playbook)
    await lookout.watch.settle()

    assert lookout.proposals() == []


async def test_one_duty_officer_starts_what_disturbs_little(lookout: Lookout) -> None:
    await lookout.rule(await lookout.protocol(impact=10))
    await lookout.post("pol", indicator())

    await lookout.approve("est")

    [found] = lookout.proposals()
    assert lookout.run(found.run).status is Status.RUNNING
    assert len(lookout.inbox("lva")) == 1


async def test_two_different_persons_start_what_disturbs_much(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol(impact=80))
    await lookout.post("pol", indicator())

    await lookout.approve("est")
    assert lookout.inbox("lva") == []
    with pytest.raises(ForbiddenError, match="another person"):
        await lookout.approve("est")
    await lookout.approve("est-two")

    assert len(lookout.inbox("lva")) == 1


async def test_what_is_put_off_stands_not_before_the_others(lookout: Lookout) -> None:
    await lookout.rule(await lookout.protocol(impact=10))
    await lookout.post("pol", indicator())
    await lookout.approved_and_killed("est")
    [found] = lookout.proposals()
    with lookout.hub.reading.snapshot() as seen:
        waits, put_off = unsettled(seen.db), unsettled(seen.db, [found.proposal])
    await lookout.watch.settle()
    with lookout.hub.reading.snapshot() as seen:
        settled = unsettled(seen.db)

    assert [each.proposal for each in waits] == [found.proposal]
    assert (put_off, settled) == ([], [])
    assert lookout.run(found.run).status is Status.RUNNING


async def test_a_service_approves_nothing(lookout: Lookout) -> None:
    await lookout.rule(await lookout.protocol())
    await lookout.post("pol", indicator())

    with pytest.raises(ForbiddenError, match="a person approves"):
        await lookout.approve("est-bot")


async def test_a_decision_that_is_not_there_stands_for_nobody(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol(impact=80))
    await lookout.post("pol", indicator())

    with pytest.raises(NotFoundError):
        await lookout.approve(
            "est", decision="decision--00000000-0000-4000-8000-000000000000"
        )


async def test_what_could_not_be_started_is_not_approved(lookout: Lookout) -> None:
    await lookout.rule(await lookout.protocol(nations=["DEU"]))
    await lookout.post("pol", indicator())

    with pytest.raises(RuleViolationError, match="nobody could see"):
        await lookout.approve("est")

    assert lookout.proposals()[0].approvals == ()


async def test_more_of_it_joins_and_makes_no_second_proposal(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol())

    await lookout.post("pol", indicator(1))
    await lookout.post("fin", indicator(2), sighting(3, indicator(1)))
    await lookout.approve("est")
    await lookout.post("lva", sighting(4, indicator(2)))

    [found] = lookout.proposals()
    assert len(found.evidence) == 4
    assert found.subjects == (indicator(1)["id"], indicator(2)["id"])
    assert found.sighted_by == ("FIN", "LVA")


async def test_so_many_nations_must_have_sighted_it(lookout: Lookout) -> None:
    await lookout.rule(await lookout.protocol(), sighted_by=2, types=("indicator",))

    await lookout.post("pol", indicator(), sighting(1, indicator()))
    before = lookout.proposals()
    await lookout.post("fin", sighting(2, indicator()))

    assert before == []
    assert lookout.proposals()[0].sighted_by == ("FIN", "POL")


async def test_dismissing_a_false_trigger_cancels_its_run(lookout: Lookout) -> None:
    await lookout.rule(await lookout.protocol())
    await lookout.post("pol", indicator())
    await lookout.approve("est")

    await lookout.dismiss("est-two", "a test mail")

    [found] = lookout.proposals()
    assert (found.phase, found.reason) == (Phase.DISMISSED, "a test mail")
    assert lookout.run(found.run).status is Status.CANCELLED
    assert lookout.run(found.run).cancelled == "false trigger"


async def test_after_a_false_trigger_the_same_thing_is_quiet_and_others_are_not(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol(), quiet="PT1H")
    await lookout.post("pol", indicator(1))
    await lookout.dismiss("est")

    await lookout.post("fin", sighting(1, indicator(1)))
    quiet = len(lookout.proposals())
    lookout.clock.advance(timedelta(hours=1))
    await lookout.post("lva", sighting(2, indicator(1)))

    assert (quiet, len(lookout.proposals())) == (1, 2)


async def test_a_rule_that_was_removed_proposes_nothing(lookout: Lookout) -> None:
    rule = await lookout.rule(await lookout.protocol())
    position = await remove_rule(
        lookout.hub.desk, lookout.account("est").viewer(), lookout.act("est"), rule
    )
    await lookout.hub.seen([position])

    await lookout.post("pol", indicator())

    assert lookout.proposals() == []


async def test_what_came_while_nobody_looked_is_judged_after_a_restart(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol())
    await lookout.post("pol", indicator(), judge=False)

    lookout.reopen()
    await lookout.watch.settle()

    assert len(lookout.proposals()) == 1


async def test_a_restart_proposes_nothing_twice(lookout: Lookout) -> None:
    await lookout.rule(await lookout.protocol())
    await lookout.post("pol", indicator(1))
    await lookout.dismiss("est")
    before = lookout.proposals()

    lookout.reopen()
    lookout.clock.advance(timedelta(days=3))
    await lookout.watch.settle()

    assert lookout.proposals() == before


async def test_two_processes_that_judge_the_same_propose_once(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol())
    await lookout.post("pol", indicator(), judge=False)
    other = activating_world.Watch(lookout.hub.activation)

    await lookout.watch.settle()
    await other.settle()

    assert len(lookout.proposals()) == 1


async def test_an_approved_proposal_whose_run_was_not_started_is_started_later(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol())
    await lookout.post("pol", indicator())
    await lookout.approved_and_killed("est")

    await lookout.watch.settle()

    assert lookout.run(lookout.proposals()[0].run).status is Status.RUNNING


async def test_a_rule_sees_what_its_nation_sees_and_nothing_else(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol(), sighted_by=1)

    await lookout.post("pol", indicator(1), label=HIDDEN)
    await lookout.post("pol", indicator(2))
    await lookout.post("lva", sighting(3, indicator(2)), label=HIDDEN)

    assert lookout.proposals() == []


async def test_a_rule_sees_nothing_above_its_ceiling(lookout: Lookout) -> None:
    playbook = await lookout.protocol()
    await lookout.rule(playbook, "est-two", ceiling=0)

    await lookout.post("pol-two", indicator(), label=ABOVE)
    below = lookout.proposals("est-two")
    await lookout.rule(playbook, "est-two", ceiling=RESTRICTED)
    await lookout.post("pol-two", indicator(2), label=ABOVE)

    assert below == []
    assert len(lookout.proposals("est-two")) == 1


async def test_who_is_not_cleared_for_a_rule_s_ceiling_knows_nothing_of_it(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol(), "est-two", ceiling=RESTRICTED)
    await lookout.post("pol", indicator())

    [found] = lookout.proposals("est-two")

    assert lookout.proposals("est-low") == []
    assert lookout.proposals("pol-two") == []
    with pytest.raises(NotFoundError):
        await approve(
            lookout.hub.desk,
            lookout.account("est-low").viewer(),
            lookout.act("est-low"),
            found.proposal,
            Approving(),
        )


async def test_a_run_tells_nothing_of_the_rule_that_proposed_it(
    lookout: Lookout,
) -> None:
    playbook = await lookout.protocol()
    await lookout.rule(playbook, "est-two", ceiling=RESTRICTED)
    await lookout.post("pol", indicator())
    await lookout.approve("est-two")
    await lookout.dismiss("est-two", "our source was wrong")

    [found] = lookout.proposals("est-two")
    told = lookout.told_of_run("lva", found.run)
    assert "proposal" in told
    assert RULE not in told
    assert "our source" not in told


async def test_a_rule_reads_up_to_the_clearance_of_who_sets_it(
    lookout: Lookout,
) -> None:
    playbook = await lookout.protocol()

    with pytest.raises(RuleViolationError, match="up to your clearance"):
        await lookout.rule(playbook, name="est-low", ceiling=RESTRICTED)


async def test_only_a_duty_officer_sets_a_rule(lookout: Lookout) -> None:
    playbook = await lookout.protocol()

    with pytest.raises(ForbiddenError):
        await lookout.rule(playbook, name="pol-reader")


async def test_folding_the_log_again_gives_the_same_proposals(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol())
    await lookout.post("pol", indicator(1))
    await lookout.approve("est")
    before = lookout.proposals()

    lookout.close()
    (lookout.folder / "views.db").unlink()
    lookout.hub = lookout.opened()

    assert lookout.proposals() == before


async def test_labels_that_are_no_words_stop_no_rule(lookout: Lookout) -> None:
    playbook = await lookout.protocol()
    await lookout.rule(playbook, pattern="", words=("phishing",))

    await lookout.post("pol", indicator(5, labels=[{"a": 1}]))
    await lookout.post("pol", indicator(6, labels=["phishing"]))

    assert len(lookout.proposals()) == 1


async def test_a_rule_that_cannot_be_judged_holds_up_no_other(
    lookout: Lookout,
) -> None:
    playbook = await lookout.protocol()
    await lookout.spoil(await lookout.rule(playbook), pattern="[no pattern")
    await lookout.rule(playbook)

    await lookout.post("pol", indicator())

    assert len(lookout.proposals()) == 2


FEW = "NATO UNCLASSIFIED // REL TO EST, LTU, LVA"
FEWER = "NATO UNCLASSIFIED // REL TO EST, LTU, LVA, POL"


def label_of_run(lookout: Lookout, name: str = "est") -> str:
    [found] = lookout.proposals()
    return str(json.loads(lookout.told_of_run(name, found.run))["label"])


async def test_the_label_that_an_approver_named_holds_whoever_starts_the_run(
    lookout: Lookout,
) -> None:
    await lookout.rule(await lookout.protocol())
    await lookout.post("pol", indicator())

    await lookout.approved_and_killed("est", label=FEW)
    lookout.reopen()
    await lookout.watch.settle()

    assert label_of_run(lookout) == FEW


async def test_the_labels_of_two_approvers_are_joined(lookout: Lookout) -> None:
    await lookout.rule(await lookout.protocol(impact=80))
    await lookout.post("pol", indicator())

    await lookout.approve("est", label=FEW)
    await lookout.approve("est-two", label=FEWER)

    assert label_of_run(lookout) == FEW


async def test_a_label_that_is_none_is_not_approved(lookout: Lookout) -> None:
    await lookout.rule(await lookout.protocol(impact=80))
    await lookout.post("pol", indicator())

    with pytest.raises(LabelError):
        await lookout.approve("est", label="NATO NONSENSE")
    assert lookout.proposals()[0].approvals == ()


async def test_a_nation_has_so_many_rules_whatever_others_have(
    lookout: Lookout,
) -> None:
    book = await lookout.protocol()
    for _ in range(RULES_OF_NATION_MAX):
        await lookout.rule(book)
    with pytest.raises(RuleViolationError, match="at most"):
        await lookout.rule(book)

    assert await lookout.rule(book, "pol-two")
    with lookout.hub.reading.snapshot() as seen:
        first, second = open_rules(seen.db, limit=2)
    assert {first.nation, second.nation} == {"EST", "POL"}
