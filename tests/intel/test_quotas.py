import pytest

from foedus.ids import NationCode
from foedus.intel.admission import Admitted, Duplicate, Refused
from foedus.intel.quotas import AUDIENCES_MAX, LABELS_MAX, Quota
from foedus.releasability.join import FixedLabel
from foedus.releasability.labels import Clause


@pytest.mark.parametrize("extra", [0, 1])
def test_a_nation_uses_so_many_labels_and_no_more(extra: int) -> None:
    known = [FixedLabel(level=n) for n in range(AUDIENCES_MAX - 1)]
    verdicts = [admitted(FixedLabel(level=AUDIENCES_MAX + n)) for n in range(1 + extra)]
    again = admitted(known[0])
    unasked = Duplicate()
    kept = Quota(known).within([*verdicts, again, unasked])
    assert kept[:1] == verdicts[:1]
    assert kept[-2:] == [again, unasked]
    assert sum(isinstance(each, Refused) for each in kept) == extra


@pytest.mark.parametrize("extra", [0, 1])
def test_a_nation_writes_its_labels_in_so_many_ways(extra: int) -> None:
    meant = frozenset([NationCode("POL")])
    many = [
        FixedLabel(level=0, closed=meant, closed_terms=Clause(nations=(str(n),)))  # type: ignore[arg-type]
        for n in range(LABELS_MAX + extra)
    ]
    kept = Quota([]).within([admitted(each) for each in many])
    assert sum(isinstance(each, Refused) for each in kept) == extra


def test_what_one_request_uses_does_not_count_for_another() -> None:
    """Nobody knows yet whether it will be written."""
    quota = Quota(FixedLabel(level=n) for n in range(AUDIENCES_MAX - 1))

    for number in range(2):
        (kept,) = quota.within([admitted(FixedLabel(level=AUDIENCES_MAX + number))])
        assert isinstance(kept, Admitted)


def admitted(label: FixedLabel) -> Admitted:
    return Admitted(label=label, joined=(), information_ms=None, stamped=False)
