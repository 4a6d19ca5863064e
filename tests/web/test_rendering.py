import re
from importlib.resources import files

import jinja2
import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.errors import (
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
)
from foedus.releasability.labels import parse_label
from foedus.web.chips import chip_of_label
from foedus.web.decision_cards import EffectRow
from foedus.web.decision_texts import Preview
from foedus.web.frame import Page
from foedus.web.release_form import Fields, Gain
from foedus.web.rendering import NOT_FOUND_TEXT, Renderer, see_other, sentence

NATO = Alliance.from_pack(load_pack("nato"))

TEMPLATES = [
    each
    for each in files("foedus.web").joinpath("templates").iterdir()
    if each.name.endswith(".html")
]

CONTEXT = {
    "page": Page(title="T"),
    "groups": (),
    "zones": (),
    "now": "",
    "account": None,
    "alliance": "NATO",
    "here": "/",
}


PARTS = re.compile(
    r'<\w+ (?=[^>]*(?:class="errors"|class="note[^>]*role="status"))[^>]*>'
)
"""What says that an act was refused, or that it was done."""


def test_the_keyboard_is_at_what_the_page_says_of_the_act_before() -> None:
    said = [part for path in TEMPLATES for part in PARTS.findall(path.read_text())]

    assert [part for part in said if 'tabindex="-1" autofocus' not in part] == []
    assert len(said) > 50


def test_what_is_not_there_and_what_is_hidden_look_the_same() -> None:
    renderer = Renderer()

    absent = renderer.error(NotFoundError("no such object"), CONTEXT)
    hidden = renderer.error(NotFoundError("something else"), CONTEXT)

    assert absent.body == hidden.body
    assert NOT_FOUND_TEXT.encode() in absent.body
    assert absent.status_code == 404


def test_an_error_is_a_sentence_and_escaped() -> None:
    answer = Renderer().error(ForbiddenError("not <you>"), CONTEXT)

    assert b"<p>Not &lt;you&gt;.</p>" in answer.body


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("say why", "Say why."),
        ("label: which?", "Label: which?"),
        ("valid_until: a day", "valid_until: a day."),
        ("run--1 is over", "run--1 is over."),
        ("", ""),
    ],
)
def test_what_an_error_says_is_a_sentence_but_for_names(said: str, shown: str) -> None:
    assert sentence(said) == shown


@pytest.mark.parametrize(
    "error",
    [UnavailableError("x", retry_after_s=7), RateLimitedError("x", retry_after_s=7)],
)
def test_who_is_to_come_back_is_told_when(
    error: UnavailableError | RateLimitedError,
) -> None:
    assert Renderer().error(error, CONTEXT).headers["retry-after"] == "7"


def test_a_preview_that_counted_the_newest_only_says_how_to_count_all() -> None:
    row = EffectRow(what="Release", meaning="", state="", css="", note="")
    effect = Preview(row=row, objects=5, counts=(), whole=False, refused="")
    context = {"previews": [effect], "decision": "decision--1", "most": 8_000}
    nation = {"own": {"name": "Finland"}, "title": "T"}

    page = Renderer().fragment("decision_preview.html", CONTEXT | context | nation)

    assert "Of the newest 8,000 versions that you see, <b>5 objects</b>" in page
    assert 'href="/decisions/decision--1/preview?all=yes"' in page


def test_a_release_of_which_not_all_was_counted_says_so_and_can_count_it() -> None:
    chip = chip_of_label(parse_label("NU // PUBLIC", NATO), NATO)
    gain = Gain(
        selection=chip,
        to=(),
        without_standing=(),
        asks=(),
        objects=1,
        whole=False,
        by_label=(),
        known=0,
        marking=None,
    )
    context = {"gain": gain, "most": 8_000, "fields": Fields(), "session_token": ""}

    page = Renderer().fragment(
        "release_preview.html", CONTEXT | context | {"own": {"name": "Finland"}}
    )

    assert "Of the newest 8,000 versions of Finland, 1 object will become" in page
    assert 'name="all" value="1" formaction="/releases/new">Count all of them' in page


def test_a_template_that_is_not_given_everything_fails() -> None:
    with pytest.raises(jinja2.UndefinedError):
        Renderer().fragment("error.html", {})


def test_a_browser_is_sent_on_without_a_trace() -> None:
    answer = see_other("/home")

    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    assert answer.headers["cache-control"] == "no-store"
