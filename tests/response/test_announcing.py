"""What live readers are told of runs and tasks."""

import json

from foedus.response.moves import Acknowledge, Finish
from tests.response.theatre import Theatre, asking


def told(stage: Theatre, name: str) -> list[tuple[str, str]]:
    found = [json.loads(each) for each in stage.news(name)]
    return [(each["name"], each["happened"]) for each in found]


async def test_each_is_told_of_the_run_and_of_his_own_tasks(stage: Theatre) -> None:
    run = await stage.play(asking(nations=["LVA", "LTU"], completion={"rule": "any"}))
    await stage.do("lva", stage.task("lva"), Acknowledge())
    await stage.do("lva", stage.task("lva"), Finish())
    await stage.cancel("est", run)

    around = [("a playbook", "started"), ("a playbook", "ended")]
    assert told(stage, "pol") == around
    assert told(stage, "ltu") == [
        around[0],
        ("A1", "asked"),
        ("A1", "ended"),
        around[1],
    ]
    own = [("A1", each) for each in ("asked", "acknowledged", "done", "ended")]
    assert told(stage, "lva") == [around[0], *own, around[1]]
    assert [each for each in told(stage, "est") if each[0] == "A2"] == [
        ("A2", "asked"),
        ("A2", "ended"),
    ]
