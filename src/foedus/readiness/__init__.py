"""Readiness: measures, what nations contribute to them, and how good that is.

Nations record facts with a day and evidence; ratings follow from them by a stated
method and are stored nowhere. Start at `records` for what can be recorded, at
`comparing` for the comparison of measures, at `ratings` for what a rating says.
"""
