"""Saying something on behalf of a nation: to whom it goes is what is said before."""

import pytest

from foedus.errors import InvalidInputError
from foedus.hub import Hub
from foedus.web.frame import Site
from foedus.web.rendering import Renderer
from foedus.web.said_form import day_of, look


@pytest.mark.parametrize(
    ("form", "button", "count"),
    [
        ({"level": "0", "who": "own"}, "Publish to your nation only", 1),
        ({"level": "0", "who": "own", "nations": "MDA"}, "Publish to MDA", 2),
        ({"level": "1", "who": "members"}, "Publish to 33 nations", 33),
    ],
)
def test_the_look_says_who_will_see_it(
    still_hub: Hub, form: dict[str, str], button: str, count: int
) -> None:
    site = Site(hub=still_hub, renderer=Renderer())
    viewer = still_hub.authenticator.named("norway").viewer()
    looked = look(site, viewer, form)
    assert (looked.button, len(looked.sees)) == (button, count)


def test_a_day_is_read_or_refused() -> None:
    assert day_of({}, "since") is None
    with pytest.raises(InvalidInputError):
        day_of({"since": "soon"}, "since")
