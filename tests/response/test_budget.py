"""What one event may cost is counted, and ends."""

import pytest

from foedus.response.budget import Budget, SpentError


def test_what_there_is_can_be_spent_and_no_more() -> None:
    budget = Budget(10)
    budget.pay(4)
    budget.pay(6)

    with pytest.raises(SpentError):
        budget.pay(1)


def test_the_next_event_has_the_whole_again() -> None:
    budget = Budget(10)
    budget.pay(10)
    budget.refill()

    budget.pay(10)
