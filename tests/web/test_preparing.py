import httpx


async def test_every_address_of_what_is_prepared_answers(
    norway: httpx.AsyncClient,
) -> None:
    for path in ("/measures", "/units", "/plans", "/exercises", "/training"):
        page = await norway.get(path)
        assert page.status_code == 200
        assert f'<a href="{path}" aria-current="page">' in page.text
