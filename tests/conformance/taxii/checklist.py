"""The clauses of TAXII 2.1 that a server is judged by, each under an id.

Letters and numbers are those of the checks that other servers were compared by: D
discovery, A API roots, C collections and errors, E transport, N media types, U signing
in, R rights, G reading, M manifest, O objects, V versions, P adding, X deleting, K
clients. S are clauses of the standard without such a check; L is what real clients
rely on beyond it.

Run as a program, this writes the table of `docs/reference/taxii.md`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent.parent.parent / "docs" / "reference" / "taxii.md"

BEGINS, ENDS = "<!-- conformance: begin -->\n", "<!-- conformance: end -->\n"
"""What stands around the table on the page."""

MUST, SHOULD, MAY, CLIENTS = "MUST", "SHOULD", "MAY", "clients"

_NAMED = re.compile(r"\bchecks? ((?:[A-Z]\d+(?:, | and )?)+)")
_CLAUSE = re.compile(r"(TAXII|STIX) 2\.1, |^As |^OpenCTI|^Sentinel|^MISP")


class Check(msgspec.Struct, frozen=True):
    """One clause: how strong it is, where it stands, and what we do."""

    level: str
    clause: str
    promise: str


CHECKS = {
    # Discovery and API roots
    "D1": Check(MUST, "4.1, 8.2.1", "discovery is `GET /taxii2/`, with a `title`"),
    "D2": Check(MUST, "4.1.1", "`default` is one of `api_roots`"),
    "D3": Check(MUST, "4.1.1", "API roots are absolute; HTTPS where that is served"),
    "D4": Check(MUST, "4.1.1", "API roots have no query"),
    "D5": Check(MUST, "2, 5.1.1", "empty lists and texts are left out"),
    "A1": Check(MUST, "4.2.1", "title, versions with 2.1, max_content_length > 0"),
    # Collections and errors
    "C1": Check(MUST, "5.2.1", "UUIDv4, title, rights of who asks, media types"),
    "C2": Check(MUST, "3.3", "collections always stand in one order, that of ids"),
    "C3": Check(MUST, "5.2.1", "an alias is unique and works in every URL"),
    "C5": Check(MAY, "3.6.1", "every error is an error object of its status"),
    # Transport
    "E2": Check(MUST, "3.1", "paths end in `/`; without it 308 leads there"),
    "E3": Check(SHOULD, "8.2.1", "no User-Agent is no reason to refuse"),
    "E4": Check(MUST, "8.2.2", "TLS 1.2 and 1.3, in suites that HTTP/2 allows"),
    "N1": Check(MUST, "1.6.8, 3.1", "Accept without a version: the highest, 2.1"),
    "N2": Check(MUST, "3.1", "Accept in any spelling of RFC 7231"),
    "N3": Check(MUST, "3.1", "Accept as a list with qualities"),
    "N4": Check(MUST, "5.3, 5.4", "Accept as the tables of the standard have it"),
    "N5": Check(MAY, "3.1", "what Accept does not allow is 406"),
    "N6": Check(MAY, "3.1", "`*/*`, `application/*` and no Accept are served"),
    "N7": Check(MAY, "3.1, 5.5", "a body of another type is 415"),
    "N8": Check(MUST, "1.6.8, 3.1", "Content-Type without a version is taken"),
    "N9": Check(MUST, "3.1", "Content-Type in any spelling of RFC 7231"),
    "N10": Check(MUST, "3.1", "every answer says that it is TAXII 2.1"),
    "N11": Check(MAY, "3.1", "a body of another version is 415"),
    # Signing in and rights
    "U1": Check(MUST, "1.6.9, 5.1-5.8", "no credential is 401 at every endpoint"),
    "U2": Check(MUST, "1.6.9", "a 401 has WWW-Authenticate: Basic and Bearer"),
    "U3": Check(MUST, "1.6.9", "a bad credential is 401, whatever else is wrong"),
    "U4": Check(MAY, "3.6.1", "a 401 has an error object"),
    "U5": Check(SHOULD, "8.2.2", "HTTP Basic; tokens by Bearer as well"),
    "R1": Check(MUST, "5.3-5.8", "without can_read reading is 403, DELETE too"),
    "R2": Check(MUST, "5.5, 5.7", "without can_write POST is 403, DELETE too"),
    "R3": Check(MUST, "5.2-5.8", "with neither everything is 404, and not listed"),
    # Reading
    "G1": Check(MUST, "3.4.1", "match[id]"),
    "G2": Check(MUST, "3.4.1", "without match[version] the newest version alone"),
    "G3": Check(MUST, "3.4.1", "match[version]: last, first, all, instants, several"),
    "G4": Check(MUST, "3.3", "objects stand in the order of date added"),
    "G5": Check(MUST, "3.4.1", "match[type]"),
    "G6": Check(MUST, "3.4.1", "a type of which there is nothing is no error"),
    "G7": Check(MUST, "2, 3.7, 5.4", "nothing is `{}`"),
    "G8": Check(MUST, "3.4", "values are ORed, fields are ANDed"),
    "G9": Check(MUST, "3.4", "added_after is exclusive, of the date added alone"),
    "G10": Check(MUST, "3.4", "without added_after the oldest comes first"),
    "G11": Check(MUST, "3.4", "a malformed added_after is 400"),
    "G12": Check(CLIENTS, "3.4", "added_after may have any number of digits"),
    "G13": Check(MUST, "3.4", "never more than limit, never less than there is"),
    "G14": Check(MUST, "3.5", "next leads through all pages, filters hold"),
    "G15": Check(MUST, "3.4, 3.5", "more is true exactly while something is left"),
    "G16": Check(MUST, "3.5", "the Last header leads through all pages, too"),
    "G17": Check(CLIENTS, "3.5", "the same next gives the same page again"),
    "G18": Check(MUST, "2, 3.4", "a limit that is no positive integer is 400"),
    "G19": Check(MUST, "3.4, 3.5", "a next that we never gave is 400"),
    "G20": Check(MUST, "3.4.1", "`all` beside others, and repetitions, are 400"),
    "G21": Check(MUST, "3.4.1", "a malformed version is 400"),
    "G22": Check(MUST, "3.4.1", "match[spec_version]; without it the latest alone"),
    "G23": Check(MAY, "3.4", "unknown match fields are ignored"),
    "G24": Check(MUST, "2, 3.2", "both date headers, in UTC with microseconds"),
    "G25": Check(MUST, "3.2", "they are the dates of the first and the last"),
    "M1": Check(MUST, "2, 5.3.1", "a record: id, date_added, version, media_type"),
    "M2": Check(MUST, "5.3.1", "a record for each version"),
    "M3": Check(MUST, "3.3, 5.3", "filters and order are those of the objects"),
    "M4": Check(MUST, "2, 5.3.1", "an empty manifest is `{}`"),
    "M5": Check(CLIENTS, "5.3.1, 5.8.1", "manifest and versions have a next, too"),
    "O1": Check(MUST, "5.6", "one object: an envelope, with versions and pages"),
    "O2": Check(MUST, "5.6", "an object, or a version, that is not there is 404"),
    "V1": Check(MUST, "5.8", "the versions of an object, with pages and filters"),
    "V2": Check(MUST, "5.8", "the versions of what is not there are 404"),
    "V3": Check(CLIENTS, "5.3.1, 5.8.1", "versions are given as they were written"),
    # Adding
    "P1": Check(MUST, "4.3.1, 5.5", "a POST is 202 with a status, and readable then"),
    "P2": Check(SHOULD, "4.3", "a status answers for 24 h (48), restarts or not"),
    "P3": Check(MUST, "4.3", "a status that is gone, or never was, is 404"),
    "P4": Check(MUST, "5.5", "an exact duplicate is a success, stored once"),
    "P5": Check(MUST, "4.3.1", "the counts of a status add up"),
    "P6": Check(MUST, "5.5", "a body that is no JSON is 422"),
    "P7": Check(MUST, "3.7, 5.5", "a body that is no envelope is 422"),
    "P8": Check(MUST, "2, 3.7", "an envelope without objects, or too many, is 422"),
    "P9": Check(CLIENTS, "4.3.1, 5.5", "a bad object fails alone, with a message"),
    "P10": Check(MUST, "4.2.1, 5.5", "413 beyond max_content_length, never below"),
    "P11": Check(MUST, "3.4.1, 5.8", "what has no modified has created for version"),
    "P12": Check(CLIENTS, "STIX 2.16", "timestamps with any number of digits"),
    "P13": Check(MUST, "1.6.7, 2", "UTF-8 I-JSON comes back; anything else is refused"),
    "P14": Check(SHOULD, "3.4.1", "what has no date has one version everywhere"),
    # Deleting
    "X1": Check(MUST, "5.7", "a DELETE is 200 without a body"),
    "X2": Check(MUST, "5.7", "what was deleted is 404 and in no list"),
    "X3": Check(MUST, "5.7", "what is not there cannot be deleted: 404"),
    "X4": Check(MAY, "3.4.1, 5.7", "DELETE takes the last version unless told"),
    # The rest of the standard
    "S1": Check(MUST, "3.8", "resources have the names of their tables, no other"),
    "S2": Check(MUST, "4.2", "every API root has a URL of its own, which answers"),
    "S3": Check(MUST, "4.3.1", "the version in a status is the object's own"),
    "S4": Check(MUST, "5.6, 5.8.1", "nothing new of an object is `{}`"),
    "S5": Check(MUST, "5.3.1", "media_type is one of the collection's"),
    "S6": Check(MAY, "1.6.9, 8.2.2", "what is not releasable is as if not there"),
    "S7": Check(MUST, "app. B", "a next is judged anew, for who brings it"),
    "S8": Check(MAY, "7.1.1", "custom properties of an envelope are ignored"),
    "S9": Check(MUST, "5.7", "DELETE keeps to the table of rights, and to lanes"),
    "S10": Check(MAY, "8.2.1", "HEAD answers as GET; other methods are 405"),
    "S11": Check(MUST, "3.4", "a field given twice, or malformed, is 400"),
    # What real clients rely on
    "K1": Check(CLIENTS, "-", "stix2's TAXII source and sink, unmodified"),
    "K2": Check(CLIENTS, "-", "cytaxii2, unmodified"),
    "L1": Check(CLIENTS, "3.5", "whoever cuts dates to milliseconds loses nothing"),
    "L2": Check(CLIENTS, "3.5", "a next holds for ever and across restarts"),
    "L3": Check(CLIENTS, "3.2", "an empty page has both headers and keeps the place"),
    "L4": Check(CLIENTS, "3.5", "a page with more is never empty"),
    "L5": Check(CLIENTS, "5.4", "objects come back byte for byte"),
    "L6": Check(CLIENTS, "-", "OpenCTI's own ingestion, replayed"),
    "L7": Check(CLIENTS, "3.5", "OpenCTI's connector taxii2, replayed"),
    "L8": Check(CLIENTS, "3.4", "clients with clocks of their own can set them"),
    "L9": Check(CLIENTS, "-", "Sentinel's connector, replayed"),
    "L10": Check(CLIENTS, "5.5", "OpenCTI's connector taxii-post, replayed"),
    "L11": Check(CLIENTS, "-", "a recall reaches pollers once, as a version"),
    "L12": Check(CLIENTS, "-", "taxii2-client, unmodified"),
    "L13": Check(CLIENTS, "5.5", "MISP's push, replayed"),
    "L14": Check(CLIENTS, "-", "ordinary and odd STIX is never a failure of ours"),
}


class Promise(msgspec.Struct, frozen=True):
    """A test: its name, its file, and the clauses that its docstring names."""

    name: str
    file: str
    said: str
    checks: tuple[str, ...]

    @property
    def names_a_clause(self) -> bool:
        """Whether it says which clause it is about."""
        return bool(_CLAUSE.search(self.said)) and bool(self.checks)


def promises() -> Iterator[Promise]:
    """Read every test beside this file."""
    for path in sorted(HERE.glob("test_*.py")):
        if path.name == "test_checklist.py":
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = ast.get_docstring(node) or ""
                named = _NAMED.search(said)
                ids = re.findall(r"[A-Z]\d+", named[1]) if named else ()
                yield Promise(node.name, path.name, said, tuple(ids))


def table() -> str:
    """Write the statement of conformance: a row a clause, with where it is proven."""
    files: dict[str, set[str]] = {}
    for each in promises():
        for check in each.checks:
            files.setdefault(check, set()).add(each.file.removesuffix(".py"))
    rows = [
        f"| {name} | {check.level} | {check.clause} | {check.promise} | "
        f"{', '.join(sorted(files.get(name, ())))} |"
        for name, check in CHECKS.items()
    ]
    head = [
        "| check | level | clause | what we do | proven by |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


if __name__ == "__main__":
    before, _, rest = PAGE.read_text().partition(BEGINS)
    after = rest.partition(ENDS)[2]
    PAGE.write_text(before + BEGINS + "\n" + table() + "\n" + ENDS + after)
