"""Answers SQL with ClickHouse's engine: a statement a line in, as JSON text; a JSON list of rows a line out."""

import json
import sys

import chdb

for line in sys.stdin:
    answer = chdb.query(json.loads(line), "JSONCompactEachRow")
    print(json.dumps([json.loads(row) for row in str(answer).splitlines()]), flush=True)
