"""What a step asks of people, in words: its commands as they are written."""

from foedus.response.cacao import Command, Step
from foedus.response.texting import text_of
from foedus.response.vocabulary import StepKind


def test_commands_are_told_as_they_are_written() -> None:
    step = Step(
        id="action--1",
        kind=StepKind.ACTION,
        description="Look around.",
        commands=(
            Command(kind="manual", text="Ask __host__:value"),
            Command(kind="http-api", text="POST /block"),
            Command(kind="bash", encoded="bHM="),
        ),
    )
    assert text_of(step) == (
        "Look around.\n\nAsk __host__:value\n\nhttp-api: POST /block\n\nbash: bHM="
    )
