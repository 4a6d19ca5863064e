"""Live: server-sent events over everything that a viewer may see, as it comes to be.

Begin at `routes`; `streams` is the heart of it.
"""
