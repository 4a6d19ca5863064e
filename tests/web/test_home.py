"""Home: what waits first, what changed, and each role's next step."""

from datetime import timedelta

import httpx
import msgspec

from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role, Viewer
from foedus.web.home import Home, rest_of, sections
from tests.web.conftest import SignIn, form_token

BARE = Home(
    since="",
    is_first=True,
    items=(),
    fresh=0,
    waiting=(),
    waits=0,
    duties=None,
    collections=(),
    may_publish=False,
    marking=None,
)


def titles(*roles: Role, publishes: bool = False, lag_s: float = 0.0) -> list[str]:
    viewer = Viewer(
        nation=NationCode("FIN"),
        clearance=0,
        roles=frozenset(roles),
        account=AccountId("account--x"),
    )
    home = msgspec.structs.replace(BARE, may_publish=publishes)
    return [each.title for each in sections(viewer, home, lag_s=lag_s)]


def test_every_role_has_its_section_in_one_order() -> None:
    everything = titles(*Role, publishes=True)
    assert everything == ["Share", "On watch", "Decide", "Plan", "Operate", "Audit"]
    assert titles(Role.READER) == []
    assert titles(Role.DELEGATE) == ["Decide"]


def test_time_that_has_run_out_is_over_and_none_of_it_is_left() -> None:
    assert rest_of(timedelta(minutes=17)) == "17 min left"
    assert rest_of(timedelta(0)) == rest_of(timedelta(days=-1)) == "over"


async def test_what_waits_stands_first_with_its_label(
    guided: httpx.AsyncClient,
) -> None:
    page = (await guided.get("/home")).text
    waiting = page[page.index("Waiting for you") :].partition("</section>")[0]
    assert page.index("Waiting for you") < page.index("The newest")
    assert "and acknowledge it." in waiting
    assert "REL TO NATO" in waiting


async def test_what_ends_is_told_in_the_hours_of_the_capital(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("finland")
    page = (await browser.get("/home")).text
    waiting = page[page.index("Waiting for you") :].partition("</section>")[0]
    assert "Helsinki</strong>" in waiting
    assert "Brussels" in waiting
    assert "UTC" in waiting


async def test_what_is_hidden_waits_for_nobody(
    guided_moldova: httpx.AsyncClient,
) -> None:
    page = (await guided_moldova.get("/home")).text
    assert "Reporting of incidents" not in page


async def test_what_came_since_the_last_watch_is_counted(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    first = (await browser.get("/home")).text
    watch = (await browser.get("/watch")).text
    until = watch.partition('name="until" value="')[2].partition('"')[0]
    form = {"form-token": form_token(watch), "until": until}
    await browser.post("/watch", data=form)
    after = (await browser.get("/home")).text
    assert "In the last 24 hours" in first
    assert "Since your last watch" in after
    assert ": 0 arrived" in after


async def test_a_newcomer_reaches_the_nation_s_obligations_in_one_step(
    guided_moldova: httpx.AsyncClient,
) -> None:
    page = (await guided_moldova.get("/home")).text
    assert 'href="/nations/MDA/obligations"' in page
    assert 'href="/nations/MDA/guide"' in page
