"""What a drawing says of a playbook."""

from foedus.response.catalogue_drawing import draw, write
from foedus.response.vocabulary import StepKind
from tests.response.books import book, judge
from tests.response.test_catalogue import ALL, playbook


@ALL
def test_every_step_but_an_end_is_drawn_once(name: str) -> None:
    protocol = playbook(name)

    drawn = [line.step.id for line in draw(protocol) if line.step is not None]

    expected = {
        step.id for step in protocol.workflow.values() if step.kind != StepKind.END
    }
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == expected


def test_a_way_out_of_a_failure_stands_inside_until_it_leads_back() -> None:
    judged = judge(
        book(
            {
                "A1": {"on_success": "A2", "on_failure": "A3"},
                "A3": {"on_completion": "A2"},
                "A2": {"on_completion": "E"},
                "E": {},
            }
        )
    )

    assert judged.playbook is not None
    drawn = [line[:40].rstrip() for line in write(judged.playbook)]
    assert drawn == ["S", "A1", "  if it fails: A3", "  → A2", "A2"]
