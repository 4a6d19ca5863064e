"""The log of a whole day at the hub, searched for everything that is nobody's."""

import json
import re
import uuid

import httpx
import pytest

from tests.scenarios.installation import (
    LABEL,
    MEMBERS,
    OPEN,
    PASSWORD,
    TAXII,
    Installation,
)
from tests.scenarios.publishers import new_object

WRONG = "wrong horse battery"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Day:
    """What was said during a day, and what the hub wrote to its log."""

    def __init__(self, secrets: set[str], lines: list[str]) -> None:
        self.secrets = secrets
        self.text = "\n".join(lines)
        self.requests = [
            line
            for line in map(json.loads, (each for each in lines if each[:1] == "{"))
            if line["event"] == "request"
        ]


@pytest.fixture(scope="module")
def day(installed: Installation, tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp("day")
    hub = installed.copy(folder / "data")
    log = folder / "log"
    with hub.serve(log=log) as server:
        secrets = publish_and_read(server.url)
        secrets |= sign_in(server.url) | mistakes(server.url)
        server.stop()
    return Day(secrets, log.read_text().splitlines())


def client(url: str, name: str = "pol", password: str = PASSWORD) -> httpx.Client:
    headers = {"Accept": TAXII, "Content-Type": TAXII}
    return httpx.Client(
        base_url=f"{url}/taxii2/nato/", auth=(name, password), headers=headers
    )


def publish_and_read(url: str) -> set[str]:
    objects = [new_object() for _ in range(3)]
    secrets = {PASSWORD, LABEL, MEMBERS, OPEN, "pol", "fin"}
    with client(url) as poland, client(url, "fin") as finland:
        where = f"collections/{MEMBERS}/objects/"
        status = poland.post(where, json={"objects": objects}).json()["id"]
        poland.get(f"status/{status}/")
        page = finland.get(where, params={"limit": 1, "match[type]": "indicator"})
        cursor = page.json()["next"]
        finland.get(where, params={"next": cursor})
        for each in objects:
            finland.get(f"{where}{each['id']}/", params={"match[version]": "all"})
        poland.delete(f"{where}{objects[0]['id']}/")
        finland.get(f"{where}indicator--{uuid.uuid4()}/")
        made = httpx.post(
            f"{url}/api/v1/me/tokens",
            auth=("pol", PASSWORD),
            json={"label": "the sensor in the cellar"},
        ).json()
        httpx.get(
            f"{url}/api/v1/me", headers={"Authorization": f"Bearer {made['token']}"}
        )
    secrets |= {each["id"] for each in objects} | {each["name"] for each in objects}
    secrets |= {each["pattern"] for each in objects}
    return secrets | {
        status,
        cursor,
        "the sensor in the cellar",
        made["token"],
    }


def sign_in(url: str) -> set[str]:
    with httpx.Client(base_url=url) as browser:
        page = browser.get("/sign-in").text
        token = re.search(r'name="form-token" value="([^"]+)"', page)
        assert token is not None, "the form has a token"
        login = {"name": "pol", "password": PASSWORD, "form-token": token[1]}
        browser.post("/sign-in", data=login)
        browser.get("/collections")
        browser.get(f"/objects/indicator--{uuid.uuid4()}", params={"q": "the query"})
        cookies = set(browser.cookies.values())
    return {token[1], "the query", *cookies}


def mistakes(url: str) -> set[str]:
    with client(url, "pol", WRONG) as guesser, client(url) as poland:
        for _ in range(7):
            guesser.get("collections/")
        where = f"collections/{OPEN}/objects/"
        poland.post(where, content=b'{"objects":[{"type":"the broken one"}]}')
        poland.post(where, content=b"the nonsense")
        poland.get(where, params={"added_after": "the day before"})
        poland.get("the/wrong/path", headers={"X-Request-Id": 'the "quoted" id'})
        poland.get("collections/", headers={"X-Request-Id": "my-own-request"})
        poland.get(
            "collections/", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        )
        poland.request("BREW", "collections/")
    return {WRONG, "the broken one", "the nonsense", "the day before", "wrong/path"} | {
        "the+day+before", "%22quoted%22", "quoted", "BREW",
    }  # fmt: skip


def test_nothing_labelled_and_no_secret_is_in_the_log(day: Day) -> None:
    words = re.compile(r"\bpol\b|\bfin\b")

    found = {each for each in day.secrets - {"pol", "fin"} if each in day.text}

    assert found == set()
    assert words.findall(day.text) == []


def test_no_id_but_that_of_accounts_is_in_the_log(day: Day) -> None:
    ids = set(re.findall(r"[a-z0-9-]*--[0-9a-f]{8}-[0-9a-f-]{27}", day.text))

    assert {each.partition("--")[0] for each in ids} == {"account"}


def test_every_request_has_its_line(day: Day) -> None:
    seen = {(each["method"], each["route"], each["status"]) for each in day.requests}
    below = "/taxii2/nato/"

    assert {
        ("POST", f"{below}collections/{{collection}}/objects/", 202),
        ("POST", f"{below}collections/{{collection}}/objects/", 422),
        ("GET", f"{below}collections/{{collection}}/objects/", 200),
        ("GET", f"{below}collections/{{collection}}/objects/", 400),
        ("GET", f"{below}collections/{{collection}}/objects/{{object}}/", 404),
        ("DELETE", f"{below}collections/{{collection}}/objects/{{object}}/", 200),
        ("GET", f"{below}status/{{status}}/", 200),
        ("GET", f"{below}collections/", 401),
        ("GET", f"{below}collections/", 429),
        ("POST", "/sign-in", 303),
    } <= seen


def test_who_asked_is_said_by_opaque_id_and_nation(day: Day) -> None:
    known = [each for each in day.requests if "nation" in each]

    assert {each["nation"] for each in known} == {"POL", "FIN"}
    assert all(each["account"].startswith("account--") for each in known)


def test_a_guesser_is_known_by_address_alone(day: Day) -> None:
    guesses = [each for each in day.requests if each["status"] in (401, 429)]

    assert len(guesses) == 7
    assert {each["address"] for each in guesses} == {"127.0.0.1"}
    assert not any("account" in each for each in guesses)


def test_an_id_that_a_client_gave_is_in_the_log_if_it_is_well_formed(day: Day) -> None:
    given = {each["request_id"] for each in day.requests}

    assert {"my-own-request", TRACE} <= given
    assert len(given) == len(day.requests)
