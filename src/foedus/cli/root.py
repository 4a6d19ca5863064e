"""The command line itself: finds the noun, and is the edge where refusals end.

A noun's module is imported when it is asked for, so that a small command starts fast.
"""

import importlib
from collections.abc import Iterator, MutableMapping

import click

from foedus import __version__
from foedus.cli.output import MISUSED, REFUSED, refuse
from foedus.cli.station import Station, on_station
from foedus.errors import FoedusError, InvalidInputError

NOUNS = {
    "init": "Found an alliance's hub in an empty data folder.",
    "account": "Open accounts of people and services.",
    "collection": "Open collections of intelligence.",
    "intel": "Publish, export, explain, withdraw and recall intelligence.",
    "search": "Look for names, values and words, as somebody sees them.",
    "live": "Follow what comes and goes, as somebody sees it.",
    "webhook": "Post to a receiver, as it comes, what a service may see.",
    "digest": "Send letters of what came.",
    "connector": "See how far OpenCTI's connectors are, and send them elsewhere.",
    "import": "Take over the collections of another server, dates and all.",
    "receipts": "Ask what was given to a nation's people and services.",
    "decision": "Draft, circulate, break, and follow what the nations decide.",
    "consultation": "Bring the nations together; any one of them may ask.",
    "release": "Let further nations see what an audience could.",
    "identity": "Register the identities under which nations publish.",
    "protocol": "Check, rehearse, sign and run joint response protocols.",
    "task": "See what one's nation is asked to do, and say what it does of it.",
    "label": "Read labels and markings, and see whom they reach.",
    "guide": "Guide a newcomer: frameworks, training, what to follow.",
    "framework": "Ask for programmes of cooperation, and what they do not promise.",
    "glossary": "Look up words, common mistakes and answered questions.",
    "quiz": "Check yourself.",
    "obligation": "Ask what a nation owes, and report how it is met.",
    "engagement": "Record what nations do together, and ask for it.",
    "update": "Publish policy updates, read and acknowledge them.",
    "measure": "See what measures there are, and how they are rated.",
    "unit": "Take in, list and report on what nations contribute.",
    "readiness": "Ask how ready a nation is known to be, and record what shows it.",
    "exercise": "Plan exercises, take part, evaluate them, and learn.",
    "plan": "Plan who covers what, and see what if.",
    "module": "Ask for the training catalogue, and record who was trained.",
    "nation": "Ask who is a member, a partner, and since when; and change it.",
    "assess": "Assess what changes if a nation joins or deepens its ties.",
    "community": "Ask who belongs to a community, and who did.",
    "share": "Share joint costs between nations.",
    "serve": "Serve the hub over HTTP.",
    "demo": "Run a demo alliance with invented intelligence.",
    "backup": "Back the hub up into one file, while it runs.",
    "restore": "Make a data folder of a backup.",
    "doctor": "Say what is wrong with the hub, and what to do.",
    "log": "Check that nothing in the log was altered.",
    "views": "Make the views anew from the log.",
}
"""Every noun, in the order of a first day, and what it is for."""

_MODULES = {"import": "importing"}
"""Modules of nouns that Python keeps for itself."""


class _Nouns(MutableMapping[str, click.Command]):
    """The nouns, each imported when it is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        if name not in NOUNS:
            raise KeyError(name)
        module = importlib.import_module(f"foedus.cli.{_MODULES.get(name, name)}")
        command = module.command
        assert isinstance(command, click.Command), "each noun's module has a command"
        return command

    def __setitem__(self, name: str, command: click.Command) -> None:
        raise TypeError("nouns are listed in NOUNS")

    def __delitem__(self, name: str) -> None:
        raise TypeError("nouns are listed in NOUNS")

    def __iter__(self) -> Iterator[str]:
        return iter(NOUNS)

    def __len__(self) -> int:
        return len(NOUNS)


class _Root(click.Group):
    """The group of all nouns, and the edge of every command."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """List the nouns in the order of a first day."""
        return list(NOUNS)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - as click calls it
        formatter: click.HelpFormatter,
    ) -> None:
        """Write what each noun is for, without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl(list(NOUNS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note, before anything can be refused, in which form to refuse."""
        ctx.meta[_WANTS_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a refusal ends here."""
        as_json: bool = ctx.meta[_WANTS_JSON]
        try:
            return super().invoke(ctx)
        except FoedusError as error:
            refuse(error, as_json=as_json)
            ctx.exit(REFUSED)
        except UnicodeEncodeError:  # a word was typed in bytes of no encoding
            refuse(InvalidInputError(_NOT_UTF_8), as_json=as_json)
            ctx.exit(MISUSED)
        except click.UsageError as error:
            if not as_json:
                raise
            refuse(InvalidInputError(error.format_message()), as_json=True)
            ctx.exit(MISUSED)


_NOT_UTF_8 = "a word of the command is not UTF-8; type it anew"

_WANTS_JSON = "foedus.cli.wants_json"


@click.group(
    name="foedus",
    cls=_Root,
    commands=_Nouns(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
@click.version_option(__version__, prog_name="foedus")
@on_station
def foedus(_: Station) -> None:
    """Run the digital coordination hub of an alliance of nations."""
