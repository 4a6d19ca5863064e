"""Moving in from medallion: old clients, at the old path, notice nothing."""

import json
import random
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

from foedus.eventlog.database import open_readable
from tests.scenarios.installation import PASSWORD, Installation, install
from tests.scenarios.installation import Server as Process
from tests.scenarios.test_crash import assert_whole

DATA = Path(__file__).parent.parent / "data" / "medallion.json"
FILE: Any = json.loads(DATA.read_text(encoding="utf-8"))
OLD: Any = FILE["trustgroup1"]["collections"][0]
BROKEN = {"indicator--no-uuid", "indicator--0f1c7f5e-6f0c-4d8e-8a0f-000000000004"}
SERVED = [each for each in OLD["objects"] if each["id"] not in BROKEN]
WORDS = ("import", "medallion", str(DATA), "--as", "pol", "--read", "MEMBERS")

KILLS = 3
MANY = 1_000
"""Versions of one object: not more than 100 of them share a commit."""

ALIKE = 25
"""Versions that share a date."""

LOOKS_AGAIN_S = 0.01


def take_over(hub: Installation, *words: str) -> tuple[int, Any]:
    """Run an import of which a part may be refused."""
    done = subprocess.run(
        hub.command(*words, "--json"), capture_output=True, check=False, timeout=120
    )
    return done.returncode, json.loads(done.stdout or "null")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Take over while two workers serve."""
    hub = install(tmp_path_factory.mktemp("moved") / "data")
    server = hub.serve("--workers", "2")
    code, answer = take_over(
        hub, *WORDS, "--write", "POL,FIN", "--default-label", "TLP:CLEAR"
    )
    assert code == 1
    assert {each["id"] for each in answer["refused"]} == BROKEN
    yield server
    server.stop()


@pytest.fixture
def old(server: Process) -> Iterator[Collection]:
    """The collection as an old client has it configured, for FIN."""
    url = f"{server.url}/trustgroup1/collections/{OLD['id']}/"
    with Collection(url, user="fin", password=PASSWORD) as found:
        yield found


def own(objects: list[Any]) -> list[Any]:
    """Leave out what the hub itself brings along."""
    return [each for each in objects if each["id"] in {one["id"] for one in SERVED}]


def test_discovery_leads_to_the_old_api_root(server: Process) -> None:
    with Server(f"{server.url}/taxii2/", user="fin", password=PASSWORD) as found:
        urls = [each.url for each in found.api_roots]
    assert urls == [f"{server.url}/taxii2/nato/", f"{server.url}/trustgroup1/"]


def test_the_old_api_root_is_what_it_was(server: Process) -> None:
    url = f"{server.url}/trustgroup1/"
    with ApiRoot(url, user="fin", password=PASSWORD) as root:
        assert root.title == FILE["trustgroup1"]["information"]["title"]
        found = {each.id: each for each in root.collections}
    wanted = {
        each["id"]: (each["can_read"], each["can_write"])
        for each in FILE["trustgroup1"]["collections"]
        if each["can_read"] or each["can_write"]
    }
    rights = {name: (each.can_read, each.can_write) for name, each in found.items()}
    assert rights == wanted
    assert found[OLD["id"]].title == OLD["title"]


def test_objects_have_the_dates_they_had(old: Collection) -> None:
    dates = {
        (each["id"], each["version"]): each["date_added"]
        for page in as_pages(old.get_manifest, per_request=3, version="all")
        for each in page["objects"]
    }
    wanted = {
        (each["id"], each["version"]): each["date_added"]
        for each in OLD["manifest"]
        if each["id"] not in BROKEN
    }
    address = "ipv4-addr--efb3cb24-5b02-57b0-adb6-64563650dafa"
    assert dates[address, "1970-01-01T00:00:00.000Z"] == "2026-02-01T10:00:00.123455Z"
    malware = "malware--c0931cc6-c75e-47e5-9036-78fabc95d4ec"
    moved = {
        # Of two that share a date the first in the manifest stands a moment before.
        (malware, "2026-01-27T13:49:53.997Z"): "2026-01-27T13:49:59.997000Z",
    }
    for name, date in wanted.items():
        if name[0] != address:
            assert dates[name] == moved.get(name, date)
    assert len(set(dates.values())) == len(dates)


def test_objects_are_what_they_were(old: Collection) -> None:
    found = [
        each
        for page in as_pages(old.get_objects, per_request=2, version="all")
        for each in own(page["objects"])
    ]
    wanted = [
        {name: value for name, value in each.items() if name != "_date_added"}
        for each in SERVED
    ]
    key = ("id", "modified")
    sort = lambda listed: sorted(  # noqa: E731 - used twice here
        listed, key=lambda each: [each.get(name, "") for name in key]
    )
    assert sort(found) == sort(wanted)


def test_a_client_goes_on_where_it_stopped(old: Collection) -> None:
    dates = sorted({each["date_added"] for each in OLD["manifest"]})
    for place, date in enumerate(dates):
        page = old.get_manifest(added_after=date, version="all", limit=100)
        left = own(page.get("objects", []))
        wanted = [
            each
            for each in OLD["manifest"]
            if each["date_added"] in dates[place + 1 :] and each["id"] not in BROKEN
        ]
        assert len(left) == len(wanted)


def test_a_client_adds_and_reads_on(old: Collection) -> None:
    before = old.get_manifest(limit=100)["objects"][-1]["date_added"]
    given = {**SERVED[1], "id": f"indicator--{uuid.uuid4()}"}

    status = old.add_objects({"objects": [given]})

    assert status.success_count == 1
    after = old.get_objects(added_after=before)["objects"]
    assert [each["id"] for each in after] == [given["id"]]


def test_statuses_answer_who_took_over(server: Process) -> None:
    status = FILE["trustgroup1"]["status"][0]
    url = f"{server.url}/trustgroup1/status/{status['id']}/"
    headers = {"Accept": "application/taxii+json;version=2.1"}

    own = httpx.get(url, auth=("pol", PASSWORD), headers=headers)
    others = httpx.get(url, auth=("fin", PASSWORD), headers=headers)

    assert (own.status_code, others.status_code) == (200, 404)
    assert own.json()["successes"] == status["successes"]


def test_who_sees_nothing_of_it_finds_nothing(server: Process) -> None:
    headers = {"Accept": "application/taxii+json;version=2.1"}
    for path in ("", "collections/", f"collections/{OLD['id']}/objects/"):
        answers = [
            httpx.get(
                f"{server.url}/{root}/{path}", auth=("mda", PASSWORD), headers=headers
            )
            for root in ("trustgroup1", "nothing")
        ]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].content == answers[1].content


def many(path: Path) -> Path:
    """Write a file of many versions of one object, which are many commits."""
    objects, manifest = [], []
    for number in range(MANY):
        minute, second = divmod(number, 60)
        version = f"2026-02-01T00:{minute:02}:{second:02}.000Z"
        made = {**SERVED[1], "modified": version}
        objects.append(made)
        manifest.append(
            {
                "id": made["id"],
                "version": made["modified"],
                "date_added": f"2026-03-01T00:{number // ALIKE:02}:00.000123Z",
            }
        )
    collection = {**OLD, "objects": objects, "manifest": manifest}
    root = {**FILE["trustgroup1"], "collections": [collection], "status": []}
    path.write_text(json.dumps({"trustgroup1": root}), encoding="utf-8")
    return path


def test_an_import_that_was_killed_is_finished_by_the_same_again(
    tmp_path: Path,
) -> None:
    hub = install(tmp_path / "data")
    twin = hub.copy(tmp_path / "twin")
    words = ("import", "medallion", str(many(tmp_path / "many.json")), "--as", "pol")
    moments = random.Random(7)  # noqa: S311 - moments, no secrets

    for _ in range(KILLS):
        wanted = written(hub.folder) + moments.randrange(MANY // 4)
        process = subprocess.Popen(
            hub.command(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while written(hub.folder) <= wanted and process.poll() is None:
            threading.Event().wait(LOOKS_AGAIN_S)
        process.kill()
        process.wait()
    take_over(hub, *words)
    whole, _ = take_over(twin, *words)

    assert whole == 0
    assert seen(hub.folder) == seen(twin.folder)
    assert len(seen(hub.folder)) == MANY
    assert_whole(hub)


def written(folder: Path) -> int:
    """Count the entries of the log."""
    log = open_readable(folder / "log.db")
    try:
        return int(log.execute("SELECT position FROM head").get)
    finally:
        log.close()


def seen(folder: Path) -> list[Any]:
    """Give every version and its date, as POL sees them."""
    views = open_readable(folder / "views.db")
    try:
        return views.execute(
            "SELECT v.object, u.at - u.last + d.number FROM delivery AS d"
            "  JOIN version AS v USING (version) JOIN unit AS u USING (unit)"
            " ORDER BY d.number"
        ).fetchall()
    finally:
        views.close()
