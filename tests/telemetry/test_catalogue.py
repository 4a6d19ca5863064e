"""The list of metrics."""

from foedus.telemetry import catalogue
from foedus.telemetry.catalogue import BY_NAME, METRICS
from tests.tidy.sources import REFERENCE


def test_every_metric_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(METRICS)


def test_every_constant_names_a_metric() -> None:
    constants = vars(catalogue).values()
    named = {
        each
        for each in constants
        if isinstance(each, str) and each.startswith("foedus_")
    }

    assert named == set(BY_NAME)


def test_every_metric_is_in_the_reference_with_its_labels() -> None:
    page = (REFERENCE / "metrics.md").read_text(encoding="utf-8")

    rows = [
        f"| `{each.name}` | {each.kind} | {', '.join(each.labels) or '-'} |"
        for each in METRICS
    ]

    assert [row for row in rows if row not in page] == []
