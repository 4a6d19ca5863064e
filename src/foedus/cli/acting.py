"""As whom a command acts, and as whom it looks: the options that verbs share."""

import click

from foedus.cli import spelling

acting_as = click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    required=True,
    help="On whose behalf; recorded as done by the operator.",
)
"""For verbs that do something."""

reading_as = click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    help="As NAME may see it; as the operator by default.",
)
"""For verbs that show something."""
