"""Attacks by asking: what is hidden answers like what does not exist.

Source: releasability reference, sections 4 to 6.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.leaks import oracle_labels as labels
from tests.leaks.acts import Change, Redact
from tests.leaks.asking import Question, ask
from tests.leaks.attacking import (
    ABSENT,
    HIDDEN,
    Told,
    hide,
    ids,
    manifest,
    told,
)
from tests.leaks.driver import ROOT, TAXII, Driver, running
from tests.leaks.founding import Keys
from tests.leaks.proofs import (
    ALLIES,
    CAMPAIGN,
    INDICATOR,
    OPEN,
    PUBLIC,
    REPORT,
    RESTRICTED,
    TWO,
    post,
    release,
    thing,
)
from tests.leaks.world import VERSIONS

NOBODYS = "release--00000000-0000-4000-8000-000000000009"

ABOUT_AN_ID: tuple[tuple[str, str, Any], ...] = (
    ("GET", f"{ROOT}/collections/{OPEN}/objects/{{}}/", None),
    ("GET", f"{ROOT}/collections/{OPEN}/objects/{{}}/?match[version]=all", None),
    ("GET", f"{ROOT}/collections/{OPEN}/objects/{{}}/versions/", None),
    ("GET", f"{ROOT}/collections/{OPEN}/objects/?match[id]={{}}", None),
    ("GET", f"{ROOT}/collections/{OPEN}/manifest/?match[id]={{}}", None),
    ("DELETE", f"{ROOT}/collections/{OPEN}/objects/{{}}/", None),
    ("GET", "/api/v1/objects/{}/explain?nation=FIN", None),
    ("GET", "/api/v1/objects/{}/audience", None),
    ("POST", "/api/v1/objects/{}/withdraw", {"collection": OPEN, "reason": "a test"}),
    ("POST", "/api/v1/objects/{}/tear-line", {"collection": OPEN}),
    ("GET", "/objects/{}", None),
    ("GET", "/objects/{}/withdraw", None),
)
"""Whatever can be asked about an object by its id: method, address, body."""

ABOUT_A_RELEASE: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api/v1/releases/{}", None),
    ("POST", "/api/v1/releases/{}/consent", {}),
    ("POST", "/api/v1/releases/{}/withdraw", {"reason": "a test"}),
    ("GET", "/releases/{}", None),
)


async def asked(hub: Driver, account: str, question: tuple[str, str, Any]) -> Told:
    """Ask about something, whose name is left out of the answer."""
    method, url, body = question
    if method == "GET":
        return told(await hub.get(account, url), *_names(url))
    if url.startswith(ROOT):
        answer = await hub.taxii(account, method, url.removeprefix(ROOT))
    else:
        answer = await hub.api(account, method, url.removeprefix("/api/v1"), body)
    return told(answer, *_names(url))


def _names(url: str) -> list[str]:
    return [each for each in (HIDDEN, ABSENT, NOBODYS) if each in url] or [
        part for part in url.split("/") if part.startswith("release--")
    ]


def filled(question: tuple[str, str, Any], name: str) -> tuple[str, str, Any]:
    """Put a name into a question."""
    method, url, body = question
    return method, url.replace("{}", name), body


# By id


@pytest.mark.parametrize("question", ABOUT_AN_ID, ids=lambda each: " ".join(each[:2]))
@pytest.mark.parametrize("account", ["swe", "mda", "fin-reader"])
async def test_a_hidden_id_answers_like_one_that_does_not_exist(
    hub: Driver, account: str, question: tuple[str, str, Any]
) -> None:
    await hub.do(post("fin", thing(HIDDEN, RESTRICTED.replace("NATO+", "FIN, POL"))))
    answers = [
        await asked(hub, account, filled(question, each)) for each in (HIDDEN, ABSENT)
    ]
    assert answers[0] == answers[1]
    assert await ids(hub, "fin") == [HIDDEN], "nor does asking change anything"


@pytest.mark.parametrize("about", [REPORT, HIDDEN], ids=["of it", "of what it names"])
async def test_who_sees_a_referrer_is_told_nothing_when_it_goes(
    hub: Driver, about: str
) -> None:
    await hide(hub)
    await hub.do(post("pol", thing(REPORT, x_about_refs=[HIDDEN])))
    url = f"/collections/{OPEN}/objects/{about}/"
    answer = await hub.taxii("swe", "DELETE", url)
    assert answer.status_code == 404
    assert "refer" not in answer.text


@pytest.mark.parametrize("text", [TWO, RESTRICTED])
async def test_a_markings_definition_is_no_sign_of_an_audience(
    hub: Driver, text: str
) -> None:
    await hub.do(post("fin", thing(INDICATOR, TWO)))
    marking, other = labels.marking_id(text), labels.marking_id(f"{text}, NOR")
    url = f"/collections/{OPEN}/objects/{{}}/"
    answers = [
        told(await hub.taxii("swe", "GET", url.format(each)), each)
        for each in (marking, other)
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    carried = await hub.taxii("pol", "GET", url.format(labels.marking_id(TWO)))
    assert carried.status_code == 200


@pytest.mark.parametrize(
    "question", ABOUT_A_RELEASE, ids=lambda each: " ".join(each[:2])
)
async def test_a_hidden_release_answers_like_one_that_does_not_exist(
    hub: Driver, question: tuple[str, str, Any]
) -> None:
    await hide(hub)
    await hub.do(release(0))
    answers = [
        await asked(hub, "swe", filled(question, each))
        for each in (hub.release(0), NOBODYS)
    ]
    assert answers[0] == answers[1]


async def test_a_status_is_shown_to_the_posting_account_alone(hub: Driver) -> None:
    done = await hub.do(post("pol-secret", thing(HIDDEN, RESTRICTED)))
    url = "/status/{}/"
    nobodys = "00000000-0000-4000-8000-000000000009"
    for account in ("pol", "fin", "secretary"):
        answers = [
            told(await hub.taxii(account, "GET", url.format(each)), each)
            for each in (done.body["id"], nobodys)
        ]
        assert answers[0] == answers[1]
        assert answers[0][0] == 404


@pytest.mark.parametrize("surface", ["", "manifest/", "objects/"])
async def test_a_collection_that_is_not_for_a_nation_does_not_exist(
    hub: Driver, surface: str
) -> None:
    nobodys = "99999999-9999-4999-8999-999999999999"
    answers = [
        told(await hub.taxii("jpn", "GET", f"/collections/{each}/{surface}"), each)
        for each in (ALLIES, nobodys)
    ]
    assert answers[0] == answers[1]
    body = json.dumps({"objects": thing(REPORT)}).encode()
    posted = [
        told(
            await hub.taxii("jpn", "POST", f"/collections/{each}/objects/", body=body),
            each,
        )
        for each in (ALLIES, nobodys)
    ]
    assert posted[0] == posted[1]


# By counting and by cursors


async def test_pages_end_where_what_is_visible_ends(hub: Driver) -> None:
    await hub.do(post("fin", thing(REPORT, PUBLIC)))
    url = f"/collections/{OPEN}/objects/"
    query = {"limit": "2", "match[version]": "all"}
    before = told(await hub.taxii("mda", "GET", url, query=query))
    for number in range(5):
        await hide(hub, modified=VERSIONS[0].replace(":00.", f":{number:02}."))
    assert told(await hub.taxii("mda", "GET", url, query=query)) == before
    assert '"more":false' in before[2]


async def test_a_cursor_says_the_same_whatever_is_hidden(hub: Driver) -> None:
    await hub.do(post("fin", thing(REPORT, PUBLIC), thing(CAMPAIGN, PUBLIC)))
    url = f"/collections/{OPEN}/manifest/"
    before = (await hub.taxii("mda", "GET", url, query={"limit": "1"})).json()["next"]
    await hide(hub)
    after = (await hub.taxii("mda", "GET", url, query={"limit": "1"})).json()["next"]
    assert after == before


async def test_anothers_cursor_shows_no_more_than_ones_own(hub: Driver) -> None:
    await hub.do(post("fin", thing(REPORT, PUBLIC)))
    await hide(hub)
    await hub.do(post("fin", thing(CAMPAIGN, PUBLIC)))
    url = f"/collections/{OPEN}/manifest/"
    query = {"limit": "2", "match[version]": "all"}
    stolen = (await hub.taxii("pol", "GET", url, query=query)).json()["next"]
    answer = await hub.taxii("mda", "GET", url, query={**query, "next": stolen})
    shown = {each["id"] for each in answer.json()["objects"]}
    assert shown <= set(await ids(hub, "mda")) | {labels.marking_id(PUBLIC)}


@pytest.mark.parametrize("forged", ["A" * 43, "", "1", "%00", "A" * 44, "A" * 5_000])
async def test_a_forged_cursor_is_refused_and_explains_nothing(
    hub: Driver, forged: str
) -> None:
    url = f"/collections/{OPEN}/manifest/"
    bare = told(await hub.taxii("mda", "GET", url, query={"next": forged}))
    await hide(hub)
    assert told(await hub.taxii("mda", "GET", url, query={"next": forged})) == bare
    assert bare[0] == 400


async def test_a_cursor_of_one_list_does_not_open_another(hub: Driver) -> None:
    await hub.do(post("fin", thing(REPORT, PUBLIC), thing(CAMPAIGN, PUBLIC)))
    url = f"/collections/{OPEN}/{{}}/"
    listed = await hub.taxii("mda", "GET", url.format("manifest"), query={"limit": "1"})
    query = {"next": listed.json()["next"]}
    answer = await hub.taxii("mda", "GET", url.format("objects"), query=query)
    assert answer.status_code == 400


@pytest.mark.parametrize("surface", ["manifest/", "objects/", f"objects/{REPORT}/"])
async def test_nothing_hidden_changes_an_entity_tag(hub: Driver, surface: str) -> None:
    await hub.do(post("fin", thing(REPORT, PUBLIC)))
    url = f"/collections/{OPEN}/{surface}"
    first = await hub.taxii("mda", "GET", url)
    await hide(hub)
    await hub.do(release(0, TWO))
    again = await hub.taxii("mda", "GET", url)
    assert again.headers == first.headers
    question = Question(
        method="GET",
        url=f"{ROOT}{url}",
        headers={
            **hub.signed("mda"),
            "Accept": TAXII,
            "If-None-Match": first.headers["etag"],
        },
    )
    known = await ask(hub.app, question)
    assert (known.status_code, known.content) == (304, b"")


async def test_pages_of_the_web_count_what_is_visible_alone(
    keys: Keys, folder: Path
) -> None:
    pages = []
    for number, is_there in enumerate((True, False)):
        async with running(keys, folder / str(number)) as hub:
            await hub.do(post("fin", thing(REPORT, PUBLIC)))
            for _ in range(3):
                if is_there:
                    await hide(hub)
                else:
                    hub.pass_by()
            urls = ("/home", "/collections", "/collections/open", "/releases")
            pages.append([told(await hub.get("mda", url)) for url in urls])
    assert pages[0] == pages[1]


# Explaining, previews and lists


async def test_a_reason_names_no_release_that_the_asker_may_not_know_of(
    hub: Driver,
) -> None:
    await hub.do(post("fin", thing(REPORT)))
    await hub.do(release(0))
    secret = hub.release(0)
    urls = (
        f"/api/v1/objects/{REPORT}/explain?nation=JPN",
        f"/api/v1/objects/{REPORT}/audience",
        "/api/v1/releases",
        f"/objects/{REPORT}",
        "/releases",
    )
    for url in urls:
        assert secret not in (await hub.get("pol", url)).text
    shown = await hub.get("fin", f"/api/v1/objects/{REPORT}/audience")
    assert shown.json()["releases"] == [secret]


@pytest.mark.parametrize(
    "terms",
    [
        {"account": "swe", "to": ("MDA",)},
        {"account": "swe", "to": ("MDA",), "asks": ("FIN",)},
        {"account": "fin-reader", "to": ("MDA",)},
        {"account": "secretary", "to": ("MDA",), "asks": ("FIN", "POL")},
        {"account": "mda", "to": ("SWE",), "asks": ("FIN",), "controlled": True},
    ],
    ids=["of its own", "asking", "a reader", "the body", "of what is controlled"],
)
async def test_a_preview_counts_nothing_hidden(
    keys: Keys, folder: Path, terms: dict[str, Any]
) -> None:
    answers = []
    for number, is_there in enumerate((True, False)):
        async with running(keys, folder / str(number)) as hub:
            if is_there:
                await hide(hub)
            else:
                hub.pass_by()
            act = release(0, TWO, dry_run=True, **terms)
            answers.append(told(await hub.answer_to(act)))
    assert answers[0] == answers[1]


async def test_a_forecast_of_a_post_knows_no_more_than_the_post(hub: Driver) -> None:
    await hide(hub)
    url = f"/collections/{OPEN}/preview"
    answers = []
    for about in (HIDDEN, ABSENT):
        body = {"objects": thing(CAMPAIGN, x_about_refs=[about])}
        answers.append(told(await hub.api("swe", "POST", url, body), about))
        body = {"objects": thing(about)}
        answers.append(told(await hub.api("swe", "POST", url, body), about))
    assert answers[0::2][0] == answers[0::2][1]
    assert answers[1::2][0] == answers[1::2][1]


async def test_the_audience_of_a_shared_id_names_no_hidden_reporter(
    hub: Driver,
) -> None:
    await hide(hub)
    await hub.do(post("swe", thing(HIDDEN, PUBLIC)))
    url = f"/api/v1/objects/{HIDDEN}/audience"
    assert (await hub.get("mda", url)).json()["also_reported_by"] == []
    assert (await hub.get("pol", url)).json()["also_reported_by"] == ["SWE"]


# Standing, and what is no more


async def test_a_suspended_nation_is_told_the_same_about_everything(
    hub: Driver,
) -> None:
    await hub.do(post("fin", thing(HIDDEN)))
    await hub.do(Change(nation="POL", status="suspended"))
    for question in ABOUT_AN_ID:
        answers = [
            await asked(hub, "pol", filled(question, each)) for each in (HIDDEN, ABSENT)
        ]
        assert answers[0] == answers[1], question
    assert await manifest(hub, "pol") == []


async def test_what_is_redacted_leaves_nothing_that_could_be_asked_for(
    hub: Driver,
) -> None:
    await hub.do(post("fin", thing(HIDDEN)))
    await hub.do(Redact(nation="FIN", collection=OPEN, id=HIDDEN, version=VERSIONS[0]))
    for account in ("pol", "swe"):
        for question in ABOUT_AN_ID:
            answers = [
                await asked(hub, account, filled(question, each))
                for each in (HIDDEN, ABSENT)
            ]
            assert answers[0] == answers[1], question


async def test_a_redaction_of_what_is_hidden_is_not_noticed(
    keys: Keys, folder: Path
) -> None:
    redaction = Redact(nation="FIN", collection=OPEN, id=HIDDEN, version=VERSIONS[0])
    pages = []
    for number, is_redacted in enumerate((True, False)):
        async with running(keys, folder / str(number)) as hub:
            await hub.do(post("fin", thing(REPORT, PUBLIC)))
            await hide(hub)
            if is_redacted:
                await hub.do(redaction)
            else:
                hub.pass_by()
            seen = HIDDEN in await ids(hub, "pol")
            assert seen is not is_redacted
            urls = (f"{ROOT}/collections/{OPEN}/objects/", "/home", "/collections")
            pages.append([told(await hub.get("swe", url)) for url in urls])
    assert pages[0] == pages[1]
