"""Rules V19 and V27 to V31: what a playbook defines, names and sums up.

Source: CACAO 2.0, sections 3.1, 6 to 9 and 10.14.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from foedus.response.cacao import Playbook
from foedus.response.checks_of_dates import DEFINITIONS
from foedus.response.findings import Findings, at
from foedus.response.reading import check_identifier
from foedus.response.sheets import Sheet
from foedus.response.vocabulary import (
    AGENT_TYPES,
    AUTHENTICATION_TYPES,
    MARKING_TYPES,
    PLAYBOOK_TYPES,
    PROPERTIES_OF_AGENTS,
    TLP_MARKINGS,
    StepKind,
    is_identifier,
)

_AGENTS = ("agent_definitions", "target_definitions")
_EXTENSIONS = "extension-definition"
_is_email = re.compile(r"[^@\s<>();:,\\\"`]+@[^@\s<>();:,\\\"`]+").fullmatch


def check_definitions(
    document: Mapping[str, object], playbook: Playbook, findings: Findings
) -> None:
    """Check what a playbook defines, and that what it names is defined."""
    sheet = Sheet(document, "$", findings)
    defined = {name: sheet.entries(name) for name in DEFINITIONS}
    for name in _AGENTS:
        for key, entry in defined[name].items():
            _check_agent(key, entry, defined)
    for key, entry in defined["authentication_info_definitions"].items():
        _check_key(key, entry, AUTHENTICATION_TYPES)
    for key, entry in defined["data_marking_definitions"].items():
        _check_key(key, entry, MARKING_TYPES)
    for key, entry in defined["extension_definitions"].items():
        _check_key(key, entry, frozenset({_EXTENSIONS}))
        for wanted in ("name", "created_by", "schema", "version"):
            entry.text(wanted, required=True)
    _check_markings(sheet, defined["data_marking_definitions"])
    _check_agents_of_steps(playbook, defined, findings)
    _check_extensions(sheet, defined["extension_definitions"])
    _check_types(sheet, playbook)
    _check_repeated(sheet)
    _check_summary(sheet, playbook)


def _check_key(key: str, entry: Sheet, vocabulary: frozenset[str]) -> str:
    """Check that a definition's key is an id of its type; give the type."""
    findings = entry.findings
    kind = entry.text("type", required=True) or ""
    if not check_identifier(key, entry.path, findings) or not kind:
        return kind
    prefix = key.rpartition("--")[0]
    if prefix != kind:
        # Two known words are a slip that a lenient import takes; of two unknown ones
        # nobody can say what they should be.
        known = (prefix in vocabulary) + (kind in vocabulary)
        say = (findings.note, findings.refuse, findings.relax)[known]
        say("V03", entry.path, f"its type is {kind!a}; let the id begin with it")
    if kind not in vocabulary:
        findings.note(
            "V01", entry.where("type"), f"{kind!a} is not a type that CACAO knows"
        )
    return kind


def _check_agent(
    key: str, entry: Sheet, defined: Mapping[str, Mapping[str, Sheet]]
) -> None:
    kind = _check_key(key, entry, AGENT_TYPES)
    entry.text("name", required=True)
    if kind in PROPERTIES_OF_AGENTS:
        entry.keep_known(PROPERTIES_OF_AGENTS[kind])
    credentials = entry.text("authentication_info")
    if credentials and credentials not in defined["authentication_info_definitions"]:
        entry.findings.refuse(
            "V19",
            entry.where("authentication_info"),
            "is not in authentication_info_definitions",
        )
    contact = entry.document.get("contact")
    if isinstance(contact, dict):
        addresses = Sheet(contact, entry.where("contact"), entry.findings)
        for use, address in addresses.mapping("email").items():
            if not isinstance(address, str) or _is_email(address) is None:
                entry.findings.warn(
                    "V01", addresses.where("email", use), "is no e-mail address"
                )


def _check_markings(sheet: Sheet, markings: Mapping[str, Sheet]) -> None:
    _check_marked(sheet, markings)
    for entry in markings.values():
        _check_marked(entry, markings)
    for key, entry in markings.items():
        if key in _marked_by(key, markings):
            sheet.findings.refuse(
                "V29", entry.where("markings"), "is marked by itself, in a circle"
            )


def _check_marked(entry: Sheet, markings: Mapping[str, Sheet]) -> None:
    for n, marking in enumerate(entry.texts("markings")):
        if marking not in markings and marking not in TLP_MARKINGS:
            entry.findings.refuse(
                "V19",
                entry.where("markings", n),
                "is not in data_marking_definitions",
            )


def _marked_by(key: str, markings: Mapping[str, Sheet]) -> set[str]:
    """Give every marking that is reached from one."""
    reached: set[str] = set()
    waiting = [key]
    while waiting:
        entry = markings.get(waiting.pop())
        following = entry.document.get("markings") if entry is not None else None
        for name in following if isinstance(following, list) else []:
            if isinstance(name, str) and name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached


