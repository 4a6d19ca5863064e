"""Runs and tasks through a hub: who may do what, and what follows."""



from foedus.response.moves import (
    Accept,
    Acknowledge,
    Begin,
    Decline,
    Finish,
)
from foedus.response.tasks import Ending, Standing
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
