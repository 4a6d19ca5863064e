"""Over everything that tells of nations: partnership is never told as membership.

And no fact is told without where it is from and how it is known.
"""

from collections.abc import Iterator
from typing import Any

from foedus.hub import Hub
from foedus.ids import NationCode
from tests.api.world import NOON, Clients, clients, clock, founded, http, hub

__all__ = ["clients", "clock", "founded", "http", "hub"]

API = "/api/v1"
TODAY = NOON.date()


OUTSIDE = (
    *("UKR", "GEO", "BIH", "MDA", "CHE", "AUT", "JPN", "EGY", "KWT"),
    *("BLR", "RUS", "AFG", "CYP", "XKX"),
)
"""Aspirants, partners of each framework, suspended ones, and ones of no status."""


def outsiders(of: Hub) -> dict[str, str]:
    """Give nations that are no members, with their names."""
    alliance = of.alliance
    codes = [NationCode(code) for code in OUTSIDE]
    assert {alliance.status(code, TODAY) for code in codes} == {
        *("aspirant", "partner", "suspended", "none"),
    }
    return {code: alliance.nations[code].name for code in codes}


async def test_no_output_tells_that_a_nation_outside_is_a_member(
    clients: Clients, hub: Hub
) -> None:
    whole = "".join(
        [
            (await clients.mda.get(f"{API}/{path}")).text
            for path in ("mistakes", "questions", "glossary", "quiz?count=100")
        ]
    )
    for code, name in outsiders(hub).items():
        told = [
            (await clients.mda.get(f"{API}/nations/{code}{ending}"))
            for ending in ("", "/guide", "/obligations")
        ]
        nation, guide, owed = (each.json() for each in told)
        said = whole + "".join(each.text for each in told)
        for claim in (
            f"{name} is a member",
            f"{name} is an Ally",
            f"{code} is a member",
        ):
            assert claim not in said
        assert nation["status"] != "member"
        assert not {"NATO", "MEMBERS"} & set(nation["communities"])
        assert "membership" not in [each["framework"] for each in nation["frameworks"]]
        assert not any(
            each["obligation"].startswith("article/") for each in owed["obligations"]
        )
        first = guide["steps"][0]["items"][0]["text"]
        assert (
            "not a member" in first
            or "neither a member" in first
            or ("is suspended" in first)
        )


async def test_no_framework_but_membership_is_told_to_promise_defence(
    clients: Clients,
) -> None:
    for line in (await clients.mda.get(f"{API}/frameworks")).json():
        sheet = (await clients.mda.get(f"{API}/frameworks/{line['id']}")).json()
        promises = sheet["assurance"].get("collective_defence", False)
        assert promises is (line["id"] == "membership")
        assert ("collective defence" in sheet["not_promised"]) is not promises
        members = {each["nation"] for each in sheet["history"] if each["now"]}
        for each in sheet["history"]:
            if each["now"] and line["id"] == "membership":
                assert each["status"] == "member", members


async def test_no_fact_is_told_without_source_and_basis(clients: Clients) -> None:
    for path in (
        *("nations/UKR/guide", "nations/POL/guide", "nations/POL/obligations"),
        *("glossary", "mistakes", "questions", "quiz?count=100", "frameworks/pfp"),
        "glossary/search?q=partner",
    ):
        found = (await clients.mda.get(f"{API}/{path}")).json()
        facts = list(with_basis(found))
        assert facts, path
        for fact in facts:
            assert fact["source"], (path, fact)
            assert fact["as_of"], (path, fact)
            for source in fact["source"]:
                assert source["title"]
                assert source["publisher"]


def with_basis(piece: object) -> Iterator[dict[str, Any]]:
    """Find every record that says how it is known, at any depth."""
    if isinstance(piece, dict):
        if "basis" in piece:
            yield piece
        piece = list(piece.values())
    if isinstance(piece, list):
        for each in piece:
            yield from with_basis(each)
