"""Shares of joint costs are written and read back."""

import msgspec

from foedus.planning.share_sheets import Core, SharesFound, SharesSheet


def test_shares_are_read_back_as_they_were_written() -> None:
    sheet = SharesSheet(
        shapley=[1.0],
        nucleolus=[1.0],
        scrb=[1.0],
        proportional=[1.0],
        core=Core(empty=False, epsilon=0.0),
        stable={"shapley": True},
    )
    found = SharesFound(games={"well": sheet})

    assert msgspec.json.decode(msgspec.json.encode(found), type=SharesFound) == found
