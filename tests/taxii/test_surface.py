from foedus.hub import Hub
from foedus.taxii.surface import surface_of


def test_the_api_root_is_named_by_the_alliance_and_reached_under_the_public_url(
    hub: Hub,
) -> None:
    surface = surface_of(hub)

    assert surface.root_path == "/taxii2/nato/"
    assert surface.root_url == "https://hub.example/taxii2/nato/"
