"""What it costs a request to be counted, let in and written of.

The application answers nothing; what is measured is what stands before it in every
worker: the passage, the gate (both buckets and the turn) and the line of the journal,
which is written to a file. CPU of this process.
"""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from _figures import Figure, Work, cpu_here, in_turns, median_us, say, size
from starlette.types import Message, Receive, Scope, Send

from foedus.identity.accounts import Account, Holder
from foedus.ids import AccountId, NationCode
from foedus.settings import Limits
from foedus.sharing import SharedTable, make_table
from foedus.telemetry.journal import Journal
from foedus.telemetry.ledger import Ledger
from foedus.traffic.gate import Gate
from foedus.traffic.passage import Passages

REQUESTS = size("PASSAGE_REQUESTS", 5_000)
ROUNDS = size("ROUNDS", 5)
COST_US_MAX = 40.0
"""A tenth of what a page of 100 costs."""

HEADERS = [
    (b"host", b"hub"),
    (b"authorization", b"Basic cG9sOmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ=="),
    (b"accept", b"application/taxii+json;version=2.1"),
    (b"user-agent", b"taxii2-client"),
    (b"accept-encoding", b"gzip, deflate"),
    (b"connection", b"keep-alive"),
]

ASKS = Account(
    id=AccountId("account--00000000-0000-4000-8000-000000000001"),
    name="pol",
    nation=NationCode("POL"),
    roles=frozenset(),
    clearance=0,
    holder=Holder.SERVICE,
    open=True,
)


async def answer(_: Scope, __: Receive, send: Send) -> None:
    """Answer nothing, as fast as can be."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def receive() -> Message:
    """Give an empty body."""
    return {"type": "http.request", "body": b""}


async def send(_: Message) -> None:
    """Send nowhere."""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        ledger = Ledger()
        gate = Gate(Limits(), SharedTable(make_table(folder / "table")), ledger)

        async def admitted(scope: Scope, receive: Receive, send: Send) -> None:
            await gate.admit(scope, ASKS)
            await answer(scope, receive, send)

        with (folder / "log").open("w") as log:
            journal = Journal(lambda: datetime.now(UTC), log, as_json=True)
            apps = {
                "bare": answer,
                "counted": Passages(admitted, routes=[], ledger=ledger),
                "written": Passages(
                    admitted, routes=[], ledger=ledger, journal=journal
                ),
            }
            cost = in_turns(
                {name: work(app) for name, app in apps.items()}, rounds=ROUNDS
            )
    bare = median_us(cost["bare"])
    for name, words in (
        ("counted", "passage and gate, CPU a request"),
        ("written", "passage, gate and a line of the journal, CPU a request"),
    ):
        more = median_us(cost[name]) - bare
        say(
            Figure(
                figure=words,
                value=more,
                unit="us",
                baseline=bare,
                bar=f"<= {COST_US_MAX:g}" if name == "written" else None,
                met=more <= COST_US_MAX if name == "written" else None,
            )
        )


def work(app: object) -> Work:
    """Make a round of requests to an application."""

    async def ask() -> None:
        for _ in range(REQUESTS):
            scope = {"type": "http", "method": "GET", "headers": HEADERS}
            await app(scope, receive, send)  # type: ignore[operator] - all are ASGI

    def measured() -> float:
        before = cpu_here()
        asyncio.run(ask())
        return (cpu_here() - before) / REQUESTS

    return measured


if __name__ == "__main__":
    main()
