"""The duty officer's board: what is amiss, what runs, who watches the clocks."""

import msgspec

from foedus.clock import to_ms
from foedus.processes.auditing import MARK, Mark
from tests.web.responding import Floor


async def test_the_board_shows_what_is_amiss_to_whom_it_concerns(
    floor: Floor,
) -> None:
    run = await floor.play_asking("On the board?")
    [task] = [each for each in floor.inbox("ltu") if each.asked.run == run]
    await floor.send("ltu", f"/tasks/{task.asked.task}/decline", caveat="No hands.")

    coordinator = await floor.page("est", "/board")
    other = await floor.page("lva", "/board")

    assert f"/tasks/{task.asked.task}" in coordinator
    assert "No hands." in coordinator
    assert "No hands." not in other
    assert task.asked.task not in other
    assert f"/runs/{run}" in other


async def test_the_board_asks_for_itself_anew(floor: Floor) -> None:
    async with floor.browser("est") as browser:
        answer = await browser.get("/board")

    assert answer.headers["refresh"] == "30"
    assert "<form" not in answer.text.partition("<main")[2], "nothing typed is lost"


async def test_the_board_says_whether_the_auditor_of_clocks_is_alive(
    floor: Floor,
) -> None:
    def look(ago_s: int) -> None:
        at_ms = to_ms(floor.clock()) - ago_s * 1_000
        mark = Mark(since_ms=at_ms, seen_ms=at_ms, told_ms=at_ms)
        floor.hub.store.set_setting(MARK, msgspec.json.encode(mark).decode())

    never = await floor.page("est", "/board")
    look(20)
    alive = await floor.page("est", "/board")
    look(600)
    silent = await floor.page("est", "/board")

    assert "has not looked yet" in never
    assert "last 20 s ago" in alive
    assert '<span class="state good">looks</span>' in alive
    assert '<span class="state bad">silent</span>' in silent


async def test_figures_of_the_whole_hub_are_for_those_who_run_it(
    floor: Floor,
) -> None:
    words = "with something still to tell"

    assert words in await floor.page("nato", "/board")
    assert words not in await floor.page("est", "/board")
