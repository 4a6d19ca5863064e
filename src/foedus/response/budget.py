"""What one event may cost the fold of a run: a count, never a clock.

Playbooks are programs of other people, and every node runs them while it folds the log,
before anything else of the hub goes on. So what entering steps and judging conditions
takes is counted in units that follow from the playbook and its values alone: on every
node, at any time, the same run is cut off at the same place.
"""


class SpentError(Exception):
    """Going on would cost more than there is."""


class Budget:
    """What is left of what one event may cost.

    Args:
        whole: units, each some 100 ns of an ordinary core.
    """

    def __init__(self, whole: int) -> None:
        self._whole = whole
        self._left = whole

    def refill(self) -> None:
        """Begin with the whole again, for another event."""
        self._left = self._whole

    def pay(self, cost: int) -> None:
        """Spend; before that is done which is paid for.

        Raises:
            SpentError: there is not as much left.
        """
        if cost > self._left:
            raise SpentError
        self._left -= cost
