#!/usr/bin/env python3
"""Forges a ledger in many ways, as somebody with root, the signing key and the payload key would, and lets the verifier judge.

    forge.py CASE COUNT SEED

CASE is a folder: `honest/` (a ledger), `earlier/*/` (the same, earlier), `old` (a checkpoint that an auditor kept), `witnessed`
(what a witness cosigned last) and `keys.json`. Whatever is wrong before `old` must be found with `old` alone, everything else
with what the witness has. A forgery that is signed anew must be sound to somebody who brings nothing: else it proves nothing.
Prints one JSON object: how many of each kind, what was missed.
"""
import base64, copy, hashlib, json, os, random, sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../docs/ledger"))
import primitives
import verify_ledger as ledger

# --- what only a forger needs: signing and sealing ----------------------------------------------------------------------


def compressed(point):
    inverse = pow(point[2], primitives.P - 2, primitives.P)
    x, y = point[0] * inverse % primitives.P, point[1] * inverse % primitives.P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class Signer:
    def __init__(self, origin, seed):
        digest = hashlib.sha512(seed).digest()
        self.scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
        self.prefix, self.origin = digest[32:], origin
        self.public = compressed(primitives.multiply(self.scalar, primitives.BASE))
        self.id = hashlib.sha256(origin.encode() + b"\n\1" + self.public).digest()[:4]

    def note(self, size, root):
        text = "%s\n%d\n%s\n" % (self.origin, size, base64.b64encode(root).decode())
        number = lambda data: int.from_bytes(hashlib.sha512(data).digest(), "little") % primitives.L
        r = number(self.prefix + text.encode())
        point = compressed(primitives.multiply(r, primitives.BASE))
        s = (r + number(point + self.public + text.encode()) * self.scalar) % primitives.L
        signature = base64.b64encode(self.id + point + s.to_bytes(32, "little")).decode()
        return "%s\n\u2014 %s %s\n" % (text, self.origin, signature)


def seal(payload_key, stream, index, at_ms, plain):
    key = ledger.sealing_key(payload_key, ledger.folder_of(stream), index >> 20)
    nonce, aad = random.randbytes(12), ledger.place_of(stream, index, at_ms)
    cipher = key.stream(nonce, plain)
    return nonce + cipher + key.tag(nonce, aad, cipher)


# --- ledgers in memory --------------------------------------------------------------------------------------------------


class Memory(dict):
    """A folder: relative paths and bytes."""

    @classmethod
    def of(cls, path):
        found = cls()
        for folder, _, names in os.walk(path):
            for name in names:
                full = os.path.join(folder, name)
                with open(full, "rb") as file:
                    found[os.path.relpath(full, path)] = file.read()
        return found

    def read(self, name):
        return self.get(name)

    def names(self, name):
        return sorted({path[len(name) + 1 :].split("/")[0] for path in self if path.startswith(name + "/")})

    def cut(self, prefix):
        for path in [path for path in self if path.startswith(prefix)]:
            del self[path]


class Entry:
    def __init__(self, stream, at_ms, plain, sealed=None, index=None):
        self.stream, self.at_ms, self.plain, self.sealed, self.index = stream, at_ms, plain, sealed, index

    def leaf(self):
        return b"\1" + hashlib.sha256(self.plain).digest()

    def with_payload(self, change, salt=None):
        payload = json.loads(self.plain[32:])
        change(payload)
        plain = (salt or self.plain[:32]) + json.dumps(payload, separators=(",", ":")).encode()
        workspace = payload.get("workspace")
        return Entry(ledger.stream_of(workspace) if workspace else bytes(17), payload["at_ms"], plain)


def header(magic, key_id, stream, first):
    data = magic + b"\0\1" + key_id + stream + first.to_bytes(8, "big")
    return data + primitives.crc32c(data).to_bytes(4, "big")


def frame(body):
    length = len(body).to_bytes(4, "big")
    return b"hfLF" + primitives.crc32c(length + body).to_bytes(4, "big") + length + body


