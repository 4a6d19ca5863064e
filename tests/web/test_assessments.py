"""What changes if a nation joins or deepens its ties, in the browser."""

import csv
import re

import httpx

PATH = "/nations/MDA/assess"
ASKED = "to=member&as-of=2026-11-22"


async def test_without_a_question_the_page_asks_it(guided: httpx.AsyncClient) -> None:
    page = (await guided.get(PATH)).text

    assert '<option value="member"' in page
    assert '<option value="itpp"' in page
    assert '<option value="partner"' not in page  # it is one
    assert "nothing is recorded by asking" in page


async def test_a_dossier_has_nine_parts_each_with_its_tables_and_plots(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get(f"{PATH}?{ASKED}&with=UKR")).text

    assert re.findall(r"<h2 id=\"[a-z]+-title\">(\d)\.", page) == list("123456789")
    assert page.count("<svg xmlns=") >= 4
    assert "FIN then" not in page
    assert "MDA then UKR" in page
    assert 'aria-label="Highest label on this page"' in page
    assert not re.search(r"<[^>]+ style=", page)  # the policy lets none stand


async def test_what_cannot_be_is_said_beside_the_question(
    guided: httpx.AsyncClient,
) -> None:
    for to in ("associate", "partner", "nacc"):
        page = await guided.get(f"{PATH}?to={to}")
        assert page.status_code == 200
        assert "Possible for MDA" in page.text
    assert (await guided.get("/nations/QQQ/assess?to=member")).status_code == 404


async def test_each_table_is_a_file(guided: httpx.AsyncClient) -> None:
    page = (await guided.get(f"{PATH}?{ASKED}&with=UKR")).text
    names = re.findall(r'href="/nations/MDA/assess/([a-z-]+)\.csv\?', page)

    assert {"neighbours", "obligations", "orders", "accessions"} <= set(names)
    found = await guided.get(f"{PATH}/neighbours.csv?{ASKED}")
    rows = list(csv.reader(found.text.splitlines()))
    assert rows[0] == ["neighbour", "stands as", "length", "stated by", "would be"]
    assert rows[1][:3] == ["Ukraine", "aspirant", "1,202 km"]
    assert (await guided.get(f"{PATH}/nothing.csv?{ASKED}")).status_code == 404


async def test_it_is_kept_as_a_page_and_on_paper(guided: httpx.AsyncClient) -> None:
    page = await guided.get(f"{PATH}.html?{ASKED}")
    paper = await guided.get(f"{PATH}.pdf?{ASKED}")

    assert page.text.startswith("<!doctype html>")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert page.headers["cache-control"] == paper.headers["cache-control"] == "no-store"


async def test_a_nations_page_leads_there(guided: httpx.AsyncClient) -> None:
    page = (await guided.get("/nations/MDA?as-of=2026-11-22")).text

    assert 'href="/nations/MDA/assess?as-of=2026-11-22"' in page
