from pathlib import Path

import pytest

from foedus.stix import markings, objects, references, strict_json, tearing

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "stix.md"


@pytest.mark.parametrize(
    "module", [markings, objects, references, strict_json, tearing]
)
def test_the_page_tells_every_limit(module: object) -> None:
    page = PAGE.read_text()
    limits = {
        name: value
        for name, value in vars(module).items()
        if name.endswith("_MAX") and name != "EXACT_INTEGER_MAX"
    }
    missing = {
        name
        for name, value in limits.items()
        if f"| {value:,} | `{name}` |" not in page
    }
    assert missing == set()


def test_the_page_names_the_constants_of_our_marking() -> None:
    page = PAGE.read_text()
    label = "NATO RESTRICTED // REL TO NATO 2024-03-07, UKR"
    assert markings.HUB_EXTENSION in page
    assert str(markings.HUB_MARKING_NAMESPACE) in page
    assert markings.hub_marking_id(label) in page
