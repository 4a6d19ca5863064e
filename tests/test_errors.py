from foedus.errors import (
    CorruptLogError,
    FoedusError,
    LabelError,
    RateLimitedError,
    UnavailableError,
)


def _tree(error: type[FoedusError]) -> list[type[FoedusError]]:
    below = [found for sub in error.__subclasses__() for found in _tree(sub)]
    return [error, *below]


def test_every_error_has_a_slug_of_its_own() -> None:
    slugs = [error.slug for error in _tree(FoedusError)]

    assert len(slugs) == len(set(slugs))


def test_every_error_has_a_status_of_a_refusal_or_a_failure() -> None:
    assert all(400 <= error.status < 600 for error in _tree(FoedusError))


def test_the_text_of_an_error_is_its_detail() -> None:
    assert FoedusError("read again").detail == "read again"


def test_a_label_is_refused_with_a_stable_code() -> None:
    error = LabelError("nobody is called XYZ", code="unknown_entity")

    assert (error.detail, error.code) == ("nobody is called XYZ", "unknown_entity")


def test_who_is_too_fast_is_told_when_to_come_back() -> None:
    assert RateLimitedError("too fast", retry_after_s=7).retry_after_s == 7


def test_who_finds_the_hub_busy_comes_back_after_a_second_by_default() -> None:
    assert UnavailableError("the queue is full").retry_after_s == 1


def test_a_corrupt_log_names_the_first_bad_position() -> None:
    assert CorruptLogError("entry 3 does not verify", position=3).position == 3
