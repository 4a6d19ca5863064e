"""Labels: both questions, by both methods."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from foedus.releasability.markings import MARKING_LENGTH_MAX
from tests.api.world import Clients

PARSE = "/api/v1/labels/parse"
PREVIEW = "/api/v1/labels/preview"

CORPUS = json.loads(
    (Path(__file__).parents[1] / "data/label-corpus.json").read_text("utf-8")
)["cases"]


async def test_each_case_of_the_corpus_is_read_or_refused_as_it_says(
    clients: Clients,
) -> None:
    expected = [case["expect"] or {"error": case["error"]} for case in CORPUS]

    found = [
        (await clients.mda.post(PARSE, {"text": case["text"]})).json()
        for case in CORPUS
    ]

    assert [each["valid"] for each in found] == [case["valid"] for case in CORPUS]
    assert [
        {key: each.get(key) for key in keys}
        for each, keys in zip(found, expected, strict=True)
    ] == expected


@pytest.mark.parametrize("path", [PARSE, PREVIEW])
async def test_get_and_post_answer_alike(clients: Clients, path: str) -> None:
    text = "NATO RESTRICTED // REL TO NATO, UKR"

    posted = await clients.pol.post(path, {"text": text})
    got = await clients.pol.get(f"{path}?text={quote(text)}")

    assert posted.json() == got.json()
    assert posted.headers["cache-control"] == "no-store"


async def test_a_canonical_label_reads_back(clients: Clients) -> None:
    text = "NATO RESTRICTED // REL TO NATO, UKR"

    found = (await clients.pol.post(PARSE, {"text": text})).json()

    assert found["canonical"] == text


async def test_a_marking_that_cannot_be_enforced_says_why(clients: Clients) -> None:
    found = (await clients.pol.post(PARSE, {"text": "EU RESTRICTED"})).json()

    assert (found["valid"], found["canonical"]) == (True, None)
    assert sorted(found["refused"]) == ["code", "detail"]


async def test_a_preview_tells_who_sees_and_who_not_and_why(clients: Clients) -> None:
    text = "NATO RESTRICTED // REL TO NATO, UKR"

    found = (await clients.pol.post(PREVIEW, {"text": text})).json()

    assert sorted(found) == ["canonical", "not", "sees"]
    assert {"POL", "UKR"} <= set(found["sees"])
    assert "MDA" in found["not"]
    assert found["not"]["MDA"]


async def test_a_preview_of_no_label_is_a_problem_with_the_code(
    clients: Clients,
) -> None:
    response = await clients.pol.post(PREVIEW, {"text": "nonsense"})

    assert response.status_code == 422
    assert response.json()["code"]


async def test_a_text_that_is_too_long_is_refused(clients: Clients) -> None:
    body = {"text": "a" * (MARKING_LENGTH_MAX + 1)}

    assert (await clients.pol.post(PARSE, body)).status_code == 400


async def test_nobody_is_told_nothing(clients: Clients) -> None:
    assert (await clients.nobody.post(PARSE, {"text": "TLP:RED"})).status_code == 401
