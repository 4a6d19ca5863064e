from datetime import date

import httpx

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.hub import Hub
from foedus.ids import NationCode
from foedus.web.guide import WORDS_MAX, agreements, bars, misread, terms

NATO = Alliance.from_pack(load_pack("nato"))
TODAY = date(2026, 11, 22)
MDA, FIN, XKX = (NationCode(each) for each in ("MDA", "FIN", "XKX"))


async def test_the_three_steps_are_told_with_their_sources(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/nations/MDA/guide?as-of=2026-11-22")).text
    steps = page[page.index('<ol class="steps">') :]
    assert steps.count("<h2>") >= 3
    assert "Partnership for Peace" in steps
    assert "Partnership is not membership." in page
    told, based = steps.count('class="pre'), steps.count("basis: ")
    assert 0 < told <= based


async def test_a_member_is_not_told_that_it_is_none(norway: httpx.AsyncClient) -> None:
    page = (await norway.get("/nations/NOR/guide")).text
    assert "is not a member." not in page


async def test_the_guide_is_of_the_day_that_is_asked_for(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/nations/FIN/guide?as-of=2022-12-01")).text
    assert "Finland is not a member." in page
    page = (await norway.get("/nations/FIN/guide?as-of=2023-12-01")).text
    assert "Finland is not a member." not in page


async def test_the_third_step_is_the_reader_s_own_world(
    norway: httpx.AsyncClient, still_hub: Hub
) -> None:
    account = still_hub.authenticator.named("norway")
    readable = {
        each.alias
        for each in still_hub.reading.collections(account.viewer())
        if each.can_read
    }
    page = (await norway.get("/nations/MDA/guide")).text
    shown = {each for each in readable if f'href="/collections/{each}"' in page}
    assert shown == readable


async def test_no_such_nation_is_not_found(norway: httpx.AsyncClient) -> None:
    assert (await norway.get("/nations/QQQ/guide")).status_code == 404


async def test_who_is_not_signed_in_signs_in_first(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/nations/MDA/guide")).status_code == 303


def test_each_agreement_says_what_it_does_not_give() -> None:
    for code in NATO.nations:
        if NATO.status(code, TODAY) is Status.MEMBER:
            continue
        for each in agreements(NATO, code, TODAY):
            assert "collective defence" in each.lacks
            assert each.source


def test_agreements_are_drawn_from_the_first_to_the_day() -> None:
    drawn = bars(NATO, MDA, TODAY)
    assert drawn is not None
    assert [each.x for each in drawn.bars] == sorted(each.x for each in drawn.bars)
    assert drawn.bars[0].name == "Partnership for Peace"
    assert all(each.x + each.width <= 720.1 for each in drawn.bars)
    assert drawn.ticks[0] == (0.0, "1990")


def test_an_agreement_that_has_ended_is_drawn_otherwise() -> None:
    drawn = bars(NATO, FIN, TODAY)
    assert drawn is not None
    fills = {each.name: each.css for each in drawn.bars}
    assert fills["Partnership for Peace"] == "band"
    assert fills["Membership of the North Atlantic Treaty"] == "f1"


def test_a_nation_without_agreements_has_no_drawing() -> None:
    assert bars(NATO, XKX, TODAY) is None


def test_the_mistake_beside_a_guide_is_of_its_kind() -> None:
    found = misread(NATO, Status.PARTNER, TODAY)
    assert found is not None
    assert "partner" in found.mistake.casefold()
    assert found.source


def test_few_words_stand_beside_a_guide_each_with_a_source() -> None:
    found = terms(NATO, MDA, TODAY)
    assert 0 < len(found) <= WORDS_MAX
    assert all(each.source for each in found)
