"""Decisions as they are known: the events of each, and what they make of it.

- The events stand beside the folded decision, so that the time line can be told and a
  redaction folds the decision again without what was erased.
- `label` is the one under which the decision stands now: narrow while it is a draft,
  its own once it lies before the nations.
"""

from typing import Any, Final

import apsw
import msgspec

from foedus.decisions import outcomes, wordings
from foedus.decisions.consultations import (
    Consultation,
    ConsultationEvent,
    fold_consultation,
)
from foedus.decisions.events import (
    ChannelReachable,
    DecisionEvent,
    Drafted,
    EffectRecorded,
    ReferredUp,
    Split,
)
from foedus.decisions.folding import fold
from foedus.decisions.seeing import label_now
from foedus.decisions.states import CLOSED, Decision, Phase
from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.ids import DecisionId, NationCode
from foedus.releasability.join import FixedLabel, join
from foedus.releasability.labelled import intern_label
from foedus.releasability.labels import clause
from foedus.releasability.news import tell

EVENTS_MAX: Final = 10_000
"""Events of one decision that are folded; none has a hundredth of them."""

_WAITING = frozenset({Phase.SILENT, Phase.SUSPENDED, Phase.HELD})
"""Phases that come first in a list, by their deadline."""


class DecisionView:
    """Folds decisions, consultations and the channel into tables."""

    folds = (
        DecisionEvent | ConsultationEvent | ChannelReachable | EffectRecorded | Redacted
    )
    version = 4
    schema = """
CREATE TABLE IF NOT EXISTS decision (
    id       TEXT    NOT NULL PRIMARY KEY,
    label    INTEGER NOT NULL,
    phase    TEXT    NOT NULL,
    rank     INTEGER NOT NULL CHECK (rank BETWEEN 0 AND 2),
    sort_ms  INTEGER NOT NULL,
    due_ms   INTEGER,
    pending  INTEGER NOT NULL CHECK (pending IN (0, 1)),
    state    BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS decision_list ON decision (rank, sort_ms, id);

CREATE INDEX IF NOT EXISTS decision_due ON decision (due_ms)
 WHERE due_ms IS NOT NULL;

CREATE INDEX IF NOT EXISTS decision_pending ON decision (pending)
 WHERE pending = 1;

CREATE TABLE IF NOT EXISTS decision_event (
    position    INTEGER NOT NULL PRIMARY KEY,
    decision    TEXT    NOT NULL,
    arrival_ms  INTEGER NOT NULL,
    nation      TEXT    NOT NULL,
    body        BLOB    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS decision_event_of ON decision_event (decision, position);

CREATE TABLE IF NOT EXISTS decision_successor (
    id        TEXT    NOT NULL PRIMARY KEY,
    parent    TEXT    NOT NULL,
    position  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS decided (
    decision    TEXT    NOT NULL,
    ordinal     INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    arrival_ms  INTEGER NOT NULL,
    effect      BLOB    NOT NULL,
    PRIMARY KEY (decision, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS consultation (
    id        TEXT    NOT NULL PRIMARY KEY,
    label     INTEGER NOT NULL,
    closed    INTEGER NOT NULL CHECK (closed IN (0, 1)),
    asked_ms  INTEGER NOT NULL,
    state     BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS channel_stretch (
    since_ms  INTEGER NOT NULL PRIMARY KEY,
    until_ms  INTEGER NOT NULL CHECK (until_ms >= since_ms)
) STRICT;
"""

    def load(self, db: apsw.Connection) -> None:
        """Do nothing: nothing is kept in memory."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event; those of other capabilities change nothing here."""
        if isinstance(event, DecisionEvent):
            _keep(db, recorded, event)
        elif isinstance(event, ConsultationEvent):
            _consult(db, recorded, event)
        elif isinstance(event, ChannelReachable):
            _reach(db, event)
        elif isinstance(event, EffectRecorded):
            db.execute(
                _DECIDED,
                {
                    "decision": event.decision,
                    "ordinal": event.ordinal,
                    "position": recorded.position,
                    "arrival_ms": recorded.arrival_ms,
                    "effect": msgspec.json.encode(event.effect),
                },
            )
        elif isinstance(event, Redacted):
            _forget(db, event.position)

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do nothing: no row here depends on where a commit ends."""


def _keep(db: apsw.Connection, recorded: Recorded, event: DecisionEvent) -> None:
    name = recorded.stream.removeprefix("decisions/")
    _write_event(db, recorded, name, event)
    if isinstance(event, Drafted):
        db.execute("DELETE FROM decision_successor WHERE id = :id", {"id": name})
    for successor in _successors(event):
        db.execute(
            _SUCCESSOR,
            {"id": successor, "parent": name, "position": recorded.position},
        )
    decision = _refold(db, name)
    if decision is not None:
        _announce(db, recorded, decision)


def _write_event(
    db: apsw.Connection, recorded: Recorded, name: str, event: Event
) -> None:
    db.execute(
        _EVENT,
        {
            "position": recorded.position,
            "decision": name,
            "arrival_ms": recorded.arrival_ms,
            "nation": recorded.who.nation,
            "body": msgspec.json.encode(event),
        },
    )


def _successors(event: DecisionEvent) -> tuple[DecisionId, ...]:
    match event:
        case ReferredUp():
            return (event.successor,)
        case Split():
            return tuple(each.decision for each in event.children)
        case _:
            return ()


def _refold(db: apsw.Connection, name: str) -> Decision | None:
    history = [
        (msgspec.json.decode(body, type=DecisionEvent), int(arrival_ms))
        for body, arrival_ms, _ in events_of(db, name)
    ]
    decision = fold(history)
    if decision is None:
        db.execute("DELETE FROM decision WHERE id = :id", {"id": name})
        wordings.forget(db, name)
        return None
    label = intern_label(db, label_now(decision), decision.proposer)
    rank, sort_ms = _place(decision, _last_told_ms(history))
    db.execute(
        _DECISION,
        {
            "id": name,
            "label": label,
            "phase": decision.phase.value,
            "rank": rank,
            "sort_ms": sort_ms,
            "due_ms": outcomes.due_ms(decision),
            "pending": bool(outcomes.pending(decision)),
            "state": msgspec.json.encode(decision),
        },
    )
    wordings.note(db, decision, label)
    return decision


def _place(decision: Decision, told_ms: int) -> tuple[int, int]:
    """Give where a decision stands in lists: the next deadline first, then the rest.

    The rest by what was told last, since the order must tell observers nothing of
    comments and positions among those who decide.
    """
    if decision.phase in _WAITING and decision.deadline is not None:
        return 0, decision.deadline.at_ms
    return (2 if decision.phase in CLOSED else 1), -told_ms


def _last_told_ms(history: list[tuple[DecisionEvent, int]]) -> int:
    """Tell when something last happened of which everybody is told who sees it."""
    return max(
        arrival_ms
        for number, (event, arrival_ms) in enumerate(history)
        if number == 0 or is_public(str(type(event).__struct_config__.tag))
    )


_TOLD = frozenset(
    {
        "decisions.tabled",
        "decisions.circulated",
        "decisions.silence-broken",
        "decisions.extended",
        "decisions.suspended",
        "decisions.resumed",
        "decisions.amended",
        "decisions.corrected",
        "decisions.withdrawn",
        "decisions.put-to-meeting",
        "decisions.returned",
        "decisions.referred-up",
        "decisions.split",
        "decisions.held",
        "decisions.adopted",
        "decisions.not-adopted",
        "decisions.activated",
        "decisions.ended",
        "decisions.effect-done",
    }
)
"""What everybody is told who may see a decision, without who did it."""


def is_public(kind: str) -> bool:
    """Tell whether observers of a decision are told of events of a kind."""
    return kind in _TOLD


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What live readers are told of a decision: nothing that observers do not see."""

    decision: DecisionId
    happened: str
    title: str
    phase: Phase
    version: int
    ends: str | None = None


