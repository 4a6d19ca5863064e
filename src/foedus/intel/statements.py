"""The statements that read pages: what they select, and how they go about it.

The readable reaches are in every one of them, so that nothing is filtered afterwards.

Source: DESIGN §6; TAXII 2.1, section 3.4.
"""

from typing import Final

RECORD = """
SELECT d.number, d.unit, v.object, v.type, v.written, v.spec, v.nation, v.audience,
       substr(e.body, v.place + 1, v.length)
"""

KEYS = """
SELECT d.number, d.unit, v.object, v.type, v.written, v.spec, v.nation, v.audience,
       x''
"""

BYTES = """
SELECT d.unit, d.number, substr(e.body, v.place + 1, v.length)
"""

PLACES = """
SELECT d.number, d.unit, d.version
"""

_FROM = """
  FROM delivery AS d
 CROSS JOIN version AS v ON v.version = d.version
"""

_ENTRY = """
 CROSS JOIN log.entry AS e ON e.position = v.position AND e.body IS NOT NULL
"""

_WHERE = """
 WHERE d.collection = :collection
   AND d.number > :after
   AND d.number <= :until
   AND substr(:readable, d.reach, 1) = x'01'
"""

_LAST = """
   AND (v.flags & 1 = 0 OR NOT EXISTS (
           SELECT 1
             FROM version AS n
            CROSS JOIN delivery AS f ON f.version = n.version
            WHERE n.object = v.object
              AND n.collection = v.collection
              AND n.nation = v.nation
              AND n.modified > v.modified
              AND (n.spec >= v.spec OR NOT :latest)
              AND substr(:readable, f.reach, 1) = x'01'))
"""

_SPEC = """
   AND (v.flags & 3 = 0 OR v.spec = '2.1' OR NOT :latest OR NOT EXISTS (
           SELECT 1
             FROM version AS n
            CROSS JOIN delivery AS f ON f.version = n.version
            WHERE n.object = v.object
              AND n.collection = v.collection
              AND n.nation = v.nation
              AND n.spec > v.spec
              AND substr(:readable, f.reach, 1) = x'01'))
"""

_OF_ID = """
   AND v.object = :id
   AND v.collection = :collection
"""

_FILTERED = """
   AND (:types IS NULL OR v.type IN (SELECT value FROM json_each(:types)))
   AND (:spec IS NULL OR v.spec IN (SELECT value FROM json_each(:spec)))
   AND (:all OR v.modified IN (SELECT value FROM json_each(:instants))
        OR :last AND (v.flags & 1 = 0 OR NOT EXISTS (
           SELECT 1
             FROM version AS n
            CROSS JOIN delivery AS f ON f.version = n.version
            WHERE n.object = v.object
              AND n.collection = v.collection
              AND n.nation = v.nation
              AND n.modified > v.modified
              AND (:spec IS NULL OR n.spec IN (SELECT value FROM json_each(:spec)))
              AND (n.spec >= v.spec OR NOT :latest)
              AND substr(:readable, f.reach, 1) = x'01'))
        OR :first AND (v.flags & 2 = 0 OR NOT EXISTS (
           SELECT 1
             FROM version AS n
            CROSS JOIN delivery AS f ON f.version = n.version
            WHERE n.object = v.object
              AND n.collection = v.collection
              AND n.nation = v.nation
              AND n.modified < v.modified
              AND (:spec IS NULL OR n.spec IN (SELECT value FROM json_each(:spec)))
              AND (n.spec >= v.spec OR NOT :latest)
              AND substr(:readable, f.reach, 1) = x'01')))
"""

_ORDER = """
 ORDER BY d.number
 LIMIT :limit
"""

_FROM_ID = """
  FROM version AS v
 CROSS JOIN delivery AS d ON d.version = v.version
"""

_FROM_IDS = """
  FROM json_each(:ids) AS j
 CROSS JOIN version AS v ON v.object = j.value AND v.collection = :collection
 CROSS JOIN delivery AS d ON d.version = v.version
"""

_FROM_NUMBERS = """
  FROM json_each(:numbers) AS j
 CROSS JOIN delivery AS d ON d.collection = :collection AND d.number = j.value
 CROSS JOIN version AS v ON v.version = d.version
"""

_PLANS: Final = {
    "walk": _FROM + "{entry}" + _WHERE + _SPEC + _LAST + _ORDER,
    "filter": _FROM + "{entry}" + _WHERE + _SPEC + _FILTERED + _ORDER,
    "walk numbers": _FROM_NUMBERS + "{entry}" + _WHERE + _SPEC + _LAST + _ORDER,
    "filter numbers": _FROM_NUMBERS + "{entry}" + _WHERE + _SPEC + _FILTERED + _ORDER,
    "id": _FROM_ID + "{entry}" + _WHERE + _OF_ID + _SPEC + _LAST + _ORDER,
    "ids": _FROM_IDS + "{entry}" + _WHERE + _SPEC + _FILTERED + _ORDER,
}

STATEMENTS: Final = {
    (columns, plan): columns
    + rest.replace("{entry}", "" if columns in {KEYS, PLACES} else _ENTRY)
    for columns in (RECORD, KEYS, BYTES, PLACES)
    for plan, rest in _PLANS.items()
}
"""Statements by what they select and how they go about it."""

COUNT = """
SELECT count(DISTINCT v.object)
  FROM delivery AS d
 CROSS JOIN version AS v ON v.version = d.version
 WHERE d.collection = :collection
   AND d.number > :after
   AND substr(:readable, d.reach, 1) = x'01'
   AND (:after = 0 OR NOT EXISTS (
           SELECT 1
             FROM version AS w
             JOIN delivery AS e ON e.version = w.version
            WHERE w.object = v.object
              AND e.collection = :collection
              AND e.number <= :after
              AND substr(:readable, e.reach, 1) = x'01'))
"""
"""How many objects a class sees: of a whole collection, or new ones past a number."""
