"""The living guide: what a newcomer needs, from the live data, as of any day.

Start at `guide.guide_of`, which answers the three steps. `sheets` is the form of every
answer: a text with its sources, how it is known, and as of when. Partnership is never
told as membership: `standing` says of each nation outside the alliance that it is no
member, and of each framework what it does not promise.
"""
