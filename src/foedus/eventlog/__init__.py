"""The append-only event log, which is the truth, and the projector of views from it.

Start with `log` (the contract), then `envelope` (what an entry is), then
`sequence` (the one place where an append is decided and chained). `sqlite` and
`memory` are the two backends; `projector` folds entries into views.
"""
