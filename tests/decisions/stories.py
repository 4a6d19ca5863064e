"""A decision told act by act, by the rules alone, without a hub."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

from foedus.clock import to_ms
from foedus.decisions import outcomes, rules, standpoints
from foedus.decisions.channel import Stretch
from foedus.decisions.deadlines import Deadline, deadline
from foedus.decisions.events import DecisionEvent
from foedus.decisions.folding import fold
from foedus.decisions.outcomes import Circumstances
from foedus.decisions.speakers import Speaker, Table
from foedus.decisions.states import Decision, Phase
from foedus.decisions.texts import Draft, Forum, Paragraph, Text, Verb
from foedus.ids import DecisionId, NationCode
from foedus.releasability.join import FixedLabel

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ID = DecisionId("decision--00000000-0000-4000-8000-000000000001")
BRUSSELS = "Europe/Brussels"
LABEL = FixedLabel(level=0)
NATO = NationCode("NATO")
NATIONS = tuple(NationCode(each) for each in ("BEL", "DEU", "FRA", "TUR", "USA"))
BEL, DEU, FRA, TUR, USA = NATIONS
MDA = NationCode("MDA")
FORUM = Forum(name="Council", of=NATIONS)
ALWAYS = Circumstances(reachable=(Stretch(0, 2**50),))


def text(words: str = "to do it", title: str = "Something", **more: object) -> Text:
    fields = {
        "title": title,
        "label": "NATO UNCLASSIFIED // PUBLIC",
        "forum": FORUM,
        "paragraphs": (Paragraph(verb=Verb.DECIDES, text=words),),
    }
    return Text(**{**fields, **more})  # type: ignore[arg-type]


class Story:
    """A decision, its history and the time; every act appends what the rule gives."""

    def __init__(
        self,
        body: Text | None = None,
        profile: str = "nato",
        proposer: str = NATO,
        at: datetime = NOON,
    ) -> None:
        self.now = at
        self.history: list[tuple[DecisionEvent, int]] = []
        self.electorate: tuple[NationCode, ...] = NATIONS
        self.unreached: tuple[NationCode, ...] = ()
        self.add(
            rules.draft(
                Draft(text=body or text(), profile=profile),
                self.speaker(proposer),
                ID,
                chair=NATO,
                table=self.table,
            )
        )

    @property
    def decision(self) -> Decision:
        found = fold(self.history)
        assert found is not None, "it was drafted"
        return found

    @property
    def phase(self) -> Phase:
        return self.decision.phase

    @property
    def table(self) -> Table:
        return Table(electorate=self.electorate, label=LABEL, unreached=self.unreached)

    @property
    def now_ms(self) -> int:
        return to_ms(self.now)

    @property
    def last(self) -> DecisionEvent:
        return self.history[-1][0]

    def speaker(self, nation: str = NATO, *, speaks: bool = True) -> Speaker:
        return Speaker(nation=NationCode(nation), speaks=speaks, at_ms=self.now_ms)

    def add(self, event: DecisionEvent | None) -> None:
        if event is not None:
            last = self.history[-1][1] if self.history else 0
            self.history.append((event, max(self.now_ms, last)))

    def wait(self, **time: float) -> "Story":
        self.now += timedelta(**time)
        return self

    def in_(self, hours: float) -> Deadline:
        return deadline(self.now_ms + int(hours * 3_600_000), BRUSSELS)

    def circulate(self, hours: float = 96) -> "Story":
        ends = self.in_(hours)
        self.add(rules.circulate(self.decision, self.speaker(), ends, self.table))
        return self

    def break_by(
        self,
        nation: str,
        reason: str = "no",
        *,
        named: tuple[NationCode, ...] = (),
        proposal: str = "",
    ) -> "Story":
        self.add(
            standpoints.break_silence(
                self.decision,
                self.speaker(nation),
                reason=reason,
                named=named,
                proposal=proposal,
            )
        )
        return self

    def expire(self, known: Circumstances = ALWAYS) -> "Story":
        self.add(outcomes.expire(self.decision, self.now_ms, known))
        return self

    def chair(self, rule: Callable[..., object], *args: object) -> "Story":
        """Let the chair act by a rule that takes the decision and the speaker."""
        return self.by(NATO, rule, *args)

    def by(self, nation: str, rule: Callable[..., object], *args: object) -> "Story":
        event = rule(self.decision, self.speaker(nation), *args)
        self.add(cast("DecisionEvent | None", event))
        return self

    def read_by(self, *nations: str) -> "Story":
        for nation in nations:
            self.by(nation, standpoints.confirm_reading)
        return self
