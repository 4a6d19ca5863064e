"""The words of CACAO 2.0, and the limits that we set ourselves.

Vocabularies whose name ends in `-ov` are open: an unknown word is a warning.

Source: CACAO Security Playbooks 2.0, sections 3 to 10; the TC's JSON schemas.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

SIZE_MAX = 4 * 1024 * 1024
"""Bytes of one playbook. The largest public one has 90 KiB; the rest is slack."""

STEPS_MAX = 5_000
"""Steps of one playbook. Bounds the time that a check may take."""

NAME_CHARS_MAX = 1_000
"""Characters of the name of a step; each line of the trace begins with it."""

TEXT_CHARS_MAX = 32_768
"""Characters of what a step asks, its commands included: twenty pages."""

NESTING_MAX = 16
"""Branches inside each other. Nobody reads deeper, and each is a frame of a run."""

LOOPS_NESTED_MAX = 4
"""Loops inside each other: with a ceiling each, their product is what runs."""

FINDINGS_MAX = 1_000
"""Findings about one playbook; who made more than these begins with these."""

SPEC_VERSION = "cacao-2.0"


class StepKind(StrEnum):
    """What a step is."""

    START = "start"
    END = "end"
    ACTION = "action"
    PLAYBOOK_ACTION = "playbook-action"
    PARALLEL = "parallel"
    IF = "if-condition"
    WHILE = "while-condition"
    SWITCH = "switch-condition"


STEP_KINDS = frozenset(StepKind)

COMMAND_TYPES = frozenset(
    [
        "manual",
        "bash",
        "caldera-cmd",
        "elastic",
        "http-api",
        "jupyter",
        "kestrel",
        "openc2-http",
        "powershell",
        "sigma",
        "ssh",
        "yara",
    ]
)
COMMANDS_IN_EITHER_FORM = frozenset(
    ["manual", "bash", "caldera-cmd", "powershell", "ssh"]
)
"""Exactly one of `command` and `command_b64`."""
COMMANDS_IN_BASE64 = frozenset(["elastic", "jupyter", "kestrel", "sigma", "yara"])

AGENT_TYPES = frozenset(
    [
        "group",
        "individual",
        "location",
        "organization",
        "sector",
        "http-api",
        "linux",
        "net-address",
        "security-category",
        "ssh",
    ]
)
AUTHENTICATION_TYPES = frozenset({"http-basic", "oauth2", "user-auth"})
MARKING_TYPES = frozenset({"marking-statement", "marking-tlp", "marking-iep"})

PLAYBOOK_TYPES = frozenset(
    [
        "attack",
        "detection",
        "engagement",
        "investigation",
        "mitigation",
        "notification",
        "prevention",
        "remediation",
    ]
)

TLP_MARKINGS = frozenset(
    "marking-tlp--" + part
    for part in (
        "94868c89-83c2-464b-929b-a1a8aa3c8487",
        "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        "939a9414-2ddd-4d32-a0cd-375ea402b003",
        "e828b379-4e03-4974-9ac4-e53a884c97c1",
    )
)
"""Objects that every processor knows; a playbook need not carry them."""

NUMERIC_TYPES = frozenset({"integer", "long", "float"})
FOLDED_TYPES = frozenset(
    {"hash", "md5-hash", "sha256-hash", "hexstring", "mac-addr", "uuid"}
)
"""Types of variables whose letters count the same in either case."""
ADDRESS_TYPES = frozenset({"ipv4-addr", "ipv6-addr"})
VARIABLE_TYPES = (
    NUMERIC_TYPES
    | FOLDED_TYPES
    | ADDRESS_TYPES
    | frozenset({"bool", "dictionary", "string", "uri"})
)

is_identifier = re.compile(
    r"[a-z][a-z0-9-]+[a-z0-9]--"
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
).fullmatch
"""Matches `type--UUID`; which version of UUID is a rule of its own."""

is_variable_name = re.compile(r"__[a-zA-Z][a-zA-Z0-9_-]{0,245}__").fullmatch
"""Matches `__name__`, at most 250 characters with the underscores."""

VALUE_CHARS_MAX = 65_536
"""Characters of a variable's first value, and of one on which patterns are judged."""

VARIABLE_NAME_MAX = 250
"""Characters of the name of a variable, underscores included."""

_variable_before = re.compile(r"__[a-zA-Z_][a-zA-Z0-9_-]*?__$").search


def variables_in(text: str) -> Iterator[str]:
    """Give the name of every variable that a text refers to as `__name__:value`."""
    end = text.find(":value")
    while end >= 0:
        before = text[max(0, end - VARIABLE_NAME_MAX) : end]
        if before.endswith("__"):
            word = _last_word(before)
            found = _variable_before(word)
            if found is not None:
                yield found[0]
        end = text.find(":value", end + 1)


def _last_word(text: str) -> str:
    return _words(text)[-1] if text else ""


_words = re.compile(r"[^a-zA-Z0-9_-]").split

COMMON_OF_STEPS = frozenset(
    [
        "type",
        "name",
        "description",
        "external_references",
        "delay",
        "timeout",
        "step_variables",
        "owner",
        "on_completion",
        "on_success",
        "on_failure",
        "step_extensions",
    ]
)

PROPERTIES_OF_STEPS: dict[StepKind, frozenset[str]] = {
    StepKind.START: frozenset(),
    StepKind.END: frozenset(),
    StepKind.ACTION: frozenset(["commands", "agent", "targets", "in_args", "out_args"]),
    StepKind.PLAYBOOK_ACTION: frozenset(
        ["playbook_id", "playbook_version", "in_args", "out_args"]
    ),
    StepKind.PARALLEL: frozenset({"next_steps"}),
    StepKind.IF: frozenset({"condition", "on_true", "on_false"}),
    StepKind.WHILE: frozenset({"condition", "on_true"}),
    StepKind.SWITCH: frozenset({"switch", "cases"}),
}

PROPERTIES_OF_PLAYBOOKS = frozenset(
    [
        "type",
        "spec_version",
        "id",
        "name",
        "description",
        "playbook_types",
        "playbook_activities",
        "playbook_processing_summary",
        "created_by",
        "created",
        "modified",
        "revoked",
        "valid_from",
        "valid_until",
        "derived_from",
        "related_to",
        "priority",
        "severity",
        "impact",
        "industry_sectors",
        "labels",
        "external_references",
        "markings",
        "playbook_variables",
        "workflow_start",
        "workflow_exception",
        "workflow",
        "playbook_extensions",
        "authentication_info_definitions",
        "agent_definitions",
        "target_definitions",
        "extension_definitions",
        "data_marking_definitions",
        "signatures",
    ]
)

PROPERTIES_OF_COMMANDS = frozenset(
    [
        "type",
        "description",
        "version",
        "playbook_activity",
        "external_references",
        "command",
        "command_b64",
        "headers",
        "content",
        "content_b64",
    ]
)

PROPERTIES_OF_VARIABLES = frozenset(
    {"type", "description", "value", "constant", "external"}
)

PROPERTIES_OF_AGENTS: dict[str, frozenset[str]] = {
    kind: frozenset(
        {"type", "name", "description", "location", "agent_target_extensions"}
        | set(extra.split())
    )
    for kind, extra in {
        "group": "contact",
        "individual": "contact",
        "organization": "contact",
        "location": "logical",
        "sector": "sector",
        "security-category": "category",
        "http-api": "address port authentication_info category",
        "linux": "address port authentication_info category",
        "ssh": "address port authentication_info category",
        "net-address": "address authentication_info category",
    }.items()
}
