"""Receipts as a nation's auditor is shown them."""

from datetime import date

import msgspec
import pytest

from foedus.errors import ForbiddenError
from foedus.hub import Hub
from foedus.ids import CollectionId
from foedus.processes.receipt_sheets import ReceiptSheet, receipts
from foedus.processes.receipts import Given
from foedus.releasability.viewers import Role
from tests.taxii.world import OPEN, clock, environment, founded, hub

__all__ = ["clock", "environment", "founded", "hub"]


def listed(hub: Hub, role: Role, clearance: int = 1) -> list[ReceiptSheet]:
    viewer = hub.authenticator.named("pol").viewer()
    viewer = msgspec.structs.replace(
        viewer, roles=frozenset({role}), clearance=clearance
    )
    with hub.reading.snapshot() as seen:
        return receipts(seen, hub.receipts.receipts, viewer)


@pytest.fixture
def _noted(hub: Hub) -> None:
    """Poland and Finland were given something."""
    for name in ("pol", "fin"):
        account = msgspec.structs.replace(hub.authenticator.named(name), clearance=1)
        given = Given(collection=CollectionId(OPEN), after_us=0, last_us=7, only=(7,))
        hub.receipts.note(account, "web", given)
    hub.receipts.flush()


@pytest.mark.usefixtures("_noted")
def test_it_is_what_the_own_nation_was_given_up_to_the_own_clearance(hub: Hub) -> None:
    (found,) = listed(hub, Role.AUDITOR)

    assert (found.nation, found.collection, found.reader) == ("POL", "open", None)
    assert found.day == date(2026, 11, 23)
    assert listed(hub, Role.AUDITOR, clearance=0) == []


@pytest.mark.usefixtures("_noted")
def test_no_number_of_a_delivery_is_shown(hub: Hub) -> None:
    (found,) = listed(hub, Role.AUDITOR)

    shown = msgspec.structs.asdict(found).values()
    assert not any(isinstance(each, int) for each in shown)


@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.DUTY_OFFICER, Role.OPERATOR])
def test_it_is_for_auditors(hub: Hub, role: Role) -> None:
    with pytest.raises(ForbiddenError):
        listed(hub, role)
