"""From JSON to a typed playbook."""

import pytest

from foedus.response.findings import Verdict
from foedus.response.periods import LONGEST_MS
from foedus.response.reading import as_text
from foedus.response.texting import text_of
from foedus.response.vocabulary import NAME_CHARS_MAX, TEXT_CHARS_MAX, VALUE_CHARS_MAX
from tests.response.books import at_step, judge, linear, read, step_id, variable


def test_digits_in_quotes_and_less_than_nought_are_read_as_engines_mean_them() -> None:
    document = linear()
    at_step(document, "A1").update(timeout="1000", delay=-1)

    step = read(document).workflow[step_id("A1")]

    assert (step.timeout_ms, step.delay_ms) == (1_000, 0)


@pytest.mark.parametrize("name", ["delay", "timeout"])
def test_a_wait_is_two_years_at_most(name: str) -> None:
    document = linear()
    at_step(document, "A1")[name] = LONGEST_MS
    assert judge(document).findings == ()

    for longer in (LONGEST_MS + 1, str(LONGEST_MS + 1), 999_999_999_999_999):
        at_step(document, "A1")[name] = longer
        judgement = judge(document)
        assert judgement.verdict is Verdict.REFUSE
        assert "two years" in judgement.findings[-1].text


def test_arguments_may_be_written_as_references() -> None:
    document = linear(playbook_variables={"__x__": variable()})
    at_step(document, "A1")["in_args"] = ["__x__:value"]

    assert read(document).workflow[step_id("A1")].in_args == ("__x__",)


def test_extensions_are_kept_as_written() -> None:
    extension = "extension-definition--418ee24c-9cb1-46d9-afa5-309e01aabc7f"
    document = linear(
        extension_definitions={
            extension: {
                "type": "extension-definition",
                "name": "layout",
                "created_by": "identity--0f1b651d-3f95-43d7-81a5-1b150b71c92d",
                "schema": "https://example.org",
                "version": "1",
            }
        }
    )
    at_step(document, "A1")["step_extensions"] = {extension: {"x": 1.5}}

    assert read(document).workflow[step_id("A1")].extensions == {extension: {"x": 1.5}}


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, None), ("a", "a"), (7, "7"), (True, "true"), ({"a": 1}, '{"a":1}')],
)
def test_values_become_texts(value: object, text: str | None) -> None:
    assert as_text(value) == text


def test_a_first_value_has_so_many_characters_at_most() -> None:
    def written(value: str) -> Verdict:
        return judge(linear(playbook_variables={"__x__": variable(value)})).verdict

    assert written("a" * VALUE_CHARS_MAX) is Verdict.ACCEPT
    assert written("a" * (VALUE_CHARS_MAX + 1)) is Verdict.REFUSE


def test_people_can_read_a_step_and_its_name() -> None:
    def written(**properties: object) -> Verdict:
        document = linear()
        at_step(document, "A1").update(properties)
        return judge(document).verdict

    command = len(text_of(read(linear()).workflow[step_id("A1")])) + 2
    text = "x" * (TEXT_CHARS_MAX - command)
    assert written(description=text) is Verdict.ACCEPT
    assert written(description=text + "x") is Verdict.REFUSE
    assert written(name="x" * NAME_CHARS_MAX) is Verdict.ACCEPT
    assert written(name="x" * (NAME_CHARS_MAX + 1)) is Verdict.REFUSE
