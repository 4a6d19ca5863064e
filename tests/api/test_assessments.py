"""What changes if a nation joins or deepens its ties, by the API."""

import pytest

from tests.api.world import Clients, clients, clock, founded, http, hub

__all__ = ["clients", "clock", "founded", "http", "hub"]

PATH = "/api/v1/nations/MDA/assessment"


@pytest.mark.parametrize(
    ("ending", "media", "begins"),
    [
        ("", "application/json", b"{"),
        (".html", "text/html; charset=utf-8", b"<!doctype html>"),
        (".pdf", "application/pdf", b"%PDF-"),
    ],
)
async def test_a_dossier_is_given_in_each_form(
    clients: Clients, ending: str, media: str, begins: bytes
) -> None:
    path = f"{PATH}{ending}?to=member&as_of=2026-11-22"
    given = await clients.fin.get(path)

    assert given.headers["content-type"] == media
    assert given.content.startswith(begins)


async def test_candidates_come_together_in_every_order(clients: Clients) -> None:
    found = await clients.fin.get(
        "/api/v1/nations/finland/assessment?to=member&with=SWE&as_of=2023-04-03"
    )

    orders = found.json()["borders"]["orders"]
    assert [each["nations"] for each in orders] == [["FIN", "SWE"], ["SWE", "FIN"]]
    assert orders[0]["steps"][-1]["outer"]["high"] == pytest.approx(19_100, abs=0.5)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{PATH}?to=associate", 400),
        (f"{PATH}?to=partner", 422),
        (PATH, 400),
        (f"{PATH}?to=member&with=MDA", 400),
        ("/api/v1/nations/QQQ/assessment?to=member", 404),
    ],
)
async def test_what_cannot_be_is_refused(
    clients: Clients, path: str, status: int
) -> None:
    refused = await clients.fin.get(path)

    assert refused.status_code == status
    if "associate" in path:
        assert "Possible for MDA" in refused.json()["detail"]


async def test_nobody_is_told_without_a_credential(clients: Clients) -> None:
    assert (await clients.nobody.get(f"{PATH}?to=member")).status_code == 401
