"""Sends every call of Segment's Python SDK: python segment_python.py HOST WRITE_KEY

Prints a line of JSON for each: {"sent": the message as the SDK made it, "expect": {path: mark}}.
"""
import datetime
import json
import pathlib
import re
import sys

from segment.analytics.client import Client


def snake(name):
    return re.sub("([A-Z])", lambda found: "_" + found.group(1).lower(), name)


def plain(value):
    """What the SDK puts on the wire for values that JSON does not know."""
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python segment_python.py HOST WRITE_KEY")
    host, write_key = sys.argv[1:]
    failures = []
    client = Client(
        write_key, host=host, gzip=True, upload_size=3, upload_interval=0.1, max_retries=2,
        on_error=lambda error, batch: failures.append(f"{error}: {len(batch)} messages"),
    )
    cases = json.loads(pathlib.Path(__file__).with_name("cases.json").read_text("utf-8"))
    for case in cases:
        call, expect = case.pop("call"), case.pop("expect", {})
        fields = {snake(name): value for name, value in case.items()}
        if "timestamp" in fields:
            fields["timestamp"] = datetime.datetime.fromisoformat(fields["timestamp"].replace("Z", "+00:00"))
        taken, message = getattr(client, call)(**fields)
        if not taken:
            failures.append(f"{call}: the SDK's queue is full")
        print(json.dumps({"sent": message, "expect": expect}, default=plain, ensure_ascii=False))
    client.flush()
    client.join()
    for failure in failures:
        print("the SDK reports:", failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
