"""What a committer has done and what waits before it, for whoever runs the hub."""

import msgspec


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How much was written by this process, and how much waits.

    Attributes:
        commits: how many commits there were, by the number of appends that shared one.
        committed_bytes: bytes of all appends in commits.
        refused: appends that found no place to wait in.
        failed: commits of which nothing is known to be written.
        waiting: appends that wait.
        waiting_bytes: bytes of the appends that wait.
    """

    commits: dict[int, int]
    committed_bytes: int
    refused: int
    failed: int
    waiting: int
    waiting_bytes: int
