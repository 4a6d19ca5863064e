"""The checklist of what a nation owes, and reports from its page."""

import csv

import httpx

from tests.web.conftest import SignIn, form_token


async def test_the_checklist_says_what_is_owed_how_it_stands_and_who_may_see_it(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get("/nations/NOR/obligations")).text
    line = page[page.index('id="article-3"') :].partition("</tr>")[0]
    assert "In progress" in line
    assert "Late" in line
    assert "Directorate of plans" in line
    assert "Report on article/3" in line
    assert "REL TO NATO" in line
    assert page.count("<summary>basis: ") == page.count('<tr role="row" id=')


async def test_open_and_late_lines_are_shown_alone(guided: httpx.AsyncClient) -> None:
    late = (await guided.get("/nations/NOR/obligations?only=late")).text
    open_ = (await guided.get("/nations/NOR/obligations?only=open")).text
    assert 'id="article-3"' in late
    assert 'id="article-1"' not in late
    assert 'id="article-5"' not in open_


async def test_what_is_met_is_not_late(guided: httpx.AsyncClient) -> None:
    page = (await guided.get("/nations/NOR/obligations")).text
    line = page[page.index('id="article-5"') :].partition("</tr>")[0]
    assert "Late" not in line


async def test_a_report_that_is_hidden_is_as_one_that_never_was(
    guided_sweden: httpx.AsyncClient,
) -> None:
    page = (await guided_sweden.get("/nations/NOR/obligations")).text
    table = (await guided_sweden.get("/nations/NOR/obligations.csv")).text
    line = page[page.index('id="article-5"') :].partition("</tr>")[0]
    assert "Not reported" in line
    assert "Report on article/3" in page
    assert "Report on article/5" not in page + table


async def test_only_whose_it_is_is_offered_to_report(
    guided_sweden: httpx.AsyncClient,
) -> None:
    theirs = (await guided_sweden.get("/nations/NOR/obligations?report=article/3")).text
    own = (await guided_sweden.get("/nations/SWE/obligations?report=article/3")).text
    assert "<textarea" not in theirs
    assert "How does Sweden meet this?" in own


async def test_the_same_is_given_as_csv_with_its_basis(
    guided: httpx.AsyncClient,
) -> None:
    answer = await guided.get("/nations/NOR/obligations.csv")
    rows = {
        each["obligation"]: each for each in csv.DictReader(answer.text.split("\n"))
    }
    assert (rows["article/3"]["status"], rows["article/3"]["overdue"]) == (
        "in-progress",
        "1",
    )
    assert all(each["basis"] and each["sources"] for each in rows.values())


async def test_a_report_is_made_from_the_page_and_stands_on_it(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    page = await browser.get("/nations/NOR/obligations?report=article/3")
    form = {
        "form-token": form_token(page.text),
        "obligation": "article/3",
        "status": "met",
        "due": "2027-01-31",
        "owner": "Office of plans",
        "evidence": "CANARY-EVIDENCE",
        "label": "",
    }
    badly = await browser.post("/nations/NOR/obligations", data=form | {"due": "soon"})
    unsure = await browser.post("/nations/NOR/obligations", data=form | {"status": ""})
    theirs = await browser.post("/nations/SWE/obligations", data=form)

    done = await browser.post("/nations/NOR/obligations", data=form)

    assert badly.status_code == unsure.status_code == 400
    assert "CANARY-EVIDENCE" in badly.text
    assert theirs.status_code == 403
    assert done.status_code == 303
    page = await browser.get(done.headers["location"])
    assert "CANARY-EVIDENCE" in page.text
    assert "Reported." in page.text
    browser.cookies.clear()
    await sign_in("sweden")
    assert "CANARY" not in (await browser.get("/nations/NOR/obligations")).text


async def test_a_partner_is_told_that_it_is_no_member(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get("/nations/MDA/obligations")).text
    assert "Partnership is not membership." in page
    assert 'id="article-5"' not in page
