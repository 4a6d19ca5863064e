"""Who may see what: markings, labels, viewers, and the one `may_see`.

Start with `labels` (what a label is) and `access` (who may see it). `markings` reads
and prints the markings that people write, such as `NATO RESTRICTED Releasable to
Sweden`; `join` makes one label of several; `viewers` says who is asking.
"""
