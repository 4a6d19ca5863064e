import json

from tests.cli.conftest import Run
from tests.scenarios.installation import free_port


def test_a_healthy_hub_is_said_to_be_so(run: Run) -> None:
    done = run("doctor", "--port", str(free_port()), "--seconds", "5")

    assert done.exit_code == 0
    assert "ok     chain: all" in done.stdout
    assert "To do: run 'foedus backup -o FILE' every day" in done.stdout
    assert "0 errors, 1 warnings" in done.stderr


def test_under_json_each_finding_has_its_parts(run: Run) -> None:
    found = json.loads(run("doctor", "--json", "--port", str(free_port())).stdout)

    assert all(each.keys() == {"level", "check", "what", "todo"} for each in found)


def test_an_error_is_exit_code_1_and_everything_is_told(run_nowhere: Run) -> None:
    done = run_nowhere("doctor", "--json", "--port", str(free_port()))

    assert done.exit_code == 1
    assert json.loads(done.stdout)[-1]["check"] == "hub"
