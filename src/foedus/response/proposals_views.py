"""Activation rules and proposals as they are known: tables folded from the log.

A query takes what the viewer may read into the SQL; the process that judges reads what
belongs to the rules, and shows it to nobody.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import NotFoundError
from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import decode_label
from foedus.releasability.labelled import intern_label, readable_labels
from foedus.releasability.news import tell
from foedus.releasability.viewers import Viewer
from foedus.response.proposals import Phase, Proposal, ProposalMoved, step
from foedus.response.proposals_events import (
    IntelRead,
    Proposed,
    TriggerRemoved,
    TriggerSet,
)

PAGE_MAX: Final = 500
"""Rows of one list."""

UNSETTLED_MAX: Final = 100
"""Proposals that are carried out in one go; the next go takes the next."""

_RECENT: Final = 100
"""Proposals of one rule that may still be joined; older ones are left alone."""

Rows = list[tuple[Any, ...]]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS trigger_rule (
    id        TEXT    NOT NULL PRIMARY KEY,
    nation    TEXT    NOT NULL,
    position  INTEGER NOT NULL UNIQUE,
    label     INTEGER NOT NULL,
    open      INTEGER NOT NULL CHECK (open IN (0, 1)),
    set_ms    INTEGER NOT NULL,
    state     BLOB    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS trigger_rule_open ON trigger_rule (open, set_ms, id);

CREATE TABLE IF NOT EXISTS proposal (
    id        TEXT    NOT NULL PRIMARY KEY,
    rule      TEXT    NOT NULL,
    position  INTEGER NOT NULL UNIQUE,
    label     INTEGER NOT NULL,
    phase     TEXT    NOT NULL CHECK (phase IN ('open', 'approved', 'dismissed')),
    at_ms     INTEGER NOT NULL,
    run       TEXT    NOT NULL,
    state     BLOB    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS proposal_of_rule ON proposal (rule, at_ms DESC, id);

CREATE INDEX IF NOT EXISTS proposal_decided ON proposal (phase, at_ms, id)
 WHERE phase <> 'open';

CREATE INDEX IF NOT EXISTS proposal_of_run ON proposal (run);

CREATE INDEX IF NOT EXISTS proposal_list ON proposal (-at_ms, id);

CREATE TABLE IF NOT EXISTS intel_read (
    one       INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    until_ms  INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS proposal_event (
    position  INTEGER NOT NULL PRIMARY KEY,
    proposal  TEXT    NOT NULL,
    account   TEXT    NOT NULL,
    body      BLOB    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS proposal_event_of ON proposal_event (proposal, position);
"""

_SET = """
INSERT INTO trigger_rule (id, nation, position, label, open, set_ms, state)
VALUES (:id, :nation, :position, :label, 1, :set_ms, :state)
    ON CONFLICT DO NOTHING
"""

_REMOVE = "UPDATE trigger_rule SET open = 0 WHERE id = :id AND nation = :nation"

_FORGET_RULE = "DELETE FROM trigger_rule WHERE position = :position"

_WRITE = """
INSERT INTO proposal (id, rule, position, label, phase, at_ms, run, state)
VALUES (:id, :rule, :position, :label, :phase, :at_ms, :run, :state)
    ON CONFLICT (id) DO UPDATE
   SET label = :label, phase = :phase, state = :state
"""

_STATE = "SELECT state FROM proposal WHERE id = :id"

_KEEP = """
INSERT INTO proposal_event (position, proposal, account, body)
VALUES (:position, :proposal, :account, :body)
"""

_EVENT_AT = "SELECT proposal FROM proposal_event WHERE position = :position"

_DROP_EVENT = "DELETE FROM proposal_event WHERE position = :position"

_DROP = "DELETE FROM proposal WHERE id = :id"

_EVENTS = """
SELECT position, account, body
  FROM proposal_event
 WHERE proposal = :proposal
 ORDER BY position
"""

_READ = """
INSERT INTO intel_read (one, until_ms) VALUES (1, :until_ms)
    ON CONFLICT (one) DO UPDATE SET until_ms = max(until_ms, :until_ms)
"""

_UNTIL = "SELECT until_ms FROM intel_read"

_OPEN_RULES = """
SELECT state
  FROM trigger_rule
 WHERE open = 1
 ORDER BY row_number() OVER (PARTITION BY nation ORDER BY set_ms, id), set_ms, id
 LIMIT :limit
"""

_COUNT_OF_NATION = """
SELECT count(*)
  FROM trigger_rule
 WHERE open = 1
   AND nation = :nation
   AND substr(:readable, label, 1) = x'01'
"""

_RULES = """
SELECT state
  FROM trigger_rule
 WHERE open = 1
   AND substr(:readable, label, 1) = x'01'
 ORDER BY set_ms, id
 LIMIT :limit
"""

_ONE_RULE = """
SELECT state
  FROM trigger_rule
 WHERE id = :id AND open = 1
   AND substr(:readable, label, 1) = x'01'
"""

