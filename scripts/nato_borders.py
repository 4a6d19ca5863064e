"""Land borders, and a further edition of spending, from the World Factbook.

A part of `build_nato_pack.py`, which says how it is run. The tables are extracts of
the last snapshot of the Factbook, which is in the public domain.
"""

import csv
from pathlib import Path
from typing import Any

Json = dict[str, Any]

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "planning"

CODES = {"UNK": "XKX", "WBK": "PSE"}
"""Codes of the extract that mean another of the pack, or of ISO 3166-1."""

OWN_NAMES = {"PSE": "West Bank", "GAZ": "Gaza Strip"}
"""Names that would mislead as the extract has them."""

SOURCE: Json = {
    "sid": "factbook_2026",
    "title": "The World Factbook, the last snapshot",
    "publisher": "US Central Intelligence Agency, github.com/factbook/factbook.json",
    "url": "https://github.com/factbook/factbook.json",
    "dated": "2026-02",
    "opened": True,
    "note": "public domain; discontinued by its publisher in February 2026",
}

SAID: Json = {"source": SOURCE, "basis": "read", "as_of": "2026-02-01"}


def borders(codes: set[str]) -> Json:
    """Give the table of land borders of the pack's nations."""
    rows = [
        row
        for each in _table("land_borders")
        if (row := _row(each))["between"][0] in codes or row["between"][1] in codes
    ]
    named = {code for row in rows for code in row["between"]} - codes
    names = {
        _code(each["iso3"]): each["name"].partition(",")[0]
        for each in _table("country_facts")
    } | OWN_NAMES
    table = {
        "id": "factbook-2026",
        "name": "World Factbook 2026",
        "measure": "land boundaries in km, as each side's entry states them",
        "rows": sorted(rows, key=lambda row: list(row["between"])),
        "others": {code: names[code] for code in sorted(named)},
        "note": "boundaries of territories overseas are among them, such as that of "
        "French Guiana; lengths are no statement on where a boundary runs",
    }
    return {"borders": [(table, SAID)]}


def spending(codes: set[str]) -> tuple[Json, Json]:
    """Give the edition that has nations outside the alliance, too."""
    by_nation: dict[str, dict[str, float]] = {}
    estimates = set()
    for each in _table("milex_pct_gdp"):
        code = _code(each["iso3"])
        if code in codes:
            by_nation.setdefault(code, {})[each["year"]] = float(each["pct_gdp"])
            estimates |= {each["year"]} if each["flag"] == "est" else set()
    edition = {
        "id": "factbook-2026",
        "name": "World Factbook 2026",
        "measure": "military expenditures as a share of gross domestic product, in "
        "percent, to one decimal; for members by the definition of the alliance, for "
        "others by that of whoever stated them",
        "years": sorted({year for found in by_nation.values() for year in found}),
        "estimates": sorted(estimates),
        "rows": [
            {"nation": code, "percent": dict(sorted(found.items()))}
            for code, found in sorted(by_nation.items())
        ],
        "whole": False,
        "note": "nations that are not listed are not in the source",
    }
    return edition, SAID


def _row(each: dict[str, str]) -> Json:
    sides = ((each["iso3_a"], "km_stated_by_a"), (each["iso3_b"], "km_stated_by_b"))
    stated = {_code(side): float(each[key]) for side, key in sides if each[key]}
    return {"between": [_code(side) for side, _ in sides], "stated": stated}


def _code(code: str) -> str:
    return CODES.get(code, code)


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
