"""Sends every call of RudderStack's Python SDK: python rudderstack_python.py HOST WRITE_KEY

Prints a line of JSON for each: {"sent": the message as the SDK made it, "expect": {path: mark}}. The first two batches are
refused, once with 429 and once with 503, by a front that stands before the server.
"""
import datetime
import json
import pathlib
import re
import subprocess
import sys

from rudderstack.analytics.client import Client

FOLDER = pathlib.Path(__file__).parent


def snake(name):
    return re.sub("([A-Z])", lambda found: "_" + found.group(1).lower(), name)


def calls(client, cases):
    """Makes the calls; gives what the SDK says it will send."""
    for case in cases:
        call, expect = case.pop("call"), case.pop("expect", {})
        fields = {snake(name): value for name, value in case.items()}
        if "timestamp" in fields:
            fields["timestamp"] = datetime.datetime.fromisoformat(fields["timestamp"].replace("Z", "+00:00"))
        taken, message = getattr(client, call)(**fields)
        if not taken:
            sys.exit(f"{call}: the SDK's queue is full")
        yield {"sent": message, "expect": expect}


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python rudderstack_python.py HOST WRITE_KEY")
    host, write_key = sys.argv[1:]
    failures = []
    on_error = lambda error, batch: failures.append(f"{error}: {len(batch)} messages")
    front = subprocess.Popen(["node", FOLDER / "front.mjs", host, "429", "503"], stdout=subprocess.PIPE, text=True)
    try:
        refusing = front.stdout.readline().strip()
        packed = Client(write_key, host=refusing, gzip=True, upload_size=3, upload_interval=0.1, max_retries=4, on_error=on_error)
        lines = list(calls(packed, json.loads((FOLDER / "cases.json").read_text("utf-8"))))
        packed.flush()
        packed.join()
    finally:
        front.terminate()
    statuses = [json.loads(line)["status"] for line in front.stdout]
    if sorted(statuses)[-2:] != [429, 503] or statuses.count(200) < 4:
        failures.append(f"the front saw {statuses}")
    # Plain, and without a queue: the call returns when the server has it.
    plain = Client(write_key, host=host, gzip=False, sync_mode=True)
    case = {"call": "track", "userId": "u-grace", "event": "Compiled", "properties": {"when": "2026-09-01"}, "messageId": "sync-1"}
    lines += calls(plain, [case])
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))
    for failure in failures:
        print("the SDK reports:", failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
