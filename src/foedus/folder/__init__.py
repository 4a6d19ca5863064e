"""The data folder as a whole: backed up, restored, upgraded, examined.

Start with `formats` (which files there are). `archive` is the form of a backup,
`backup` makes one beside a running hub, `restore` makes a folder of one, `upgrade`
brings an older folder up to date, `doctor` says what is wrong with one.
"""
