"""Every command, and how the leak tests cover it.

A command that is not listed here fails `test_every_command_has_a_case`. Whoever has
the data folder can read all of its files; so it is what a command says as somebody
(`--as`) that is held against the rule.
"""

from enum import StrEnum

from click import Command, Context, Group


class Case(StrEnum):
    """How a command is covered."""

    TRACED = "what it says as an account is compared in two worlds"
    HIDDEN = "what it hides from an account, tests/api/test_decisions.py asks for"
    SAME = "acts as an account, by the verb of an endpoint that the worlds act by"
    RATED = "test_readiness_worlds.py compares what its queries tell in two worlds"
    GUIDED = "acts as an account, by the verb of an endpoint of GUIDED in surfaces.py"
    PLAYED = "acts as an account, by the verb of an endpoint of PLAYED in surfaces.py"
    PLANNED = "test_plan_worlds.py compares what its queries tell in two worlds"
    REPORTED = "test_report_worlds.py compares the reports of two worlds"
    ACTIVATED = "test_proposal_worlds.py compares what rules propose in two worlds"
    ASSESSED = "test_assessment_worlds.py compares the dossiers of two worlds"
    KNOWN = "tells what every account may know; holds no labels"
    OPERATOR = "is for whoever has the files, and could read them; shown to nobody else"


