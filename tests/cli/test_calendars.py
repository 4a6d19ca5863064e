"""`foedus protocol calendar`."""

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_a_calendar_is_brought_and_listed(run: Run, tmp_path: Path) -> None:
    words = ("--nation", "EST", "--role", "duty-officer")
    assert run("account", "add", "est-duty", *words).exit_code == 0
    path = tmp_path / "calendars.json"
    own = {"nation": "EST", "holidays": ["02-24"], "basis": "our law"}
    path.write_text(json.dumps([own]))
    words = ("protocol", "calendar", "import")

    assert run(*words, str(tmp_path / "none.json"), "--as", "est-duty").exit_code == 2
    made = run(*words, str(path), "--as", "est-duty")
    path.write_text(json.dumps([{**own, "nation": "POL"}]))
    refused = run(*words, str(path), "--as", "est-duty")
    listed = run("protocol", "calendar", "list", "--json")

    shown = run("protocol", "calendar", "show", "estonia")
    assert "holidays  02-24" in shown.stdout
    assert run("protocol", "calendar", "show", "nowhere").exit_code == 1
    assert made.exit_code == 0, made.stderr
    assert refused.exit_code == 1
    bases = {each["nation"]: each["basis"] for each in json.loads(listed.stdout)}
    assert bases["EST"] == "our law"
    assert bases["POL"] != "our law"
