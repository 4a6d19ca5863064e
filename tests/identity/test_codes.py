import re

from foedus.identity.codes import digest_of, new_code


def test_codes_are_random_and_easy_to_read_aloud() -> None:
    codes = {new_code().reveal() for _ in range(50)}

    assert len(codes) == 50
    assert all(re.fullmatch(r"([0-9a-hjkmnp-tv-z]{5}-?){3}", code) for code in codes)


def test_a_code_may_be_typed_as_it_is_read() -> None:
    code = new_code().reveal()

    assert digest_of(code.upper().replace("-", " ")) == digest_of(code)
    assert digest_of(new_code().reveal()) != digest_of(code)
