"""Sends every call of Mixpanel's Python SDK: python mixpanel_python.py HOST WRITE_KEY

To http: everything but flags, one by one and buffered. To https, which it uses when it is given a host alone: a call of each
kind, imports with an account and flags. `Mixpanel.alias` is not called: it makes a consumer of its own that always
asks Mixpanel; a `$create_alias` event does the same here.

Prints a line of JSON for each message that the server must keep: {"sent": message, "expect": {path: mark}}.
"""
import datetime
import json
import sys
import time
from urllib.parse import urlsplit

import mixpanel
from mixpanel.flags.types import LocalFlagsConfig, RemoteFlagsConfig, SelectedVariant

RENAMED = {"$email": "email", "$first_name": "first_name", "$created": "created_at"}
LIBRARY = {"library": {"name": "mixpanel-python", "version": "5.4.1"}}
LONG_AGO = int(datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc).timestamp())


def said(message, **expect):
    marks = {path.replace("__", "."): mark for path, mark in expect.items()}
    print(json.dumps({"sent": message, "expect": marks}, ensure_ascii=False))


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()


class Calls:
    """Makes a call and says what must come of it."""

    def __init__(self, consumer, write_key):
        self.sdk = mixpanel.Mixpanel(write_key, consumer=consumer)

    def track(self, user, event, properties, **expect):
        self.sdk.track(user, event, properties)
        kept = {name: value.strftime("%Y-%m-%dT%H:%M:%S") if isinstance(value, datetime.datetime) else value for name, value in properties.items()}
        ids = {"userId": user, "anonymousId": kept.pop("$device_id", None), "messageId": kept.pop("$insert_id", None)}
        if user.startswith("$device:"):
            ids.update(userId=None, anonymousId=user.removeprefix("$device:"))
        said({"type": "track", "event": event, "timestamp": iso(time.time()), "properties": kept, "context": LIBRARY, **ids}, **expect)

    def import_data(self, user, event, properties):
        self.sdk.import_data(None, user, event, LONG_AGO, properties)
        kept = {name: value for name, value in properties.items() if name != "$insert_id"}
        said({"type": "track", "event": event, "messageId": properties.get("$insert_id"), "userId": user, "timestamp": iso(LONG_AGO), "properties": kept, "context": LIBRARY})

    def people(self, method, user, given, *, meta=None, traits=None, **expect):
        getattr(self.sdk, method)(user, given, **({"meta": meta} if meta else {}))
        operation = {"people_set_once": "$set_once", "people_increment": "$add", "people_append": "$append", "people_union": "$union", "people_remove": "$remove", "people_unset": "$unset"}.get(method)
        if traits is None:
            renamed = {RENAMED.get(name, name): value for name, value in (given.items() if isinstance(given, dict) else [(name, None) for name in given])}
            traits = {operation: renamed} if operation else renamed
        at = meta["$time"] if meta and "$time" in meta else time.time()
        said({"type": "identify", "userId": user, "timestamp": iso(at), "traits": traits}, **expect)

    def group(self, method, group, given):
        getattr(self.sdk, method)("company", group, given)
        operation = {"group_set_once": "$set_once", "group_union": "$union", "group_remove": "$remove", "group_unset": "$unset"}.get(method)
        traits = {name: None for name in given} if isinstance(given, list) else given
        said({"type": "group", "groupId": f"company:{group}", "timestamp": iso(time.time()), "traits": {operation: traits} if operation else traits})


