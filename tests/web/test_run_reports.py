"""The report of a run in the browser."""

from tests.web.responding import Floor


async def test_the_report_is_a_page_that_fetches_and_runs_nothing(
    floor: Floor,
) -> None:
    async with floor.browser("est") as browser:
        answer = await browser.get(f"/runs/{floor.run_id}/report")

    policy = answer.headers["content-security-policy"]
    assert "a playbook" in answer.text
    assert f'<a href="/runs/{floor.run_id}">of ' in answer.text
    assert f'<span class="small">{floor.run_id}</span>' in answer.text
    assert "script" not in policy
    assert "sandbox" in policy
    assert answer.headers["cache-control"] == "no-store"


async def test_the_report_is_given_on_paper(floor: Floor) -> None:
    async with floor.browser("est") as browser:
        answer = await browser.get(f"/runs/{floor.run_id}/report.pdf")

    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-type"] == "application/pdf"