COMMANDS = {
    "init": Case.OPERATOR,
    "account add": Case.OPERATOR,
    "account list": Case.OPERATOR,
    "account close": Case.OPERATOR,
    "account proofs": Case.OPERATOR,
    "account reset": Case.OPERATOR,
    "account certificate": Case.OPERATOR,
    "account link": Case.OPERATOR,
    "account unlink": Case.OPERATOR,
    "collection add": Case.OPERATOR,
    "collection list": Case.SAME,
    "intel publish": Case.TRACED,
    "intel export": Case.TRACED,
    "intel explain": Case.OPERATOR,
    "intel withdraw": Case.TRACED,
    "intel tear-line": Case.TRACED,
    "intel recall": Case.TRACED,
    "intel acknowledge": Case.TRACED,
    "intel recalls": Case.TRACED,
    "intel seen": Case.TRACED,
    "receipts list": Case.SAME,
    "search": Case.SAME,
    "live tail": Case.TRACED,
    "digest set": Case.OPERATOR,
    "digest list": Case.OPERATOR,
    "digest remove": Case.OPERATOR,
    "digest pause": Case.OPERATOR,
    "digest resume": Case.OPERATOR,
    "digest show": Case.OPERATOR,  # and tests/leaks/test_pushing.py traces it
    "webhook add": Case.TRACED,
    "webhook list": Case.TRACED,
    "webhook remove": Case.TRACED,
    "webhook pause": Case.TRACED,
    "webhook resume": Case.TRACED,
    "webhook test": Case.TRACED,
    "connector list": Case.OPERATOR,
    "connector rewind": Case.OPERATOR,
    "connector skip": Case.OPERATOR,
    "connector stop": Case.OPERATOR,
    "connector start": Case.OPERATOR,
    "import medallion": Case.OPERATOR,
    "decision draft": Case.HIDDEN,
    "decision circulate": Case.HIDDEN,
    "decision break": Case.HIDDEN,
    "decision extend": Case.HIDDEN,
    "decision amend": Case.HIDDEN,
    "decision withdraw": Case.HIDDEN,
    "decision act": Case.HIDDEN,
    "decision comment": Case.HIDDEN,
    "decision position": Case.HIDDEN,
    "decision duty": Case.HIDDEN,
    "decision activate": Case.HIDDEN,
    "decision diff": Case.HIDDEN,
    "decision preview": Case.HIDDEN,
    "decision list": Case.HIDDEN,
    "decision show": Case.HIDDEN,
    "decision record": Case.HIDDEN,
    "decision verify": Case.KNOWN,
    "consultation ask": Case.HIDDEN,
    "consultation join": Case.HIDDEN,
    "consultation hold": Case.HIDDEN,
    "consultation close": Case.HIDDEN,
    "consultation list": Case.HIDDEN,
    "consultation show": Case.HIDDEN,
    "release add": Case.TRACED,
    "release list": Case.TRACED,
    "release consent": Case.TRACED,
    "release withdraw": Case.TRACED,
    "identity register": Case.SAME,
    "identity list": Case.KNOWN,
    "protocol validate": Case.KNOWN,
    "protocol simulate": Case.KNOWN,
    "protocol verify": Case.KNOWN,
    "protocol sign": Case.KNOWN,
    "protocol import": Case.PLAYED,
    "protocol list": Case.PLAYED,
    "protocol show": Case.PLAYED,
    "protocol export": Case.PLAYED,
    "protocol start": Case.PLAYED,
    "protocol runs": Case.PLAYED,
    "protocol status": Case.PLAYED,
    "protocol cancel": Case.PLAYED,
    "protocol pause": Case.PLAYED,
    "protocol resume": Case.PLAYED,
    "protocol end-step": Case.PLAYED,
    "protocol clocks": Case.PLAYED,
    "task clocks": Case.PLAYED,
    "task pause": Case.PLAYED,
    "task resume": Case.PLAYED,
    "task list": Case.PLAYED,
    "task show": Case.PLAYED,
    "task ack": Case.PLAYED,
    "task accept": Case.PLAYED,
    "task decline": Case.PLAYED,
    "task delegate": Case.PLAYED,
    "task start": Case.PLAYED,
    "task done": Case.PLAYED,
    "task authorise": Case.PLAYED,
    "task confirm": Case.PLAYED,
    "task return": Case.PLAYED,
    "task note": Case.PLAYED,
    "protocol calendar import": Case.KNOWN,
    "protocol calendar list": Case.KNOWN,
    "protocol calendar show": Case.KNOWN,
    "protocol catalogue list": Case.KNOWN,
    "protocol catalogue show": Case.KNOWN,
    "protocol report": Case.REPORTED,
    "protocol rule add": Case.ACTIVATED,
    "protocol rule list": Case.ACTIVATED,
    "protocol rule remove": Case.ACTIVATED,
    "protocol proposals": Case.ACTIVATED,
    "protocol approve": Case.ACTIVATED,
    "protocol dismiss": Case.ACTIVATED,
    "label parse": Case.KNOWN,
    "label preview": Case.KNOWN,
    "guide": Case.TRACED,
    "obligation list": Case.GUIDED,
    "obligation report": Case.GUIDED,
    "engagement add": Case.GUIDED,
    "engagement list": Case.GUIDED,
    "engagement report": Case.GUIDED,
    "update publish": Case.GUIDED,
    "update import": Case.GUIDED,
    "update list": Case.GUIDED,
    "update show": Case.GUIDED,
    "update diff": Case.GUIDED,
    "update ack": Case.GUIDED,
    "framework list": Case.KNOWN,
    "framework show": Case.KNOWN,
    "framework join": Case.SAME,
    "framework leave": Case.SAME,
    "glossary": Case.KNOWN,
    "quiz": Case.KNOWN,
    "measure list": Case.RATED,
    "measure show": Case.RATED,
    "measure compare": Case.RATED,
    "measure declare": Case.RATED,
    "measure require": Case.RATED,
    "unit import": Case.RATED,
    "unit list": Case.RATED,
    "unit show": Case.RATED,
    "unit report": Case.RATED,
    "unit export": Case.RATED,
    "unit withdraw": Case.RATED,
    "readiness report": Case.RATED,
    "readiness adopt": Case.RATED,
    "readiness test": Case.RATED,
    "exercise plan": Case.RATED,
    "exercise list": Case.RATED,
    "exercise show": Case.RATED,
    "exercise status": Case.RATED,
    "exercise join": Case.RATED,
    "exercise evaluate": Case.RATED,
    "exercise lesson": Case.RATED,
    "exercise advise": Case.RATED,
    "module list": Case.RATED,
    "module show": Case.RATED,
    "module add": Case.RATED,
    "module enrol": Case.RATED,
    "module complete": Case.RATED,
    "nation list": Case.KNOWN,
    "nation show": Case.KNOWN,
    "nation set-status": Case.SAME,
    "community show": Case.KNOWN,
    "assess": Case.ASSESSED,
    "share costs": Case.KNOWN,
    "share index": Case.KNOWN,
    "share compare": Case.KNOWN,
    "share rank": Case.KNOWN,
    "plan coverage": Case.PLANNED,
    "plan drop": Case.PLANNED,
    "plan surge": Case.PLANNED,
    "plan closure": Case.PLANNED,
    "plan list": Case.PLANNED,
    "plan show": Case.PLANNED,
    "plan again": Case.PLANNED,
    "serve": Case.OPERATOR,
    "demo": Case.OPERATOR,
    "backup": Case.OPERATOR,
    "backup verify": Case.OPERATOR,
    "restore": Case.OPERATOR,
    "doctor": Case.OPERATOR,
    "log find": Case.OPERATOR,
    "log redact": Case.OPERATOR,
    "log redactions": Case.OPERATOR,
    "log verify": Case.OPERATOR,
    "views rebuild": Case.OPERATOR,
}
"""How each command is covered, by noun and verb."""


def commands(command: Command, words: tuple[str, ...] = ()) -> dict[str, Command]:
    """List a command and all below it that do something, by what is typed."""
    found: dict[str, Command] = {}
    if not isinstance(command, Group) or (words and command.invoke_without_command):
        found[" ".join(words)] = command
    if isinstance(command, Group):
        context = Context(command)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            assert below is not None, f"{word} is listed"
            found |= commands(below, (*words, word))
    return found
