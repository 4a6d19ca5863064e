"""Which exercises and training raise interoperability most for a budget."""

from datetime import date
from typing import Annotated, Final

import msgspec

from foedus.api.operations import Answer, Asked, Closed, Keep, Operation
from foedus.planning.advising import Advice, Wish, advise
from foedus.planning.exercise_options import Prices

Amount = Annotated[float, msgspec.Meta(ge=0, le=1e9)]

_USUAL: Final = Prices()


class AdviceQuery(Closed, frozen=True, kw_only=True):
    """What there is to spend, and what things cost; prices are only examples.

    Attributes:
        as_of: as of which day; today by default.
        standard: until one nation applies one standard, shown.
        certificate: until one nation has certified people in one module.
        tests: to hold an occasion at which pairs are tried.
        pair: to try one pair there.
        exercise: to hold an exercise for one measure.
        objective: to have one objective evaluated there.
    """

    budget: Amount
    as_of: date | None = None
    standard: Amount = _USUAL.standard
    certificate: Amount = _USUAL.certificate
    tests: Amount = _USUAL.tests
    pair: Amount = _USUAL.pair
    exercise: Amount = _USUAL.exercise
    objective: Amount = _USUAL.objective


async def show(asked: Asked) -> Answer:
    """Choose exercises and training for a budget.

    Raises:
        InvalidInputError: a number makes no sense.
        RateLimitedError: too much of the nation waits already.
    """
    query = asked.asks(AdviceQuery)
    prices = {name: getattr(query, name) for name in Prices.__struct_fields__}
    wish = Wish(
        on=query.as_of or asked.at.date(),
        budget=query.budget,
        prices=Prices(**prices),
    )
    return Answer(value=await advise(asked.hub, asked.viewer, wish))


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/exercise-advice",
        name="adviseExercises",
        summary="What raises interoperability most for a budget, with its bound.",
        handler=show,
        gives=Advice,
        query=AdviceQuery,
        keep=Keep.NOBODY,
        while_there=True,
    ),
)
