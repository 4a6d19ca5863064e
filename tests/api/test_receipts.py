"""What one's nation was given, for its auditor."""

from foedus.hub import Hub
from foedus.processes.receipts import Given
from tests.api.world import Clients


async def test_an_auditor_is_shown_what_the_own_nation_was_given(
    hub: Hub, clients: Clients
) -> None:
    for name in ("pol", "fin"):
        account = hub.authenticator.named(name)
        collection = hub.reading.collection(account.viewer(), "open").id
        given = Given(collection=collection, after_us=0, last_us=5, only=(5,))
        hub.receipts.note(account, "web", given)
    hub.receipts.flush()

    found = (await clients.pol_audit.get("/api/v1/receipts")).json()["receipts"]

    [only] = found
    assert (only["nation"], only["collection"], only["door"]) == ("POL", "open", "web")
    assert only["reader"] is None
    assert only["clearance"] == "NATO UNCLASSIFIED"
    earlier = await clients.pol_audit.get("/api/v1/receipts?before=2026-11-23")
    assert earlier.json() == {"receipts": []}


async def test_nobody_else_is(clients: Clients) -> None:
    assert (await clients.pol.get("/api/v1/receipts")).status_code == 403
