"""A task is delivered by a page that shows it, and by no other question."""

import pytest

from tests.web.responding import Floor


@pytest.mark.parametrize("path", ["/tasks", "/tasks/{task}", "/runs/{run}", "/inbox"])
async def test_asking_for_the_head_of_a_page_delivers_nothing(
    floor: Floor, path: str
) -> None:
    run = await floor.play_asking(f"Head of {path}?")
    [task] = [each for each in floor.inbox("ltu") if each.asked.run == run]
    address = path.format(task=task.asked.task, run=run)
    async with floor.browser("ltu") as browser:
        answer = await browser.head(address)
        await floor.hub.seen([floor.hub.log.head()])
        before = floor.hub.log.read(f"tasks/{task.asked.task}")
        await browser.get(address)
    after = floor.hub.log.read(f"tasks/{task.asked.task}")

    assert answer.status_code == 200
    assert [each.kind for each in before] == []
    assert [each.kind for each in after] == ["response.delivered"]
