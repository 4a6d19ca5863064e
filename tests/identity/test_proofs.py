from foedus.identity.proofs import GUARDED, TWO_FACTORS, Proof
from foedus.releasability.viewers import Role


def test_what_one_factor_shows_is_told_from_what_two_show() -> None:
    weak = {Proof.PASSWORD, Proof.OIDC, Proof.ENROLMENT_CODE}

    assert set(Proof) - TWO_FACTORS == weak


def test_reading_and_publishing_take_one_factor() -> None:
    assert not GUARDED & {Role.READER, Role.PUBLISHER, Role.PLANNER}
