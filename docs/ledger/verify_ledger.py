#!/usr/bin/env python3
"""Verifies a ledger, or the proof of one entry, with nothing but Python's standard library.

    verify_ledger.py FOLDER --key KEY [--older FILE]... [--witness KEY]... [--within SECONDS] [--payload-key FILE]
    verify_ledger.py --proof FILE --key KEY [--witness KEY]...

FOLDER         the ledger's folder, or a copy of it; `checkpoint` and `tile/` fetched over HTTP are enough for the tree
--key          the ledger's public key, name+<key id>+<base64>, got from anywhere but FOLDER
--older        a file with one or several checkpoints of this ledger that you kept, or that a witness gave you
--witness      a witness's public key: its cosignature must be there, and the tree must agree with what it covers
--within       the witness's last cosignature may be so old; without it a log set back as a whole passes with its old one
--payload-key  a file with the payload key in 64 hexadecimal digits: payloads are opened and compared with their leaves
--proof        a file made by `holdfast ledger prove` (C2SP tlog-proof); prints the entry that it proves

Every leaf is hashed again (RFC 6962); every tile, root, payload and waiting entry is compared with it. What you bring from
outside decides what can be found: whoever has the signing key can sign another history, but none that fits a checkpoint which
somebody else kept. Prints one JSON object. Exit code 0: all agrees; 1: it does not; 2: wrong use. docs/formats/ledger.md has
the formats; this file shows them at work. It needs `primitives.py` beside it and nothing else.
"""
import argparse, base64, functools, hashlib, hmac, json, os, re, sys, time

from primitives import Sealed, crc32c, signature_holds

# --- the keys of payloads (docs/formats/keys.md) ------------------------------------------------------------------------
def expand(key, kind, purpose):
    """One block of HKDF-SHA-256 (RFC 5869)."""
    extracted = hmac.digest(b"holdfast 1", key, "sha256")
    return hmac.digest(extracted, kind.encode() + b"\0" + purpose.encode() + b"\1", "sha256")


@functools.lru_cache(maxsize=1024)
def sealing_key(payload_key, folder, block):
    return Sealed(expand(payload_key, "key", "ledger payload %s %d" % (folder, block)))


def place_of(stream, index, at_ms):
    return b"holdfast ledger payload 1\0" + stream + index.to_bytes(8, "big") + at_ms.to_bytes(8, "big", signed=True)


def opened(payload_key, folder, stream, index, at_ms, sealed):
    """Salt and payload of a sealed entry, or None."""
    return sealing_key(payload_key, folder, index >> 20).open(place_of(stream, index, at_ms), sealed)


# --- signed notes, checkpoints, cosignatures ----------------------------------------------------------------------------
class Refused(Exception):
    pass


def strict_base64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("not base64")
    if base64.b64encode(data).decode() != text:
        raise Refused("not base64")
    return data


def public_key(text, kind=1):
    """Kind 1 signs a log's checkpoints, kind 4 is a witness's."""
    parts = text.strip().split("+", 2)
    key = strict_base64(parts[2]) if len(parts) == 3 else b""
    digest = hashlib.sha256(parts[0].encode() + b"\n" + key).digest()[:4]
    if len(key) != 33 or key[0] != kind or digest.hex() != parts[1]:
        raise Refused("not the public key of a %s: %s" % ({1: "ledger", 4: "witness"}[kind], text.strip()))
    return parts[0], digest, key[1:]


def signatures(note):
    if len(note.encode()) > 65536 or any(c < " " and c != "\n" for c in note) or "\n\n" not in note:
        raise Refused("not a signed note")
    at = note.rindex("\n\n")
    text, lines, found = note[: at + 1], note[at + 2 :].split("\n"), []
    if lines.pop() != "" or not 1 <= len(lines) <= 64:
        raise Refused("not a signed note")
    for line in lines:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise Refused("not a signed note")
        blob = strict_base64(parts[2])
        found.append((parts[1], blob[:4], blob[4:]))
    return text, found


