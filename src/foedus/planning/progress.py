"""What a long piece of work tells while it runs."""

from collections.abc import Callable

import msgspec


class Progress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far it has come.

    Attributes:
        stage: what begins now.
        done: of all the work, roughly; None where nobody can say.
        incumbent: what the best plan so far costs; None while there is none.
        bound: what no plan can cost less than; None while nobody knows.
    """

    stage: str
    done: float | None = None
    incumbent: float | None = None
    bound: float | None = None


Tell = Callable[[Progress], None]
"""Is told how far it has come."""


def tell_nobody(_: Progress) -> None:
    """Let it pass."""
