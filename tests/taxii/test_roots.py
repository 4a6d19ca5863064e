"""Further API roots: old paths, and nothing for who sees nothing below them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from starlette.routing import Route

from foedus import app
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.ids import AccountId, CollectionId, NationCode
from foedus.intel import importing
from foedus.intel.events import ApiRoot, ImportTerms
from foedus.intel.importing import RESERVED, Dated, Plan, Planned
from foedus.releasability.viewers import Role, Viewer
from tests.taxii.world import FOUNDER, HOST, NO_ACCESS, OPEN, TAXII, World, indicator

__all__: list[str] = []

MOVED = CollectionId("91a7b528-80eb-42ed-a74d-c6fbd5a26116")
WRITE_ALONE = CollectionId("472c94ae-3113-4e3e-a4dd-a9f4ac7471d4")
ADDED_US = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp()) * 1_000_000 + 7
ADDED = "2026-11-02T00:00:00.000007Z"
ROOT = f"{HOST}/trustgroup1/"


def plan(account: AccountId) -> Plan:
    def planned(number: CollectionId, **more: object) -> Planned:
        return Planned(id=number, root="trustgroup1", title="Moved", **more)  # type: ignore[arg-type]

    return Plan(
        source="ab" * 32,
        terms=ImportTerms(
            account=account, read="POL,FIN", write="POL", default_label="TLP:CLEAR"
        ),
        roots=(ApiRoot(path="trustgroup1", title="Trust group", description="Old"),),
        collections=(
            planned(MOVED, can_read=True, can_write=True, alias="High Value"),
            planned(WRITE_ALONE, can_write=True),
        ),
    )


async def take_over(hub: Hub, account: Account) -> None:
    operator = Viewer(
        nation=NationCode("NATO"),
        clearance=0,
        roles=frozenset({Role.OPERATOR}),
        account=FOUNDER.account,  # type: ignore[arg-type]
    )
    at = hub.clock()
    body = Act(who=FOUNDER, at=at)
    who = Who(account=account.id, nation=account.nation, door="cli")
    wanted = plan(account.id)
    await hub.seen([await importing.begin(hub.desk, operator, body, wanted)])
    await hub.seen(await importing.open_collections(hub.desk, operator, body, wanted))
    given = [Dated(id="", raw=_dumped(), added_us=ADDED_US)]
    outcomes = await importing.take_in(
        hub.desk, account.viewer(), Act(who=who, at=at), MOVED, given
    )
    assert [each.outcome for each in outcomes] == ["stored"]
    await hub.seen([await importing.end(hub.desk, body, wanted)])


def _dumped() -> bytes:
    return httpx.Request("POST", HOST, json=indicator(1)).read()


class Asker:
    """A client of the whole hub, as any account."""

    def __init__(self, http: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self._http = http
        self._tokens = tokens

    async def ask(
        self, name: str, path: str, method: str = "GET", **more: str
    ) -> httpx.Response:
        headers = {"Accept": TAXII, **more}
        if name:
            headers["Authorization"] = f"Bearer {self._tokens[name]}"
        url = path if path.startswith("http") else ROOT + path
        return await self._http.request(method, url, headers=headers)


@pytest.fixture
async def asker(hub: Hub, founded: World) -> AsyncIterator[Asker]:
    transport = httpx.ASGITransport(app=app.asgi(hub))
    async with httpx.AsyncClient(transport=transport) as http:
        yield Asker(http, founded.tokens)


@pytest.fixture
async def moved(hub: Hub, asker: Asker) -> Asker:
    """Take a collection over while the application is being served."""
    assert (await asker.ask("pol", "")).status_code == 404
    await take_over(hub, hub.authenticator.named("pol"))
    return asker


async def test_discovery_lists_it_for_who_sees_something_in_it(moved: Asker) -> None:
    own = f"{HOST}/taxii2/nato/"

    for name, roots in (("pol", [own, ROOT]), ("fin", [own, ROOT]), ("mda", [own])):
        found = (await moved.ask(name, f"{HOST}/taxii2/")).json()
        assert (found["default"], found["api_roots"]) == (own, roots)


async def test_it_says_of_itself_what_it_did(moved: Asker) -> None:
    found = (await moved.ask("fin", "")).json()

    assert (found["title"], found["description"]) == ("Trust group", "Old")
    assert found["versions"] == [TAXII]


async def test_it_lists_its_collections_alone(moved: Asker) -> None:
    [first, second] = (await moved.ask("pol", "collections/")).json()["collections"]

    assert (first["id"], first["can_read"], first["can_write"]) == (
        WRITE_ALONE,
        False,
        True,
    )
    assert (second["id"], second["alias"]) == (MOVED, "High Value")
    [only] = (await moved.ask("fin", "collections/")).json()["collections"]
    assert (only["id"], only["can_read"], only["can_write"]) == (MOVED, True, False)


@pytest.mark.parametrize("name", [MOVED, "High%20Value"])
async def test_objects_are_read_at_the_old_path(moved: Asker, name: str) -> None:
    place = f"collections/{name}"
    response = await moved.ask("fin", f"{place}/objects/")
    manifest = await moved.ask("fin", f"{place}/manifest/")
    described = await moved.ask("fin", f"{place}/")

    assert response.json()["objects"] == [indicator(1)]
    assert response.headers["x-taxii-date-added-last"] == ADDED
    assert manifest.json()["objects"][0]["date_added"] == ADDED
    assert described.json()["title"] == "Moved"


async def test_they_are_the_same_below_the_alliances_own_root(moved: Asker) -> None:
    own = f"{HOST}/taxii2/nato/collections/{MOVED}/objects/"

    assert (await moved.ask("fin", own)).json()["objects"] == [indicator(1)]


async def test_the_hubs_other_collections_are_not_below_it(moved: Asker) -> None:
    for name in (OPEN, "open", NO_ACCESS):
        response = await moved.ask("pol", f"collections/{name}/objects/")
        assert response.status_code == 404


async def test_who_sees_nothing_in_it_is_told_what_everybody_is(moved: Asker) -> None:
    for path in (
        "",
        "collections/",
        f"collections/{MOVED}/",
        f"collections/{MOVED}/objects/",
        f"collections/{MOVED}/manifest/",
        "status/11111111-1111-4111-8111-111111111111/",
        "nonsense/",
    ):
        here = await moved.ask("mda", path)
        elsewhere = await moved.ask("mda", f"{HOST}/unknown/{path}")
        assert here.status_code == elsewhere.status_code == 404
        assert here.content == elsewhere.content
        assert dict(here.headers) == dict(elsewhere.headers)


async def test_without_a_credential_every_path_looks_alike(moved: Asker) -> None:
    here = await moved.ask("", "collections/")
    elsewhere = await moved.ask("", f"{HOST}/unknown/collections/")

    assert here.status_code == elsewhere.status_code == 401
    assert here.content == elsewhere.content


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PUT", "collections/", 405), ("GET", "collections", 308), ("GET", "x", 404)],
)
async def test_methods_and_slashes_are_told_as_elsewhere(
    moved: Asker, method: str, path: str, status: int
) -> None:
    here = await moved.ask("pol", path, method)
    elsewhere = await moved.ask("pol", f"{HOST}/unknown/{path}", method)

    assert here.status_code == elsewhere.status_code == status


@pytest.mark.parametrize("path", ["trustgroup1/", "unknown/", "home/", "unknown/x"])
async def test_who_does_not_speak_of_taxii_notices_nothing(
    moved: Asker, path: str
) -> None:
    response = await moved.ask("", f"{HOST}/{path}", Accept="*/*")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_the_hubs_own_paths_stay_what_they_are(asker: Asker) -> None:
    response = await asker.ask("pol", f"{HOST}/static/nothing", "POST")

    assert response.status_code == 405


def test_no_root_can_take_a_path_of_the_hubs_own(hub: Hub) -> None:
    own = {
        route.path.split("/")[1]
        for route in app.asgi(hub).routes
        if isinstance(route, Route)
    }

    assert own - {"", "{root}"} <= RESERVED
