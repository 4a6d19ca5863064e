from pathlib import Path

import apsw
import pytest

from foedus.errors import NotFoundError, UnavailableError
from foedus.folder import formats
from foedus.folder.formats import CURRENT, LOG, STATE, Formats


def test_a_new_hub_has_the_newest_formats(folder: Path) -> None:
    assert formats.formats_of(folder) == CURRENT
    assert CURRENT.is_current


def test_older_formats_are_not_current() -> None:
    assert not Formats(log=1, state=CURRENT.state).is_current


def test_a_state_from_before_there_was_a_number_is_of_format_1(folder: Path) -> None:
    db = apsw.Connection(str(folder / STATE))
    db.pragma("user_version", 0)
    db.close()

    assert formats.formats_of(folder).state == 1


@pytest.mark.parametrize("name", [LOG, STATE])
def test_a_newer_file_is_refused_by_name_with_what_to_do(
    folder: Path, name: str
) -> None:
    db = apsw.Connection(str(folder / name))
    db.pragma("user_version", 99)
    db.close()

    with pytest.raises(UnavailableError, match=rf"{name} \(format 99.* install"):
        formats.formats_of(folder)


def test_a_folder_without_state_is_no_hub(folder: Path) -> None:
    (folder / STATE).unlink()

    with pytest.raises(NotFoundError, match="foedus init"):
        formats.check_founded(folder)
