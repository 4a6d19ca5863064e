"""STIX 2.1 as a format: reading, identifying, stamping; no storage, no I/O.

Start with `objects` (`parse_object`, `split_envelope`), then `stamp`. The original
bytes of an object are never re-encoded: everything here reads them or splices them.
"""
