"""A playbook of CACAO 2.0, as far as a processor acts on it.

The typed parts stand beside the bytes they were read from; an export gives these
bytes, so unknown properties, extensions and layout come back as they were.

Source: CACAO Security Playbooks 2.0, sections 3, 4, 5 and 10.18.
"""

from collections.abc import Mapping

import msgspec

from foedus.response.vocabulary import StepKind


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A variable as it is declared.

    Attributes:
        kind: its type, an open vocabulary.
        value: its first value; `None` is unknown, which is not the empty text.
        constant: it may never be written.
        external: its first value comes from whoever starts the playbook.
    """

    kind: str
    value: str | None = None
    constant: bool = False
    external: bool = False


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an agent is told to do."""

    kind: str
    text: str = ""
    encoded: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a workflow; what a kind of step does not have is empty.

    Attributes:
        delay_ms: how long to wait before it begins; 0 is not at all.
        timeout_ms: how long it may take once it has begun; 0 is not set.
        cases: of a switch, the step for each value.
        next_steps: of a parallel step, the first step of each branch.
        extensions: by extension definition, as written.
    """

    id: str
    kind: StepKind
    name: str = ""
    description: str = ""
    delay_ms: int = 0
    timeout_ms: int = 0
    on_completion: str | None = None
    on_success: str | None = None
    on_failure: str | None = None
    on_true: str | None = None
    on_false: str | None = None
    condition: str = ""
    switch: str = ""
    cases: Mapping[str, str] = {}
    next_steps: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    agent: str | None = None
    targets: tuple[str, ...] = ()
    in_args: tuple[str, ...] = ()
    out_args: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = {}
    playbook_id: str | None = None
    playbook_version: str | None = None
    extensions: Mapping[str, object] = {}

    @property
    def label(self) -> str:
        """What a person calls the step."""
        return self.name or self.id

    @property
    def after_success(self) -> str | None:
        """The step that follows when this one succeeded."""
        return self.on_success or self.on_completion

    @property
    def successors(self) -> tuple[tuple[str, str], ...]:
        """What may follow in the same frame: property and step."""
        named = (
            ("on_completion", self.on_completion),
            ("on_success", self.on_success),
            ("on_failure", self.on_failure),
        )
        return tuple((name, step) for name, step in named if step is not None)

    @property
    def branches(self) -> tuple[tuple[tuple[str | int, ...], str], ...]:
        """What it opens a frame for: path of the reference, and step."""
        found: list[tuple[tuple[str | int, ...], str]] = []
        if self.on_true is not None:
            found.append((("on_true",), self.on_true))
        if self.on_false is not None:
            found.append((("on_false",), self.on_false))
        found.extend((("cases", case), step) for case, step in self.cases.items())
        found.extend(
            (("next_steps", n), step) for n, step in enumerate(self.next_steps)
        )
        return tuple(found)


class Playbook(msgspec.Struct, frozen=True, kw_only=True):
    """A playbook that can be run.

    Attributes:
        modified: with `id`, which version of the playbook this is.
        start: the step that a run begins with.
        exception: the step that a run goes to when nothing else handles a failure.
        impact: how much a run may disturb, 0 to 100; `None` is not stated.
        extensions: by extension definition, as written.
        bare_words: it was taken leniently; words without quotes are texts.
        source: the bytes that it was read from.
    """

    id: str
    modified: str
    name: str
    start: str
    workflow: Mapping[str, Step]
    exception: str | None = None
    variables: Mapping[str, Variable] = {}
    impact: int | None = None
    revoked: bool = False
    valid_from: str | None = None
    valid_until: str | None = None
    description: str = ""
    extensions: Mapping[str, object] = {}
    bare_words: bool = False
    source: bytes = b""

    @property
    def version(self) -> str:
        """The name of this version, for a look-up."""
        return f"{self.id}@{self.modified}"
