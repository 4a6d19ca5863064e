"""Who must agree, and what joins what; pure."""

import msgspec
import pytest

from foedus.errors import ConflictError, ForbiddenError, RuleViolationError
from foedus.ids import AccountId, NationCode
from foedus.releasability.join import decode_label
from foedus.response import proposals
from foedus.response.events import Edition
from foedus.response.proposals import IMPACT_OF_TWO, Phase, Proposal, Proposing
from foedus.response.proposals_events import (
    EvidenceAdded,
    ProposalApproved,
    ProposalDismissed,
)
from foedus.response.triggers import EVIDENCE_MAX, Judgement
from tests.response.test_triggers import BOOK, evidence, piece, trigger

EST = NationCode("EST")
ANNA, BEN = AccountId("account--anna"), AccountId("account--ben")
THING, OTHER = "indicator--1", "indicator--2"
PROPOSING = Proposing(
    trigger_id="trigger--1",
    trigger=trigger(pattern="[a:b = 1]"),
    own=proposals.own_label(EST, 1),
    nation=EST,
    edition=Edition(playbook=BOOK, modified="2026", nation=EST),
    impact=90,
)
JUDGED = Judgement(score=50, sighted_by=(), pieces=(piece(),))


def proposed(impact: int | None = 90) -> Proposal:
    event = msgspec.structs.replace(PROPOSING, impact=impact).first(
        THING, JUDGED, evidence(), 1_000
    )
    made = proposals.step(None, event, "the hub")
    assert made is not None
    return made


def approved(proposal: Proposal, account: str, decision: str = "") -> Proposal:
    event = ProposalApproved(nation=EST, at_ms=2_000, decision=decision)
    made = proposals.step(proposal, event, account)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("impact", "persons"),
    [(1, 1), (IMPACT_OF_TWO - 1, 1), (IMPACT_OF_TWO, 2), (100, 2), (0, 2), (None, 2)],
)
def test_above_a_set_impact_and_without_one_two_must_agree(
    impact: int | None, persons: int
) -> None:
    assert proposals.approvals_for(impact) == persons


def test_one_person_is_not_two() -> None:
    once = approved(proposed(), ANNA)

    assert once.phase is Phase.OPEN
    with pytest.raises(ForbiddenError, match="another person"):
        proposals.check_approve(once, ANNA, decision="")
    proposals.check_approve(once, BEN, decision="")
    assert approved(once, BEN).phase is Phase.APPROVED


def test_an_adopted_decision_stands_for_the_second_person() -> None:
    assert approved(proposed(), ANNA, "decision--1").phase is Phase.APPROVED


def test_below_the_impact_one_is_enough_and_needs_no_decision() -> None:
    assert approved(proposed(10), ANNA).phase is Phase.APPROVED
    with pytest.raises(RuleViolationError, match="no decision is needed"):
        proposals.check_approve(proposed(10), ANNA, decision="decision--1")


def test_what_is_decided_is_not_decided_again() -> None:
    ended = proposals.step(
        proposed(), ProposalDismissed(nation=EST, reason="a test", at_ms=5), ANNA
    )

    assert ended is not None
    with pytest.raises(ConflictError, match="dismissed already"):
        proposals.check_approve(ended, BEN, decision="")
    with pytest.raises(ConflictError, match="dismissed already"):
        proposals.check_dismiss(ended, "again")


def test_dismissing_takes_a_reason() -> None:
    with pytest.raises(RuleViolationError, match="say why"):
        proposals.check_dismiss(proposed(), "  ")


def test_an_open_proposal_is_joined_by_whatever_its_rule_finds() -> None:
    one = proposed()

    joined = proposals.joins([one], OTHER, at_ms=9_999, quiet_ms=0, ended_ms={})

    assert joined is one


def test_so_is_one_whose_run_goes_on() -> None:
    one = approved(proposed(10), ANNA)

    joined = proposals.joins(
        [one], OTHER, at_ms=9_999, quiet_ms=0, ended_ms={one.proposal: None}
    )

    assert joined is one


@pytest.mark.parametrize(
    ("subject", "at_ms", "joins"),
    [(THING, 5_999, True), (THING, 6_000, False), (OTHER, 5_999, False)],
)
def test_an_ended_one_is_joined_about_the_same_thing_while_it_is_quiet(
    subject: str, at_ms: int, *, joins: bool
) -> None:
    one = approved(proposed(10), ANNA)

    joined = proposals.joins(
        [one], subject, at_ms=at_ms, quiet_ms=1_000, ended_ms={one.proposal: 5_000}
    )

    assert (joined is one) is joins


def test_the_label_is_at_least_the_rule_s_and_holds_the_caveats_of_the_evidence() -> (
    None
):
    kept = msgspec.structs.replace(piece("FIN").label, no_onward=True)
    found = msgspec.structs.replace(
        JUDGED, pieces=(msgspec.structs.replace(piece("FIN"), label=kept),)
    )

    event = PROPOSING.more(proposed(), THING, found, 3_000)

    assert event is not None
    label = decode_label(bytes(event.label))
    assert (label.level, label.closed, label.no_onward) == (1, frozenset({EST}), True)


def test_what_a_proposal_holds_is_not_added_again() -> None:
    assert PROPOSING.more(proposed(), THING, JUDGED, 3_000) is None


def test_a_proposal_holds_so_much_evidence_and_no_more() -> None:
    full = msgspec.structs.replace(
        proposed(), evidence=tuple(evidence(f"N{n}") for n in range(EVIDENCE_MAX))
    )

    assert PROPOSING.more(full, THING, JUDGED, 3_000) is None


def test_more_evidence_raises_the_score_and_never_lowers_it() -> None:
    event = EvidenceAdded(
        proposal="p",
        subject=OTHER,
        score=20,
        sighted_by=(EST,),
        evidence=(evidence("FIN"),),
        at_ms=3_000,
        label=PROPOSING.first(THING, JUDGED, evidence(), 0).label,
    )

    made = proposals.step(proposed(), event, "the hub")

    assert made is not None
    assert (made.score, made.subjects) == (50, (THING, OTHER))
    assert [each.nation for each in made.evidence] == ["POL", "FIN"]


def test_the_same_cause_makes_the_same_proposal_and_another_another() -> None:
    first = [
        PROPOSING.first(THING, JUDGED, evidence(nation), at_ms).proposal
        for nation, at_ms in (("POL", 1), ("POL", 2), ("FIN", 1))
    ]

    assert first[0] == first[1] != first[2]
    assert proposed().run.startswith("run--")


def test_an_event_of_nothing_makes_nothing() -> None:
    event = ProposalDismissed(nation=EST, reason="r", at_ms=1)

    assert proposals.step(None, event, ANNA) is None
