"""Joint costs to begin with: two from the literature, two that are made up to learn."""

from typing import Final

import msgspec


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A game that can be loaded into the form.

    Attributes:
        key: its name in an address.
        table: as it is written in the form.
        source: where its numbers are from, or that they are made up.
        teaches: what to look at in the answer.
    """

    key: str
    title: str
    table: str
    source: str
    teaches: str


_TVA: Final = """\
{"Tennessee Valley": {
  "unit": "thousand US dollars",
  "players": ["navigation", "flood control", "power"],
  "cost": {
    "1": 163520, "2": 140826, "3": 250096,
    "1,2": 301607, "1,3": 378821, "2,3": 367370,
    "1,2,3": 412584}}}
"""

_AIRPORT: Final = """\
{"Runway": {
  "unit": "units of cost",
  "players": ["short haul", "medium haul", "long haul", "freight"],
  "needs": [8, 11, 13, 18]}}
"""

_PROCUREMENT: Final = """\
{"Radars": {
  "unit": "million euro, made up",
  "players": ["POL", "FIN", "EST"],
  "quantities": [24, 12, 4],
  "first_unit": 100, "learning_rate": 0.85, "fixed": 400}}
"""

_PAIRS: Final = """\
{"Any two of three": {
  "unit": "units of cost, made up",
  "players": ["A", "B", "C"],
  "cost": {"A": 10, "B": 10, "C": 10, "AB": 10, "AC": 10, "BC": 10, "ABC": 20}}}
"""

EXAMPLES: Final = (
    Example(
        key="tva",
        title="Dams of the Tennessee Valley",
        table=_TVA,
        source="Ransmeier 1942, as given by Straffin and Heaney 1981 and Young 1994",
        teaches="Three purposes share dams. Pairs save little, all three together "
        "much, so every rule is stable.",
    ),
    Example(
        key="airport",
        title="A runway",
        table=_AIRPORT,
        source="the airport game of Littlechild and Owen 1973, with the numbers of a "
        "textbook",
        teaches="A runway is as long as the largest aircraft wants. Shapley shares "
        "each further piece among those who need it.",
    ),
    Example(
        key="procurement",
        title="Buying together",
        table=_PROCUREMENT,
        source="the learning curve of Wright 1936; quantities and prices are made up",
        teaches="Each doubling of a series takes 15 % off a piece, and the fixed cost "
        "is paid once. Whoever buys few saves most.",
    ),
    Example(
        key="pairs",
        title="A core that is empty",
        table=_PAIRS,
        source="made up; the reasoning is in docs/explanation/cost-sharing.md",
        teaches="Any two do better without the third, whatever the sharing.",
    ),
)
"""What can be loaded."""
