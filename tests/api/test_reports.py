"""The after-action report by the API: JSON, a page, paper."""

import pytest

from tests.api.playing import players
from tests.response.conftest import founded_theatre, stage
from tests.response.theatre import Theatre, asking

__all__ = ["founded_theatre", "stage"]


@pytest.mark.parametrize(
    ("ending", "media", "begins"),
    [
        ("", "application/json", b"{"),
        (".html", "text/html; charset=utf-8", b"<!doctype html>"),
        (".pdf", "application/pdf", b"%PDF-"),
    ],
)
async def test_a_report_is_given_in_each_form_and_hidden_alike(
    stage: Theatre, ending: str, media: str, begins: bytes
) -> None:
    label = "NATO UNCLASSIFIED // REL TO EST, LVA, LTU"
    path = f"/api/v1/runs/{await stage.play(asking(), label=label)}/report{ending}"
    async with players(stage, "est", "fin") as found:
        given = await found["est"].get(path)
        again = await found["est"].get(path)
        hidden = await found["fin"].get(path)

    assert given.headers["content-type"] == media
    assert given.content.startswith(begins)
    assert again.content == given.content
    assert hidden.status_code == 404
