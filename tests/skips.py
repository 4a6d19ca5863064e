"""Why a test may be skipped even where everything is installed."""

FORBIDDEN = "the machine forbids it: "
"""Begins the reason of a skip that no package could spare."""
