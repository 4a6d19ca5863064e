"""From a JSON document to a typed playbook: rules V01 to V04, V09, V20 to V22, V31.

Source: CACAO Security Playbooks 2.0, sections 3.1, 4, 5 and 10.18.
"""

import base64
import binascii
import re
import uuid
from collections.abc import Mapping

from foedus.response.cacao import Command, Playbook, Step, Variable
from foedus.response.findings import Findings, at
from foedus.response.periods import LONGEST_MS
from foedus.response.sheets import Sheet
from foedus.response.texting import text_of
from foedus.response.vocabulary import (
    COMMAND_TYPES,
    COMMANDS_IN_BASE64,
    COMMANDS_IN_EITHER_FORM,
    COMMON_OF_STEPS,
    NAME_CHARS_MAX,
    PROPERTIES_OF_COMMANDS,
    PROPERTIES_OF_PLAYBOOKS,
    PROPERTIES_OF_STEPS,
    PROPERTIES_OF_VARIABLES,
    SPEC_VERSION,
    STEP_KINDS,
    TEXT_CHARS_MAX,
    VALUE_CHARS_MAX,
    VARIABLE_TYPES,
    StepKind,
    is_identifier,
    is_variable_name,
)

_HTTP_VERB = re.compile(r"([A-Z]+)\s+\S+").match
_METHODS = frozenset(
    ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]
)
_SCORES = ("priority", "severity", "impact")
_SCORE_MAX = 100
_RANDOM, _BY_NAME = 4, 5


def read_playbook(document: Mapping[str, object], findings: Findings) -> Playbook:
    """Read a playbook; what cannot be read is a finding and left out.

    Args:
        document: what a strict JSON reader gave.
        findings: where to say what is amiss.
    """
    sheet = Sheet(document, "$", findings)
    sheet.keep_known(PROPERTIES_OF_PLAYBOOKS)
    _read_head(sheet)
    workflow = _read_workflow(sheet)
    return Playbook(
        id=sheet.text("id") or "",
        modified=sheet.text("modified", required=True) or "",
        name=sheet.text("name", required=True) or "",
        start=sheet.text("workflow_start", required=True) or "",
        exception=sheet.text("workflow_exception"),
        workflow=workflow,
        variables=_read_variables(sheet, "playbook_variables"),
        impact=_read_scores(sheet),
        revoked=sheet.flag("revoked"),
        valid_from=sheet.text("valid_from"),
        valid_until=sheet.text("valid_until"),
        description=_words(sheet),
        extensions=sheet.mapping("playbook_extensions"),
    )


def check_identifier(value: str, path: str, findings: Findings) -> bool:
    """Check that an id has the form `type--UUID` (V03)."""
    if is_identifier(value) is not None:
        return True
    findings.refuse("V03", path, "write an identifier as type--UUID")
    return False


def _read_head(sheet: Sheet) -> None:
    findings = sheet.findings
    kind = sheet.text("type", required=True)
    if kind not in (None, "playbook"):
        findings.refuse("V01", "$.type", "write playbook")
    version = sheet.text("spec_version", required=True)
    if version not in (None, SPEC_VERSION):
        findings.refuse("V02", "$.spec_version", f"write {SPEC_VERSION}")
    playbook_id = sheet.text("id", required=True)
    if playbook_id is not None and check_identifier(playbook_id, "$.id", findings):
        _check_playbook_id(playbook_id, findings)
    author = sheet.text("created_by", required=True)
    if author is not None:
        _check_names(author, "identity", "$.created_by", findings)
    sheet.text("created", required=True)
    sheet.text("description")


def _check_names(value: str, kind: str, path: str, findings: Findings) -> None:
    """Check that an id is of something of a kind (V03)."""
    if check_identifier(value, path, findings) and not value.startswith(f"{kind}--"):
        findings.refuse("V03", path, f"name one of type {kind}")


def _check_playbook_id(playbook_id: str, findings: Findings) -> None:
    if not playbook_id.startswith("playbook--"):
        findings.refuse("V03", "$.id", "write playbook-- before the UUID")
    elif _version(playbook_id) not in (_RANDOM, _BY_NAME):
        findings.relax("V04", "$.id", "take a UUID of version 4 or 5")


def _version(identifier: str) -> int | None:
    return uuid.UUID(identifier[-36:]).version


def _words(sheet: Sheet) -> str:
    """Read a description; one that is no text is for people to mend."""
    value = sheet.document.get("description")
    return value if isinstance(value, str) else ""


def _read_scores(sheet: Sheet) -> int | None:
    scores: dict[str, int] = {}
    for name in _SCORES:
        value = sheet.document.get(name)
        if name not in sheet:
            continue
        if isinstance(value, bool) or not isinstance(value, int):
            sheet.findings.refuse("V09", sheet.where(name), "write an integer")
        elif not 0 <= value <= _SCORE_MAX:
            sheet.findings.refuse("V09", sheet.where(name), "write 0 to 100")
        else:
            scores[name] = value
    return scores.get("impact")