def everything(host, write_key):
    urls = {f"{kind}_url": f"{host}/{path}" for kind, path in [("events", "track"), ("people", "engage"), ("import", "import"), ("groups", "groups")]}
    calls = Calls(mixpanel.Consumer(**urls), write_key)
    when = datetime.datetime(2026, 9, 1, 10)
    calls.track("u-ada", "Plan Chosen", {"plan": "pro", "seats": 3, "price": 12.5, "trial": True, "tags": ["a", "b"], "nothing": None, "nested": {"a": [1, [2]]}, "when": when})
    calls.track("$device:anon-1", "Form Sent", {"$insert_id": "mp-python-1", "password": "correct horse battery staple", "contact": "write to ada@example.com"},
                properties__password="[removed: password]", properties__contact="~[sealed: email #")
    calls.track("u-ada", "Signed In", {"$device_id": "anon-1", "unicode": "Grüße, 世界 🌍 +/=&%"})
    calls.import_data("u-ada", "Long Ago", {"$insert_id": "mp-python-2", "case": 1})
    calls.people("people_set", "u-ada", {"$email": "ada@example.com", "$first_name": "Ada", "plan": "pro", "score": 1, "visits": 2, "gone": "soon", "list": ["x", "y"]},
                 traits__email="[sealed: email]", traits__first_name="[sealed: name]")
    # Whoever says when it happened may say something old, and it must not win over what is newer.
    calls.people("people_set", "u-ada", {"plan": "trial"}, meta={"$time": LONG_AGO, "$ignore_time": True, "$ip": 0})
    calls.people("people_set_once", "u-ada", {"plan": "free", "source": "letter"})
    calls.people("people_increment", "u-ada", {"visits": 1, "score": -0.5, "fresh": 4})
    calls.people("people_append", "u-ada", {"list": "z", "other": 1})
    calls.people("people_union", "u-ada", {"list": ["z", "w"]})
    calls.people("people_remove", "u-ada", {"list": "y"})
    calls.people("people_unset", "u-ada", ["gone"])
    calls.sdk.people_track_charge("u-ada", 30.5, {"sku": "s-1"})
    said({"type": "identify", "userId": "u-ada", "timestamp": iso(time.time()), "traits": {"$append": {"$transactions": {"$amount": 30.5, "sku": "s-1"}}}})
    calls.sdk.people_clear_charges("u-ada")
    said({"type": "identify", "userId": "u-ada", "timestamp": iso(time.time()), "traits": {"$unset": {"$transactions": None}}})
    # What a write key may not do is answered like everything else, and nothing is kept of it.
    calls.sdk.people_delete("u-ada")
    calls.sdk.group_delete("company", "c-1")
    calls.sdk.merge(None, "u-ada", "u-grace")
    calls.group("group_set", "c-1", {"name": "Analytical Engines", "employees": 40, "list": ["a"]})
    calls.group("group_set_once", "c-1", {"name": "Other", "since": 1843})
    calls.group("group_union", "c-1", {"list": ["b"]})
    calls.group("group_remove", "c-1", {"list": "a"})
    calls.group("group_unset", "c-1", ["employees"])
    calls.sdk.track("anon-2", "$create_alias", {"alias": "u-grace", "$insert_id": "mp-python-3"})
    said({"type": "alias", "messageId": "mp-python-3", "userId": "u-grace", "previousId": "anon-2", "context": LIBRARY})

    buffered = mixpanel.BufferedConsumer(max_size=3, **urls)
    calls = Calls(buffered, write_key)
    for index in range(4):
        calls.track("u-grace", "Buffered", {"case": index})
    calls.people("people_set", "u-grace", {"plan": "free"})
    calls.import_data("u-grace", "Imported", {"$insert_id": "mp-python-4"})
    buffered.flush()
    profile = {"email": "[sealed: email]", "first_name": "[sealed: name]", "plan": "pro", "source": "letter", "score": 0.5, "visits": 3, "fresh": 4, "list": ["x", "z", "w"], "other": [1]}
    print(json.dumps({"person": "u-ada", "traits": profile}))
    print(json.dumps({"person": "u-grace", "traits": {"plan": "free"}}))


def over_tls(host, write_key):
    api_host = urlsplit(host).netloc
    calls = Calls(mixpanel.Consumer(api_host=api_host), write_key)
    calls.track("u-ada", "Tracked Over TLS", {"case": 1})
    calls.people("people_set", "u-ada", {"plan": "pro"})
    calls.group("group_set", "c-1", {"name": "Analytical Engines"})
    account = mixpanel.ServiceAccountCredentials("account", "its-secret", "4711")
    calls = Calls(mixpanel.Consumer(api_host=api_host, credentials=account), write_key)
    calls.import_data("u-ada", "Imported By Account", {"$insert_id": "mp-python-tls-1"})
    calls = Calls(mixpanel.Consumer(api_host=api_host), write_key)
    calls.sdk.import_data(None, "u-ada", "Imported By Secret", LONG_AGO, {"$insert_id": "mp-python-tls-2"}, api_secret="its-secret")
    said({"type": "track", "event": "Imported By Secret", "messageId": "mp-python-tls-2", "userId": "u-ada", "timestamp": iso(LONG_AGO), "context": LIBRARY})
    flags = mixpanel.Mixpanel(
        write_key, consumer=mixpanel.Consumer(api_host=api_host), remote_flags_config=RemoteFlagsConfig(api_host=api_host),
        local_flags_config=LocalFlagsConfig(api_host=api_host, enable_polling=False),
    )
    with flags:
        if flags.remote_flags.get_variant_value("banner", "fallback", {"distinct_id": "u-ada"}) != "fallback":
            sys.exit("an unknown flag has a value")
        if flags.remote_flags.get_all_variants({"distinct_id": "u-ada"}) != {}:
            sys.exit("the flags are not an empty map")
        flags.local_flags.start_polling_for_definitions()
        if flags.local_flags.get_variant("banner", SelectedVariant(variant_value="fallback"), {"distinct_id": "u-ada"}).variant_value != "fallback":
            sys.exit("an unknown flag has a value")
    print(json.dumps({"person": "u-ada", "traits": {"plan": "pro"}}))


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python mixpanel_python.py HOST WRITE_KEY")
    host, write_key = sys.argv[1:]
    (over_tls if host.startswith("https:") else everything)(host, write_key)


if __name__ == "__main__":
    main()
