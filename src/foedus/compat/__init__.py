"""Compatibility: the hub as other platforms' unmodified clients expect it.

Begin at `routes`; `telling` says what an OpenCTI stream connector is told.
"""
