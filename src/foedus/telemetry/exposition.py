"""The page that Prometheus reads.

Source: Prometheus, text exposition format 0.0.4.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final, TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from foedus.telemetry.catalogue import BATCH, COMMITS, LATENCY_S, METRICS, Kind, Metric
from foedus.telemetry.ledger import Key, Snapshot, Spread

Value = TypeVar("Value")

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def exposition(snapshot: Snapshot) -> bytes:
    """Write a snapshot as the page that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Given(snapshot))
    return generate_latest(registry)


class _Given(Collector):
    """Gives a registry what has been collected already."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterable[Family]:
        """Give every metric that has a value."""
        for metric in METRICS:
            match metric.kind:
                case Kind.HISTOGRAM:
                    yield _histogram(metric, self._snapshot.spreads)
                case Kind.COUNTER:
                    yield _counter(metric, self._snapshot.counts)
                case _:
                    yield _gauge(metric, self._snapshot.gauges)


def _counter(metric: Metric, values: dict[Key, float]) -> Family:
    family = CounterMetricFamily(metric.name, metric.means, labels=metric.labels)
    for labels, value in _of(metric, values):
        family.add_metric(labels, value)
    return family


def _gauge(metric: Metric, values: dict[Key, float]) -> Family:
    family = GaugeMetricFamily(metric.name, metric.means, labels=metric.labels)
    for labels, value in _of(metric, values):
        family.add_metric(labels, value)
    return family


def _histogram(metric: Metric, values: dict[Key, Spread]) -> Family:
    bounds = [*map(str, BATCH if metric.name == COMMITS else LATENCY_S), "+Inf"]
    family = HistogramMetricFamily(metric.name, metric.means, labels=metric.labels)
    for labels, spread in _of(metric, values):
        buckets = list(zip(bounds, accumulate(spread.counts), strict=True))
        family.add_metric(labels, buckets, spread.total)
    return family


def _of(metric: Metric, values: dict[Key, Value]) -> Iterator[tuple[list[str], Value]]:
    for key in sorted(key for key in values if key[0] == metric.name):
        yield list(key[1:]), values[key]