class ConsultationNews(msgspec.Struct, frozen=True, kw_only=True):
    """What live readers are told of a consultation: nothing of what was said."""

    consultation: str
    happened: str
    title: str
    article: str
    closed: bool


def _announce(db: apsw.Connection, recorded: Recorded, decision: Decision) -> None:
    """Tell all who may see the decision, or those who decide alone."""
    if not decision.electorate:
        return
    label = decision.label
    if not is_public(recorded.kind):
        label = _inside(decision, recorded)
    tell(
        db,
        recorded,
        kind="decision",
        thing=decision.id,
        type=decision.text.kind.value,
        label=intern_label(db, label, decision.proposer),
        document=News(
            decision=decision.id,
            happened=recorded.kind.removeprefix("decisions."),
            title=decision.text.title,
            phase=decision.phase,
            version=decision.version,
            ends=None if decision.deadline is None else decision.deadline.announced,
        ),
    )


def _inside(decision: Decision, recorded: Recorded) -> FixedLabel:
    """Narrow the label of a decision to those who may be told who said what.

    An observer who said it is among them.
    """
    nations = {*decision.electorate, decision.proposer, decision.chair}
    nations.add(NationCode(recorded.who.nation))
    narrow = FixedLabel(
        level=decision.label.level,
        closed_terms=clause(nations=decision.electorate),
        closed=frozenset(nations),
    )
    return join(decision.label, narrow, originator=decision.proposer)


