"""Playbooks as far as a processor acts on them."""

from tests.response.books import branching, read, step_id


def test_a_step_knows_what_follows_and_what_it_opens() -> None:
    playbook = read(branching())
    parallel = playbook.workflow[step_id("P")]

    assert parallel.successors == (("on_completion", step_id("A3")),)
    assert parallel.after_success == step_id("A3")
    assert parallel.branches == (
        (("next_steps", 0), step_id("A1")),
        (("next_steps", 1), step_id("A2")),
    )
    assert parallel.label == "P"


def test_a_version_is_the_id_and_when_it_was_modified() -> None:
    playbook = read(branching())

    assert playbook.version == f"{playbook.id}@{playbook.modified}"
