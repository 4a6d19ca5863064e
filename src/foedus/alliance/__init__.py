"""The alliance a hub serves: its nations, statuses, communities and frameworks.

Everything is dated. Start at `nations.Alliance`, which answers every question as of
a day; `pack.load_pack` reads the data an alliance is founded from, `events` is what
can happen to it afterwards.
"""
