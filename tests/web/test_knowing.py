"""The addresses of what nations owe, do together, lay down and are."""

import re

import httpx
import pytest

PAGES = [
    "/nations/NOR/obligations",
    "/nations/NOR/obligations?report=article/3",
    "/engagements",
    "/regions",
    "/regions/baltic_sea",
    "/updates",
    "/state",
]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_there_and_holds_nothing_of_its_own(
    path: str, guided: httpx.AsyncClient
) -> None:
    answer = await guided.get(path)
    markup = re.sub(r">[^<]*<", "><", answer.text)

    assert answer.status_code == 200
    assert re.search(r"\sstyle=|\son[a-z]+=|<style|<script>", markup) is None


@pytest.mark.parametrize("path", PAGES)
async def test_who_is_not_signed_in_signs_in_first(
    path: str, browser: httpx.AsyncClient
) -> None:
    answer = await browser.get(path)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
