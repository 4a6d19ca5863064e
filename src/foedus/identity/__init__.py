"""Who somebody is: accounts of nations and of the alliance's own body.

What an account *is* (nation, roles, clearance) is told by the log: `events`, `rules`,
`views`, `commands`. How somebody *proves* to be it (login name, password, tokens,
sessions) is in `state.db` and nowhere else: `store` is the file, `keyring` what is
kept in it, `authenticator` the questions that a request asks of both.
"""
