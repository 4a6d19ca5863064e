"""Which requests the settings allow, to whom, and after how many persons."""

import msgspec
import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.errors import InvalidInputError, RuleViolationError
from foedus.releasability.join import FixedLabel
from foedus.response.automation import (
    allowances,
    check_answers,
    check_settings,
    needed,
)
from foedus.response.requests import Request
from foedus.settings import Allowance, Automation
from tests.response.books import linear, read, step_id, variable

ALLIANCE = Alliance.from_pack(load_pack("nato"))
OPEN = FixedLabel(level=0)
EDGE = Allowance(nation="EST", url="https://edge.example/api/")


def allowing(*allowed: Allowance, **more: object) -> Automation:
    settings = Automation(enabled=True, allowed=allowed or (EDGE,))
    return msgspec.structs.replace(settings, **more)


def ask(
    url: str,
    settings: Automation | None = None,
    *,
    method: str = "POST",
    nation: str = "EST",
    label: FixedLabel = OPEN,
) -> list[Allowance]:
    request = msgspec.convert({"method": method, "url": url}, Request)
    return allowances(settings or allowing(), ALLIANCE, [request], nation, label)


@pytest.mark.parametrize(
    "url",
    [
        "https://edge.example/api/",
        "https://edge.example/api/block?host=1",
        "https://edge.example:443/api/a/b",
        "https://EDGE.example/api/a",
    ],
)
def test_what_lies_under_an_address_is_allowed(url: str) -> None:
    assert ask(url) == [EDGE]


@pytest.mark.parametrize(
    "url",
    [
        "https://edge.example/api",
        "https://edge.example/apis/block",
        "https://edge.example/API/block",
        "https://edge.example:8443/api/block",
        "http://edge.example/api/block",
        "https://edge.example.evil.example/api/block",
        "https://other.example/api/block",
    ],
)
def test_what_does_not_is_refused(url: str) -> None:
    with pytest.raises(RuleViolationError, match="no setting allows"):
        ask(url)


def test_an_address_without_a_slash_at_its_end_is_that_one_alone() -> None:
    settings = allowing(Allowance(nation="EST", url="https://edge.example/block"))

    assert ask("https://edge.example/block?a=1", settings)
    for url in ("https://edge.example/block/1", "https://edge.example/blocks"):
        with pytest.raises(RuleViolationError):
            ask(url, settings)


def test_method_nation_level_and_the_switch_count_too() -> None:
    url = "https://edge.example/api/block"
    high = FixedLabel(level=2)
    with pytest.raises(RuleViolationError):
        ask(url, method="PUT")
    with pytest.raises(RuleViolationError):
        ask(url, nation="LVA")
    with pytest.raises(RuleViolationError):
        ask(url, label=high)
    with pytest.raises(RuleViolationError):
        ask(url, allowing(enabled=False))
    cleared = msgspec.structs.replace(EDGE, level=ALLIANCE.levels[2].name)
    assert ask(url, allowing(cleared), label=high) == [cleared]


@pytest.mark.parametrize(
    ("impacts", "persons"),
    [
        ([10], 0),
        ([50], 0),
        ([51], 2),
        ([None], 2),
        ([0], 2),
        ([10, 60], 2),
        ([5, 9], 0),
    ],
)
def test_who_disturbs_more_than_is_allowed_asks_two(
    impacts: list[int | None], persons: int
) -> None:
    assert needed(allowing(impact_max=50), impacts) == persons


def test_as_set_at_first_two_are_asked_always() -> None:
    assert needed(Automation(), [1]) == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"url": "https://edge.example/?a=1"}, "query"),
        ({"url": "http://edge.example/"}, "https"),
        ({"url": "edge.example"}, "https"),
        ({"nation": "Atlantis"}, "nation"),
        ({"methods": ()}, "methods"),
        ({"methods": ("CONNECT",)}, "methods"),
        ({"level": "VERY SECRET"}, "level"),
        ({"repeat": True}, "once and twice"),
    ],
)
def test_settings_that_could_not_mean_it_are_refused(
    wrong: dict[str, object], says: str
) -> None:
    settings = allowing(msgspec.structs.replace(EDGE, **wrong))
    with pytest.raises(InvalidInputError, match=says) as error:
        check_settings(settings, ALLIANCE)
    assert error.value.detail.startswith("automation.allowed")


def test_values_are_taken_from_answers_only_where_each_setting_says_so() -> None:
    taking = msgspec.structs.replace(EDGE, answers=True)
    giving = read(linear(playbook_variables={"__x__": variable()}))
    plain = giving.workflow[step_id("A1")]
    step = msgspec.structs.replace(plain, out_args=("__x__",))

    check_answers(plain, [EDGE])
    check_answers(step, [taking])
    with pytest.raises(RuleViolationError, match="gives back values"):
        check_answers(step, [taking, EDGE])


def test_settings_that_mean_it_are_taken() -> None:
    body = Allowance(
        nation="nato", url="https://soc.example/", methods=("PUT",), repeat=True
    )
    check_settings(allowing(EDGE, body), ALLIANCE)
    plain = Allowance(nation="EST", url="http://10.0.0.1/x")
    check_settings(allowing(plain, allow_http=True), ALLIANCE)