def _check_agents_of_steps(
    playbook: Playbook,
    defined: Mapping[str, Mapping[str, Sheet]],
    findings: Findings,
) -> None:
    agents, targets = (defined[name] for name in _AGENTS)
    for step in playbook.workflow.values():
        where = at("$.workflow", step.id)
        agent = step.agent
        if agent is None or agent in agents:
            pass
        elif check_identifier(agent, at(where, "agent"), findings):
            findings.refuse("V19", at(where, "agent"), "is not in agent_definitions")
        for n, target in enumerate(step.targets):
            if target not in targets:
                # The specification's own example of malware has such a target; a
                # step can be done without, so nobody is kept from importing it.
                findings.note(
                    "V19", at(where, "targets", n), "is not in target_definitions"
                )


def _check_extensions(sheet: Sheet, extensions: Mapping[str, Sheet]) -> None:
    for holder in _holders_of_extensions(sheet):
        for name in holder.document:
            if not name.endswith("_extensions"):
                continue
            for key in holder.mapping(name):
                where = holder.where(name, key)
                if is_identifier(key) is None:
                    sheet.findings.note("V19", where, "names no extension; kept")
                elif key not in extensions:
                    sheet.findings.refuse(
                        "V19", where, "is not in extension_definitions"
                    )


def _holders_of_extensions(sheet: Sheet) -> Iterator[Sheet]:
    yield sheet
    for name in ("workflow", *DEFINITIONS):
        group = sheet.document.get(name)
        if isinstance(group, dict):
            for key, entry in group.items():
                if isinstance(entry, dict):
                    yield Sheet(entry, sheet.where(name, key), sheet.findings)


def _check_types(sheet: Sheet, playbook: Playbook) -> None:
    """Check types against activities (V27).

    The second half is a note: the specification's own example lists an activity that
    no step of it has.
    """
    types = sheet.texts("playbook_types")
    activities = sheet.texts("playbook_activities")
    if not activities and PLAYBOOK_TYPES.intersection(types):
        sheet.findings.warn(
            "V27", "$.playbook_activities", "give the activities of these types"
        )
    done = {
        command.get("playbook_activity") for command in _all_commands(sheet.document)
    }
    for n, activity in enumerate(activities):
        if activity not in done and playbook.workflow:
            sheet.findings.note(
                "V27", sheet.where("playbook_activities", n), "no step has it"
            )


def _all_commands(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    workflow = document.get("workflow")
    for step in workflow.values() if isinstance(workflow, dict) else ():
        commands = step.get("commands") if isinstance(step, dict) else None
        for command in commands if isinstance(commands, list) else ():
            if isinstance(command, dict):
                yield command


def _check_repeated(sheet: Sheet) -> None:
    """Check that sectors and references used inside are listed outside (V28).

    A note, as the specification's own example of malware does not list them.
    """
    sectors = set(sheet.texts("industry_sectors"))
    references = sheet.document.get("external_references")
    listed = references if isinstance(references, list) else []
    for name in _AGENTS:
        for entry in sheet.entries(name).values():
            sector = entry.document.get("sector")
            if isinstance(sector, str) and sector not in sectors:
                sheet.findings.note(
                    "V28", entry.where("sector"), "list it in industry_sectors too"
                )
    for holder in _holders_of_references(sheet):
        used = holder.document.get("external_references")
        for n, reference in enumerate(used if isinstance(used, list) else []):
            if reference not in listed:
                sheet.findings.note(
                    "V28",
                    holder.where("external_references", n),
                    "list it in external_references of the playbook too",
                )


def _holders_of_references(sheet: Sheet) -> Iterator[Sheet]:
    for step_id, step in sheet.entries("workflow").items():
        yield step
        commands = step.document.get("commands")
        for n, command in enumerate(commands if isinstance(commands, list) else []):
            if isinstance(command, dict):
                where = sheet.where("workflow", step_id, "commands", n)
                yield Sheet(command, where, sheet.findings)


def _check_summary(sheet: Sheet, playbook: Playbook) -> None:
    """Check the processing summary against the content (V30); both are shown."""
    summary = sheet.mapping("playbook_processing_summary")
    for name, computed in summarize(sheet.document, playbook).items():
        stated = summary.get(name)
        if isinstance(stated, bool) and stated is not computed:
            sheet.findings.warn(
                "V30",
                sheet.where("playbook_processing_summary", name),
                f"says {stated}, the content says {computed}".lower(),
            )


def summarize(document: Mapping[str, object], playbook: Playbook) -> dict[str, bool]:
    """Compute the processing summary that a playbook should carry."""
    steps = playbook.workflow.values()
    kinds = {step.kind for step in steps}
    commands = [command for step in steps for command in step.commands]
    signatures = document.get("signatures")
    signed = signatures if isinstance(signatures, list) else []
    has: Callable[[str], bool] = lambda name: bool(document.get(name))  # noqa: E731
    return {
        "manual_playbook": bool(commands)
        and all(command.kind == "manual" for command in commands),
        "external_playbooks": StepKind.PLAYBOOK_ACTION in kinds,
        "parallel_processing": StepKind.PARALLEL in kinds,
        "if_logic": StepKind.IF in kinds,
        "while_logic": StepKind.WHILE in kinds,
        "switch_logic": StepKind.SWITCH in kinds,
        "temporal_logic": any(step.delay_ms or step.timeout_ms for step in steps),
        "data_markings": has("markings"),
        "digital_signatures": bool(signed),
        "countersigned_signatures": any(
            isinstance(one, dict) and "signature" in one for one in signed
        ),
        "extensions": has("extension_definitions"),
    }
