"""Runs and tasks through a hub: who may do what, and what follows."""

import asyncio
from datetime import timedelta

import pytest

from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.response.commands import note_shown
from foedus.response.moves import (
    Accept,
    Acknowledge,
    Begin,
    Confirm,
    Decline,
    Delegate,
    Finish,
    Note,
    Return,
)
from foedus.response.queries import find_run
from foedus.response.tasks import Ending, Standing
from tests.response.books import at_step, variable
from tests.response.theatre import Theatre, asking


async def test_a_step_is_asked_of_each_nation_and_goes_on_when_all_have_done_it(
    stage: Theatre,
) -> None:
    run = await stage.play(asking())
    assert {t.asked.nation for t in stage.tasks(run, "est")} == {"EST", "LVA", "LTU"}

    for name in ("est", "lva", "ltu"):
        task = stage.task(name)
        await stage.do(name, task, Acknowledge())
        await stage.do(name, task, Accept())
        await stage.do(name, task, Begin())
        await stage.do(name, task, Finish(reply="done"))

    assert stage.trace(run) == ["A1:ok"]
    [follow] = stage.inbox("est")
    assert follow.asked.name == "A2"
    await stage.do("est", follow.asked.task, Finish())
    assert stage.run(run).status == "completed"


async def test_a_decline_excuses_of_all_and_is_told_as_such(stage: Theatre) -> None:
    run = await stage.play(asking())
    for name in ("est", "lva"):
        await stage.do(name, stage.task(name), Finish())
    await stage.do("ltu", stage.task("ltu"), Decline(caveat="no aircraft"))

    assert stage.trace(run) == ["A1:ok"]
    [declined] = stage.inbox("ltu", open=False)
    assert (declined.standing, declined.ending, declined.caveat) == (
        Standing.DECLINED,
        Ending.ANSWERED,
        "no aircraft",
    )


async def test_who_directs_starts_and_the_body_acts_through_its_secretariat(
    stage: Theatre,
) -> None:
    playbook = await stage.bring(asking(nations=["LVA"]))
    for name in ("est-delegate", "pol-reader", "fin-audit"):
        with pytest.raises(ForbiddenError):
            await stage.start(playbook, name)
    run = await stage.start(playbook, "nato")
    assert stage.run(run).coordinator == "NATO"


async def test_work_that_is_confirmed_or_given_back(stage: Theatre) -> None:
    run = await stage.play(asking(nations=["LVA"], clocks={"confirm": {}}))
    task = stage.task("lva")
    await stage.do("lva", task, Finish(reply="done"))
    assert stage.trace(run) == []
    await stage.do("est", task, Return(reason="the second site is missing"))
    assert stage.inbox("lva")[0].standing is Standing.BEGUN
    await stage.do("lva", task, Finish(reply="that, too"))
    await stage.do("est", task, Confirm())
    assert stage.trace(run) == ["A1:ok"]
    with pytest.raises(RuleViolationError):
        await stage.do("est", task, Return(reason="no"))


async def test_a_task_is_offered_to_and_done_by_another_nation(stage: Theatre) -> None:
    run = await stage.play(asking(nations=["LVA", "LTU"]))
    [task] = [each.asked.task for each in stage.inbox("lva")]
    with pytest.raises(InvalidInputError):
        await stage.do("lva", task, Delegate(nation="ATLANTIS"))
    with pytest.raises(InvalidInputError):
        await stage.do("lva", task, Delegate(nation="LTU", team="CERT"))
    with pytest.raises(NotFoundError):
        await stage.do("ltu", task, Accept())
    await stage.do("lva", task, Delegate(nation="Lithuania"))
    assert task in [each.asked.task for each in stage.inbox("ltu")]
    await stage.do("ltu", task, Accept())
    await stage.do("ltu", task, Finish(reply="for Latvia"))
    [own] = [t.asked.task for t in stage.inbox("ltu") if t.asked.nation == "LTU"]
    await stage.do("ltu", own, Finish())
    assert stage.trace(run) == ["A1:ok"]


