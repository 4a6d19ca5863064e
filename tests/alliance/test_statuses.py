from foedus.alliance.statuses import Status


def test_suspension_comes_before_membership_and_nothing_comes_last() -> None:
    assert sorted(Status, key=lambda status: status.rank) == [
        Status.SUSPENDED,
        Status.MEMBER,
        Status.INVITEE,
        Status.ASPIRANT,
        Status.PARTNER,
        Status.NONE,
    ]