def checkpoint(note, key):
    """Size and root of a note that the log's key signed."""
    name, key_id, raw = key
    text, found = signatures(note)
    mine = [signature for n, i, signature in found if (n, i) == (name, key_id)]
    if not all(signature_holds(raw, text.encode(), signature) for signature in mine):
        raise Refused("the signature does not hold")
    lines = text.split("\n")
    if len(lines) < 4 or not re.fullmatch("0|[1-9][0-9]{0,19}", lines[1]) or "" in lines[:-1]:
        raise Refused("not a checkpoint")
    if lines[0] != name:
        raise Refused("a checkpoint of another log: %s" % lines[0])
    if not mine:
        raise Refused("the log's key has not signed it")
    return int(lines[1]), strict_base64(lines[2])


def cosigned_at(note, witness):
    """When the witness cosigned this checkpoint, in seconds since 1970; None if it did not."""
    name, key_id, raw = witness
    text, found = signatures(note)
    times = []
    for signer, signer_id, blob in found:
        if (signer, signer_id) == (name, key_id):
            at = int.from_bytes(blob[:8], "big")
            if not signature_holds(raw, b"cosignature/v1\ntime %d\n" % at + text.encode(), blob[8:]):
                raise Refused("the cosignature of %s does not hold" % name)
            times.append(at)
    return max(times, default=None)


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


# --- the tree -----------------------------------------------------------------------------------------------------------
def leaf_hash(leaf):
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(row):
    while len(row) > 1:
        pairs = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
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
    for wide in [width, 256] + list(range(width + 1, 256)):
        data = folder.read(tile_path(level, index, wide))
        if data is not None:
            parts = split(data)
            return parts[:width] if parts is not None and len(parts) >= (wide if wide < 256 else width) else None
    return None


def included(index, size, leaf, path):
    """The root that an inclusion path leads to, or None (RFC 9162, 2.1.3.2)."""
    node, last, root = index, size - 1, leaf
    for neighbour in path:
        if last == 0:
            return None
        if node % 2 or node == last:
            root = node_hash(neighbour, root)
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            root = node_hash(root, neighbour)
        node, last = node // 2, last // 2
    return root if last == 0 and index < size else None


# --- files with a header and frames -------------------------------------------------------------------------------------
def frames_of(data, magic, stream, first):
    """The bodies of a file's whole frames, and why that stops before its end; ("torn", …) where nothing whole follows."""
    if len(data) < 47 or data[:10] != magic + b"\0\1" or crc32c(data[:43]) != int.from_bytes(data[43:47], "big"):
        return [], "its header is damaged"
    if data[18:35] != stream or int.from_bytes(data[35:43], "big") != first:
        return [], "it belongs to another place than where it lies"
    bodies, at = [], 47
    while at < len(data):
        length = int.from_bytes(data[at + 8 : at + 12], "big")
        body = data[at + 12 : at + 12 + length]
        sum_holds = data[at + 4 : at + 8] == crc32c(data[at + 8 : at + 12] + body).to_bytes(4, "big")
        if data[at : at + 4] != b"hfLF" or len(body) < length or not sum_holds:
            later = data.find(b"hfLF", at + 1)
            return bodies, "a frame is damaged" if later >= 0 else "torn"
        bodies.append(body)
        at += 12 + length
    return bodies, None


def stream_of(name):
    """A folder below payload/ as the 17 bytes that stand for it; None for other folders."""
    if name == "installation":
        return bytes(17)
    try:
        data = base64.b32hexdecode(name[3:].upper() + "======")
    except ValueError:
        return None
    return b"\1" + data if name.startswith("ws_") and len(data) == 16 else None


def folder_of(stream):
    return "ws_" + base64.b32hexencode(stream[1:]).decode().rstrip("=").lower() if stream[0] else "installation"


