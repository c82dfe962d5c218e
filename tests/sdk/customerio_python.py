"""Sends every tracking call of Customer.io's Python SDK, which speaks https alone: python customerio_python.py HOST WRITE_KEY

Then some through a front that refuses the first requests: FRONT_CERTIFICATE and FRONT_KEY name its certificate. Calls that
delete, merge or suppress are answered, and nothing comes of them.

Prints a line of JSON for each message that the server must keep: {"sent": message, "expect": {path: mark}}.
"""
import datetime
import json
import pathlib
import subprocess
import sys
from urllib.parse import urlsplit

from customerio import CustomerIO

CONTEXT = {"library": {"name": "Customer.io Python Client", "version": "3.2.0"}}
AT = 1_788_256_800
WHEN = datetime.datetime.fromtimestamp(AT, datetime.timezone.utc)
ADA = {"userId": "u-ada"}


def said(message, **expect):
    marks = {path.replace("__", "."): mark for path, mark in expect.items()}
    print(json.dumps({"sent": {"context": CONTEXT, **message}, "expect": marks}, ensure_ascii=False))


def client(host, write_key):
    address = urlsplit(host)
    return CustomerIO("site", write_key, host=address.hostname, port=address.port)


def everything(cio):
    marks = {"traits__email": "[sealed: email]", "traits__first_name": "[sealed: name]"}
    given = {"email": "ada@example.com", "first_name": "Ada", "plan": "pro", "seats": 12, "score": 0.5, "beta": True, "gone": "soon", "tags": ["a", "b"]}
    cio.identify("u-ada", anonymous_id="anon-1", **given)
    said({"type": "identify", **ADA, "anonymousId": "anon-1", "traits": given}, **marks)
    cio.identify("u-ada", gone="", nickname="Grüße, 世界 🌍", created_at=WHEN, nothing=float("nan"))
    said({"type": "identify", **ADA, "traits": {"gone": None, "nickname": "Grüße, 世界 🌍", "created_at": AT, "nothing": None}})
    cio.identify("grace@example.com", plan="free")
    said({"type": "identify", "userId": "grace@example.com", "traits": {"email": "grace@example.com", "plan": "free"}}, traits__email="[sealed: email]")
    data = {"total": 129.95, "products": [{"sku": "s-1"}], "nested": {"a": [1, [2]]}}
    cio.track("u-ada", "Order Completed", data, id="01BX5ZZKBKACTAV9WEVGEMMVRZ", timestamp=WHEN)
    said({"type": "track", "event": "Order Completed", "messageId": "01BX5ZZKBKACTAV9WEVGEMMVRZ", **ADA, "timestamp": WHEN.isoformat(), "properties": data})
    cio.track("u-ada", "Form Sent", {"password": "correct horse battery staple", "contact": "write to ada@example.com"})
    said({"type": "track", "event": "Form Sent", **ADA, "properties": {"password": "x", "contact": "x"}},
         properties__password="[removed: password]", properties__contact="~[sealed: email #")
    # A public key may not say whom a message goes to.
    cio.track("u-ada", "Steered", {"recipient": "eve@example.com", "from_address": "eve@example.com", "reply_to": "eve@example.com", "case": 1})
    said({"type": "track", "event": "Steered", **ADA, "properties": {"case": 1}})
    cio.track_anonymous("anon-2", "Looked Around", {"case": 2})
    said({"type": "track", "event": "Looked Around", "anonymousId": "anon-2", "properties": {"case": 2}})
    cio.pageview("u-ada", "https://shop.example.com/pricing", case=3)
    said({"type": "page", **ADA, "properties": {"name": "https://shop.example.com/pricing", "case": 3}})
    cio.backfill("u-ada", "Long Ago", WHEN, case=4)
    said({"type": "track", "event": "Long Ago", **ADA, "timestamp": WHEN.isoformat(), "properties": {"case": 4}})
    cio.add_device("u-ada", "token-1", "ios", last_used=AT)
    said({"type": "track", "event": "Device Added", **ADA, "properties": {"platform": "ios", "last_used": AT}, "traits": {"$union": {"devices": ["token-1"]}}})
    cio.add_device("u-ada", "token-2", "android")
    said({"type": "track", "event": "Device Added", **ADA, "properties": {"platform": "android"}, "traits": {"$union": {"devices": ["token-2"]}}})
    cio.delete_device("u-ada", "token-2")
    said({"type": "track", "event": "Device Removed", **ADA, "traits": {"$remove": {"devices": "token-2"}}})
    cio.suppress("u-ada")
    cio.unsuppress("u-ada")
    cio.merge_customers("id", "u-ada", "email", "grace@example.com")
    cio.delete("u-ada")


def batch(cio):
    someone = {"type": "person", "identifiers": {"id": "u-ada"}}
    acme = {"object_type_id": "1", "object_id": "acme"}
    reply = cio.batch([
        {**someone, "action": "identify", "attributes": {"plan": "enterprise"}},
        {**someone, "action": "event", "name": "Batched", "attributes": {"case": 5}},
        {"type": "object", "identifiers": acme, "action": "identify", "attributes": {"name": "Analytical Engines"}},
        {**someone, "action": "dance"},
        {**someone, "action": "delete"},
    ])
    errors = reply.json().get("errors", [])
    if reply.status_code != 207 or [error["batch_index"] for error in errors] != [3]:
        sys.exit(f"the batch was answered with {reply.status_code} {reply.text}")
    said({"type": "identify", **ADA, "traits": {"plan": "enterprise"}})
    said({"type": "track", "event": "Batched", **ADA, "properties": {"case": 5}})
    said({"type": "group", "groupId": "1:acme", "traits": {"name": "Analytical Engines"}})


def refused(host, write_key):
    front = subprocess.Popen(["node", pathlib.Path(__file__).parent / "front.mjs", host, "503", "502"], stdout=subprocess.PIPE, text=True)
    try:
        with client(front.stdout.readline().strip(), write_key) as cio:
            cio.track("u-ada", "At The Third Try", {"case": 6})
    finally:
        front.terminate()
    said({"type": "track", "event": "At The Third Try", **ADA, "properties": {"case": 6}})
    statuses = [json.loads(line)["status"] for line in front.stdout]
    if statuses != [503, 502, 200]:
        sys.exit(f"the front saw {statuses}")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python customerio_python.py HOST WRITE_KEY")
    host, write_key = sys.argv[1:]
    with client(host, write_key) as cio:
        everything(cio)
        batch(cio)
    refused(host, write_key)
    profile = {
        "email": "[sealed: email]", "first_name": "[sealed: name]", "plan": "enterprise", "seats": 12, "score": 0.5, "beta": True,
        "tags": ["a", "b"], "nickname": "Grüße, 世界 🌍", "created_at": AT, "devices": ["token-1"],
    }
    print(json.dumps({"person": "u-ada", "traits": profile}, ensure_ascii=False))


if __name__ == "__main__":
    main()
