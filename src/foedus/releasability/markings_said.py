"""What a marking says, before any label is made of it."""

import msgspec


class Candidate(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One nation whose marking a text may be, and the level that it would be.

    Attributes:
        classification: the alliance's level that protects it; None if there is none.
    """

    nation: str
    classification: str | None


class Marking(msgspec.Struct, frozen=True, kw_only=True):
    """What a text says, before any label is made.

    Attributes:
        policy: whose marking it is: the alliance's policy (`NATO`), `TLP`, `EU`, `US`,
            a nation by ISO 3166-1 alpha-3, `national (unstated)`, or `ambiguous`.
        context: in which activity the information was made; own policy only.
        classification: in the words of its policy, nations in those of the alliance;
            None where the marking states none.
        releasable_to: communities and nations by code; in the own policy the context
            comes first, then communities, then nations. Empty: no release list.
        only: the narrowing list, ordered likewise. Empty: no such list.
        release_state: what a stamp of public release says.
        maps_to: the label that replaced an obsolete one.
        candidates: for `ambiguous`, every nation that it may be.
        nation: whose information it is, where the policy belongs to a nation.
        equivalent: the alliance's level that protects it; None if not established.
        warnings: stable codes of what was forgiven or deserves a look.
        legacy: True for words that are no longer used for new information.
    """

    policy: str
    context: str | None = None
    classification: str | None = None
    releasable_to: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    additional_sensitivity: tuple[str, ...] = ()
    administrative: tuple[str, ...] = ()
    release_state: str | None = None
    dissemination: tuple[str, ...] = ()
    distribution: tuple[str, ...] = ()
    handling: tuple[str, ...] = ()
    version: str | None = None
    label: str | None = None
    maps_to: str | None = None
    candidates: tuple[Candidate, ...] = ()
    nation: str | None = None
    equivalent: str | None = None
    warnings: tuple[str, ...] = ()
    legacy: bool = False

    def as_expect(self) -> dict[str, object]:
        """Return the keys that apply, as the corpus of markings writes them.

        `classification` is there, even if null, unless the marking is a traffic light
        or ambiguous; lists and the other keys only where they say something.
        """
        said: dict[str, object] = {"policy": self.policy}
        if self.label is None and not self.candidates:
            said["classification"] = self.classification
        for name in (*_WORDS, *_LISTS):
            value = getattr(self, name)
            if value:
                said[name] = list(value) if isinstance(value, tuple) else value
        if self.candidates:
            said["candidates"] = [
                {candidate.nation: candidate.classification}
                for candidate in self.candidates
            ]
        return said


_WORDS = ("context", "release_state", "version", "label", "maps_to")
_LISTS = (
    "releasable_to",
    "only",
    "additional_sensitivity",
    "administrative",
    "dissemination",
    "distribution",
    "handling",
)
