"""What an ACS marking that cannot be enforced is told, and what silence means."""

import pytest

from foedus.ids import NationCode
from foedus.releasability.acs import label_of_acs
from foedus.releasability.labels import ORIGINATOR
from foedus.stix.markings import AcsDefinition, AcsScope, AcsSharing
from tests.releasability.strategies import NATO
from tests.releasability.test_acs import OPEN, SHUT, marking, refusal, rule, to

REFUSALS = [
    (marking(classification=None), "no classification is given"),
    (
        marking(classification="Q"),
        "the classification Q is not accepted by North Atlantic Treaty Organization",
    ),
    (
        marking(determinations=("NONSENSE",)),
        "formal_determination NONSENSE cannot be enforced here",
    ),
    (marking(caveats=("NONSENSE",)), "caveat NONSENSE cannot be enforced here"),
    (marking(unread=("a", "b")), "a, b cannot be enforced here"),
    (
        marking(sharing=(AcsSharing(rule_effect="deny", sharing_scope=("SECTOR",)),)),
        "a denial in further_sharing cannot be enforced here",
    ),
    (marking(policies=("urn:other",)), "its policy_reference is not known here"),
    (
        marking(privileges=(rule("DSPLY", "perhaps"),)),
        "the rule_effect perhaps is not known here",
    ),
    (
        marking(privileges=(rule("DSPLY", "deny", to("POL")),)),
        "a denial of DSPLY in access_privilege cannot be enforced here",
    ),
    (
        marking(policies=SHUT),
        "it permits nobody to be shown it (DSPLY)",
    ),
    (
        marking(privileges=(rule("DSPLY", "permit", AcsScope()),)),
        "a privilege does not say whom it is for",
    ),
    (
        marking(
            privileges=(
                rule("DSPLY", "permit", to("POL", bodies=("NATO",))),
                rule("DSPLY", "permit", to("FIN")),
            )
        ),
        (
            "of several privileges to be shown it, one names both nationalities and "
            "organizations, which a label cannot say"
        ),
    ),
    (
        marking(scope=AcsScope(shareability=("NCC",))),
        "shareability NCC cannot be enforced here",
    ),
    (
        marking(scope=AcsScope(entity=("MIL", "GOV"))),
        "entity MIL, GOV cannot be enforced here",
    ),
    *(
        (
            marking(scope=AcsScope(**{field: nobody})),
            f"{field} names nobody, or ALL beside somebody",
        )
        for field in (
            "permitted_nationalities",
            "permitted_organizations",
            "shareability",
            "entity",
        )
        for nobody in ((), ("ALL", "POL"))
    ),
]


@pytest.mark.parametrize(("acs", "reason"), REFUSALS, ids=lambda each: str(each)[:60])
def test_what_cannot_be_enforced_is_told_in_these_words(
    acs: AcsDefinition, reason: str
) -> None:
    refused = refusal(acs)

    assert refused.code == "unsupported_marking"
    assert refused.detail == (
        f"an ACS marking: {reason}; mark the object in the alliance's own words"
    )


@pytest.mark.parametrize(
    ("scope", "detail"),
    [
        (
            to("QQQ"),
            (
                "an ACS marking permits the nationality QQQ, which North Atlantic "
                "Treaty Organization does not know"
            ),
        ),
        (
            to(bodies=("FIN",)),
            (
                "an ACS marking permits the organization FIN, which is no community of "
                "North Atlantic Treaty Organization"
            ),
        ),
    ],
)
def test_whom_nobody_knows_is_told_in_these_words(scope: AcsScope, detail: str) -> None:
    refused = refusal(marking(scope=scope))

    assert refused.code == "unknown_entity"
    assert refused.detail == detail


def test_without_a_policy_nothing_is_passed_on() -> None:
    shown = (rule("DSPLY", "permit"),)

    assert label_of_acs(marking(policies=(), privileges=shown), NATO).no_onward
    assert not label_of_acs(marking(policies=OPEN, privileges=shown), NATO).no_onward


def test_a_part_of_a_nation_controls_for_its_nation() -> None:
    found = label_of_acs(
        marking(caveats=("ORCON",), responsible=("USA.DOD.DC3",)), NATO
    )

    assert found.controllers == (ORIGINATOR, NationCode("USA"))