def _read_workflow(sheet: Sheet) -> dict[str, Step]:
    steps = {}
    for step_id, entry in sheet.entries("workflow", required=True).items():
        step = _read_step(step_id, entry)
        if step is not None:
            steps[step_id] = step
    return steps


def _read_step(step_id: str, sheet: Sheet) -> Step | None:
    kind = sheet.text("type", required=True)
    if kind is None:
        return None
    if kind not in STEP_KINDS:
        sheet.findings.refuse(
            "V01", sheet.where("type"), "no such kind of step; a run cannot take it"
        )
        return None
    _check_step_id(step_id, kind, sheet)
    step = _Steps(step_id, StepKind(kind), sheet).read()
    _check_length(step, sheet)
    return step


def _check_length(step: Step, sheet: Sheet) -> None:
    """Check that people can read a step: its name, and what is asked in it."""
    for what, text, most in (
        ("name", step.name, NAME_CHARS_MAX),
        ("text", text_of(step), TEXT_CHARS_MAX),
    ):
        if len(text) > most:
            sheet.findings.refuse(
                "V01", sheet.path, f"its {what} may have {most:,} characters at most"
            )


def _check_step_id(step_id: str, kind: str, sheet: Sheet) -> None:
    if not check_identifier(step_id, sheet.path, sheet.findings):
        return
    if step_id.rpartition("--")[0] != kind:
        sheet.findings.refuse(
            "V03", sheet.path, f"its type is {kind!a}; let the id begin with it"
        )
    match _version(step_id):
        case 4:
            pass
        case 5:  # the specification's own example of malware has such steps
            sheet.findings.note("V04", sheet.path, "take a UUID of version 4")
        case _:
            sheet.findings.relax("V04", sheet.path, "take a UUID of version 4")


class _Steps:
    """Reads one step."""

    def __init__(self, step_id: str, kind: StepKind, sheet: Sheet) -> None:
        self._id = step_id
        self._kind = kind
        self._sheet = sheet

    def read(self) -> Step:
        sheet, kind = self._sheet, self._kind
        sheet.keep_known(COMMON_OF_STEPS | PROPERTIES_OF_STEPS[kind])
        action = kind is StepKind.ACTION
        chooses = kind in (StepKind.IF, StepKind.WHILE)
        switch = kind is StepKind.SWITCH
        calls = kind is StepKind.PLAYBOOK_ACTION
        return Step(
            id=self._id,
            kind=kind,
            name=sheet.text("name") or "",
            description=_words(sheet),
            delay_ms=self._wait("delay"),
            timeout_ms=self._wait("timeout"),
            on_completion=sheet.text("on_completion"),
            on_success=sheet.text("on_success"),
            on_failure=sheet.text("on_failure"),
            on_true=sheet.text("on_true", required=True) if chooses else None,
            on_false=sheet.text("on_false") if kind is StepKind.IF else None,
            condition=(sheet.text("condition", required=True) or "") if chooses else "",
            switch=(sheet.text("switch", required=True) or "") if switch else "",
            cases=self._cases() if switch else {},
            next_steps=sheet.texts("next_steps", required=True)
            if kind is StepKind.PARALLEL
            else (),
            commands=self._commands() if action else (),
            agent=self._agent() if action else None,
            targets=sheet.texts("targets") if action else (),
            in_args=self._names("in_args") if action or calls else (),
            out_args=self._names("out_args") if action or calls else (),
            variables=_read_variables(sheet, "step_variables"),
            playbook_id=self._child() if calls else None,
            playbook_version=sheet.text("playbook_version") if calls else None,
            extensions=sheet.mapping("step_extensions"),
        )

    def _wait(self, name: str) -> int:
        """Read `delay` or `timeout`; engines in use write digits in quotes, or -1."""
        sheet = self._sheet
        value = sheet.document.get(name)
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
            sheet.findings.warn("V01", sheet.where(name), "write it without quotes")
            given: int | None = int(value)
        else:
            given = sheet.whole(name)
        length_ms = given or 0
        if length_ms < 0:
            sheet.findings.warn("V01", sheet.where(name), "less than 0 counts as none")
        if length_ms > LONGEST_MS:
            sheet.findings.refuse(
                "V01",
                sheet.where(name),
                f"{length_ms} ms is longer than two years; write {LONGEST_MS} at most",
            )
        return max(length_ms, 0)

    def _cases(self) -> dict[str, str]:
        cases = {}
        sheet = self._sheet
        for value, step in sheet.mapping("cases", required=True).items():
            if isinstance(step, str):
                cases[value] = step
            else:
                sheet.findings.refuse(
                    "V01", sheet.where("cases", value), "write the id of a step"
                )
        return cases

    def _names(self, name: str) -> tuple[str, ...]:
        """Read arguments: names, though some write the form of references."""
        names = self._sheet.texts(name)
        return tuple(written.removesuffix(":value") for written in names)

    def _agent(self) -> str | None:
        sheet = self._sheet
        if "agent" not in sheet:
            sheet.findings.relax("V01", sheet.where("agent"), "required; name an agent")
            return None
        return sheet.text("agent", required=True)

    def _child(self) -> str | None:
        sheet = self._sheet
        child = sheet.text("playbook_id", required=True)
        if child is not None:
            where = sheet.where("playbook_id")
            _check_names(child, "playbook", where, sheet.findings)
        return child

    def _commands(self) -> tuple[Command, ...]:
        commands = self._sheet.objects("commands", required=True)
        return tuple(map(_read_command, commands))


