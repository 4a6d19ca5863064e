"""Intelligence: collections, and the STIX objects that nations publish into them.

Start with `commands.publish`; what it decides is in `rules`, what comes of it in
`views`, and what a viewer reads in `reading`.
"""
