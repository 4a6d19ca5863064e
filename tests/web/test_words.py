import re
from datetime import date

import httpx
import pytest

from foedus.guidance.quiz import quiz_of
from foedus.hub import Hub


async def test_without_a_word_everything_is_shown(
    norway: httpx.AsyncClient, still_hub: Hub
) -> None:
    page = (await norway.get("/guide")).text
    pack = still_hub.alliance.pack
    shown = page.count("<dt>") + page.count("<del>") + page.count("<summary>")
    menu = 1
    told = len(pack.glossary) + len(pack.mistakes) + len(pack.questions)
    assert shown == told + menu


async def test_a_word_is_found_by_its_abbreviation(norway: httpx.AsyncClient) -> None:
    page = (await norway.get("/guide?q=pfp")).text
    assert "<b>PfP</b>" in page
    assert 'href="/frameworks/pfp"' in page


async def test_what_is_near_is_said_to_be_near(norway: httpx.AsyncClient) -> None:
    assert "these are near" in (await norway.get("/guide?q=partnr")).text


async def test_what_is_not_there_is_said_to_be_not_there(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/guide?q=%3Cb%3Exyzzy")).text
    assert "Nothing here is called “&lt;b&gt;xyzzy”" in page


async def test_the_quiz_asks_the_questions_of_the_day(
    norway: httpx.AsyncClient, still_hub: Hub
) -> None:
    page = (await norway.get("/guide/quiz?as-of=2026-11-22")).text
    asked = quiz_of(still_hub.alliance, date(2026, 11, 22)).questions
    assert page.count("<fieldset") == len(asked)
    assert "Right<" not in page


async def test_answers_that_were_not_given_are_judged_when_it_is_asked_for(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/guide/quiz?judge=yes")).text

    assert "0 of 10 right" in page
    assert page.count("Not answered") == 10


async def test_the_quiz_judges_what_was_chosen_and_says_why(
    norway: httpx.AsyncClient, still_hub: Hub
) -> None:
    first, second, *rest = quiz_of(still_hub.alliance, date(2026, 11, 22)).questions
    wrong = (second.answer + 1) % len(second.choices)
    answers = {"as-of": "2026-11-22", first.id: first.answer, second.id: wrong}
    page = (await norway.get("/guide/quiz", params=answers)).text
    said = re.findall(r'class="state (?:good|bad)">([^<]+)<', page)
    assert said == ["Right", "Not right", *["Not answered"] * len(rest)]
    assert page.count("basis: ") == len(said)
    assert f"1 of {len(said)} right" in page


@pytest.mark.parametrize("text", ["9", "-1", "x", "٣", "10"])
async def test_what_is_no_choice_counts_as_no_answer(
    norway: httpx.AsyncClient, still_hub: Hub, text: str
) -> None:
    first = quiz_of(still_hub.alliance, date(2026, 11, 22)).questions[0]
    answers = {"as-of": "2026-11-22", first.id: text}
    page = (await norway.get("/guide/quiz", params=answers)).text
    assert "checked" not in page


async def test_who_is_not_signed_in_signs_in_first(browser: httpx.AsyncClient) -> None:
    for path in ("/guide", "/guide/quiz"):
        assert (await browser.get(path)).status_code == 303
