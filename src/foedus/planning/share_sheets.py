"""What is told of joint costs; importing this costs nothing."""

import msgspec

from foedus.planning.results import Answer


class Core(msgspec.Struct, frozen=True, kw_only=True):
    """Whether some sharing leaves every group of players content.

    Attributes:
        empty: none does.
        epsilon: what the best sharing asks too much of some group; below zero where
            every group saves something.
    """

    empty: bool
    epsilon: float


class SharesSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A joint cost, shared by four rules, in the order of the players.

    Attributes:
        stable: by rule, whether every group is content with its shares.
    """

    shapley: list[float]
    nucleolus: list[float]
    scrb: list[float]
    proportional: list[float]
    core: Core
    stable: dict[str, bool]


class SharesFound(Answer, frozen=True, kw_only=True):
    """The joint costs of a table, by the names of its games."""

    games: dict[str, SharesSheet]
