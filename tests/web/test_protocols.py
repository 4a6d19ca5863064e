"""Pages of protocols: the catalogue, what was imported, and each of them drawn."""

import json
import re

from foedus.response import catalogue
from foedus.stix.strict_json import read_object
from foedus.web import protocols
from foedus.web.protocols import FINDINGS_KEPT
from tests.web.responding import UNKNOWN, Floor


def of_catalogue(name: str) -> str:
    return str(read_object(catalogue.raw(name))["id"])


async def test_the_catalogue_is_listed_with_what_each_is_for(floor: Floor) -> None:
    page = await floor.page("pol-reader", "/protocols")

    assert "Air-policing hand-over" in page or "hand-over" in page
    assert f"/protocols/{of_catalogue('election-vigilance')}" in page
    assert "48" in page
    assert "Start…" not in page


async def test_a_protocol_and_its_exercise_are_one_row(floor: Floor) -> None:
    page = await floor.page("pol-reader", "/protocols")
    rest = page[page.index('id="catalogue"') :]
    exercise = of_catalogue("election-vigilance-exercise")

    assert f'href="/protocols/{exercise}">As an exercise<' in rest
    assert rest.count(f'href="/protocols/{exercise}"') == 1
    assert "EXERCISE: Election-period vigilance" not in rest


def test_findings_are_kept_of_so_many_protocols_and_no_more() -> None:
    kept = protocols._findings  # noqa: SLF001 - its bound is what is promised
    for number in range(FINDINGS_KEPT + 2):
        kept(json.dumps({"number": number}).encode(), lenient=True)

    assert kept.cache_info().currsize == FINDINGS_KEPT


async def test_a_protocol_is_drawn_with_each_step_a_link_to_its_row(
    floor: Floor,
) -> None:
    page = await floor.page("est", f"/protocols/{of_catalogue('cyber-incident')}")

    drawing = page[page.index('<svg class="wf"') :].partition("</svg>")[0]
    links = re.findall(r'<a href="#([^"]+)" aria-label="([^"]+)">', drawing)
    assert len(links) > 5
    for anchor, name in links:
        assert f'<tr role="row" id="{anchor}">' in page, name
    assert "accepted without a finding" in page
    assert 'id="sources"' in page
    assert "Named clocks" in page


async def test_a_protocol_of_the_catalogue_is_imported_where_it_stands(
    floor: Floor,
) -> None:
    name = of_catalogue("border-surveillance-surge")

    refused = await floor.send("pol-reader", f"/protocols/{name}/import")
    answer = await floor.send("pol", f"/protocols/{name}/import")
    page = await floor.page("pol", f"/protocols/{name}?done=import")

    assert refused.status_code == 403
    assert answer.headers["location"] == f"/protocols/{name}?done=import"
    assert "brought by Poland" in page
    assert f'href="/protocols/{name}/start"' in page


async def test_only_the_catalogue_is_imported_from_a_page(floor: Floor) -> None:
    path = f"/protocols/playbook--{UNKNOWN}/import"

    assert (await floor.send("pol", path)).status_code == 404


async def test_a_protocol_is_taken_away_byte_for_byte(floor: Floor) -> None:
    name = of_catalogue("air-policing-hand-over")
    async with floor.browser("lva") as browser:
        answer = await browser.get(f"/protocols/{name}/document")

    assert answer.content == catalogue.raw("air-policing-hand-over")
    assert "attachment" in answer.headers["content-disposition"]


async def test_what_others_keep_for_themselves_is_not_there(floor: Floor) -> None:
    hidden = await floor.bring_hidden("Kept by three")

    assert await floor.status("lva", f"/protocols/{hidden}") == 200
    for name in (hidden, f"playbook--{UNKNOWN}"):
        for part in ("", "/document", "/start"):
            assert await floor.status("pol", f"/protocols/{name}{part}") == 404
    assert hidden not in await floor.page("pol", "/protocols")
