"""Seats: whose token it is, and that it still is."""

import pytest

from foedus.compat.seats import Seat
from foedus.errors import UnauthorizedError
from foedus.hub import Hub
from tests.api.world import World


def test_a_token_is_whose_it_is_until_it_is_revoked(hub: Hub, founded: World) -> None:
    seat = Seat(hub, founded.tokens["fin"])
    assert (seat.account.name, seat.check().name) == ("fin", "fin")
    tokens = hub.keyring.tokens
    [token] = tokens.list_of(seat.account.id)
    tokens.revoke(seat.account.id, token.token_id)
    with pytest.raises(UnauthorizedError):
        seat.check()
    with pytest.raises(UnauthorizedError):
        Seat(hub, "foedus_never")