class Forger:
    def __init__(self, case):
        read = lambda name: open(os.path.join(case, name), encoding="utf-8", newline="").read()
        keys = json.loads(read("keys.json"))
        self.payload_key = bytes.fromhex(keys["payload"])
        self.signer = Signer(keys["public"].split("+")[0], bytes.fromhex(keys["seed"]))
        self.key, self.witness = ledger.public_key(keys["public"]), ledger.public_key(keys["witness"], 4)
        self.old, self.witnessed = read("old"), read("witnessed")
        self.old_size = ledger.checkpoint(self.old, self.key)[0]
        self.size = ledger.checkpoint(self.witnessed, self.key)[0]
        self.honest = Memory.of(os.path.join(case, "honest"))
        earlier = os.path.join(case, "earlier")
        self.earlier = [Memory.of(os.path.join(earlier, name)) for name in sorted(os.listdir(earlier))]
        self.key_id = self.honest["intents"][10:18]
        self.entries = self.entries_of(self.honest)
        assert len(self.entries) == self.size, "the witness has seen all of the tree"

    def entries_of(self, store):
        entries = {}
        for name in store.names("payload"):
            stream = ledger.stream_of(name)
            for path in [path for path in store if path.startswith("payload/" + name + "/")]:
                bodies, why = ledger.frames_of(store[path], b"HFLPAYL\n", stream, int(path[-28:-8]))
                assert why is None
                for body in bodies:
                    index, at_ms = int.from_bytes(body[:8], "big"), int.from_bytes(body[8:16], "big", signed=True)
                    plain = ledger.opened(self.payload_key, name, stream, index, at_ms, body[16:])
                    entries[index] = Entry(stream, at_ms, plain, body[16:], index)
        return [entries[index] for index in sorted(entries)]

    def sealed(self, entry, index):
        """Entries that stay where they were keep their old cipher text."""
        if entry.sealed is None or entry.index != index:
            entry.sealed = seal(self.payload_key, entry.stream, index, entry.at_ms, entry.plain)
            entry.index = index
        return entry.sealed

    def written(self, entries):
        """A whole ledger of these entries, signed anew: nothing inside it contradicts anything else inside it."""
        store, edge, leaves, notes = Memory(), ledger.Edge(), [], []
        listed = [ledger.checkpoint(note, self.key)[0] for note in ledger.notes_in(self.honest["checkpoints"].decode())]
        firsts, frames, open_intents = {}, {}, {}
        for index, entry in enumerate(entries):
            if entry.index != index:
                entry = copy.copy(entry)
            sealed = self.sealed(entry, index)
            leaves.append(entry.leaf())
            for level, number, row in edge.push(ledger.leaf_hash(entry.leaf())):
                store[ledger.tile_path(level, number, 256)] = b"".join(row)
            firsts.setdefault(entry.stream, index)
            frames.setdefault(entry.stream, []).append(frame(index.to_bytes(8, "big") + entry.at_ms.to_bytes(8, "big") + sealed))
            phase = json.loads(entry.plain[32:])["phase"]
            if phase == "intent":
                open_intents[index] = index.to_bytes(8, "big") + entry.at_ms.to_bytes(8, "big") + entry.stream + entry.leaf() + sealed
            elif isinstance(phase, dict):
                open_intents.pop(phase["outcome"]["of"], None)
            if edge.size in listed:
                notes.append(self.signer.note(edge.size, edge.root()))
        for level, row in enumerate(edge.levels):
            if row:
                store[ledger.tile_path(level, edge.size // 256 ** (level + 1), len(row))] = b"".join(row)
        for first in range(0, len(leaves), 256):
            bundle = leaves[first : first + 256]
            path = ledger.tile_path("entries", first // 256, len(bundle))
            store[path] = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in bundle)
        for stream, first in firsts.items():
            path = "payload/%s/%020d.payload" % (ledger.folder_of(stream), first)
            store[path] = header(b"HFLPAYL\n", self.key_id, stream, first) + b"".join(frames[stream])
        store["checkpoint"] = self.signer.note(edge.size, edge.root()).encode()
        store["checkpoints"] = "".join(notes).encode()
        store["intents"] = header(b"HFLOPEN\n", self.key_id, bytes(17), 0) + b"".join(map(frame, open_intents.values()))
        store["pending/%020d.log" % edge.size] = header(b"HFLPEND\n", self.key_id, bytes(17), edge.size)
        store["cosigned"] = self.honest["cosigned"]
        return store

    # --- signed anew: what a careful forger does. Each gives the ledger and the first entry that differs. ---------------
    def edit(self, i):
        change = random.choice([
            lambda payload: payload.update(principal="mem_nobody"),
            lambda payload: payload.update(object="p_other"),
            lambda payload: payload.update(detail={}),
            lambda payload: payload.update(code="person.listed"),
            lambda payload: payload.pop("session", None) or payload.update(principal="mem_0x"),
        ])
        return self.written(self.entries[:i] + [self.entries[i].with_payload(change)] + self.entries[i + 1 :]), i

    def salt(self, i):
        entry = self.entries[i].with_payload(lambda payload: None, random.randbytes(32))
        return self.written(self.entries[:i] + [entry] + self.entries[i + 1 :]), i

    def move(self, i):
        """An entry of one workspace becomes another's, or the installation's."""
        others = [e.stream for e in self.entries if e.stream != self.entries[i].stream]
        to = random.choice(others)
        name = None if to == bytes(17) else ledger.folder_of(to)
        change = lambda payload: payload.pop("workspace", None) if name is None else payload.update(workspace=name)
        return self.written(self.entries[:i] + [self.entries[i].with_payload(change)] + self.entries[i + 1 :]), i

    def delete(self, i):
        return self.written(self.entries[:i] + self.entries[i + random.choice([1, 1, 1, 2, 17]) :]), i

    def insert(self, i):
        new = self.entries[i].with_payload(lambda payload: payload.update(object="p_planted", phase="entry"), random.randbytes(32))
        return self.written(self.entries[:i] + [new] + self.entries[i:]), i

    def reorder(self, i):
        i = min(i, self.size - 2)
        j = random.randrange(i + 1, min(self.size, i + 40))
        entries = list(self.entries)
        entries[i], entries[j] = entries[j], entries[i]
        return self.written(entries), i

    def truncate(self, i):
        return self.written(self.entries[:i]), i

    def fork(self, i):
        """Another history from entry i on, of any length."""
        count, entries = random.randrange(1, 60), self.entries[:i]
        for number in range(count):
            model = self.entries[random.randrange(self.size)]
            entries.append(model.with_payload(lambda p: p.update(object="p_fork%d" % number, phase="entry"), random.randbytes(32)))
        return self.written(entries), i

    def roll_back(self, _):
        """The whole folder as it was earlier, its cosignatures too, as a snapshot of the machine would bring it back."""
        store = random.choice(self.earlier)
        return Memory(store), ledger.checkpoint(store["checkpoint"].decode(), self.key)[0]

    # --- not signed anew: something inside contradicts something else ---------------------------------------------------
    def frames_at(self, store, i):
        name = ledger.folder_of(self.entries[i].stream)
        path = max(path for path in store if path.startswith("payload/%s/" % name) and int(path[-28:-8]) <= i)
        bodies, _ = ledger.frames_of(store[path], b"HFLPAYL\n", self.entries[i].stream, int(path[-28:-8]))
        return path, bodies, next(n for n, body in enumerate(bodies) if int.from_bytes(body[:8], "big") == i)

    def payload_sealed_anew(self, i):
        store, entry = Memory(self.honest), self.entries[i]
        path, bodies, at = self.frames_at(store, i)
        plain = entry.with_payload(lambda payload: payload.update(object="p_other")).plain
        bodies[at] = bodies[at][:16] + seal(self.payload_key, entry.stream, i, entry.at_ms, plain)
        store[path] = store[path][:47] + b"".join(map(frame, bodies))
        return store, i

    def payloads_swapped(self, i):
        """Two payloads of one file change places; the numbers in front of them stay."""
        store = Memory(self.honest)
        path, bodies, at = self.frames_at(store, i)
        other = random.choice([n for n in range(len(bodies)) if n != at])
        bodies[at], bodies[other] = bodies[at][:16] + bodies[other][16:], bodies[other][:16] + bodies[at][16:]
        store[path] = store[path][:47] + b"".join(map(frame, bodies))
        return store, min(i, int.from_bytes(bodies[other][:8], "big"))

    def payload_taken(self, i):
        store = Memory(self.honest)
        path, bodies, at = self.frames_at(store, i)
        del bodies[at]
        store[path] = store[path][:47] + b"".join(map(frame, bodies))
        return store, i

    def files_swapped(self, _):
        """The payload files of two workspaces change places, with headers that fit."""
        store, names = Memory(self.honest), self.honest.names("payload")
        a, b = random.sample(names, 2)
        files = {name: {p: d for p, d in store.items() if p.startswith("payload/%s/" % name)} for name in (a, b)}
        for name, other in ((a, b), (b, a)):
            store.cut("payload/%s/" % other)
            for path, data in files[name].items():
                first = int(path[-28:-8])
                head = header(b"HFLPAYL\n", self.key_id, ledger.stream_of(other), first)
                store[path.replace(name, other)] = head + data[47:]
        streams = (ledger.stream_of(a), ledger.stream_of(b))
        return store, next(i for i, entry in enumerate(self.entries) if entry.stream in streams)

    def leaf(self, i):
        """A leaf, and perhaps the hashes above it, but no signature."""
        store, bundle = Memory(self.honest), i // 256
        width = min(256, self.size - bundle * 256)
        path, at = ledger.tile_path("entries", bundle, width), (i % 256) * 35 + 2
        new = b"\1" + random.randbytes(32)
        store[path] = store[path][:at] + new + store[path][at + 33 :]
        if random.random() < 0.5:
            path, at = ledger.tile_path(0, bundle, width), (i % 256) * 32
            store[path] = store[path][:at] + ledger.leaf_hash(new) + store[path][at + 32 :]
        return store, i

    def tile(self, i):
        store, bundle = Memory(self.honest), i // 256
        path, at = ledger.tile_path(0, bundle, min(256, self.size - bundle * 256)), (i % 256) * 32
        store[path] = store[path][:at] + random.randbytes(32) + store[path][at + 32 :]
        return store, i

    def checkpoint_set_back(self, _):
        """Only the checkpoint is an earlier one; leaves and payloads lie behind it."""
        store, earlier = Memory(self.honest), random.choice(self.earlier)
        store["checkpoint"], store["checkpoints"] = earlier["checkpoint"], earlier["checkpoints"]
        return store, ledger.checkpoint(earlier["checkpoint"].decode(), self.key)[0]

    def other_key(self, i):
        """Signed by another key under the same name."""
        mine, self.signer = self.signer, Signer(self.signer.origin, random.randbytes(32))
        try:
            return self.edit(i)[0], 0
        finally:
            self.signer = mine

    # --- the judgement --------------------------------------------------------------------------------------------------
    def judge(self, store, outside):
        return ledger.verify(store, self.key, payload_key=self.payload_key, **outside)

    def run(self, count):
        careful = [self.edit, self.salt, self.move, self.delete, self.insert, self.reorder, self.truncate, self.fork, self.roll_back]
        rash = [self.payload_sealed_anew, self.payloads_swapped, self.payload_taken, self.files_swapped, self.leaf, self.tile,
                self.checkpoint_set_back, self.other_key]
        # Careful forgeries are the harder ones: two of three.
        kinds = [random.choice(careful if n % 3 else rash) for n in range(count)]
        told = {"made": 0, "found": 0, "named": 0, "with_old": 0, "with_witness": 0, "kinds": {}, "missed": [], "clumsy": []}
        for outside in ({}, {"older": [self.old]}, {"older": [self.witnessed], "witnesses": [self.witness]}):
            if not self.judge(self.honest, outside)["sound"]:
                told["missed"].append(["honest", sorted(outside), self.judge(self.honest, outside)])
        for kind in kinds:
            store, first = kind(random.randrange(1, self.size - 1))
            # What the forged ledger carries itself must not be what catches a forgery that is signed anew.
            if kind in careful:
                alone = self.judge(store, {})
                if not alone["sound"]:
                    told["clumsy"].append([kind.__name__, first, alone])
            before_old = first < self.old_size
            outside = {"older": [self.old]} if before_old else {"older": [self.witnessed], "witnesses": [self.witness]}
            answer = self.judge(store, outside)
            told["made"] += 1
            told["with_old" if before_old else "with_witness"] += 1
            told["kinds"][kind.__name__] = told["kinds"].get(kind.__name__, 0) + 1
            wrong = answer["first_wrong"]
            if answer["sound"]:
                told["missed"].append([kind.__name__, first, answer])
                continue
            told["found"] += 1
            end = 2**64 if wrong["end"] is None else wrong["end"]
            told["named"] += wrong["first"] <= first < end
            if not wrong["first"] <= first < end or (kind in rash[:3] and not (wrong["exact"] and wrong["first"] == first)):
                told["missed"].append([kind.__name__, first, answer])
        return told


def main():
    case, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    random.seed(seed)
    # Opening is a function of its arguments alone, and most entries of a forgery are honest.
    plain, known = ledger.opened, {}

    def remembered(*arguments):
        if arguments not in known and len(known) < 200_000:
            known[arguments] = plain(*arguments)
        return known[arguments] if arguments in known else plain(*arguments)

    ledger.opened = remembered
    print(json.dumps(Forger(case).run(count)))


if __name__ == "__main__":
    main()