class Folder:
    def __init__(self, path):
        self.path = path

    def read(self, name):
        try:
            with open(os.path.join(self.path, name), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def names(self, name):
        try:
            return sorted(os.listdir(os.path.join(self.path, name)))
        except FileNotFoundError:
            return []


# --- the verification ---------------------------------------------------------------------------------------------------
class Verification:
    def __init__(self, folder, key, older=(), witnesses=(), payload_key=None, within=None, now=None):
        self.folder, self.key, self.payload_key = folder, key, payload_key
        self.findings, self.leaves, self.cosigned = [], [], {}
        self.payloads, self.intents, self.closed, self.kept_from = {}, set(), set(), 0
        note = (folder.read("checkpoint") or b"").decode(errors="replace")
        self.size, root = checkpoint(note, key)
        stamps = [(0, fold([]), "the empty log", True), (self.size, root, "the checkpoint", False)]
        for text in older:
            stamps += [checkpoint(note, key) + ("the older checkpoint", True) for note in notes_in(text)]
        stamps += self.own_stamps("checkpoints", "the log's own checkpoint")
        self.witnessed(witnesses, within, now, stamps)
        self.tree(stamps)
        self.waiting = {}
        if folder.names("pending") or folder.names("payload"):
            self.pending()
            self.all_payloads()
            self.listed_intents()

    def wrong(self, first, end, exact, text):
        self.findings.append({"first": first, "end": end, "exact": exact, "text": text})

    def own_stamps(self, name, text):
        """Checkpoints that lie in the folder: worth nothing against a forger with the key, but they narrow damage down."""
        stamps = []
        for note in notes_in((self.folder.read(name) or b"").decode(errors="replace")):
            try:
                stamps.append(checkpoint(note, self.key) + (text, False))
            except Refused as refused:
                if note.endswith("\n") and "\n\n" in note:
                    self.wrong(0, None, False, "%s: %s" % (name, refused))
        return [stamp for stamp in stamps if stamp[0] <= self.size]

    def witnessed(self, witnesses, within, now, stamps):
        notes = notes_in((self.folder.read("cosigned") or b"").decode(errors="replace"))
        for witness in witnesses:
            found = []
            for note in notes:
                try:
                    at = cosigned_at(note, witness)
                    if at is not None:
                        found.append((at, checkpoint(note, self.key)))
                except Refused as refused:
                    self.wrong(0, None, False, "cosigned: %s" % refused)
            if not found:
                self.wrong(0, None, False, "the witness %s has cosigned nothing that is here" % witness[0])
                continue
            at, (size, root) = max(found)
            self.cosigned[witness[0]] = {"size": size, "at": at}
            stamps.append((size, root, "what the witness %s cosigned" % witness[0], True))
            if within is not None and at + within < (time.time() if now is None else now):
                self.wrong(size, None, False, "the witness %s has cosigned nothing for longer than allowed" % witness[0])

    def tree(self, stamps):
        """Walks all leaves. What failed lies behind the last checkpoint that agreed; that a checkpoint of the folder agrees
        counts only against others of the folder, since who made one outside disagree could sign it."""
        edge, at_size, failed = Edge(), {}, set()
        agreed = {True: 0, False: 0}
        for size, root, name, outside in stamps:
            at_size.setdefault(size, []).append((root, name, outside))

        def stamp_now():
            root = edge.root() if edge.size in at_size else None
            for old_root, name, outside in at_size.pop(edge.size, []):
                if root != old_root and outside not in failed:
                    failed.add(outside)
                    text = "the tree is not the one that %s signs" % name
                    self.wrong(agreed[outside], max(edge.size, 1), False, text)
                elif root == old_root:
                    agreed[False] = edge.size
                    agreed[True] = edge.size if outside else agreed[True]

        stamp_now()
        while edge.size < self.size:
            first, width = edge.size, min(256, self.size - edge.size)
            leaves = parts_of(self.folder, "entries", first // 256, width)
            row = parts_of(self.folder, 0, first // 256, width)
            if leaves is None:
                self.wrong(first, first + width, False, "leaves are missing")
                if row is None:
                    return
            else:
                odd = [i for i, leaf in enumerate(leaves) if len(leaf) != 33 or leaf[0] != 1]
                if odd:
                    self.wrong(first + odd[0], first + odd[0] + 1, True, "its leaf has an unknown form")
                row = [leaf_hash(leaf) for leaf in leaves]
            self.leaves += leaves or [None] * width
            for value in row:
                for level, index, full in edge.push(value):
                    self.compare(level, index, full)
                stamp_now()
        for level, row in enumerate(edge.levels):
            if row:
                self.compare(level, self.size // 256 ** (level + 1), row)
        if at_size:
            text = "the log ends at entry %d, before a checkpoint of %d entries" % (self.size, min(at_size))
            self.wrong(agreed[True], min(at_size), False, text)

    def compare(self, level, index, row):
        stored = parts_of(self.folder, level, index, len(row))
        if stored != row:
            same = 0
            while stored and same < len(row) and stored[same] == row[same]:
                same += 1
            first = (index * 256 + same) * 256**level
            text = "a tile does not hold the hashes of what lies below it"
            self.wrong(first, first + 256**level, level == 0, text)

    def files(self, folder, extension):
        names = [name for name in self.folder.names(folder) if re.fullmatch(r"\d{20}\." + extension, name)]
        return [(int(name[:20]), self.folder.read(folder + "/" + name)) for name in names]

    def pending(self):
        """Entries on their way into the tree: those it has must be the same, those behind it must follow without a gap."""
        files, end = self.files("pending", "log"), None
        for at, (first, data) in enumerate(files):
            bodies, why = frames_of(data, b"HFLPEND\n", bytes(17), first)
            if why and (why != "torn" or at + 1 < len(files)):
                self.wrong(first, None, False, "pending: %s" % why)
            for body in bodies:
                index, count, rest = int.from_bytes(body[:8], "big"), int.from_bytes(body[8:12], "big"), body[12:]
                if end is not None and index != end:
                    self.wrong(end, index, False, "pending: entries are missing")
                for number in range(index, index + count):
                    leaf, stream, at_ms = rest[:33], rest[33:50], int.from_bytes(rest[50:58], "big", signed=True)
                    length = int.from_bytes(rest[58:62], "big")
                    self.waiting[number] = leaf
                    if number < len(self.leaves):
                        if self.leaves[number] not in (None, leaf):
                            self.wrong(number, number + 1, True, "what waits for the tree is not what the tree has")
                    elif self.payload_key:
                        self.payload(stream, number, at_ms, rest[62 : 62 + length], leaf)
                    rest = rest[62 + length :]
                end = index + count
        if end is not None and end < self.size:
            self.wrong(end, self.size, False, "pending: it ends too early")

    def all_payloads(self):
        for name in self.folder.names("payload"):
            stream = stream_of(name)
            files = self.files("payload/" + name, "payload") if stream else []
            for at, (first, data) in enumerate(files):
                bound = files[at + 1][0] if at + 1 < len(files) else None
                bodies, why = frames_of(data, b"HFLPAYL\n", stream, first)
                last = first - 1
                for body in bodies:
                    index, at_ms = int.from_bytes(body[:8], "big"), int.from_bytes(body[8:16], "big", signed=True)
                    if index <= last or (bound is not None and index >= bound):
                        self.wrong(last + 1, bound, False, "payload/%s: entries are out of order" % name)
                        break
                    last = index
                    if index >= self.size:
                        if index not in self.waiting:
                            self.wrong(index, index + 1, True, "there is a payload for it, but no entry")
                    elif index in self.payloads:
                        self.wrong(index, index + 1, True, "there are two payloads for it")
                    else:
                        self.payloads[index] = name
                        if self.payload_key and index < len(self.leaves) and self.leaves[index] is not None:
                            self.payload(stream, index, at_ms, body[16:], self.leaves[index])
                if why and (why != "torn" or bound is not None):
                    self.wrong(last + 1, bound or max(self.size, last + 2), False, "payload/%s: %s" % (name, why))
        if self.payload_key:
            missing = [index for index in range(self.kept_from, self.size) if index not in self.payloads]
            if missing:
                self.wrong(missing[0], missing[0] + 1, True, "its payload is gone, and no drop was entered that covers it")

    def payload(self, stream, index, at_ms, sealed, leaf):
        """A payload must open in its place, make its leaf, and be an entry of that place."""
        plain = opened(self.payload_key, folder_of(stream), stream, index, at_ms, sealed)
        if plain is None:
            self.wrong(index, index + 1, True, "its payload does not open: it was changed, or put in another place")
            return
        if b"\1" + hashlib.sha256(plain).digest() != leaf:
            self.wrong(index, index + 1, True, "its payload does not make its leaf")
            return
        entry = json.loads(plain[32:])
        workspace = entry.get("workspace") or "installation"
        if entry["at_ms"] != at_ms or workspace != folder_of(stream):
            self.wrong(index, index + 1, True, "its payload is not an entry of this place")
        if entry["phase"] == "intent":
            self.intents.add(index)
        elif isinstance(entry["phase"], dict):
            self.closed.add(entry["phase"]["outcome"]["of"])
        elif entry["code"] == "ledger.payloads_dropped":
            self.kept_from = min(max(self.kept_from, entry["detail"]["kept_from"]), index)

    def listed_intents(self):
        bodies, why = frames_of(self.folder.read("intents") or b"", b"HFLOPEN\n", bytes(17), 0)
        if why:
            self.wrong(0, None, False, "intents: %s" % why)
        listed = {int.from_bytes(body[:8], "big"): body[33:66] for body in bodies}
        for index, leaf in listed.items():
            known = self.leaves[index] if index < len(self.leaves) else self.waiting.get(index)
            if known != leaf and not (known is None and index < len(self.leaves)):
                self.wrong(index, index + 1, True, "an open intent is not the entry of its number")
        # Where a payload is wrong it may have been the outcome that is missed here.
        for index in sorted(self.intents - self.closed - set(listed)):
            if index < self.size and not self.findings:
                self.wrong(index, index + 1, True, "an intent without an outcome is not among the open ones")

    def answer(self):
        exact = sorted((f for f in self.findings if f["exact"]), key=lambda f: f["first"])
        # Of intervals the one that ends first; of those the narrowest.
        order = lambda f: (2**64 if f["end"] is None else f["end"], -f["first"])
        first = (exact + sorted((f for f in self.findings if not f["exact"]), key=order))[:1]
        return {
            "sound": not self.findings,
            "size": self.size,
            "first_wrong": first[0] if first else None,
            "payloads_checked": len(self.payloads) if self.payload_key else 0,
            "waiting": sum(index >= self.size for index in self.waiting),
            "cosigned": self.cosigned,
        }


def verify(folder, key, **outside):
    try:
        return Verification(folder, key, **outside).answer()
    except (ValueError, KeyError, TypeError, IndexError) as error:
        text = "a payload is not an entry" if isinstance(error, (KeyError, TypeError)) else str(error)
    except Refused as refused:
        text = "checkpoint: %s" % refused
    return {"sound": False, "size": None, "first_wrong": {"first": 0, "end": None, "exact": False, "text": text}}


def prove(text, key, witnesses):
    """C2SP tlog-proof; the extra line has the entry's salt and payload, of which the leaf is made."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    if len(lines) < 3 or lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise Refused("not a proof of a ledger's entry")
    plain, index = strict_base64(lines[1][6:]), lines[2][6:]
    path = [strict_base64(line) for line in lines[3:]]
    size, root = checkpoint(note, key)
    if not re.fullmatch("0|[1-9][0-9]*", index) or len(plain) < 33 or any(len(value) != 32 for value in path):
        raise Refused("not a proof of a ledger's entry")
    leaf = leaf_hash(b"\1" + hashlib.sha256(plain).digest())
    if included(int(index), size, leaf, path) != root:
        raise Refused("the entry is not in the tree of the checkpoint")
    times = {witness[0]: cosigned_at(note, witness) for witness in witnesses}
    if None in times.values():
        raise Refused("a witness has not cosigned the checkpoint")
    return {"sound": True, "index": int(index), "size": size, "cosigned": times, "entry": json.loads(plain[32:])}


def read_text(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--key", required=True)
    parser.add_argument("--older", action="append", default=[])
    parser.add_argument("--witness", action="append", default=[])
    parser.add_argument("--within", type=int)
    parser.add_argument("--payload-key")
    parser.add_argument("--proof")
    use = parser.parse_args()
    if bool(use.folder) == bool(use.proof):
        parser.error("give a FOLDER or --proof FILE")
    try:
        key, witnesses = public_key(use.key), [public_key(text, 4) for text in use.witness]
        older = [read_text(path) for path in use.older]
        payload_key = bytes.fromhex(read_text(use.payload_key)) if use.payload_key else None
        for path, text in zip(use.older, older):
            try:
                if not [checkpoint(note, key) for note in notes_in(text)]:
                    raise Refused("it is empty")
            except Refused as refused:
                raise Refused("%s is not a checkpoint of this ledger: %s" % (path, refused))
    except (Refused, OSError, ValueError) as error:
        parser.error(str(error))
    if use.proof:
        try:
            answer = prove(read_text(use.proof), key, witnesses)
        except (Refused, OSError, ValueError) as error:
            answer = {"sound": False, "text": str(error)}
    else:
        outside = {"older": older, "witnesses": witnesses, "payload_key": payload_key, "within": use.within}
        answer = verify(Folder(use.folder), key, **outside)
    print(json.dumps(answer))
    sys.exit(0 if answer["sound"] else 1)


if __name__ == "__main__":
    main()