async def test_an_offer_that_is_refused_is_hidden_again(stage: Theatre) -> None:
    await stage.play(asking(nations=["LVA", "LTU"]))
    [task] = [each.asked.task for each in stage.inbox("lva")]
    await stage.do("lva", task, Delegate(nation="LTU"))
    await stage.do("ltu", task, Decline(caveat="busy"))
    assert task not in [each.asked.task for each in stage.inbox("ltu", part="all")]


async def test_outputs_are_gathered_and_of_their_type(stage: Theatre) -> None:
    document = asking(completion={"rule": "quorum", "quorum": 2})
    document["playbook_variables"] = {"__n__": variable("0", "integer")}
    at_step(document, "A1")["out_args"] = ["__n__"]
    run = await stage.play(document)
    with pytest.raises(InvalidInputError):
        await stage.do("lva", stage.task("lva"), Finish(outputs={"__n__": "many"}))
    await stage.do("lva", stage.task("lva"), Finish(outputs={"__n__": "2"}))
    stage.clock.advance(timedelta(seconds=1))
    await stage.do("est", stage.task("est"), Finish(outputs={"__n__": "5"}))
    with stage.hub.reading.snapshot() as seen:
        found = find_run(seen.db, seen.access, stage.account("est").viewer(), run)
    assert found is not None
    assert found.state.values() == {"__n__": "5"}


async def test_a_gate_opens_for_an_adopted_decision_alone(stage: Theatre) -> None:
    await stage.play(asking(nations=["LVA"], gate="decision"))
    drafted = "decision--00000000-0000-4000-8000-000000000009"
    with pytest.raises(RuleViolationError, match="decision"):
        await stage.do("lva", stage.task("lva"), Finish(evidence=(drafted,)))


async def test_cancelling_is_one_recorded_act(stage: Theatre) -> None:
    run = await stage.play(asking())
    with pytest.raises(ForbiddenError):
        await stage.cancel("lva", run)
    with pytest.raises(NotFoundError):
        await stage.cancel("est", run[:-1] + ("0" if run[-1] != "0" else "1"))
    head = stage.hub.log.head()
    await stage.cancel("est", run)
    assert stage.hub.log.head() == head + 1
    assert stage.inbox("lva") == []
    [gone] = stage.inbox("lva", open=False)
    assert gone.ending is Ending.CANCELLED
    with pytest.raises(RuleViolationError):
        await stage.do("lva", gone.asked.task, Accept())
    await stage.do("lva", gone.asked.task, Note(text="we had begun"))
    with pytest.raises(RuleViolationError):
        await stage.cancel("est", run)


async def test_two_who_act_at_once_are_both_heard(stage: Theatre) -> None:
    await stage.play(asking(nations=["LVA"]))
    task = stage.task("lva")
    await asyncio.gather(
        *(stage.do("lva", task, Note(text=f"note {n}")) for n in range(4)),
        stage.do("est", task, Note(text="hurry")),
    )
    [found] = stage.inbox("lva")
    assert len(found.notes) == 5


async def test_who_has_no_role_is_refused_though_he_sees_it(stage: Theatre) -> None:
    await stage.play(asking(nations=["POL"]))
    task = stage.task("pol")
    assert stage.task("pol-reader") == task
    with pytest.raises(ForbiddenError):
        await stage.do("pol-reader", task, Acknowledge())
    await stage.do("pol", task, Acknowledge())
    head = stage.hub.log.head()
    await stage.do("pol", task, Acknowledge())
    assert stage.hub.log.head() == head


async def test_a_service_acts_only_where_the_step_names_its_role(
    stage: Theatre,
) -> None:
    await stage.play(asking(nations=["LVA"]))
    await stage.play(asking(nations=["LVA"], role="duty-officer"))
    unnamed, named = sorted(
        stage.inbox("lva"), key=lambda each: each.asked.plan.role is not None
    )
    viewer, act = stage.account("lva-bot").viewer(), stage.act("lva-bot")
    shown = await note_shown(stage.hub.desk, viewer, act, [unnamed, named])

    assert len(shown) == 1
    await stage.do("lva-bot", named.asked.task, Accept())
    with pytest.raises(ForbiddenError):
        await stage.do("lva-bot", unnamed.asked.task, Accept())
    await stage.do("lva-bot", unnamed.asked.task, Note(text="seen by a machine"))
