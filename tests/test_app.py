import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from foedus import app
from foedus.alliance.commands import change_status
from foedus.alliance.pack import load_pack, parse_pack
from foedus.alliance.statuses import Status
from foedus.clock import StoppedClock
from foedus.errors import ConflictError, InvalidInputError, NotFoundError
from foedus.eventlog.envelope import Act, Who
from foedus.eventlog.projector import tables_dump
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.ids import START, NationCode
from foedus.releasability.viewers import Role

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HARBOUR = Path(__file__).parent / "alliance/data/harbour.json"


async def test_a_hub_is_founded_in_a_folder_that_is_absent_or_empty(
    tmp_path: Path,
) -> None:
    for folder in (tmp_path / "a" / "b", tmp_path / "empty"):
        if folder.name == "empty":
            folder.mkdir()
        assert not app.is_founded(folder)
        hub = await app.create(folder, load_pack("nato"), environment={})
        assert hub.alliance.code == "NATO"
        app.close_hub(hub)
        assert app.is_founded(folder)


async def test_a_folder_that_holds_anything_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("mine")
    for folder in (tmp_path, tmp_path / "note"):
        with pytest.raises(ConflictError, match="--data"):
            await app.create(folder, load_pack("nato"), environment={})
    assert not app.is_founded(tmp_path)


async def test_a_data_folder_is_nobody_else_s_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    app.close_hub(await app.create(folder, load_pack("nato"), environment={}))
    assert folder.stat().st_mode & 0o077 == 0


def test_where_there_is_no_hub_none_is_opened(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="foedus init"):
        app.open_hub(tmp_path, environment={})


async def test_a_hub_opens_again_as_it_was(tmp_path: Path) -> None:
    pack = parse_pack(HARBOUR.read_bytes())
    clock = StoppedClock(NOON)
    hub = await app.create(tmp_path / "d", pack, environment={}, clock=clock)
    position = hub.log.head()
    app.close_hub(hub)
    again = app.open_hub(tmp_path / "d", environment={}, clock=clock)
    assert again.log.head() == position > START
    assert again.alliance.code == "HARBOUR"
    assert again.clock is clock
    app.close_hub(again)


async def test_without_views_a_hub_folds_them_again(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    app.close_hub(await app.create(folder, load_pack("nato"), environment={}))
    tables = []
    for _ in range(2):
        hub = app.open_hub(folder, environment={})
        with hub.reading.snapshot() as seen:
            tables.append(tables_dump(seen.db))
        app.close_hub(hub)
        for path in folder.glob(app.VIEWS + "*"):
            path.unlink()
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, "http://127.0.0.1:8440"),
        ({"FOEDUS_PUBLIC_URL": "https://hub.example/"}, "https://hub.example"),
    ],
)
async def test_the_address_is_that_of_the_settings_or_the_default(
    tmp_path: Path, environment: dict[str, str], url: str
) -> None:
    hub = await app.create(tmp_path / "d", load_pack("nato"), environment=environment)
    assert hub.public_url == url
    app.close_hub(hub)


async def test_the_process_s_own_environment_is_read_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOEDUS_PUBLIC_URL", "https://set.example")
    hub = await app.create(tmp_path / "d", load_pack("nato"))
    assert hub.public_url == "https://set.example"
    app.close_hub(hub)


async def test_all_surfaces_answer_in_one_application(tmp_path: Path) -> None:
    hub = await app.create(tmp_path / "d", load_pack("nato"), environment={})
    application = app.asgi(hub)
    transport = httpx.ASGITransport(app=application)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http,
    ):
        statuses = {
            path: (await http.get(path)).status_code
            for path in ("/", "/taxii2/", "/health/live")
        }
    app.close_hub(hub)
    assert statuses["/"] in {200, 303}
    assert statuses["/taxii2/"] == 401
    assert statuses["/health/live"] == 200


