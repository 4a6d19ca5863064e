"""What a step asks of people, in words.

Commands are told as they are written, with the names of variables in them: nothing is
ever put into it here. What a machine could do is told as work to be done by hand.
"""

from foedus.response.cacao import Command, Step

MANUAL = "manual"


def text_of(step: Step) -> str:
    """Give the text of a step: its description, then each command."""
    parts = [step.description, *(_command(each) for each in step.commands)]
    return "\n\n".join(each for each in parts if each)


def _command(command: Command) -> str:
    if command.kind == MANUAL:
        return command.text or command.encoded
    return f"{command.kind}: {command.text or command.encoded}"
