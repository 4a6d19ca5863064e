import httpx
import pytest

from tests.web.conftest import form_token


async def _publish(browser: httpx.AsyncClient, **fields: str) -> httpx.Response:
    token = form_token((await browser.get("/worlds")).text)
    form = {
        "form-token": token,
        "seat": "norway",
        "domain": "quiet-test.example",
        "label": "members",
    }
    return await browser.post("/worlds", data=form | fields)


def _columns(page: str) -> list[bool]:
    """Tell in which columns the domain of the tests stands."""
    parts = page.split('id="world-')[1:]
    ends = [part.split('id="total-')[0] for part in parts]
    return ["<h3>quiet-test[.]example</h3>" in part for part in ends]


@pytest.mark.parametrize(
    ("seat", "label", "columns"),
    [
        ("norway", "everyone", [True, True, True, True]),
        ("norway", "members", [True, True, False, False]),
        ("norway", "publisher", [True, False, False, False]),
        ("sweden", "publisher", [False, True, False, False]),
        ("moldova", "everyone", [True, True, True, True]),
        ("moldova", "members", [True, True, True, False]),
        ("moldova", "publisher", [False, False, True, False]),
    ],
)
async def test_what_is_published_stands_where_the_label_reaches(
    seat: str, label: str, columns: list[bool], browser: httpx.AsyncClient
) -> None:
    answer = await _publish(browser, seat=seat, label=label)
    page = await browser.get(answer.headers["location"])

    assert answer.status_code == 303
    assert _columns(page.text) == columns
    assert 'role="status" id="published"' in page.text


@pytest.mark.parametrize(
    "domain",
    ["", "no dots", "a'] OR [b = 'c.example", "-a.example", "a..example", "x" * 254],
)
async def test_what_is_no_domain_is_refused_and_kept(
    domain: str, browser: httpx.AsyncClient
) -> None:
    answer = await _publish(browser, domain=domain)

    assert answer.status_code == 400
    assert "Write a domain" in answer.text or "write a domain" in answer.text
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize(
    "fields", [{"seat": "duty"}, {"seat": "nobody"}, {"label": "secret"}]
)
async def test_nobody_publishes_as_another_or_under_another_label(
    fields: dict[str, str], browser: httpx.AsyncClient
) -> None:
    assert (await _publish(browser, **fields)).status_code == 400


async def test_a_form_of_another_site_publishes_nothing(
    browser: httpx.AsyncClient,
) -> None:
    answer = await _publish(browser, **{"form-token": "guess"})

    assert answer.status_code == 403
    assert not any(_columns((await browser.get("/worlds")).text))


async def test_nobody_publishes_from_another_machine(
    browser: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    page = await browser.get("/worlds")
    stranger.cookies.update(browser.cookies)

    answer = await stranger.post(
        "/worlds", data={"form-token": form_token(page.text), "seat": "norway"}
    )

    assert answer.status_code == 404


async def test_the_form_says_beforehand_whom_each_label_reaches(
    browser: httpx.AsyncClient,
) -> None:
    page = (await browser.get("/worlds")).text
    reaches = page[page.index("reaches") : page.index('class="worlds"')]

    assert "nobody but the publisher" in reaches
    assert reaches.count(", and not") == 1
