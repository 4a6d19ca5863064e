"""Pages of runs: what the coordinator sees, what others see, and what they do not."""

import re

from tests.response.books import at_step, book, linear
from tests.response.theatre import assign
from tests.web.responding import UNKNOWN, Floor


async def test_the_coordinator_sees_the_whole_workflow_and_every_task(
    floor: Floor,
) -> None:
    page = await floor.page("est", f"/runs/{floor.run_id}")

    drawn = re.findall(r'<text class="strong"[^>]*>([^<]+)</text>', page)
    assert drawn == ["A1", "A2", "A3"]
    assert "<path d=" in page[page.index('<svg class="wf"') :]
    assert "Seen in two nations." in page
    for nation in ("Estonia", "Latvia", "Lithuania"):
        assert f"</b>{nation}<" in page
    assert "Cancel the run" in page


async def test_a_nation_that_is_asked_sees_its_step_and_nothing_between(
    floor: Floor,
) -> None:
    page = await floor.page("lva", f"/runs/{floor.run_id}")

    drawing = page[page.index('<svg class="wf"') :].partition("</svg>")[0]
    assert re.findall(r'<text class="strong"[^>]*>([^<]+)</text>', drawing) == ["A1"]
    assert "<path" not in drawing
    assert "of 3" not in drawing
    assert "Lithuania" not in page
    assert "Cancel the run" not in page


async def test_who_is_asked_nothing_sees_that_it_runs_and_no_step(
    floor: Floor,
) -> None:
    page = await floor.page("pol", f"/runs/{floor.run_id}")

    assert "Nothing is asked of you yet." in page
    assert ">A1<" not in page
    assert '<svg class="wf"' not in page


async def test_a_run_that_one_may_not_see_is_one_that_is_not(floor: Floor) -> None:
    label = "NATO UNCLASSIFIED // REL TO EST, LVA, LTU"
    run = await floor.play_asking("Hidden?", label=label)

    assert await floor.status("lva", f"/runs/{run}") == 200
    for path in (f"/runs/{run}", f"/runs/run--{UNKNOWN}"):
        for part in ("", "/parts", "/report", "/report.pdf"):
            assert await floor.status("pol", path + part) == 404
    assert run not in await floor.page("pol", "/runs")


async def test_the_parts_are_those_of_the_page(floor: Floor) -> None:
    path = f"/runs/{await floor.play_asking('The same twice?')}"
    await floor.page("est", path)  # by this look its own task is delivered
    await floor.hub.seen([floor.hub.log.head()])

    page = await floor.page("est", path)
    async with floor.browser("est") as browser:
        parts = (await browser.get(f"{path}/parts")).json()

    assert set(parts) == {"state", "named", "workflow", "steps", "line"}
    for name, html in parts.items():
        assert f'id="{name}"' in page
        assert html.strip() in page, name


async def test_the_coordinator_cancels_with_a_reason(floor: Floor) -> None:
    run = await floor.play_asking("Cancel?")

    refused = await floor.send("lva", f"/runs/{run}/cancel", reason="No.")
    empty = await floor.send("est", f"/runs/{run}/cancel", reason="")
    done = await floor.send("est", f"/runs/{run}/cancel", reason="False alarm.")
    page = await floor.page("lva", f"/runs/{run}")

    assert refused.status_code == 403
    assert empty.status_code == 400
    assert done.status_code == 303
    assert "False alarm." in page
    assert '<span class="state ">cancelled</span>' in page


async def test_the_coordinator_lets_a_run_stand_still_and_go_on(floor: Floor) -> None:
    run = await floor.play_asking("Stand still?")
    path = f"/runs/{run}"
    [task] = [each for each in floor.inbox("lva") if each.asked.run == run]

    assert "Pause the run" not in await floor.page("lva", path)
    assert "Pause the run" in await floor.page("est", path)
    refused = await floor.send("lva", f"{path}/pause", reason="No.")
    empty = await floor.send("est", f"{path}/pause", reason="")
    held = await floor.send("est", f"{path}/pause", reason="The network is down.")
    still = await floor.page("lva", path)
    asked = await floor.page("lva", f"/tasks/{task.asked.task}")
    freed = await floor.send("est", f"{path}/resume", reason="")
    page = await floor.page("est", path)

    assert [each.status_code for each in (refused, empty)] == [403, 400]
    assert held.headers["location"] == f"{path}?done=pause"
    assert "The network is down." in still
    assert '<span class="state warn">stands still</span>' in still
    assert "The whole run stands still" in asked
    assert freed.headers["location"] == f"{path}?done=resume"
    assert '<span class="state run">running</span>' in page
    assert "Run resumed" in page


async def test_the_list_says_how_each_stands(floor: Floor) -> None:
    page = await floor.page("pol", "/runs")

    assert f"/runs/{floor.run_id}" in page
    assert '<span class="state run">running</span>' in page


async def test_a_clock_with_a_name_is_shown_until_it_stops(floor: Floor) -> None:
    asked = {"__nations__": "LVA LTU", "__host_nation__": "FIN"}
    run = await floor.play_catalogue(
        "rapid-reaction-48h", **asked, __transit_nations__="POL"
    )

    page = await floor.page("est", f"/runs/{run}")

    clock = page[page.index('id="named"') :].partition("</ul>")[0]
    assert "48" in clock
    assert "Tallinn" in clock or "not begun" in clock


async def test_the_coordinator_ends_a_step_by_hand_with_a_reason(floor: Floor) -> None:
    run = await floor.play_asking("By hand?")
    path = f"/runs/{run}"
    [task] = [each for each in floor.inbox("lva") if each.asked.run == run]
    said = {"step": task.asked.task, "result": "fail"}

    assert "End a step by hand" not in await floor.page("lva", path)
    assert task.asked.task in await floor.page("est", path)
    empty = await floor.send("est", f"{path}/end-step", **said, reason=" ")
    wrong = await floor.send("est", f"{path}/end-step", step="", result="", reason="x")
    foreign = await floor.send("lva", f"{path}/end-step", **said, reason="no")
    done = await floor.send("est", f"{path}/end-step", **said, reason="Unreachable.")
    page = await floor.page("lva", f"/tasks/{task.asked.task}")

    assert [each.status_code for each in (empty, wrong, foreign)] == [400, 400, 403]
    assert done.headers["location"] == f"{path}?done=end-step"
    assert "ended by the coordinator" in page
    assert "Unreachable." in page


async def test_protocols_that_are_called_are_drawn_below(floor: Floor) -> None:
    child = linear(name="The inner one")
    assign(child, "A1", nations=["LVA"])
    at_step(child, "A1")["name"] = "Look inside"
    playbook = await floor.bring(child)
    outer = book({"C1": {"playbook_id": playbook, "on_completion": "E"}, "E": {}})
    run = await floor.play(outer)

    own = await floor.page("est", f"/runs/{run}")
    asked = await floor.page("lva", f"/runs/{run}")
    parts = await floor.page("est", f"/runs/{run}/parts")

    assert "It calls: The inner one" in own
    assert 'aria-label="Look inside, ▶ 0 of 1' in own
    assert "It calls" in parts
    assert "It calls" not in asked
