"""What a pack tells of security measures, and of the modules by which people train.

A pack says what a measure is, never how good it is: ratings come from what nations
report, by the method of the readiness package. Nothing here acts on who may see what.
"""

from foedus.alliance.sourced import Sourced


class Measure(Sourced, frozen=True, kw_only=True):
    """A security measure of the alliance.

    Attributes:
        note: what is often misread about it.
    """

    id: str
    name: str
    purpose: str
    note: str = ""


class Module(Sourced, frozen=True, kw_only=True):
    """A module of the standardised training catalogue.

    Attributes:
        teaches: the standards that it trains people in, by id.
    """

    id: str
    name: str
    purpose: str
    teaches: tuple[str, ...] = ()