@pytest.fixture
async def anybody(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks a hub in a name that is not its own."""
    hub = await app.create(tmp_path / "d", load_pack("nato"), environment={})
    transport = httpx.ASGITransport(app=app.asgi(hub))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://evil.example"
    ) as http:
        yield http
    app.close_hub(hub)


@pytest.mark.parametrize("path", ["/home/", "/worlds/", "/collections/x/", "/no"])
async def test_a_path_that_is_none_is_a_problem_and_repeats_no_host(
    anybody: httpx.AsyncClient, path: str
) -> None:
    answer = await anybody.get(path)
    head = await anybody.head(path)

    assert answer.status_code == head.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["instance"] == path
    assert "evil" not in str(answer.headers) + answer.text
    assert head.content == b""


async def test_a_browser_is_shown_a_page_where_there_is_none(
    anybody: httpx.AsyncClient,
) -> None:
    answer = await anybody.get("/home/", headers={"Accept": "text/html,*/*;q=0.8"})

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "content-security-policy" in answer.headers


async def test_a_method_that_a_path_has_not_is_a_problem(
    anybody: httpx.AsyncClient,
) -> None:
    answer = await anybody.put("/home")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_founded_hub_knows_every_kind_of_event(tmp_path: Path) -> None:
    assert {"alliance.founded", "intel.published"} <= app.codec().kinds
    hub = await app.create(tmp_path / "d", load_pack("nato"), environment={})
    assert {each.kind for each in hub.log.read_after(START, 10)} <= hub.codec.kinds
    app.close_hub(hub)


async def test_a_hub_that_starts_ends_the_sessions_of_who_lost_standing_meanwhile(
    tmp_path: Path,
) -> None:
    hub = await app.create(
        tmp_path / "d", load_pack("nato"), environment={}, clock=StoppedClock(NOON)
    )
    who = Who(account="account--x", nation="NATO", door="cli")
    act = Act(who=who, at=NOON)
    opening = Opening(name="mda", nation="MDA", roles=frozenset({Role.READER}))
    await open_account(hub.registry, opening, None, alliance=hub.alliance, act=act)
    hub.projector.catch_up()
    hub.authenticator.start_session(hub.authenticator.named("mda"))
    await change_status(
        hub.log,
        NationCode("MDA"),
        status=Status.SUSPENDED,
        since=NOON.date(),
        act=act,
    )
    hub.projector.catch_up()
    application = app.asgi(hub)
    async with application.router.lifespan_context(application):
        async with asyncio.timeout(10):
            while hub.keyring.sessions.holders():  # noqa: ASYNC110 - a file wakes nobody
                await asyncio.sleep(0)
    app.close_hub(hub)


@pytest.mark.parametrize(
    "ceiling", ["NR", "nato restricted", "NATO DIFFUSION RESTREINTE"]
)
async def test_a_hub_has_the_ceiling_of_its_settings(
    tmp_path: Path, ceiling: str
) -> None:
    environment = {"FOEDUS_CEILING": ceiling}
    hub = await app.create(tmp_path / "d", load_pack("nato"), environment=environment)
    assert hub.alliance.levels[hub.ceiling].name == "NATO RESTRICTED"
    app.close_hub(hub)
    plain = app.open_hub(tmp_path / "d", environment={})
    assert plain.ceiling == len(plain.alliance.levels) - 1
    app.close_hub(plain)


async def test_a_ceiling_that_the_alliance_does_not_know_lets_no_hub_start(
    tmp_path: Path,
) -> None:
    environment = {"FOEDUS_CEILING": "HARBOUR OPEN"}
    with pytest.raises(InvalidInputError, match="ceiling"):
        await app.create(tmp_path / "d", load_pack("nato"), environment=environment)
    assert not (tmp_path / "d").exists()
    app.close_hub(await app.create(tmp_path / "d", load_pack("nato"), environment={}))
    with pytest.raises(InvalidInputError, match="use one of NATO UNCLASSIFIED"):
        app.open_hub(tmp_path / "d", environment=environment)
    app.close_hub(app.open_hub(tmp_path / "d", environment={}))


async def test_a_trusted_proxy_that_is_no_address_stops_the_hub_from_opening(
    tmp_path: Path,
) -> None:
    app.close_hub(await app.create(tmp_path / "d", load_pack("nato"), environment={}))

    with pytest.raises(InvalidInputError, match="trusted_proxies"):
        app.open_hub(
            tmp_path / "d", environment={"FOEDUS_TRUSTED_PROXIES": "proxy.example"}
        )
