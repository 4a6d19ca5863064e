"""What to exercise for a budget, in the browser."""

import re

import httpx
import pytest


async def test_a_budget_is_spent_with_reasons_and_what_less_would_buy(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/exercises/advice?budget=60&pair=2")).text

    assert re.search(r"steps? of rating for [0-9.]+ of 60", page)
    assert 'aria-label="Highest label on this page"' in page
    assert 'name="pair" type="number" min="0" step="any" value="2"' in page
    assert page.count('<svg class="plot"') == 1
    assert "What less would buy" in page


async def test_without_a_budget_the_page_asks_for_it(norway: httpx.AsyncClient) -> None:
    page = (await norway.get("/exercises/advice")).text

    assert "Nothing is recorded by asking" in page
    assert "What less would buy" not in page


@pytest.mark.parametrize("query", ["budget=much", "budget=-1", "budget=1&pair=nan"])
async def test_what_is_no_number_is_said_beside_the_form(
    norway: httpx.AsyncClient, query: str
) -> None:
    page = await norway.get(f"/exercises/advice?{query}")

    assert page.status_code == 200
    assert "write a number from 0" in page.text
