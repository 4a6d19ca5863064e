"""The page that starts a protocol: whom it asks, who will see it, what is refused."""

from tests.response.theatre import asking
from tests.web.responding import Floor


async def test_the_page_says_whom_it_asks_before_anything_starts(
    floor: Floor,
) -> None:
    path = f"/protocols/{floor.playbook}/start"
    before = await floor.page("est", "/runs")

    first = await floor.page("est", path)
    shown = await floor.send("est", path, do="preview", reason="A rehearsal.")
    after = await floor.page("est", "/runs")

    assert "Start it now" not in first
    assert "Start it now" in shown.text
    for nation in ("EST", "LVA", "LTU", "UKR"):
        assert f"<b>{nation}</b>" in shown.text
    assert "A rehearsal.</textarea>" in shown.text
    assert before.count("/runs/run--") == after.count("/runs/run--")


async def test_a_run_is_started_and_its_page_follows(floor: Floor) -> None:
    path = f"/protocols/{floor.playbook}/start"

    answer = await floor.send("est", path, do="start", reason="Go.", exercise="yes")
    place = answer.headers["location"]
    page = await floor.page("lva", place)

    assert place.startswith("/runs/run--")
    assert "Go." in page
    assert "exercise" in page


async def test_a_start_is_refused_with_those_whom_it_would_not_reach(
    floor: Floor,
) -> None:
    book = await floor.bring(asking(nations=["DEU", "LVA"]))

    for do in ("preview", "start"):
        answer = await floor.send("est", f"/protocols/{book}/start", do=do, reason="?")
        assert answer.status_code == 422
        assert "A1: DEU" in answer.text
        assert "?</textarea>" in answer.text


async def test_only_a_duty_officer_starts(floor: Floor) -> None:
    path = f"/protocols/{floor.playbook}/start"

    assert await floor.status("pol-reader", path) == 403
    assert (await floor.send("pol-reader", path, do="start")).status_code == 403
