"""Documents that are kept and printed: told once, written as a page or on paper.

Start with `documents`: what a document is made of. `html` and `pdf` write one, and
`drawings` draws what stands in it. Nothing here knows what a document is about.
"""
