"""Joint response: CACAO 2.0 protocols, and their runs as tasks of nations.

Start with `validation.validate`, which reads a playbook and says what is wrong with
it, and with `interpreter.Machine`, which runs one. `reference/response.md` of the
design holds the rules V01 to V33 and the readings A1 to A12 that are named here.
"""
