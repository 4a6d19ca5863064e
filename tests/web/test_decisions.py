"""Pages of decisions: what they say to whom, and the acts that they send."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from foedus import app
from foedus.clock import StoppedClock, system_clock
from foedus.decisions.records import verify
from foedus.hub import Hub
from tests.web.conftest import form_token
from tests.web.deciding import TITLE, UNKNOWN, enter, lay, post, seat
from tests.web.demo_hub import Mould, copy_hub

EVERYBODY = "NATO UNCLASSIFIED // REL TO NATO, MDA"
MEMBERS = "NATO RESTRICTED // REL TO FIN, POL"


@pytest.fixture(scope="module")
def seated(mould: Mould, tmp_path_factory: pytest.TempPathFactory) -> Mould:
    """Make the demo hub one with delegates."""
    folder = tmp_path_factory.mktemp("seated") / "data"
    hub = copy_hub(mould, folder)
    asyncio.run(seat(hub))
    app.close_hub(hub)
    return Mould(folder=folder, passwords=mould.passwords)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(system_clock().replace(second=0, microsecond=0))


@pytest.fixture
def hub(seated: Mould, clock: StoppedClock, tmp_path: Path) -> Iterator[Hub]:
    clock.advance(timedelta(minutes=5))
    shutil.copytree(seated.folder, tmp_path / "data")
    hub = app.open_hub(tmp_path / "data", environment={}, clock=clock)
    yield hub
    app.close_hub(hub)


@pytest.fixture
def until(clock: StoppedClock) -> str:
    """Give an hour two days ahead."""
    return in_hours(clock, 48)


def in_hours(clock: StoppedClock, hours: float) -> str:
    return f"{clock() + timedelta(hours=hours):%Y-%m-%d %H:%M} UTC"


async def test_a_delegate_reads_the_clock_and_what_silence_means(
    hub: Hub, browser: httpx.AsyncClient, until: str
) -> None:
    path = await lay(hub, label=EVERYBODY, until=until)
    await enter(browser, "fin")

    page = (await browser.get(path)).text
    listed = (await browser.get("/decisions")).text

    assert "<b>2 d</b>" in page
    for place in ("Helsinki", "Brussels", "UTC"):
        assert place in page
    assert "<b>If Finland stays silent, Finland agrees.</b>" in page
    assert '<b class="verb">decides</b>' in page
    assert "Release to Republic of Moldova" in page
    assert "Record that Finland has read this" in page
    assert f'href="{path}/break"' in page
    assert 'id="marking-top"' in page
    assert "If Finland stays silent, Finland agrees." in listed
    assert "Finland has said nothing" in listed
    assert '<a href="/decisions" aria-current="page">' in listed


async def test_a_partner_sees_the_page_without_actions_and_may_comment(
    hub: Hub, browser: httpx.AsyncClient, until: str
) -> None:
    path = await lay(hub, label=EVERYBODY, until=until)
    await enter(browser, "pol")
    await post(browser, path, "position", stance="reserves", text="CANARY-POSITION")
    await post(browser, path, "comment", text="CANARY-COMMENT")
    await enter(browser, "mda")

    page = (await browser.get(path)).text
    broken = await browser.get(f"{path}/break")
    said = await post(browser, path, "comment", text="We would welcome it.")

    assert "Partners and other observers may comment" in page
    for word in ("CANARY", "Break silence…", "Take a position", "has read this"):
        assert word not in page
    assert broken.status_code == 403
    assert said.status_code == 303
    assert "We would welcome it." in (await browser.get(path)).text


async def test_a_decision_that_is_hidden_is_as_one_that_never_was(
    hub: Hub, browser: httpx.AsyncClient, until: str
) -> None:
    path = await lay(hub, label=MEMBERS, until=until)
    await enter(browser, "est")

    for of in ("", "/break", "/record"):
        hidden = await browser.get(f"{path}{of}")
        never = await browser.get(f"{UNKNOWN}{of}")
        assert (hidden.status_code, hidden.text) == (404, never.text)
    assert "No decision lies before you." in (await browser.get("/decisions")).text
    token = form_token((await browser.get("/account")).text)
    for verb in ("break", "comment", "extend"):
        form = {"form-token": token, "seen": "1.1", "reason": "x", "text": "x"}
        refused = await browser.post(f"{path}/{verb}", data=form | {"until": until})
        assert refused.status_code == 404


async def test_breaking_says_what_follows_asks_why_and_is_done_once(
    hub: Hub, browser: httpx.AsyncClient, until: str
) -> None:
    path = await lay(hub, label=EVERYBODY, until=until)
    await enter(browser, "fin")
    asking = (await browser.get(f"{path}/break")).text
    unsaid = await post(browser, path, "break", reason=" ")

    done = await post(browser, path, "break", reason="The capital needs a day.")

    assert "If Finland breaks silence, nothing is adopted" in asking
    assert unsaid.status_code == 400
    assert done.status_code == 303
    page = (await browser.get(done.headers["location"])).text
    assert "Silence is broken. Nothing is adopted by silence now." in page
    assert "The capital needs a day." in page
    assert f'action="{path}/lift"' in page
    assert (await browser.get(f"{path}/break")).status_code == 422


async def test_a_late_break_is_kept_as_a_statement_and_says_so(
    hub: Hub, browser: httpx.AsyncClient, clock: StoppedClock, until: str
) -> None:
    path = await lay(hub, label=EVERYBODY, until=until)
    clock.advance(timedelta(hours=48))
    await enter(browser, "fin")
    asking = (await browser.get(f"{path}/break")).text

    done = await post(browser, path, "break", reason="Too late, I fear.")

    assert "Silence has ended, so this breaks nothing" in asking
    assert (done.status_code, done.headers["location"]) == (303, f"{path}?done=late")
    page = (await browser.get(done.headers["location"])).text
    assert "kept as a statement" in page
    assert "Too late, I fear." in page
    assert "Silence broken" not in page


async def test_an_act_on_a_text_that_has_changed_is_not_sent(
    hub: Hub, browser: httpx.AsyncClient, until: str
) -> None:
    path = await lay(hub, label=EVERYBODY, until=until)
    await enter(browser, "fin")

    refused = await post(browser, path, "break", reason="no", seen="1.0")

    assert refused.status_code == 409
    assert "your act was not sent" in refused.text
    assert "If Finland stays silent" in (await browser.get(path)).text


async def test_a_position_takes_words_and_keeps_them_when_it_is_refused(
    hub: Hub, browser: httpx.AsyncClient, until: str
) -> None:
    path = await lay(hub, label=EVERYBODY, until=until)
    await enter(browser, "pol")
    words = {"stance": "ad-referendum", "text": "Parliament sits tomorrow."}

    refused = await post(browser, path, "position", **words)
    taken = await post(browser, path, "position", stance="reserves", text="Article 3.")

    assert refused.status_code == 400
    assert "Parliament sits tomorrow." in refused.text
    assert taken.status_code == 303
    page = (await browser.get(path)).text
    assert "Poland has a reservation. If Poland stays silent" in page
    assert "Poland has a reservation" in (await browser.get("/decisions")).text


async def test_reading_is_recorded_once(
    hub: Hub, browser: httpx.AsyncClient, until: str
) -> None:
    path = await lay(hub, label=EVERYBODY, until=until)
    await enter(browser, "fin")

    done = await post(browser, path, "read")

    page = (await browser.get(done.headers["location"])).text
    assert "Read by 1" in page
    assert "Record that Finland has read this" not in page


async def test_the_chair_opens_silence_and_gives_more_time(
    hub: Hub, browser: httpx.AsyncClient, clock: StoppedClock, until: str
) -> None:
    path = await lay(hub, label=EVERYBODY, until=None)
    await enter(browser, "chair")

    opened = await post(browser, path, "circulate", until=until)
    shorter = await post(browser, path, "extend", until=in_hours(clock, 47))
    longer = await post(browser, path, "extend", until=in_hours(clock, 72))

    assert [each.status_code for each in (opened, shorter, longer)] == [303, 422, 303]
    page = (await browser.get(path)).text
    assert "<b>3 d</b>" in page
    assert "Break silence…" not in page


async def test_a_draft_is_nobodys_but_the_proposers_and_the_chairs(
    hub: Hub, browser: httpx.AsyncClient
) -> None:
    path = await lay(hub, label=EVERYBODY, until=None)
    await enter(browser, "fin")

    assert (await browser.get(path)).status_code == 404
    assert TITLE not in (await browser.get("/decisions")).text


async def test_a_reader_of_a_nation_that_decides_has_no_acts(
    hub: Hub, browser: httpx.AsyncClient, until: str
) -> None:
    path = await lay(hub, label=EVERYBODY, until=until)
    await enter(browser, "reader")

    page = (await browser.get(path)).text
    refused = await post(browser, path, "comment", text="x")

    assert "If Finland stays silent, Finland agrees." in page
    assert f'action="{path}/' not in page
    assert "Break silence…" not in page
    assert refused.status_code == 403


async def test_those_who_decide_take_a_record_that_verifies(
    hub: Hub, browser: httpx.AsyncClient, until: str
) -> None:
    path = await lay(hub, label=EVERYBODY, until=until)
    await enter(browser, "fin")

    given = await browser.get(f"{path}/record")

    assert f'href="{path}/record"' in (await browser.get(path)).text
    assert "attachment" in given.headers["content-disposition"]
    assert verify(given.content).decision == path.rpartition("/")[2]
    await enter(browser, "mda")
    assert (await browser.get(f"{path}/record")).status_code == 403
    assert "/record" not in (await browser.get(path)).text


async def test_there_is_no_other_act(
    hub: Hub, browser: httpx.AsyncClient, until: str
) -> None:
    path = await lay(hub, label=EVERYBODY, until=until)
    await enter(browser, "fin")

    assert (await post(browser, path, "adopt")).status_code == 404
