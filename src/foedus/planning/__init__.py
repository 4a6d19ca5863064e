"""Planning: who can be where, when, for how long, at whose cost, with what doubt.

Everything here is mathematics over plain records: no file, clock or network is
touched, and chance comes from a seed that is given. Start at `allocations` for what a
joint cost means for each nation, at `coverage` for whether commitments can be met.
"""
