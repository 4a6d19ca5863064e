"""Foedus: the digital coordination hub of an alliance of nations.

Start with the log (`foedus.eventlog`), then with the one question everything
else asks (`foedus.releasability`), then with any capability: each has the same
four files, `events`, `rules`, `views` and `commands`.
"""

__version__ = "2026.11.0"
"""Calendar version; the same as in `pyproject.toml`."""
