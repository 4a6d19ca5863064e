"""Consequences across capabilities, and deadlines; one file a story."""
