"""The command line: `foedus <noun> <verb>`, one module a noun.

Start at `root`; `station` says where a command runs, `output` how it answers.
"""
