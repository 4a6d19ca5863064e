"""Streaming: what the surfaces share whose answers last.

`seats` says who follows, and that it is still so; `pulse` wakes whoever waits.
"""
