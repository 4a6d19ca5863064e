from foedus.releasability.viewers import Role


def test_roles_are_written_in_lower_case_with_hyphens() -> None:
    assert {str(role) for role in Role} == {
        "reader",
        "publisher",
        "duty-officer",
        "delegate",
        "planner",
        "secretariat",
        "auditor",
        "operator",
    }
