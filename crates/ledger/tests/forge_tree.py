#!/usr/bin/env python3
"""As forge.py, for a ledger of a hundred thousand entries and a verifier who has what everybody may have: the tree, without the
payloads. Sealing half the entries anew for each forgery would take days here; the forgeries of payloads are forge.py's.

    forge_tree.py CASE COUNT SEED
"""
import functools, json, os, random, sys

sys.path.insert(0, os.path.dirname(__file__))
import forge
from forge import ledger

# Most of a forgery is honest, and these are functions of their arguments alone.
plain_fold, folds = ledger.fold, {}
ledger.leaf_hash = functools.lru_cache(maxsize=400_000)(ledger.leaf_hash)
ledger.split_leaves = functools.lru_cache(maxsize=4_096)(ledger.split_leaves)


def fold(row):
    key = b"".join(row)
    if key not in folds and len(folds) < 20_000:
        folds[key] = plain_fold(row)
    return folds[key] if key in folds else plain_fold(row)


ledger.fold = fold


class TreeForger:
    def __init__(self, case):
        read = lambda name: open(os.path.join(case, name), encoding="utf-8", newline="").read()
        keys = json.loads(read("keys.json"))
        self.signer = forge.Signer(keys["public"].split("+")[0], bytes.fromhex(keys["seed"]))
        self.key, self.witness = ledger.public_key(keys["public"]), ledger.public_key(keys["witness"], 4)
        self.old, self.witnessed = read("old"), read("witnessed")
        self.old_size = ledger.checkpoint(self.old, self.key)[0]
        self.size = ledger.checkpoint(self.witnessed, self.key)[0]
        self.honest = self.public(forge.Memory.of(os.path.join(case, "honest")))
        earlier = os.path.join(case, "earlier")
        self.earlier = [self.public(forge.Memory.of(os.path.join(earlier, name))) for name in sorted(os.listdir(earlier))]
        self.listed = {ledger.checkpoint(note, self.key)[0] for note in ledger.notes_in(self.honest["checkpoints"].decode())}
        self.leaves = []
        for bundle in range(0, self.size, 256):
            self.leaves += ledger.parts_of(self.honest, "entries", bundle // 256, min(256, self.size - bundle))
        # The edge and the tiles at every whole bundle: what lies before a forgery is not made twice.
        self.edges, self.tiles, edge = [], [], ledger.Edge()
        for index, leaf in enumerate(self.leaves):
            if index % 256 == 0:
                self.edges.append((edge.size, [list(row) for row in edge.levels], len(self.tiles)))
            for level, number, row in edge.push(ledger.leaf_hash(leaf)):
                self.tiles.append((ledger.tile_path(level, number, 256), b"".join(row)))

    @staticmethod
    def public(store):
        kept = lambda path: path.startswith("tile/") or path in ("checkpoint", "checkpoints", "cosigned")
        return forge.Memory({path: data for path, data in store.items() if kept(path)})

    def written(self, leaves, first):
        """A whole tree of these leaves, the same as the honest one before `first`, signed anew."""
        size, levels, count = self.edges[min(first // 256, len(self.edges) - 1)]
        edge, store = ledger.Edge(), forge.Memory(self.tiles[:count])
        edge.size, edge.levels = size, [list(row) for row in levels]
        # The log's own list says nothing of sizes before the forgery that it did not say; after it, it is signed anew.
        notes = [note for note in ledger.notes_in(self.honest["checkpoints"].decode()) if ledger.checkpoint(note, self.key)[0] <= size]
        for leaf in leaves[size:]:
            for level, number, row in edge.push(ledger.leaf_hash(leaf)):
                store[ledger.tile_path(level, number, 256)] = b"".join(row)
            if edge.size in self.listed:
                notes.append(self.signer.note(edge.size, edge.root()))
        for level, row in enumerate(edge.levels):
            if row:
                store[ledger.tile_path(level, edge.size // 256 ** (level + 1), len(row))] = b"".join(row)
        for start in range(0, len(leaves), 256):
            bundle = leaves[start : start + 256]
            store[ledger.tile_path("entries", start // 256, len(bundle))] = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in bundle)
        store["checkpoint"] = self.signer.note(edge.size, edge.root()).encode()
        store["checkpoints"] = "".join(notes).encode()
        store["cosigned"] = self.honest["cosigned"]
        return store, first

    @staticmethod
    def other():
        return b"\1" + random.randbytes(32)

    # --- signed anew ----------------------------------------------------------------------------------------------------
    def edit(self, i):
        return self.written(self.leaves[:i] + [self.other()] + self.leaves[i + 1 :], i)

    def delete(self, i):
        return self.written(self.leaves[:i] + self.leaves[i + random.choice([1, 1, 1, 2, 17]) :], i)

    def insert(self, i):
        return self.written(self.leaves[:i] + [self.other()] + self.leaves[i:], i)

    def reorder(self, i):
        i = min(i, self.size - 2)
        j, leaves = random.randrange(i + 1, min(self.size, i + 40)), list(self.leaves)
        leaves[i], leaves[j] = leaves[j], leaves[i]
        return self.written(leaves, i)

    def truncate(self, i):
        return self.written(self.leaves[:i], i)

    def fork(self, i):
        return self.written(self.leaves[:i] + [self.other() for _ in range(random.randrange(1, 60))], i)

    def roll_back(self, _):
        store = random.choice(self.earlier)
        return forge.Memory(store), ledger.checkpoint(store["checkpoint"].decode(), self.key)[0]

    # --- not signed anew ------------------------------------------------------------------------------------------------
    leaf, tile, checkpoint_set_back, other_key = (
        forge.Forger.leaf, forge.Forger.tile, forge.Forger.checkpoint_set_back, forge.Forger.other_key,
    )

    def judge(self, store, outside):
        return ledger.verify(store, self.key, **outside)

    def run(self, count):
        careful = [self.edit, self.delete, self.insert, self.reorder, self.truncate, self.fork, self.roll_back]
        rash = [self.leaf, self.tile, self.checkpoint_set_back, self.other_key]
        told = {"made": 0, "found": 0, "named": 0, "with_old": 0, "with_witness": 0, "kinds": {}, "missed": [], "clumsy": []}
        for outside in ({}, {"older": [self.old]}, {"older": [self.witnessed], "witnesses": [self.witness]}):
            if not self.judge(self.honest, outside)["sound"]:
                told["missed"].append(["honest", sorted(outside)])
        for number in range(count):
            kind = random.choice(careful if number % 3 else rash)
            store, first = kind(random.randrange(1, self.size - 1))
            if kind in careful and not self.judge(store, {})["sound"]:
                told["clumsy"].append([kind.__name__, first])
            before_old = first < self.old_size
            outside = {"older": [self.old]} if before_old else {"older": [self.witnessed], "witnesses": [self.witness]}
            answer = self.judge(store, outside)
            told["made"] += 1
            told["with_old" if before_old else "with_witness"] += 1
            told["kinds"][kind.__name__] = told["kinds"].get(kind.__name__, 0) + 1
            if answer["sound"]:
                told["missed"].append([kind.__name__, first])
                continue
            told["found"] += 1
            wrong = answer["first_wrong"]
            is_named = wrong["first"] <= first < (2**64 if wrong["end"] is None else wrong["end"])
            told["named"] += is_named
            if not is_named:
                told["missed"].append([kind.__name__, first, wrong])
        return told


def main():
    case, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    random.seed(seed)
    print(json.dumps(TreeForger(case).run(count)))


if __name__ == "__main__":
    main()
