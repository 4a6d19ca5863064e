"""Every metric that there is: its name, what it means, and how workers' values meet."""

from enum import StrEnum
from typing import Final

import msgspec


class Kind(StrEnum):
    """How a metric is read, and how the values of several workers become one.

    Attributes:
        COUNTER: only grows; workers' values are added, those of dead ones too.
        HISTOGRAM: how many took how long; as a counter.
        SUM: a gauge of which every worker has a part.
        MOST: a gauge of the whole hub, which every worker sees; the highest counts.
        EACH: a gauge of one process, shown for each.
    """

    COUNTER = "counter"
    HISTOGRAM = "histogram"
    SUM = "sum"
    MOST = "most"
    EACH = "each"


class Metric(msgspec.Struct, frozen=True):
    """One metric.

    Attributes:
        name: as it is scraped, without the `_total` of a counter.
        kind: how it is read.
        means: in a sentence.
        labels: the names of its labels.
    """

    name: str
    kind: Kind
    means: str
    labels: tuple[str, ...] = ()


LATENCY_S: Final = (
    *(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
"""Upper bounds of the latency histogram, in seconds."""

BATCH: Final = (1.0, 2.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1_000.0, 5_000.0)
"""Upper bounds of the histogram of appends that shared a commit."""

REQUESTS: Final = "foedus_requests"
NATION_REQUESTS: Final = "foedus_nation_requests"
REQUEST_SECONDS: Final = "foedus_request_seconds"
RECEIVED: Final = "foedus_received_bytes"
SENT: Final = "foedus_sent_bytes"
REFUSALS: Final = "foedus_limit_refusals"
SIGN_INS: Final = "foedus_sign_ins"
PAGE_CACHE: Final = "foedus_page_cache"
COMMITS: Final = "foedus_log_commit_appends"
LOG_BYTES: Final = "foedus_log_bytes"
LOG_REFUSALS: Final = "foedus_log_refusals"
LOG_FAILURES: Final = "foedus_log_failed_commits"
QUEUED: Final = "foedus_log_queued_appends"
QUEUED_BYTES: Final = "foedus_log_queued_bytes"
POSITION: Final = "foedus_log_position"
LAG: Final = "foedus_views_lag_positions"
LAG_S: Final = "foedus_views_lag_seconds"
REBUILDS: Final = "foedus_views_rebuilds"
WIDENINGS: Final = "foedus_widenings_pending"
WIDENING_POSITIONS: Final = "foedus_widening_pending_positions"
CLOCKS: Final = "foedus_clocks_running"
CLOCKS_OVERDUE_S: Final = "foedus_clocks_overdue_seconds"
CLOCKS_MISSED: Final = "foedus_clocks_missed"
CLOCKS_HELD: Final = "foedus_clocks_held"
CLOCKS_AUDIT_S: Final = "foedus_clocks_audit_age_seconds"
DISK_FREE: Final = "foedus_disk_free_bytes"
MEMORY: Final = "foedus_process_resident_bytes"
FILES: Final = "foedus_process_open_files"
CPU: Final = "foedus_process_cpu_seconds"
IN_FLIGHT: Final = "foedus_requests_in_flight"
WAITING: Final = "foedus_requests_waiting"
WORKERS: Final = "foedus_workers"
BUILD: Final = "foedus_build_info"

METRICS: Final = (
    Metric(
        REQUESTS,
        Kind.COUNTER,
        "Requests answered.",
        ("surface", "route", "method", "status"),
    ),
    Metric(
        NATION_REQUESTS,
        Kind.COUNTER,
        "Requests of a nation's accounts: answered, refused (4xx) or failed (5xx).",
        ("nation", "outcome"),
    ),
    Metric(
        REQUEST_SECONDS,
        Kind.HISTOGRAM,
        "Seconds from the head of a request to the end of its answer.",
        ("surface", "route"),
    ),
    Metric(RECEIVED, Kind.COUNTER, "Bytes of bodies received.", ("surface",)),
    Metric(SENT, Kind.COUNTER, "Bytes of bodies sent.", ("surface",)),
    Metric(
        REFUSALS,
        Kind.COUNTER,
        "Requests refused by a limit of a nation or an account.",
        ("limit",),
    ),
    Metric(
        SIGN_INS,
        Kind.COUNTER,
        "Passwords verified: right, wrong, or held back after failures.",
        ("outcome",),
    ),
    Metric(
        PAGE_CACHE, Kind.COUNTER, "Pages asked of the cache: hit or miss.", ("outcome",)
    ),
    Metric(COMMITS, Kind.HISTOGRAM, "Appends that shared a commit of the log."),
    Metric(LOG_BYTES, Kind.COUNTER, "Bytes appended to the log."),
    Metric(LOG_REFUSALS, Kind.COUNTER, "Appends refused since too many waited."),
    Metric(LOG_FAILURES, Kind.COUNTER, "Commits that the disk or a lock refused."),
    Metric(QUEUED, Kind.SUM, "Appends that wait for a commit."),
    Metric(QUEUED_BYTES, Kind.SUM, "Bytes of the appends that wait."),
    Metric(POSITION, Kind.MOST, "The last position of the log."),
    Metric(LAG, Kind.MOST, "Positions that the log has and the views do not show."),
    Metric(LAG_S, Kind.MOST, "Seconds since when the views are behind."),
    Metric(REBUILDS, Kind.MOST, "Times that the views were made anew."),
    Metric(WIDENINGS, Kind.MOST, "Acts whose gains are not all delivered yet."),
    Metric(
        WIDENING_POSITIONS,
        Kind.MOST,
        "Positions of the log that those acts still have to pass.",
    ),
    Metric(CLOCKS, Kind.MOST, "Tasks whose clocks tell something further."),
    Metric(
        CLOCKS_OVERDUE_S,
        Kind.MOST,
        "Seconds since when something of a clock is due and is not told.",
    ),
    Metric(
        CLOCKS_MISSED,
        Kind.MOST,
        "Points of clocks that the auditor found missing, in the last seven days.",
    ),
    Metric(
        CLOCKS_HELD,
        Kind.MOST,
        "1 while nothing is told because the machine's clock was put.",
    ),
    Metric(
        CLOCKS_AUDIT_S,
        Kind.MOST,
        "Seconds since the auditor of clocks looked last.",
    ),
    Metric(DISK_FREE, Kind.MOST, "Bytes free on the disk of the data folder."),
    Metric(MEMORY, Kind.EACH, "Resident memory of a worker.", ("process",)),
    Metric(FILES, Kind.EACH, "Files and sockets a worker has open.", ("process",)),
    Metric(CPU, Kind.EACH, "Processor seconds a worker has used.", ("process",)),
    Metric(IN_FLIGHT, Kind.SUM, "Requests of accounts under way."),
    Metric(WAITING, Kind.SUM, "Requests that wait for their nation's turn."),
    Metric(WORKERS, Kind.SUM, "Workers that answered the scrape."),
    Metric(BUILD, Kind.MOST, "Always 1; which Foedus this is.", ("version", "python")),
)
"""Every metric, in the order of the page that a scraper gets."""

BY_NAME: Final = {each.name: each for each in METRICS}
