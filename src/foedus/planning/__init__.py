"""Planning: who can be where, when, for how long, at whose cost, with what doubt.

Almost everything here is mathematics over plain records: no file, clock or network is
touched, and chance comes from a seed that is given. `workers` alone starts processes,
in which the mathematics is done, so that the hub goes on serving. Start at `covering`
for whether commitments can be met, and by whom; at `allocations` for what a joint cost
means for each nation.
"""
