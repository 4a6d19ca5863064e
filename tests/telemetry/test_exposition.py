"""The page of metrics, as Prometheus' own parser reads it."""

from prometheus_client.parser import text_string_to_metric_families

from foedus.telemetry import catalogue
from foedus.telemetry.catalogue import BATCH, LATENCY_S
from foedus.telemetry.exposition import exposition
from foedus.telemetry.ledger import Key, Snapshot, Spread


def values(snapshot: Snapshot) -> dict[Key, float]:
    page = exposition(snapshot).decode()
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_a_counter_and_a_gauge_are_read_back() -> None:
    found = values(
        Snapshot(
            counts={(catalogue.PAGE_CACHE, "hit"): 3},
            gauges={(catalogue.POSITION,): 12},
        )
    )

    assert found == {
        ("foedus_page_cache_total", "hit"): 3,
        ("foedus_log_position",): 12,
    }


def test_a_histogram_is_cumulative_and_ends_in_infinity() -> None:
    counts = [0] * (len(LATENCY_S) + 1)
    counts[0], counts[1], counts[-1] = 2, 1, 1
    key = (catalogue.REQUEST_SECONDS, "taxii", "/taxii2/")
    found = values(Snapshot(spreads={key: Spread(counts, 30.5)}))

    name = "foedus_request_seconds"
    assert found[f"{name}_bucket", *sorted(("taxii", "/taxii2/", "0.0005"))] == 2
    assert found[f"{name}_bucket", *sorted(("taxii", "/taxii2/", "0.001"))] == 3
    assert found[f"{name}_bucket", *sorted(("taxii", "/taxii2/", "+Inf"))] == 4
    assert found[f"{name}_count", "/taxii2/", "taxii"] == 4
    assert found[f"{name}_sum", "/taxii2/", "taxii"] == 30.5


def test_batches_have_bounds_of_their_own() -> None:
    spread = Spread([1] + [0] * len(BATCH), 1.0)
    found = values(Snapshot(spreads={(catalogue.COMMITS,): spread}))

    assert found[catalogue.COMMITS + "_bucket", "1.0"] == 1


def test_what_has_no_value_is_named_and_has_none() -> None:
    assert values(Snapshot()) == {}
