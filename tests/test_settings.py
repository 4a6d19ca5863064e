from pathlib import Path

import pytest

from foedus.errors import InvalidInputError
from foedus.settings import FILE, Settings, Taxii, Web, load_settings


def write(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_or_an_environment_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()


def test_the_file_sets_what_it_names(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        'public_url = "https://hub.example"\n[taxii]\npage_size = 7\n'
        "[web]\nsecure_cookies = true\n",
    )
    assert load_settings(folder, {}) == Settings(
        public_url="https://hub.example",
        taxii=Taxii(page_size=7),
        web=Web(secure_cookies=True),
    )


def test_the_environment_goes_over_the_file(tmp_path: Path) -> None:
    folder = write(tmp_path, "[taxii]\npage_size = 7\npage_size_max = 8\n")
    found = load_settings(
        folder,
        {
            "FOEDUS_TAXII_PAGE_SIZE_MAX": "50",
            "FOEDUS_TRUSTED_PROXIES": "192.0.2.1,192.0.2.2,",
            "FOEDUS_WEB_SECURE_COOKIES": "false",
            "FOEDUS_CEILING": "NR",
            "FOEDUS_DATA": "elsewhere",
        },
    )
    assert found.taxii == Taxii(page_size=7, page_size_max=50)
    assert found.trusted_proxies == ("192.0.2.1", "192.0.2.2")
    assert found.web.secure_cookies is False
    assert found.ceiling == "NR"


@pytest.mark.parametrize(
    "text",
    [
        "colour = 1",
        "[taxii]\ncolour = 1",
        "taxii = 1",
        "[taxii]\npage_size = 0",
        "[taxii]\npage_size_max = 10001",
        '[taxii]\npage_size = "many"',
        "public_url = 1\n[web]\nsecure_cookies = 2",
        "[taxii",
    ],
)
def test_what_is_no_setting_is_refused(tmp_path: Path, text: str) -> None:
    folder = write(tmp_path, text)
    with pytest.raises(InvalidInputError):
        load_settings(
            folder, {"FOEDUS_TAXII_PAGE_SIZE": "1"} if "=" not in text else {}
        )


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInputError, match="cannot be read"):
        load_settings(tmp_path, {})


def test_a_table_that_is_none_is_refused_beside_the_environment(tmp_path: Path) -> None:
    folder = write(tmp_path, "taxii = 1")
    with pytest.raises(InvalidInputError):
        load_settings(folder, {"FOEDUS_TAXII_PAGE_SIZE": "1"})


@pytest.mark.parametrize("size", [1, 10_000])
def test_pages_have_a_size_between_bounds(tmp_path: Path, size: int) -> None:
    environment = {"FOEDUS_TAXII_PAGE_SIZE_MAX": str(size)}
    assert load_settings(tmp_path, environment).taxii.page_size_max == size
    for wrong in (0, 10_001):
        with pytest.raises(InvalidInputError):
            load_settings(tmp_path, {"FOEDUS_TAXII_PAGE_SIZE_MAX": str(wrong)})
