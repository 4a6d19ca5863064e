"""Starts the command line: `foedus`, or `python -m foedus`."""

from foedus.cli.root import foedus
from foedus.cli.station import App, Station


def main() -> None:
    """Run the command that the words behind `foedus` ask for."""
    foedus(obj=Station(load=load_app))


def load_app() -> App:
    """Load the composition root, which most of the start-up time goes to."""
    from foedus import app  # noqa: PLC0415 - only where a command needs a hub

    return app


if __name__ == "__main__":
    main()
