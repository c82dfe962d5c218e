"""Compares what an SDK sent with what the server kept: compare.py SENT RECEIVED

SENT: lines of JSON, as the scripts beside this one print them:
  {"sent": message, "expect": {path: mark}}         a message in Segment's shape
  {"person": user id, "traits": {name: value}, "groups": [traits]}   what the profile must be in the end; "groups" may be absent
RECEIVED: JSON {"events": […], "people": {id: profile}}, each as the API gives them.

Every field of every message must have arrived as it was sent, once, and nothing else. The exceptions are listed in
"expect": at that path exactly the mark must stand or, after a "~", a text with the mark somewhere in it. A path that was
expected to be marked and is not, and a mark that nobody expected, both fail. Exit code 1 names each.

A message without `messageId` is looked for by its kind and name; without `timestamp` its time is not compared.
"""
import datetime
import json
import re
import sys

NAMES = {"page": "Page Viewed", "screen": "Screen Viewed", "identify": "Identified", "group": "Grouped", "alias": "Aliased"}
# How far the time of an event may move by the correction of the sender's clock.
TIME_S_MAX = 5
# What the server itself adds to a context that lacks it (docs/visits.md).
ADDED = {"browser", "browser_version", "os_name", "os_version", "device_type", "campaign", "referrer_domain", "channel"}


def parsed(value):
    """Some answers hold the objects as JSON text."""
    return json.loads(value) if isinstance(value, str) else (value or {})


def seconds(value):
    if isinstance(value, (int, float)):
        return value / 1000
    return datetime.datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*", r"\1", value.replace("Z", "+00:00"))).timestamp()


def name_of(message):
    return message["event"] if message["type"] == "track" else NAMES[message["type"]]


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
            elif key not in sent and path == "context" and key in ADDED:
                pass
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
    """Everything in which a kept event differs from the message; `expect` is used up."""
    expect = dict(expect)
    if event["type"] != message["type"]:
        yield f"type: sent {message['type']}, kept {event['type']}"
    if event["event"] != name_of(message):
        yield f"event: expected {name_of(message)}, kept {event['event']}"
    time = message.get("timestamp")
    if time is not None and abs(seconds(event["time"]) - seconds(time)) > TIME_S_MAX:
        yield f"timestamp: sent {time}, kept {event['time']}"
    for part, sent in expected_objects(message).items():
        yield from differences(part, sent, parsed(event.get(part)), expect)
    for path in expect:
        yield f"{path}: expected a mark, nothing is kept there"


class Kept:
    """The kept events, each given to one message."""

    def __init__(self, events):
        self.left = list(events)

    def take(self, message, expect):
        """The event of a message and what is wrong with it."""
        given = message.get("messageId")
        if given is not None:
            found = [event for event in self.left if event["message_id"] == given]
            if len(found) != 1:
                return None, [f"kept {len(found)} times"]
        else:
            alike = (message["type"], name_of(message))
            found = [event for event in self.left if (event["type"], event["event"]) == alike]
            if not found:
                return None, ["kept 0 times"]
        problems, event = min(((list(compare(message, expect, event)), event) for event in found), key=lambda one: len(one[0]))
        self.left.remove(event)
        return event, problems


def identified(owners, people):
    """Whose the events are: one person for one user id, another for another, and the profile knows the ids."""
    of_user = {}
    for message, event in owners:
        ids = {"user_id": message.get("userId"), "anonymous_id": message.get("anonymousId")}
        if not any(ids.values()):
            # What nobody in particular did, or what is said of a group.
            if event.get("person"):
                yield f"{message['type']} {name_of(message)}: somebody's, though it names nobody"
            continue
        shown = people.get(event["person"], {}).get("identifiers", [])
        # An event with both ids is the user's; the anonymous id may be somebody else's already.
        kind = "user_id" if ids["user_id"] else "anonymous_id"
        if not any(one["kind"] == kind and (ids[kind] or "\0").startswith(one["masked"].rstrip("…")) for one in shown):
            yield f"{message['type']} {name_of(message)}: the person does not have the {kind} that was sent"
        if ids["user_id"]:
            of_user.setdefault(ids["user_id"], set()).add(event["person"])
    for user, persons in of_user.items():
        if len(persons) != 1:
            yield f"the events of one user are of {len(persons)} people"
    if len(set().union(*of_user.values(), set())) != len(of_user):
        yield f"{len(of_user)} user ids, but not as many people: {of_user}"


def profile(line, owners, people):
    """In what a profile differs from what it should be."""
    person = next((event["person"] for message, event in owners if line["person"] == message.get("userId")), None)
    kept = people.get(person)
    if kept is None:
        yield "nobody has this user id"
        return
    traits = {}
    for name, one in kept["traits"].items():
        value = f"[sealed: {one['sealed']}]" if one.get("sealed") else one["value"]
        if value is not None:
            traits[name] = value
    yield from differences("traits", line["traits"], traits, {})
    if "groups" in line:
        by_text = lambda objects: sorted(objects, key=lambda one: json.dumps(one, sort_keys=True))
        yield from differences("groups", by_text(line["groups"]), by_text([group["traits"] for group in kept["groups"]]), {})


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: compare.py SENT RECEIVED")
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.strip()]
    with open(sys.argv[2], encoding="utf-8") as file:
        received = json.load(file)
    kept, people, owners, problems = Kept(received["events"]), received["people"], [], []
    messages = [line for line in lines if "sent" in line]
    # Those that name their event first, so that the others choose among what is left.
    for line in sorted(messages, key=lambda line: line["sent"].get("messageId") is None):
        message = line["sent"]
        event, wrong = kept.take(message, line.get("expect", {}))
        if event is not None:
            owners.append((message, event))
        problems += [f"{message['type']} {name_of(message)} {message.get('messageId', '')}: {one}" for one in wrong]
    problems += [f"kept, but never sent: {event['type']} {event['event']} {event['message_id']}" for event in kept.left]
    problems += identified(owners, people)
    for line in lines:
        if "person" in line:
            problems += [f"profile of {line['person']}: {one}" for one in profile(line, owners, people)]
    print("\n".join(problems))
    print(f"{len(messages)} messages, {len(problems)} differences", file=sys.stderr)
    sys.exit(1 if problems or not messages else 0)


if __name__ == "__main__":
    main()
