"""One JSON object, read property by property; what is amiss becomes a finding (V01).

A property of the wrong JSON type counts as not given, so that the rules after it see
only what they can judge.
"""

from collections.abc import Iterator, Mapping

from foedus.response.findings import Findings, at

_NAMES = {str: "a string", int: "an integer", bool: "true or false"}


class Sheet:
    """A JSON object with its path.

    Args:
        document: the object.
        path: where it is.
        findings: where to say what is amiss.
    """

    def __init__(
        self, document: Mapping[str, object], path: str, findings: Findings
    ) -> None:
        self.document = document
        self.path = path
        self.findings = findings

    def __contains__(self, name: str) -> bool:
        """Tell whether a property is given."""
        return name in self.document

    def where(self, *names: str | int) -> str:
        """Give the path of something inside."""
        return at(self.path, *names)

    def text(self, name: str, *, required: bool = False) -> str | None:
        """Read a string; `None` when it is not given."""
        value = self._value(name, required=required)
        if value is None or isinstance(value, str):
            return value
        self._wrong(name, str)
        return None

    def whole(self, name: str) -> int | None:
        """Read an integer; `None` when it is not given."""
        value = self._value(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self._wrong(name, int)
        return None

    def flag(self, name: str) -> bool:
        """Read true or false; not given is false."""
        value = self._value(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        self._wrong(name, bool)
        return False

    def texts(self, name: str, *, required: bool = False) -> tuple[str, ...]:
        """Read a list of strings; empty when it is not given."""
        value = self._value(name, required=required)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.findings.refuse("V01", self.where(name), "write a list of strings")
            return ()
        for n, item in enumerate(value):
            if not isinstance(item, str):
                self.findings.refuse("V01", self.where(name, n), "write a string")
        return tuple(item for item in value if isinstance(item, str))

    def objects(self, name: str, *, required: bool = False) -> Iterator["Sheet"]:
        """Read a list of objects."""
        value = self._value(name, required=required)
        if value is None:
            return
        if not isinstance(value, list):
            self.findings.refuse("V01", self.where(name), "write a list of objects")
            return
        if required and not value:
            self.findings.refuse("V01", self.where(name), "write at least one")
        for n, item in enumerate(value):
            if isinstance(item, dict):
                yield Sheet(item, self.where(name, n), self.findings)
            else:
                self.findings.refuse("V01", self.where(name, n), "write an object")

    def entries(self, name: str, *, required: bool = False) -> dict[str, "Sheet"]:
        """Read a dictionary of objects."""
        found = {}
        for key, item in self.mapping(name, required=required).items():
            if isinstance(item, dict):
                found[key] = Sheet(item, self.where(name, key), self.findings)
            else:
                self.findings.refuse("V01", self.where(name, key), "write an object")
        return found

    def mapping(self, name: str, *, required: bool = False) -> Mapping[str, object]:
        """Read a dictionary whose values may be anything."""
        value = self._value(name, required=required)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self.findings.refuse(
            "V01", self.where(name), "write an object whose keys are names"
        )
        return {}

    def keep_known(self, known: frozenset[str]) -> None:
        """Warn of each property that CACAO does not know (V31); it is kept."""
        for name in self.document:
            if name not in known:
                self.findings.warn(
                    "V31",
                    self.where(name),
                    "CACAO 2.0 has no such property here; it is kept as it is",
                )

    def _value(self, name: str, *, required: bool = False) -> object:
        if name in self.document and self.document[name] is not None:
            return self.document[name]
        if required:
            self.findings.refuse("V01", self.where(name), "required; give it")
        elif name in self.document:
            self.findings.refuse("V01", self.where(name), "null; leave it out")
        return None

    def _wrong(self, name: str, kind: type) -> None:
        self.findings.refuse("V01", self.where(name), f"write {_NAMES[kind]}")
