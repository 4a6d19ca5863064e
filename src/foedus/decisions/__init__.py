"""Decisions of the nations: drafted, circulated under silence, adopted, in force.

Start with `events` for what can happen, `states` for what a decision is by then, and
`rules` for the procedure; `standpoints` is what nations say of it, `outcomes` how it
ends. `texts` and `profiles` are the data that all of it is about.
"""
