"""What a log tells of its own work."""

from foedus.eventlog.memory import MemoryEventLog
from tests.eventlog.samples import CODEC, appends, clock_at_noon


async def test_a_log_counts_its_commits_by_size() -> None:
    log = MemoryEventLog(CODEC, clock_at_noon())
    await log.append_many(appends(3))
    figures = log.figures()
    log.close()

    assert figures.commits == {3: 1}
    assert (figures.refused, figures.failed, figures.waiting) == (0, 0, 0)
