"""Who is what on which day: a naive reading of the pack's plain JSON.

- A nation's words give its one status, the first that holds in the order of DESIGN §6.
- Suspension lies over the words and ends none; leaving ends all; any other status ends
  suspension and the words before it; membership also ends partnership.
- A closed community is without suspended nations, an open one with them.
- A change acts from the later of its recording and its date; what is to come acts when
  the calendar has begun its day.

Source: DESIGN §6, "One status at a time"; docs/reference/data-pack.md.
"""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

ORDER = ("suspended", "member", "invitee", "aspirant", "partner", "none")
"""The statuses, the first that holds comes first."""

PACK = Path(__file__).resolve().parents[2] / "src/foedus/alliance/packs/nato"
BODY = "NATO"
"""The alliance's own body: a viewer, and no nation."""


@cache
def _pack() -> dict[str, Any]:
    """Read the pack once for all worlds, none of which changes it."""
    pack: dict[str, Any] = {}
    for path in sorted(PACK.glob("*.json")):
        pack |= json.loads(path.read_text(encoding="utf-8"))
    return pack


class Alliance:
    """The nations of a pack, and the changes recorded since."""

    def __init__(self, day: date) -> None:
        pack = _pack()
        self.levels = [each["name"] for each in pack["levels"]]
        self.day = day
        self._members: dict[tuple[str, date], frozenset[str]] = {}
        self._statuses: dict[tuple[str, date], str] = {}
        self._stands_for = {word: word for word in ORDER} | {
            each["word"]: each["status"] for each in pack["words"] if each.get("status")
        }
        self._partnership = {
            each["word"] for each in pack["words"] if each.get("partnership")
        } | {"partner", "aspirant", "invitee"}
        self._communities = {each["code"]: each for each in pack["communities"]}
        self._aliases = {
            alias: code
            for code, each in self._communities.items()
            for alias in each.get("aliases", ())
        }
        self._words = {
            nation["code"]: [
                (
                    hold["word"],
                    date.fromisoformat(hold["since"]),
                    date.fromisoformat(hold.get("until") or "9999-12-31"),
                )
                for hold in nation.get("history", ())
            ]
            for nation in pack["nations"]
        }

    @property
    def nations(self) -> frozenset[str]:
        return frozenset(self._words)

    @property
    def everybody(self) -> frozenset[str]:
        """All nations, and the body."""
        return self.nations | {BODY}

    def begin(self, day: date) -> None:
        """Let a day begin: what is dated up to it acts."""
        self.day = day

    def change(self, nation: str, status: str, since: date) -> None:
        """Record that a nation has another status from a day on, today or later."""
        since = max(self.day, since)
        self._members.clear()
        self._statuses.clear()
        words = self._words[nation]
        if status != "suspended":
            words[:] = [
                (word, begin, min(end, since) if self._ends(word, status) else end)
                for word, begin, end in words
            ]
        if status == "none" or any(
            self._stands_for.get(word) == status and begin <= since < end
            for word, begin, end in words
        ):
            return
        words.append((status, since, date(9999, 12, 31)))

    def _ends(self, word: str, status: str) -> bool:
        if status == "none":
            return True
        if status == "member" and word in self._partnership:
            return True
        rank = ORDER.index(self._stands_for.get(word, "none"))
        return rank < ORDER.index(status)

    def _held(self, nation: str, day: date) -> set[str]:
        return {word for word, begin, end in self._words[nation] if begin <= day < end}

    def status(self, nation: str, day: date | None = None) -> str:
        asked = (nation, day or self.day)
        if asked not in self._statuses:
            held = {self._stands_for.get(word, "none") for word in self._held(*asked)}
            found = next((status for status in ORDER if status in held), "none")
            self._statuses[asked] = found
        return self._statuses[asked]

    def _under(self, nation: str, day: date) -> str:
        """Give the status that a nation would have if it were not suspended."""
        held = {self._stands_for.get(word, "none") for word in self._held(nation, day)}
        return next((each for each in ORDER[1:] if each in held), "none")

    def has_standing(self, viewer: str) -> bool:
        return viewer == BODY or self.status(viewer) != "suspended"

    def community(self, text: str) -> str | None:
        return text if text in self._communities else self._aliases.get(text)

    def open_members(self, code: str, day: date | None = None) -> frozenset[str]:
        """Who belongs, suspended nations included."""
        asked = (code, day or self.day)
        if asked not in self._members:
            self._members[asked] = self._belonging(*asked)
        return self._members[asked]

    def _belonging(self, code: str, on: date) -> frozenset[str]:
        community = self._communities[code]
        since = community.get("since")
        if since and on < date.fromisoformat(since):
            return frozenset()
        found: set[str] = set()
        for criterion in community["criteria"]:
            found |= self._by(criterion, on)
        if community.get("includes_body"):
            found.add(BODY)
        return frozenset(found)

    def _by(self, criterion: dict[str, Any], on: date) -> set[str]:
        match criterion["by"]:
            case "status":
                wanted = set(criterion["statuses"])
                return {n for n in self._words if self._under(n, on) in wanted}
            case "word":
                wanted = set(criterion["words"])
                among = criterion.get("only") or self._words
                return {n for n in among if self._held(n, on) & wanted}
            case "list":
                return {seat["nation"] for seat in criterion["seats"]}
            case _:
                members = [self.open_members(c, on) for c in criterion["communities"]]
                return set().union(*members)

    def closed_members(self, code: str, day: date | None = None) -> frozenset[str]:
        """Who belongs, suspended nations left out."""
        on = day or self.day
        return frozenset(
            each
            for each in self.open_members(code, on)
            if each == BODY or self.status(each, on) != "suspended"
        )
