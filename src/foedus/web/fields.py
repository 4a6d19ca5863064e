"""Which properties a person wants first of each type of STIX object, and in what words.

What is not listed follows in the order in which it was sent, so nothing is left out.

Source: STIX 2.1, sections 4 (domain objects), 5 (relationships), 6 (observables).
"""

from collections.abc import Mapping
from typing import Final

_SEEN: Final = ("first_seen", "last_seen")
_WHY: Final = (
    *("goals", "resource_level", "primary_motivation", "secondary_motivations"),
)
_FILE_TIMES: Final = ("ctime", "mtime", "atime")

FIRST: Final[Mapping[str, tuple[str, ...]]] = {
    "attack-pattern": ("aliases",),
    "campaign": ("objective", *_SEEN, "aliases"),
    "course-of-action": ("action_type",),
    "grouping": ("context",),
    "identity": ("identity_class", "sectors", "roles", "contact_information"),
    "incident": (),
    "indicator": ("indicator_types", "valid_from", "valid_until"),
    "infrastructure": ("infrastructure_types", *_SEEN, "aliases"),
    "intrusion-set": (*_WHY, *_SEEN, "aliases"),
    "location": (
        *("country", "region", "administrative_area", "city", "street_address"),
        *("postal_code", "latitude", "longitude", "precision"),
    ),
    "malware": (
        *("malware_types", "is_family", *_SEEN, "aliases", "capabilities"),
        *("architecture_execution_envs", "implementation_languages"),
    ),
    "malware-analysis": (
        *("product", "version", "result", "result_name", "analysis_started"),
        *("analysis_ended", "submitted", "analysis_engine_version"),
        *("analysis_definition_version", "configuration_version", "modules"),
    ),
    "note": ("authors",),
    "observed-data": ("number_observed", "first_observed", "last_observed"),
    "opinion": ("opinion", "explanation", "authors"),
    "report": ("report_types", "published"),
    "threat-actor": (
        *("threat_actor_types", "sophistication", *_WHY, "personal_motivations"),
        *("roles", *_SEEN, "aliases"),
    ),
    "tool": ("tool_types", "tool_version", "aliases"),
    "vulnerability": (),
    "artifact": (
        *("mime_type", "url", "hashes", "encryption_algorithm", "decryption_key"),
    ),
    "autonomous-system": ("number", "name", "rir"),
    "directory": ("path", "path_enc", *_FILE_TIMES),
    "domain-name": ("value",),
    "email-addr": ("value", "display_name"),
    "email-message": (
        *("subject", "date", "content_type", "is_multipart", "message_id"),
        *("received_lines", "body"),
    ),
    "file": (
        *("name", "size", "mime_type", "hashes", "magic_number_hex", "name_enc"),
        *_FILE_TIMES,
    ),
    "ipv4-addr": ("value",),
    "ipv6-addr": ("value",),
    "mac-addr": ("value",),
    "mutex": ("name",),
    "network-traffic": (
        *("protocols", "src_port", "dst_port", "start", "end", "is_active"),
        *("src_byte_count", "dst_byte_count", "src_packets", "dst_packets"),
    ),
    "process": (
        *("command_line", "pid", "cwd", "created_time", "is_hidden"),
        "environment_variables",
    ),
    "software": ("name", "vendor", "version", "cpe", "swid", "languages"),
    "url": ("value",),
    "user-account": (
        *("account_login", "user_id", "display_name", "account_type"),
        *("is_privileged", "is_service_account", "is_disabled"),
        *("can_escalate_privs", "account_created", "account_expires"),
        *("account_first_login", "account_last_login", "credential_last_changed"),
    ),
    "windows-registry-key": (*("key", "values", "modified_time", "number_of_subkeys"),),
    "x509-certificate": (
        *("subject", "issuer", "serial_number", "validity_not_before"),
        *("validity_not_after", "is_self_signed", "hashes", "signature_algorithm"),
        *("subject_public_key_algorithm", "version"),
    ),
    "relationship": ("relationship_type", "start_time", "stop_time"),
    "sighting": ("count", *_SEEN, "summary"),
}
"""What comes first of each type of STIX 2.1."""

LAST: Final = ("labels", "confidence", "revoked", "created", "modified")
"""What every type may have, after all else."""

CODE: Final = frozenset(
    {
        *("value", "hashes", "key", "values", "path", "url", "cpe", "command_line"),
        *("serial_number", "user_id", "account_login", "message_id", "cwd"),
        *("magic_number_hex", "decryption_key", "environment_variables", "swid"),
    }
)
"""Properties that are shown letter by letter, and can be copied as they are."""

NAMES: Final[Mapping[str, str]] = {
    "account_created": "Account made",
    "architecture_execution_envs": "Runs on",
    "atime": "Last opened",
    "can_escalate_privs": "Can get more rights",
    "count": "Times seen",
    "cpe": "CPE",
    "created": "Made",
    "ctime": "File made",
    "cwd": "Working folder",
    "dst_port": "To port",
    "implementation_languages": "Written in",
    "is_active": "Still going on",
    "is_family": "A family",
    "mime_type": "MIME type",
    "modified": "Changed",
    "mtime": "File changed",
    "number_observed": "Times observed",
    "pid": "Process id",
    "relationship_type": "How they belong together",
    "resource_level": "Means",
    "rir": "Registry",
    "src_port": "From port",
    "start_time": "From",
    "stop_time": "Until",
    "swid": "SWID",
    "validity_not_after": "Valid until",
    "validity_not_before": "Valid from",
}
"""Properties whose names do not say it in plain words."""


def in_order(stix_type: str, names: list[str]) -> list[str]:
    """Put the properties of an object in the order in which a person wants them."""
    first = [each for each in FIRST.get(stix_type, ()) if each in names]
    last = [each for each in LAST if each in names and each not in first]
    rest = [each for each in names if each not in first and each not in last]
    custom = [each for each in rest if each.startswith("x_")]
    return [*first, *(each for each in rest if each not in custom), *last, *custom]
