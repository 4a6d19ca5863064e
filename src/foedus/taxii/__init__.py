"""The TAXII 2.1 server: discovery, one API root, and everything below it.

Start at `routes.py`; a request passes `edge.py` (who, which media types, errors) and
ends in one function of `discovery.py`, `collections.py` or `objects.py`.
"""
