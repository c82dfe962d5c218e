"""Answers SQL: a JSON object a line in, {"zone", "sql"}; a JSON list of rows a line out.

A statement that gives no rows answers []. Anything wrong ends the program with a trace.
"""

import json
import sys

import duckdb

connection = duckdb.connect()
connection.execute("set threads = 1")
for line in sys.stdin:
    asked = json.loads(line)
    connection.execute(f"set TimeZone = '{asked['zone']}'")
    connection.execute(asked["sql"])
    rows = connection.fetchall() if connection.description else []
    print(json.dumps([list(row) for row in rows]), flush=True)
