"""What is found wrong with a playbook: rule, path, text, and how grave it is."""

from collections.abc import Iterator
from enum import IntEnum, StrEnum

import msgspec

from foedus.response.vocabulary import FINDINGS_MAX


class Gravity(IntEnum):
    """How grave a finding is."""

    NOTE = 0
    WARN = 1
    REFUSE = 2


class Verdict(StrEnum):
    """What becomes of a playbook."""

    ACCEPT = "accept"
    WARN = "warn"
    REFUSE = "refuse"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a rule says about one place of a playbook.

    Attributes:
        rule: the rule's number, `V01` to `V33`.
        path: where, as a JSON path such as `$.workflow["end--…"].type`.
        text: what is wrong and what to do.
    """

    rule: str
    path: str
    text: str


class Findings:
    """Collects findings, in the order in which they are made.

    Args:
        lenient: what another engine's habit explains is a warning, not a refusal.
    """

    def __init__(self, *, lenient: bool = False) -> None:
        self.lenient = lenient
        self._all: list[tuple[Gravity, Finding]] = []
        self._worst = Gravity.NOTE

    def refuse(self, rule: str, path: str, text: str) -> None:
        """Note what no import can take."""
        self._add(Gravity.REFUSE, rule, path, text)

    def relax(self, rule: str, path: str, text: str) -> None:
        """Note what only a lenient import takes."""
        self._add(Gravity.WARN if self.lenient else Gravity.REFUSE, rule, path, text)

    def warn(self, rule: str, path: str, text: str) -> None:
        """Note what somebody should look at before the playbook is run."""
        self._add(Gravity.WARN, rule, path, text)

    def note(self, rule: str, path: str, text: str) -> None:
        """Note what changes nothing about the verdict.

        Such as a word outside an open vocabulary, or a habit of published examples.
        """
        self._add(Gravity.NOTE, rule, path, text)

    def __iter__(self) -> Iterator[Finding]:
        """Give the findings, in the order in which they were made."""
        return (finding for _, finding in self._all)

    @property
    def refused(self) -> bool:
        """Whether anything was refused."""
        return self._worst is Gravity.REFUSE

    @property
    def verdict(self) -> Verdict:
        """What becomes of the playbook."""
        return tuple(Verdict)[self._worst]

    @property
    def refusing_rules(self) -> tuple[str, ...]:
        """The numbers of the rules that refuse, each once, in their order."""
        rules = {one.rule for gravity, one in self._all if gravity is Gravity.REFUSE}
        return tuple(sorted(rules))

    def _add(self, gravity: Gravity, rule: str, path: str, text: str) -> None:
        self._worst = max(self._worst, gravity)
        if len(self._all) < FINDINGS_MAX:
            self._all.append((gravity, Finding(rule=rule, path=path, text=text)))


def at(path: str, *names: str | int) -> str:
    """Give the path of something inside what has a path.

    Args:
        path: of the outer thing.
        names: properties and indices on the way in.
    """
    for name in names:
        if isinstance(name, int):
            path += f"[{name}]"
        elif name.isidentifier() and name.isascii():
            path += f".{name}"
        else:
            path += f'["{ascii(name[:80])[1:-1]}"]'
    return path
