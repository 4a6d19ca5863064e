"""What an operator sees of a running hub: logs and metrics.

Nothing here leaves the machine by itself, and nothing here holds what has a label, a
secret, an id of an object or a value of a query.
"""
