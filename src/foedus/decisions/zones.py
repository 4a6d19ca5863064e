"""The time zone of each nation's capital, by its code; of others there is none."""

from functools import cache
from importlib.resources import files

import msgspec

from foedus.ids import NationCode


@cache
def _zones() -> dict[str, str]:
    document = files("foedus.decisions").joinpath("zones.json").read_bytes()
    return msgspec.json.decode(document, type=dict[str, str])


def zone_of(nation: NationCode, otherwise: str) -> str:
    """Give the zone of a nation's capital; another one where none is known."""
    return _zones().get(nation, otherwise)
