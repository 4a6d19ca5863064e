"""Published tables, written as `foedus share` and the API take them."""

from tests.planning.conftest import Vectors

TAI = "tai_oecd_handbook_2008"


def technology_index(vectors: Vectors, **changes: object) -> dict:
    """Write the Handbook's index of 23 countries, with few draws."""
    found = vectors(TAI)
    names = found["indicators"]
    posts = found["fixed_goalposts"]
    ends = zip(posts["min"], posts["max"], strict=True)
    return {
        "indicators": {
            name: {"goalposts": pair} for name, pair in zip(names, ends, strict=True)
        },
        "alternatives": {
            country: dict(zip(names, row, strict=True))
            for country, row in zip(found["countries"], found["raw"], strict=True)
        },
        "weights": {
            name: dict(zip(names, each, strict=True))
            for name, each in found["weights_percent"].items()
        },
        "draws": 20,
        **changes,
    }


def printed_ranks(vectors: Vectors, column: str) -> dict[str, int]:
    """Give the ranks that the Handbook prints."""
    found = vectors(TAI)
    return dict(zip(found["countries"], found["published_rank"][column], strict=True))


def fighters(vectors: Vectors) -> dict:
    """Write the textbook case of TOPSIS."""
    found = vectors("mcda")["topsis_hwang_yoon_1981"]
    pairs = zip(found["sense"], found["weights"], strict=True)
    return {
        "criteria": {
            f"X{place}": {
                "direction": "higher" if sense > 0 else "lower",
                "weight": weight,
            }
            for place, (sense, weight) in enumerate(pairs, start=1)
        },
        "alternatives": _rows(found["matrix"]),
    }


def sites(vectors: Vectors) -> dict:
    """Write the six sites of PROMETHEE."""
    found = vectors("mcda")["promethee_brans_vincke_mareschal_1986"]
    criteria = {}
    for place, each in enumerate(found["criteria"], start=1):
        written = {key: each[key] for key in each if key in ("q", "p", "s")}
        criteria[f"X{place}"] = {
            "direction": "higher" if each["sense"] > 0 else "lower",
            "weight": 1,
            "preference": each["type"],
            **written,
        }
    return {"criteria": criteria, "alternatives": _rows(found["matrix"])}


def wealth(vectors: Vectors) -> dict:
    """Write Saaty's judgements of the wealth of nations."""
    found = vectors("mcda")["ahp_saaty_wealth_1977"]
    return {"judgements": {"of": found["names"], "matrix": found["matrix"]}}


def _rows(matrix: list[list[float]]) -> dict[str, dict[str, float]]:
    return {
        f"A{row}": {f"X{place}": value for place, value in enumerate(values, start=1)}
        for row, values in enumerate(matrix, start=1)
    }