def _consult(db: apsw.Connection, recorded: Recorded, event: ConsultationEvent) -> None:
    name = recorded.stream.removeprefix("decisions/")
    _write_event(db, recorded, name, event)
    found = _refold_consultation(db, name)
    if found is not None:
        tell(
            db,
            recorded,
            kind="decision",
            thing=found.id,
            type="consultation",
            label=intern_label(db, found.label, found.nations[0]),
            document=ConsultationNews(
                consultation=found.id,
                happened=recorded.kind.removeprefix("decisions."),
                title=found.title,
                article=found.article,
                closed=found.closed,
            ),
        )


def _refold_consultation(db: apsw.Connection, name: str) -> Consultation | None:
    now = fold_consultation(
        (msgspec.json.decode(body, type=ConsultationEvent), int(arrival_ms))
        for body, arrival_ms, _ in events_of(db, name)
    )
    if now is None:
        db.execute("DELETE FROM consultation WHERE id = :id", {"id": name})
        return None
    db.execute(
        _CONSULTATION,
        {
            "id": name,
            "label": intern_label(db, now.label, now.nations[0]),
            "closed": now.closed,
            "asked_ms": now.asked_ms,
            "state": msgspec.json.encode(now),
        },
    )
    return now


def _reach(db: apsw.Connection, event: ChannelReachable) -> None:
    """Add a stretch, uniting it with those that it touches."""
    row = db.execute(
        _TOUCHED,
        {
            "since_ms": event.since_ms,
            "until_ms": event.until_ms,
        },
    ).fetchone()
    since_ms, until_ms = event.since_ms, event.until_ms
    if row is not None and row[0] is not None:
        since_ms, until_ms = min(since_ms, row[0]), max(until_ms, row[1])
    db.execute(
        "DELETE FROM channel_stretch WHERE since_ms BETWEEN :since_ms AND :until_ms",
        {"since_ms": since_ms, "until_ms": until_ms},
    )
    db.execute(_STRETCH, {"since_ms": since_ms, "until_ms": until_ms})


def _forget(db: apsw.Connection, position: int) -> None:
    """Fold a decision without an event that was erased."""
    row = db.execute(_OF_POSITION, {"position": position}).fetchone()
    if row is not None:
        db.execute(
            "DELETE FROM decision_event WHERE position = :position",
            {"position": position},
        )
        db.execute(
            "DELETE FROM decision_successor WHERE position = :position",
            {"position": position},
        )
        name = str(row[0])
        if name.startswith("decision--"):
            _refold(db, name)
        else:
            _refold_consultation(db, name)
    db.execute("DELETE FROM decided WHERE position = :position", {"position": position})


def events_of(db: apsw.Connection, name: str) -> list[tuple[Any, ...]]:
    """Read body, arrival and nation of every event of one history, in order.

    For folds, and for whoever has asked first whether the viewer may see it.
    """
    return db.execute(_EVENTS, {"decision": name, "limit": EVENTS_MAX}).fetchall()


_EVENT = """
INSERT INTO decision_event (position, decision, arrival_ms, nation, body)
VALUES (:position, :decision, :arrival_ms, :nation, :body)
"""

_EVENTS = """
SELECT body, arrival_ms, nation
  FROM decision_event
 WHERE decision = :decision
 ORDER BY position
 LIMIT :limit
"""

_OF_POSITION = "SELECT decision FROM decision_event WHERE position = :position"

_SUCCESSOR = """
INSERT INTO decision_successor (id, parent, position)
VALUES (:id, :parent, :position)
    ON CONFLICT (id) DO NOTHING
"""

_DECISION = """
INSERT INTO decision (id, label, phase, rank, sort_ms, due_ms, pending, state)
VALUES (:id, :label, :phase, :rank, :sort_ms, :due_ms, :pending, :state)
    ON CONFLICT (id) DO UPDATE
   SET label = :label, phase = :phase, rank = :rank, sort_ms = :sort_ms,
       due_ms = :due_ms, pending = :pending, state = :state
"""

_DECIDED = """
INSERT INTO decided (decision, ordinal, position, arrival_ms, effect)
VALUES (:decision, :ordinal, :position, :arrival_ms, :effect)
    ON CONFLICT (decision, ordinal) DO NOTHING
"""

_CONSULTATION = """
INSERT INTO consultation (id, label, closed, asked_ms, state)
VALUES (:id, :label, :closed, :asked_ms, :state)
    ON CONFLICT (id) DO UPDATE
   SET label = :label, closed = :closed, asked_ms = :asked_ms, state = :state
"""

_TOUCHED = """
SELECT min(since_ms), max(until_ms)
  FROM channel_stretch
 WHERE since_ms <= :until_ms AND until_ms >= :since_ms
"""

_STRETCH = """
INSERT INTO channel_stretch (since_ms, until_ms)
VALUES (:since_ms, :until_ms)
"""