def _read_command(sheet: Sheet) -> Command:
    kind = sheet.text("type", required=True) or ""
    text = sheet.text("command")
    encoded = sheet.text("command_b64")
    _check_form(kind, sheet, text, encoded)
    for name in ("command_b64", "content_b64"):
        _check_base64(sheet, name)
    if kind in COMMAND_TYPES:
        sheet.keep_known(PROPERTIES_OF_COMMANDS)
    return Command(kind=kind, text=text or "", encoded=encoded or "")


def _check_form(kind: str, sheet: Sheet, text: str | None, encoded: str | None) -> None:
    findings = sheet.findings
    if kind in COMMANDS_IN_EITHER_FORM:
        if (text is None) is (encoded is None):
            findings.refuse(
                "V20", sheet.path, "give exactly one of command and command_b64"
            )
    elif kind in COMMANDS_IN_BASE64:
        if encoded is None:
            findings.refuse("V20", sheet.path, f"{kind} needs command_b64")
    elif kind == "http-api":
        sheet.text("command", required=True)
    elif kind == "openc2-http":
        _check_openc2(sheet, text)
    elif kind:
        findings.note("V01", sheet.where("type"), "unknown type of command; kept")


def _check_openc2(sheet: Sheet, text: str | None) -> None:
    """Check an OpenC2 command; what is no request at all cannot be sent, but kept."""
    findings = sheet.findings
    verb = _HTTP_VERB(text or "")
    if verb is not None and verb[1] in _METHODS:
        if verb[1] != "POST":
            findings.refuse("V21", sheet.where("command"), "OpenC2 is sent by POST")
    else:
        findings.note(
            "V21", sheet.where("command"), "write POST, the path, and HTTP/1.1"
        )
    if "content_b64" not in sheet:
        findings.note("V21", sheet.where("content_b64"), "give the command's body")


def _check_base64(sheet: Sheet, name: str) -> None:
    value = sheet.text(name)
    if value is None:
        return
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        sheet.findings.refuse("V20", sheet.where(name), "not base64")


def _read_variables(sheet: Sheet, name: str) -> dict[str, Variable]:
    variables = {}
    for variable, entry in sheet.entries(name).items():
        entry.keep_known(PROPERTIES_OF_VARIABLES)
        _check_variable_name(variable, entry)
        kind = entry.text("type", required=True) or "string"
        if kind not in VARIABLE_TYPES:
            entry.findings.note("V01", entry.where("type"), "compared as text")
        variables[variable] = Variable(
            kind=kind,
            value=_first_value(entry),
            constant=entry.flag("constant"),
            external=_external(entry, name),
        )
    return variables


def _check_variable_name(name: str, entry: Sheet) -> None:
    if is_variable_name(name) is None:
        entry.findings.refuse(
            "V22",
            entry.path,
            "name it __name__, a letter first, 250 characters at most",
        )


def _first_value(entry: Sheet) -> str | None:
    """Read the value; a JSON object, which the text allows, is kept as its text."""
    value = entry.document.get("value")
    text = as_text(value)
    if value is not text:
        entry.findings.warn("V01", entry.where("value"), "write the value as a string")
    if len(text or "") > VALUE_CHARS_MAX:
        entry.findings.refuse(
            "V22", entry.where("value"), f"write {VALUE_CHARS_MAX} characters at most"
        )
    return text


def as_text(value: object) -> str | None:
    """Write a JSON value as variables hold it: `None` for null, else a text."""
    import orjson  # noqa: PLC0415 - only for what should have been a string

    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def _external(entry: Sheet, name: str) -> bool:
    external = entry.flag("external")
    if external and name == "step_variables":
        entry.findings.warn(
            "V22", at(entry.path, "external"), "only a playbook's variable can be that"
        )
        return False
    return external