_LIST = """
SELECT p.state
  FROM proposal AS p
 WHERE substr(:readable, p.label, 1) = x'01'
   AND (:every OR p.phase = 'open')
   AND (:after = '' OR (-p.at_ms, p.id) > (
        SELECT -a.at_ms, a.id
          FROM proposal AS a
         WHERE a.id = :after AND substr(:readable, a.label, 1) = x'01'))
 ORDER BY -p.at_ms, p.id
 LIMIT :limit
"""

_ONE = """
SELECT state
  FROM proposal
 WHERE id = :id
   AND substr(:readable, label, 1) = x'01'
"""

_OF_RULE = """
SELECT p.state, json_extract(CAST(r.now AS TEXT), '$.ended_ms'), r.run
  FROM proposal AS p
  LEFT JOIN run AS r ON r.run = p.run
 WHERE p.rule = :rule
 ORDER BY p.at_ms DESC, p.id
 LIMIT :limit
"""

_UNSETTLED = """
SELECT state
  FROM (SELECT p.state, p.at_ms, p.id
          FROM proposal AS p
         WHERE p.phase = 'approved'
           AND NOT EXISTS (SELECT 1 FROM run AS r WHERE r.run = p.run)
         UNION ALL
        SELECT p.state, p.at_ms, p.id
          FROM run AS r
          JOIN proposal AS p ON p.run = r.run
         WHERE r.open = 1
           AND p.phase = 'dismissed')
 WHERE id NOT IN (SELECT value FROM json_each(:put_off))
 ORDER BY at_ms, id
 LIMIT :limit
"""

_rule = msgspec.json.Decoder(TriggerSet).decode
_proposal = msgspec.json.Decoder(Proposal).decode
_moved = msgspec.json.Decoder(ProposalMoved).decode


