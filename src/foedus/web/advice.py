"""Which exercises and training raise interoperability most for a budget, on a page.

Asking records nothing, so it is a form that is sent by its address. The choice is made
in a process; what it rests on is what the visitor may see.
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import FoedusError, InvalidInputError
from foedus.planning.advising import Advice, Wish, advise
from foedus.planning.exercise_options import Prices
from foedus.web.bars import Bars, Value, draw_bars
from foedus.web.days import asked_day, in_words
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.readiness import marking_of, names_of

NAMES: Final = {
    "standard": "A standard applied",
    "certificate": "A module certified",
    "tests": "An occasion to try pairs",
    "pair": "A pair tried",
    "exercise": "An exercise held",
    "objective": "An objective evaluated",
}
"""What has a price, as the form calls it."""

AMOUNT_MAX: Final = 1e9
"""The largest budget and price."""


async def show_advice(site: Site, request: Request) -> Response:
    """Show what raises most for a budget, or ask for the budget."""
    viewer = require_session(site, request).account.viewer()
    day = asked_day(request, site.hub.clock().date())
    prices, found, refused = Prices(), None, ""
    if request.query_params.get("budget"):
        try:
            prices = _prices(request)
            budget = _amount(request, "budget", 0.0)
            wish = Wish(on=day, budget=budget, prices=prices)
            found = await advise(site.hub, viewer, wish)
        except FoedusError as error:
            refused = error.detail
    label = found.label if found else ""
    marking = marking_of(label, site.hub.alliance)
    return site.renderer.page(
        "advice.html",
        {
            **frame(site, request, Page(title="What to exercise", marking=marking)),
            "day": day.isoformat(),
            "words": in_words(day),
            "budget": request.query_params.get("budget", ""),
            "prices": [
                (name, said, f"{getattr(prices, name):g}")
                for name, said in NAMES.items()
            ],
            "called": names_of(site.hub.alliance),
            "refused": refused,
            **_told(found),
        },
    )


def _told(found: Advice | None) -> dict[str, Any]:
    if found is None:
        return {"found": None}
    return {"found": found, "spent": found.plan.spent, "bars": _bars(found)}


def _bars(found: Advice) -> Bars:
    """Draw what parts of the budget gain, with what no plan gains more than."""
    return draw_bars(
        [
            Value(
                name=f"{each.budget:g}",
                parts=((each.gain, "f1"),),
                said=f"{each.gain:g}"
                + (f", at most {each.bound:g}" if each.bound > each.gain else ""),
            )
            for each in found.plan.frontier
        ]
    )


def _prices(request: Request) -> Prices:
    usual = Prices()
    return Prices(
        **{name: _amount(request, name, getattr(usual, name)) for name in NAMES}
    )


def _amount(request: Request, name: str, usual: float) -> float:
    """Read a number of the form.

    Raises:
        InvalidInputError: it is none, or out of bounds.
    """
    text = request.query_params.get(name, "")
    try:
        amount = float(text) if text else usual
    except ValueError:
        amount = -1.0
    if not 0 <= amount <= AMOUNT_MAX:
        raise InvalidInputError(f"{name}: write a number from 0 to {AMOUNT_MAX:g}")
    return amount
