"""The editions of defence spending of the NATO data pack.

A part of `build_nato_pack.py`, which says how it is run.
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

MEASURE = "defence expenditure as a share of gross domestic product, in percent"


def spending(resources: Json, codes: dict[str, str]) -> Json:
    """Give the editions, each with the fact that it is from."""
    older = resources["pct_gdp_edition_aug2025"]
    newer = resources["edition_2026_partial"]
    return {
        "spending": [
            (_august(older, codes), older),
            (_annual(older, codes), older),
            (_july(newer, codes), newer),
        ]
    }


def _august(fact: Json, codes: dict[str, str]) -> Json:
    years = [str(year) for year in (*fact["years"], 2025)]
    rows = []
    for each in fact["nations"]:
        percent = {str(y): v for y, v in (each.get("pct_gdp") or {}).items()}
        last = each.get("pct_gdp_2025e_aug2025") or {}
        row: Json = {"nation": codes[each["nation"]], "percent": percent}
        if last.get("value") is not None:
            percent["2025"] = last["value"]
            if last["basis"] != "read":
                row["unread"] = ["2025"]
        if each.get("pct_gdp") is None:
            row = {"nation": row["nation"], "applies": False, "note": each["note"]}
        rows.append(row)
    return {
        "id": "2025-08",
        "name": "August 2025",
        "measure": f"{MEASURE}, at constant prices of 2021",
        "years": years,
        "estimates": ["2024", "2025"],
        "rows": _sorted(rows),
        "note": "; ".join(fact["odd_points"]),
    }


def _annual(fact: Json, codes: dict[str, str]) -> Json:
    rows = [
        {"nation": codes[each["nation"]], "percent": {"2025": value}}
        for each in fact["nations"]
        if (value := each.get("pct_gdp_2025_annual_report_1dp")) is not None
    ]
    return {
        "id": "2025-annual",
        "name": "Annual report for 2025",
        "measure": f"{MEASURE}, to one decimal",
        "years": ["2025"],
        "rows": _sorted(rows),
        "whole": False,
        "note": "nations that are not listed could not be read",
    }


def _july(fact: Json, codes: dict[str, str]) -> Json:
    return {
        "id": "2026-07",
        "name": "July 2026",
        "measure": f"{MEASURE}; the tables are headed core defence expenditure",
        "years": ["2024", "2025", "2026"],
        "estimates": [str(year) for year in fact["estimate_years"]],
        "rows": _sorted(list(_values(fact, codes))),
        "whole": False,
        "note": "nations that are not listed could not be read",
    }


def _values(fact: Json, codes: dict[str, str]) -> Iterator[Json]:
    keys = {"2024": "pct_2024", "2025": "pct_2025e", "2026": "pct_2026e"}
    for each in fact["values"]:
        percent = {year: each[key] for year, key in keys.items() if key in each}
        if percent:
            yield {"nation": codes[each["nation"]], "percent": percent}


def _sorted(rows: list[Json]) -> list[Json]:
    return sorted(rows, key=lambda each: str(each["nation"]))
