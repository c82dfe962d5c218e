"""Compares what an SDK sent with what the server kept: compare.py SENT RECEIVED

SENT: lines of {"sent": message, "expect": {path: mark}}, as the scripts beside this one print them.
RECEIVED: JSON, a list of events as `GET /api/v1/workspaces/{w}/events` gives them, alone or in "events".
Every field of every message must have arrived as it was sent. The exceptions are listed in "expect": at
that path exactly the mark must stand or, after a "~", a text with the mark somewhere in it. A path that
was expected to be marked and is not, and a mark that nobody expected, both fail. Exit code 1 names each.
"""
import datetime
import json
import re
import sys

NAMES = {"page": "Page Viewed", "screen": "Screen Viewed", "identify": "Identified", "group": "Grouped", "alias": "Aliased"}
# How far the time of an event may move by the correction of the sender's clock.
TIME_S_MAX = 5


def first(event, *names):
    return next((event[name] for name in names if event.get(name) is not None), None)


def parsed(value):
    """Some answers hold the objects as JSON text."""
    return json.loads(value) if isinstance(value, str) else (value or {})


def seconds(value):
    if isinstance(value, (int, float)):
        return value / 1000
    return datetime.datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*", r"\1", value.replace("Z", "+00:00"))).timestamp()


def expected_objects(message):
    """The properties, traits and context that the server is to hold for a message."""
    kind, context = message["type"], dict(message.get("context") or {})
    traits_of_context = context.pop("traits", None)
    context.pop("ip", None)
    properties = dict(message.get("properties") or {})
    if kind in ("page", "screen"):
        for name in ("name", "category"):
            if message.get(name) is not None:
                properties.setdefault(name, message[name])
    traits = message.get("traits")
    if traits is None and kind != "group":
        traits = traits_of_context
    return {"properties": properties, "traits": traits or {}, "context": context}


def marked(mark, sent, kept):
    if not isinstance(kept, str):
        return False
    return kept != sent and mark[1:] in kept if mark.startswith("~") else kept == mark


def differences(path, sent, kept, expect):
    if path in expect:
        if not marked(expect.pop(path), sent, kept):
            yield f"{path}: the expected mark is not there"
    elif isinstance(sent, dict) and isinstance(kept, dict):
        for key in sent.keys() | kept.keys():
            inner = f"{path}.{key}"
            if key not in kept:
                yield f"{inner}: not kept"
            elif key not in sent:
                yield f"{inner}: kept, but never sent"
            else:
                yield from differences(inner, sent[key], kept[key], expect)
    elif isinstance(sent, list) and isinstance(kept, list) and len(sent) == len(kept):
        for index, (one, other) in enumerate(zip(sent, kept)):
            yield from differences(f"{path}[{index}]", one, other, expect)
    elif sent != kept or isinstance(sent, bool) != isinstance(kept, bool):
        yield f"{path}: sent {sent!r}, kept {kept!r}"


def compare(message, expect, event):
    kind = message["type"]
    name = message["event"] if kind == "track" else NAMES[kind]
    if first(event, "type", "kind") not in (None, kind):
        yield f"type: sent {kind}, kept {first(event, 'type', 'kind')}"
    if first(event, "event", "name") != name:
        yield f"event: expected {name}, kept {first(event, 'event', 'name')}"
    for wire, plain in (("userId", "user_id"), ("anonymousId", "anonymous_id"), ("groupId", "group_id"), ("previousId", "previous_id")):
        # The events of the API may name the person only; where an id is given it must be right.
        kept = first(event, plain, wire)
        if kept is not None and kept != message.get(wire):
            yield f"{wire}: another one is kept"
    time = first(event, "time", "timestamp", "time_ms")
    if time is None or abs(seconds(time) - seconds(message["timestamp"])) > TIME_S_MAX:
        yield f"timestamp: sent {message['timestamp']}, kept {time}"
    for part, sent in expected_objects(message).items():
        yield from differences(part, sent, parsed(event.get(part)), expect)
    for path in expect:
        yield f"{path}: expected a mark, nothing is kept there"


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: compare.py SENT RECEIVED")
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.strip()]
    with open(sys.argv[2], encoding="utf-8") as file:
        received = json.load(file)
    events = received if isinstance(received, list) else first(received, "events", "items", "data") or []
    by_id = {}
    for event in events:
        by_id.setdefault(first(event, "message_id", "messageId"), []).append(event)
    failures = 0
    for line in lines:
        message, expect = line["sent"], dict(line["expect"])
        kept = by_id.get(message["messageId"], [])
        problems = [f"kept {len(kept)} times"] if len(kept) != 1 else list(compare(message, expect, kept[0]))
        for problem in problems:
            failures += 1
            print(f"{message['type']} {message['messageId']}: {problem}")
    print(f"{len(lines)} messages, {failures} differences", file=sys.stderr)
    sys.exit(1 if failures or not lines else 0)


if __name__ == "__main__":
    main()