class ProposalNews(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a proposal to those who may see it."""

    proposal: str
    name: str
    phase: Phase
    score: int
    evidence: int
    approvals: int
    needed: int
    at: str


class ProposalView:
    """Folds rules and proposals; it stands behind the view of runs."""

    folds = TriggerSet | TriggerRemoved | IntelRead | ProposalMoved | Redacted
    version = 2
    schema = _SCHEMA

    def load(self, db: apsw.Connection) -> None:
        """Do nothing: nothing is kept in memory."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event; those of other capabilities change nothing here."""
        match event:
            case TriggerSet():
                _set(db, recorded, event)
            case TriggerRemoved():
                db.execute(_REMOVE, {"id": event.trigger, "nation": event.nation})
            case IntelRead():
                db.execute(_READ, {"until_ms": event.until_ms})
            case Redacted():
                _forget(db, event.position)
            case _ if isinstance(event, ProposalMoved):
                _move(db, recorded, event)
            case _:
                pass

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do nothing: no row here depends on where a commit ends."""


def read_until(db: apsw.Connection) -> int:
    """Tell until when all intelligence has been looked through; 0 for never."""
    return int(db.execute(_UNTIL).get or 0)


def open_rules(db: apsw.Connection, *, limit: int) -> list[TriggerSet]:
    """List every nation's rules; for the process that judges, shown to nobody."""
    rows: Rows = db.execute(_OPEN_RULES, {"limit": limit}).fetchall()
    return [_rule(raw) for (raw,) in rows]


def list_rules(db: apsw.Connection, access: Access, viewer: Viewer) -> list[TriggerSet]:
    """List the rules that a viewer may know of, the oldest first."""
    readable = readable_labels(db, access, viewer)
    bindings: dict[str, Any] = {"readable": readable, "limit": PAGE_MAX}
    rows: Rows = db.execute(_RULES, bindings).fetchall()
    return [_rule(raw) for (raw,) in rows]


def count_rules(db: apsw.Connection, access: Access, viewer: Viewer) -> int:
    """Count the rules of a viewer's own nation that the viewer may know of."""
    readable = readable_labels(db, access, viewer)
    bindings = {"readable": readable, "nation": viewer.nation}
    return int(db.execute(_COUNT_OF_NATION, bindings).get)


def find_rule(
    db: apsw.Connection, access: Access, viewer: Viewer, trigger: str
) -> TriggerSet:
    """Find a rule.

    Raises:
        NotFoundError: there is none, or the viewer may not know of it.
    """
    readable = readable_labels(db, access, viewer)
    row: Sequence[Any] | None = db.execute(
        _ONE_RULE, {"id": trigger, "readable": readable}
    ).fetchone()
    if row is None:
        raise NotFoundError(f"no activation rule {trigger!a}; list those there are")
    return _rule(row[0])


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which proposals are listed.

    Attributes:
        every: those that are decided, too.
        after: the last one of the page before; empty for the first page.
        limit: how many at most.
    """

    every: bool = False
    after: str = ""
    limit: int = PAGE_MAX


def list_proposals(
    db: apsw.Connection, access: Access, viewer: Viewer, wanted: Wanted
) -> list[Proposal]:
    """List the proposals that a viewer may know of, the newest first."""
    readable = readable_labels(db, access, viewer)
    bindings: dict[str, Any] = msgspec.structs.asdict(wanted) | {"readable": readable}
    rows: Rows = db.execute(_LIST, bindings).fetchall()
    return [_proposal(raw) for (raw,) in rows]


def find_proposal(
    db: apsw.Connection, access: Access, viewer: Viewer, proposal: str
) -> Proposal:
    """Find a proposal.

    Raises:
        NotFoundError: there is none, or the viewer may not know of it.
    """
    readable = readable_labels(db, access, viewer)
    row: Sequence[Any] | None = db.execute(
        _ONE, {"id": proposal, "readable": readable}
    ).fetchone()
    if row is None:
        raise NotFoundError(f"no proposal {proposal!a}; list those there are")
    return _proposal(row[0])


def of_rule(
    db: apsw.Connection, trigger: str
) -> tuple[list[Proposal], dict[str, int | None]]:
    """Give a rule's last proposals, and when the run of each ended.

    For the process that judges; shown to nobody.
    """
    bindings: dict[str, Any] = {"rule": trigger, "limit": _RECENT}
    rows: Rows = db.execute(_OF_RULE, bindings).fetchall()
    found = [(_proposal(raw), ended) for raw, ended, _ in rows]
    return [each for each, _ in found], {each.proposal: ms for each, ms in found}


def unsettled(db: apsw.Connection, put_off: Iterable[str] = ()) -> list[Proposal]:
    """List what was approved and has no run yet, or was dismissed and runs still.

    For the process that carries it out; shown to nobody.

    Args:
        db: the views.
        put_off: the ids of those that could not be carried out a moment ago, so that
            they do not stand before the others.
    """
    names = msgspec.json.encode(list(put_off)).decode()
    bindings = {"limit": UNSETTLED_MAX, "put_off": names}
    rows: Rows = db.execute(_UNSETTLED, bindings).fetchall()
    return [_proposal(raw) for (raw,) in rows]


def _set(db: apsw.Connection, recorded: Recorded, event: TriggerSet) -> None:
    label = decode_label(bytes(event.label))
    db.execute(
        _SET,
        {
            "id": event.trigger,
            "nation": event.nation,
            "position": recorded.position,
            "label": intern_label(db, label, event.nation),
            "set_ms": event.at_ms,
            "state": msgspec.json.encode(event),
        },
    )


def _move(db: apsw.Connection, recorded: Recorded, event: ProposalMoved) -> None:
    name = recorded.stream.removeprefix("proposals/")
    before = _state_of(db, name)
    after = step(before, event, recorded.who.account)
    if after is None or (isinstance(event, Proposed) and before is not None):
        return
    db.execute(
        _KEEP,
        {
            "position": recorded.position,
            "proposal": name,
            "account": recorded.who.account,
            "body": msgspec.json.encode(event),
        },
    )
    label = _write(db, recorded.position, after)
    tell(
        db,
        recorded,
        kind="task",
        thing=name,
        type="proposal",
        label=label,
        document=ProposalNews(
            proposal=name,
            name=after.name,
            phase=after.phase,
            score=after.score,
            evidence=len(after.evidence),
            approvals=len(after.approvals),
            needed=after.needed,
            at=from_ms(after.at_ms).isoformat(timespec="milliseconds"),
        ),
    )


def _state_of(db: apsw.Connection, name: str) -> Proposal | None:
    row: Sequence[Any] | None = db.execute(_STATE, {"id": name}).fetchone()
    return None if row is None else _proposal(row[0])


def _write(db: apsw.Connection, position: int, proposal: Proposal) -> int:
    label = intern_label(db, proposal.label, NationCode(proposal.nation))
    db.execute(
        _WRITE,
        {
            "id": proposal.proposal,
            "rule": proposal.trigger,
            "position": position,
            "label": label,
            "phase": proposal.phase.value,
            "at_ms": proposal.at_ms,
            "run": proposal.run,
            "state": msgspec.json.encode(proposal),
        },
    )
    return label


def _forget(db: apsw.Connection, position: int) -> None:
    """Fold a proposal again without the entry that was erased."""
    db.execute(_FORGET_RULE, {"position": position})
    row: Sequence[Any] | None = db.execute(_EVENT_AT, {"position": position}).fetchone()
    if row is None:
        return
    name = str(row[0])
    db.execute(_DROP_EVENT, {"position": position})
    db.execute(_DROP, {"id": name})
    proposal: Proposal | None = None
    first = 0
    events: Rows = db.execute(_EVENTS, {"proposal": name}).fetchall()
    for at, account, body in events:
        proposal = step(proposal, _moved(body), str(account))
        first = first or int(at)
    if proposal is not None:
        _write(db, first, proposal)
