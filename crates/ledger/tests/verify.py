#!/usr/bin/env python3
"""Verifies a ledger with nothing but Python's standard library.

    verify.py FOLDER PUBLIC_KEY [OLDER]

FOLDER      holds `checkpoint` and `tile/` (the ledger's folder, or a copy fetched over HTTP)
PUBLIC_KEY  name+<key id>+<base64>, got from anywhere but FOLDER
OLDER       a file with one or several checkpoints of this ledger that you kept

Every leaf is hashed again (RFC 6962), every tile and the root are compared with it (C2SP tlog-tiles,
tlog-checkpoint, signed-note), and the tree is checked to contain the trees of the older checkpoints.
Prints one JSON object; the exit code is 0 when all agrees and 1 when not. Payloads are sealed and not
looked at: a leaf is 0x01 and SHA-256 of salt and payload, which whoever is shown both can check.
"""
import base64, hashlib, json, os, re, sys

# --- Ed25519, verification only (RFC 8032) ---------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e = (y1 - x1) * (y2 - x2) % P
    f = (y1 + x1) * (y2 + x2) % P
    g, h = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    p, q, r, s = f - e, h - g, h + g, f + e
    return (p * q % P, r * s % P, q * r % P, p * s % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def point_of(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(key, message, signature):
    if len(signature) != 64 or len(key) != 32:
        return False
    a, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = multiply(s, BASE), add(r, multiply(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- signed notes and checkpoints ------------------------------------------------------------------
class Refused(Exception):
    pass


def public_key(text):
    name, key_id, encoded = text.strip().split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    digest = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    if len(key) != 33 or key[0] != 1 or digest.hex() != key_id:
        raise Refused("the public key is not one")
    return name, digest, key[1:]


def checkpoint(note, key):
    """Size and root of a note that the key signed."""
    name, key_id, raw = key
    if len(note) > 65536 or any(c < " " and c != "\n" for c in note) or "\n\n" not in note:
        raise Refused("not a signed note")
    at = note.rindex("\n\n")
    text, lines = note[: at + 1], note[at + 2 :].split("\n")
    if lines.pop() != "" or not lines:
        raise Refused("not a signed note")
    signed = False
    for line in lines:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise Refused("not a signed note")
        blob = strict_base64(parts[2])
        if parts[1] == name and blob[:4] == key_id:
            if not signature_holds(raw, text.encode(), blob[4:]):
                raise Refused("the signature does not hold")
            signed = True
    if not signed:
        raise Refused("the log's key has not signed it")
    origin, size, root = text.split("\n")[:3]
    if origin != name or not re.fullmatch("0|[1-9][0-9]*", size):
        raise Refused("not a checkpoint of this log")
    return int(size), strict_base64(root)


def strict_base64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("not base64")
    if base64.b64encode(data).decode() != text:
        raise Refused("not base64")
    return data


def notes_in(text):
    """Cuts notes that lie one behind the other apart."""
    notes, current, signed = [], "", False
    for line in text.splitlines(keepends=True):
        is_signature = line.startswith("\u2014 ")
        if signed and not is_signature:
            notes.append(current)
            current = ""
        current += line
        signed = is_signature
    return notes + [current] if current else notes


# --- the tree ---------------------------------------------------------------------------------------
def leaf_hash(leaf):
    return hashlib.sha256(b"\x00" + leaf).digest()


def fold(row):
    while len(row) > 1:
        pairs = [hashlib.sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        row = pairs + row[len(pairs) * 2 :]
    return row[0] if row else hashlib.sha256(b"").digest()


class Edge:
    """The unfinished tile of every level."""

    def __init__(self):
        self.size, self.levels = 0, [[] for _ in range(8)]

    def push(self, value):
        index, finished = self.size // 256, []
        self.size += 1
        for level, row in enumerate(self.levels):
            row.append(value)
            if len(row) < 256:
                break
            finished.append((level, index, list(row)))
            value, index = fold(row), index // 256
            row.clear()
        return finished

    def root(self):
        right = []
        for row in self.levels:
            if row:
                right = [fold(row + right)]
        return fold(right)


def tile_path(level, index, width):
    groups = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        groups.insert(0, "x%03d" % (index % 1000))
    return "tile/%s/%s%s" % (level, "/".join(groups), "" if width == 256 else ".p/%d" % width)


def split_leaves(data):
    leaves, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        if at + 2 + length > len(data):
            return None
        leaves.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    return leaves


def split_hashes(data):
    return [data[i : i + 32] for i in range(0, len(data), 32)] if len(data) % 32 == 0 else None


def parts_of(folder, level, index, width):
    """The leaves or hashes of a tile, or None; a wider tile may have taken its place."""
    split = split_leaves if level == "entries" else split_hashes
    try:
        with open(os.path.join(folder, tile_path(level, index, width)), "rb") as file:
            parts = split(file.read())
        return parts if parts is not None and len(parts) == width else None
    except FileNotFoundError:
        for wider in [256] + list(range(width + 1, 256)):
            try:
                with open(os.path.join(folder, tile_path(level, index, wider)), "rb") as file:
                    parts = split(file.read())
                return parts[:width] if parts is not None and len(parts) >= width else None
            except FileNotFoundError:
                continue
    return None


# --- the verification -------------------------------------------------------------------------------
def verify(folder, key, older):
    findings = []

    def wrong(first, end, exact, text):
        findings.append({"first": first, "end": end, "exact": exact, "text": text})

    with open(os.path.join(folder, "checkpoint"), encoding="utf-8", newline="") as file:
        size, root = checkpoint(file.read(), key)
    stamps = [(size, root, "the checkpoint")]
    for note in notes_in(older):
        stamps.append(checkpoint(note, key) + ("the older checkpoint",))
    stamps.sort(key=lambda stamp: stamp[0])
    for old_size, _, _ in [stamp for stamp in stamps if stamp[0] > size]:
        wrong(size, old_size, True, "the log is shorter than a checkpoint signed before")
    edge, agreed, failed = Edge(), 0, False

    def stamp_now():
        nonlocal agreed, failed
        for old_size, old_root, name in stamps:
            if old_size == edge.size:
                if edge.root() == old_root:
                    agreed = old_size
                elif not failed:
                    failed = True
                    wrong(agreed, max(old_size, 1), False, "the tree is not the one that %s signs" % name)

    def compare(level, index, row):
        stored = parts_of(folder, level, index, len(row))
        if stored != row:
            same = 0
            while stored and same < len(row) and stored[same] == row[same]:
                same += 1
            first = (index * 256 + same) * 256**level
            wrong(first, first + 256**level, level == 0, "a tile does not hold the hashes of what lies below it")

    stamp_now()
    while edge.size < size:
        first, width = edge.size, min(256, size - edge.size)
        leaves = parts_of(folder, "entries", first // 256, width)
        if leaves is None:
            row = parts_of(folder, 0, first // 256, width)
            wrong(first, first + width, False, "leaves are missing")
            if row is None:
                break
        else:
            row = [leaf_hash(leaf) for leaf in leaves]
        for value in row:
            for level, index, full in edge.push(value):
                compare(level, index, full)
            stamp_now()
    if edge.size == size:
        for level, row in enumerate(edge.levels):
            if row:
                compare(level, size // 256 ** (level + 1), row)
    return size, findings


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    older = ""
    if len(sys.argv) == 4:
        with open(sys.argv[3], encoding="utf-8", newline="") as file:
            older = file.read()
    try:
        size, findings = verify(sys.argv[1], public_key(sys.argv[2]), older)
    except (Refused, UnicodeDecodeError, FileNotFoundError, ValueError) as error:
        size, findings = None, [{"first": 0, "end": None, "exact": False, "text": str(error)}]
    exact = sorted((f for f in findings if f["exact"]), key=lambda f: f["first"])
    spans = sorted((f for f in findings if not f["exact"]), key=lambda f: ((f["end"] or 2**64) - f["first"], f["first"]))
    first = (exact + spans)[:1]
    print(json.dumps({"sound": not findings, "size": size, "first_wrong": first[0] if first else None}))
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
