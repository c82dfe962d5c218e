#!/usr/bin/env python3
"""Opens every encrypted file of a data folder with the master key, by docs/formats alone, and looks for a text.

usage: opened.py (--key HEX | --key-file FILE) DATA TEXT [--expect-none | --expect-some]

Every file under DATA is of a kind in FAMILIES below; one that is not ends the scan with exit code 2. Read are: control.db (every row;
workspaces' keys, orders of purges, learned profiles, addresses of members, the list of purges), people.db (every row; sealed
values, identifiers, groups), journal files (every frame), the archive (every block of every chunk, dictionaries and directories
included), tail files, quarantine files, the ledger's payloads, the list of purges, and each file once more as it lies. In each it looks for
the text as it is, percent-encoded, JSON-escaped and in base64 at three alignments. Prints a line for each kind of piece: how
many were opened, bytes of plain text, hits; never the text. What did not open is printed by kind and place, and the exit code is
3; pieces whose workspace was deleted, and its key with it, open for nobody and are only counted.

An implementation of its own: Python, `cryptography` for AES-GCM and HKDF, `zstandard` (or the zstd program) and an own LZ4.
It shares no code with the server. Exit 1 when what was expected is not so.
"""
import argparse, base64, fnmatch, hashlib, json, os, sqlite3, stat, struct, subprocess, sys, tempfile, urllib.parse, shutil
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives import hashes

try:
    import zstandard
    def unzstd(data, size): return zstandard.ZstdDecompressor().decompress(data, max_output_size=size)
except ImportError:
    def unzstd(data, size): return subprocess.run(["zstd", "-dc"], input=data, capture_output=True, check=True).stdout

try:
    import lz4.block
    def unlz4(data, size): return lz4.block.decompress(data, uncompressed_size=size)
except ImportError:
    def unlz4(data, size):
        out, at = bytearray(), 0
        while at < len(data):
            token = data[at]; at += 1
            length = token >> 4
            if length == 15:
                while True:
                    byte = data[at]; at += 1; length += byte
                    if byte != 255: break
            out += data[at:at + length]; at += length
            if at >= len(data): break
            back = data[at] | data[at + 1] << 8; at += 2
            length = (token & 15) + 4
            if token & 15 == 15:
                while True:
                    byte = data[at]; at += 1; length += byte
                    if byte != 255: break
            start = len(out) - back
            if back >= length: out += out[start:start + length]
            else:
                for index in range(length): out.append(out[start + index])
        return bytes(out)


def variants(text):
    raw = text.encode()
    found = {raw, urllib.parse.quote(text, safe="").encode(), json.dumps(text)[1:-1].encode(), text.encode("utf-16-le"), raw.hex().encode()}
    for cut in range(3):
        coded = base64.b64encode(b"\0" * cut + raw)[(0, 2, 3)[cut]:].rstrip(b"=")
        coded = coded[:-1] if (cut + len(raw)) % 3 else coded
        found.add(coded)
    return [one for one in found if len(one) >= 6]


class Key:
    def __init__(self, raw): self.aead = AESGCM(raw); self.raw = raw
    def open(self, aad, sealed): return self.aead.decrypt(sealed[:12], sealed[12:], aad)
    def unwrap(self, wrapped, aad):
        assert wrapped[0] == 1, "a wrapped key of another version"
        return Key(self.open(b"holdfast wrapped key 1\0" + aad, wrapped[9:69]))
    def derive(self, purpose):
        info = b"key\0" + purpose.encode()
        return Key(HKDF(algorithm=hashes.SHA256(), length=32, salt=b"holdfast 1", info=info).derive(self.raw))


class Scan:
    def __init__(self, text):
        self.needles, self.kinds, self.unopened, self.locked = variants(text), {}, [], {}
    def see(self, kind, plain, where):
        row = self.kinds.setdefault(kind, [0, 0, 0])
        row[0] += 1; row[1] += len(plain)
        for needle in self.needles:
            if needle in plain:
                row[2] += 1
                if row[2] <= 5: print(f"hit: {kind} {where}")
                break
    def open(self, kind, where, opening):
        """What `opening` gives is looked through; `None` for what is nobody's any more."""
        try: plain = opening()
        except Gone:
            self.locked[kind] = self.locked.get(kind, 0) + 1
            return None
        except Exception as error:
            self.unopened.append(f"{kind} {where}: {type(error).__name__}")
            return None
        self.see(kind, plain, where)
        return plain


class Gone(Exception):
    """The key was destroyed with its workspace."""


class Keys(dict):
    """Workspaces' keys by number."""
    def __missing__(self, number): raise Gone


def unpack(packed):
    tag, size = packed[0], struct.unpack_from("<I", packed, 1)[0]
    body = packed[5:]
    return body if tag == 0 else unlz4(body, size) if tag == 1 else unzstd(body, size)


def workspaces(data, master):
    db = sqlite3.connect(f"file:{data}/control.db?mode=ro", uri=True)
    keys = Keys()
    for id_, seal in db.execute("select id, wrapped_seal from workspace where wrapped_seal is not null"):
        number = int.from_bytes(id_, "big")
        keys[number] = find_binding(master, seal, number)
    db.close()
    return keys


def text_id(number):
    return "ws_" + base64.b32hexencode(number.to_bytes(16, "big")).decode().rstrip("=").lower()


def find_binding(master, wrapped, number):
    for name in (text_id(number).encode(), number.to_bytes(16, "big"), number.to_bytes(16, "little")):
        for aad in (b"workspace seal " + name, b"workspace seal \0" + name):
            try: return master.unwrap(wrapped, aad)
            except Exception: pass
    raise SystemExit("a workspace's key does not open: is this the master key?")


def read(path):
    with open(path, "rb") as file: return file.read()


def journal(data, keys, scan):
    folder = os.path.join(data, "journal")
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".log"): continue
        raw = read(os.path.join(folder, name))
        assert raw[:8] == b"HFJOURNL"
        file_id, at, slots = raw[12:28], 48, {}
        while at + 36 <= len(raw):
            length, _, _, count, slot, _, _ = struct.unpack_from("<IIQIIQI", raw, at)
            body = raw[at + 36:at + 36 + length]; at += 36 + length
            if len(body) < length: break
            if count == 0:
                workspace = body[:16]
                number = int.from_bytes(workspace, "little")
                bound = b"holdfast journal file key 1\0" + file_id + workspace
                slots[slot] = lambda number=number, body=body, bound=bound: keys[number].unwrap(body[16:], bound)
            else:
                aad = b"holdfast journal 1\0" + file_id + struct.pack("<II", slot, count)
                scan.open("journal", f"{name} at {at}", lambda: slots[slot]().open(aad, body))


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]; at += 1
        value |= (byte & 127) << shift; shift += 7
        if byte < 128: return value, at


def chunk(path, keys, scan):
    raw = read(path)
    assert raw[:8] == b"HFCHUNK\0"
    size = struct.unpack_from("<H", raw, 18)[0]
    at = 20 + size
    chunk_id, workspace = raw[at:at + 16], raw[at + 16:at + 32]
    directory_bytes, blocks_bytes = struct.unpack_from("<IQ", raw, at + 52)
    head_end = at + 52 + 12 + 4
    name = os.path.basename(path)
    def unwrapped(): return keys[int.from_bytes(workspace, "little")].unwrap(raw[20:20 + size], b"holdfast chunk 1\0" + workspace + chunk_id)
    def opened(): return unpack(unwrapped().open(raw[:head_end], raw[head_end:head_end + directory_bytes]))
    directory = scan.open("archive", f"{name} directory", opened)
    if directory is None: return
    key = unwrapped()
    # The blocks lie one behind the other in the order of their numbers; the directory says where each ends.
    begin = head_end + directory_bytes
    for number, offset, length in blocks(directory, blocks_bytes):
        aad = chunk_id + struct.pack("<I", number)
        scan.open("archive", f"{name} block {number}", lambda: unpack(key.open(aad, raw[begin + offset:begin + offset + length])))


def blocks(directory, total):
    """Finds the references to blocks in the directory: number, place, length as varints; numbers rise from 0, places follow on."""
    found, place, number, at = {}, 0, 0, 0
    refs = {}
    for at in range(len(directory)):
        try:
            n, a = varint(directory, at); p, a = varint(directory, a); l, a = varint(directory, a)
        except IndexError: continue
        if l > 28 and p + l <= total: refs.setdefault((n, p), set()).add(l)
    def chain(number, place):
        order = []
        stack = [(number, place, [])]
        while stack:
            number, place, order = stack.pop()
            if place == total: return order
            for length in sorted(refs.get((number, place), ())):
                stack.append((number + 1, place + length, order + [(number, place, length)]))
        return None
    order = chain(0, 0)
    if order is None: raise SystemExit("a chunk's blocks cannot be told apart")
    return order


def manifest(path, workspace, keys, scan):
    raw = read(path)
    number = workspace.to_bytes(16, "little")
    scan.open("archive", "manifest", lambda: keys[workspace].open(b"holdfast manifest 1\0" + number, raw[26:-4]))


def tail(path, keys, scan):
    raw = read(path)
    version, generation = struct.unpack_from("<H", raw, 8)[0], struct.unpack_from("<Q", raw, 18)[0]
    as_read = unpack if version > 1 else bytes
    at, wrapped = 38, {}
    while at + 8 <= len(raw):
        length = struct.unpack_from("<I", raw, at)[0]
        frame = raw[at + 8:at + 8 + length]; at += 8 + length
        if len(frame) < length: break
        position, sections = frame[:8], struct.unpack_from("<H", frame, 16)[0]
        inner = 18
        for _ in range(sections):
            workspace = frame[inner:inner + 16]
            aad = b"holdfast tail 1\0" + struct.pack("<Q", generation) + workspace
            size = struct.unpack_from("<H", frame, inner + 16)[0]; inner += 18
            if size: wrapped[workspace] = frame[inner:inner + size]
            inner += size
            size = struct.unpack_from("<I", frame, inner)[0]; inner += 4
            number, body = int.from_bytes(workspace, "little"), frame[inner:inner + size]
            scan.open("tail", os.path.basename(path), lambda: as_read(keys[number].unwrap(wrapped[workspace], aad).open(aad + position, body)))
            inner += size


def people(data, keys, scan):
    path = os.path.join(data, "people.db")
    if not os.path.exists(path): return
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    spaces = {no: int.from_bytes(w, "big") for no, w in db.execute("select no, workspace from space")}
    subjects = {}
    for workspace, person, wrapped in db.execute("select workspace, person, wrapped from subject_key"):
        subjects[workspace, person] = wrapped
    def subject(workspace, person):
        binding = b"subject key 1\0" + workspace + struct.pack(">I", person)
        return keys[int.from_bytes(workspace, "big")].unwrap(subjects[workspace, person], binding)
    def bound(workspace, person, form, name, cls):
        return b"sealed value 1\0" + workspace + struct.pack(">I", person) + form + b"\0" + cls.encode() + b"\0" + name.encode()
    for workspace, person, name, cls, sealed in db.execute("select workspace, person, name, class, sealed from sealed_value"):
        aad = bound(workspace, person, b"value", name, cls)
        scan.open("people, sealed", "a value", lambda: subject(workspace, person).open(aad, sealed))
    for table, purpose in (("identifier", None), ("membership", "group_id")):
        kind = "kind" if purpose is None else "0"
        for space, origin, kind_, sealed in db.execute(f"select space, origin, {kind}, sealed from {table}"):
            workspace = spaces[space].to_bytes(16, "big")
            name = purpose or ("user_id", "anonymous_id")[kind_]
            aad = bound(workspace, origin, b"apart", name, "")
            scan.open("people, sealed", table, lambda: subject(workspace, origin).open(aad, sealed))
    rows(db, "people", {"identifier.sealed", "membership.sealed", "sealed_value.sealed", "subject_key.wrapped", "kept_state.sums"}, scan)
    db.close()


# Ids, keyed hashes and wrapped keys are shorter than this; what is longer must be opened.
PLAIN_BLOB_MAX = 96


def rows(db, kind, opened, scan):
    """Every row of every table as it stands: texts, and bytes. Columns with bytes that are not in `opened` hold ids and hashes."""
    for (table,) in list(db.execute("select name from sqlite_schema where type = 'table'")):
        found = db.execute(f'select * from "{table}"')
        names = [column[0] for column in found.description]
        for row in found:
            text = "\n".join(cell for cell in row if isinstance(cell, str))
            if text: scan.see(f"{kind}, plain", text.encode(), table)
            for name, cell in zip(names, row):
                if isinstance(cell, bytes) and len(cell) > PLAIN_BLOB_MAX and f"{table}.{name}" not in opened:
                    scan.unopened.append(f"{kind} {table}.{name}: no document says how it opens")


def control(data, master, keys, installation, scan):
    db = sqlite3.connect(f"file:{data}/control.db?mode=ro", uri=True)
    tables = {name for (name,) in db.execute("select name from sqlite_schema where type = 'table'")}
    if "watch_profile" in tables:
        for workspace, number, sealed in db.execute("select workspace, number, sealed from watch_profile"):
            aad = b"watch_profile" + workspace + struct.pack(">q", number)
            key = lambda: keys[int.from_bytes(workspace, "big")].derive("watch profiles 1")
            scan.open("profiles", f"number {number}", lambda: key().open(aad, sealed))
    if "purge" in tables:
        for id_, workspace, sealed in db.execute("select id, workspace, asked from purge where asked is not null"):
            aad = b"holdfast purge 1\0" + workspace + id_
            scan.open("orders of purges", "asked", lambda: keys[int.from_bytes(workspace, "big")].open(aad, sealed))
    if "profile" in tables:
        for account, sealed in db.execute("select account, sealed_email from profile"):
            scan.open("members", "an address", lambda: master.derive("member e-mail 1").open(account, sealed))
    if "purge_list" in tables:
        chain = bytes(32)
        for number, entry, sealed, after in db.execute("select number, entry, sealed, chain from purge_list order by number"):
            listed(master, installation, number, chain, sealed, scan)
            chain = hashlib.sha256(chain + struct.pack("<Q", entry) + sealed).digest()
            if chain != after: scan.unopened.append(f"control purge_list {number}: its chain does not fit")
    rows(db, "control", {"watch_profile.sealed", "purge.asked", "profile.sealed_email", "purge_list.sealed", "passkey.public_key", "kept_state.sums"}, scan)
    db.close()


def listed(master, installation, number, chain, sealed, scan):
    aad = b"holdfast purge list 1\0" + installation + b"\0" + struct.pack("<Q", number) + chain
    scan.open("list of purges", f"entry {number}", lambda: master.derive("purge list 1").open(aad, sealed))


def purges(path, master, installation, scan):
    raw = read(path)
    assert raw[:10] == b"HFPURGES\x01\0"
    at, number, chain, ended = 18, 0, bytes(32), False
    while at < len(raw):
        kind, length = struct.unpack_from("<BI", raw, at)
        body = raw[at + 5:at + 5 + length]; at += 5 + length
        if kind == 1:
            listed(master, installation, number, chain, body[8:], scan)
            chain = hashlib.sha256(chain + body).digest(); number += 1
        else:
            aad = b"holdfast purge list end 1\0" + installation + b"\0" + struct.pack("<Q", number) + chain
            ended = scan.open("list of purges", "end", lambda: master.derive("purge list 1").open(aad, body)) is not None
    if not ended or at != len(raw): scan.unopened.append("list of purges: it does not end as it should")


def quarantine(path, keys, scan):
    raw, name = read(path), os.path.basename(path)
    assert raw[:8] == b"HFQUARAN"
    file_id, workspace = raw[12:28], raw[28:44]
    number = int.from_bytes(workspace, "little")
    wrapped = raw[44:113]
    key = lambda: keys[number].unwrap(wrapped, b"holdfast quarantine file key 1\0" + file_id + workspace)
    at = 117
    while at + 16 <= len(raw):
        length, count = struct.unpack_from("<II", raw, at)
        body = raw[at + 16:at + 16 + length]
        if len(body) < length: break
        aad = b"holdfast quarantine 1\0" + file_id + struct.pack("<QI", at, count)
        scan.open("quarantine", f"{name} at {at}", lambda: key().open(aad, body))
        at += 16 + length


def ledger(path, master, scan):
    """A file of sealed entries: a stream's payloads, entries on their way, open intents."""
    raw, where = read(path), os.path.basename(path)
    kind = {b"HFLPAYL\n": "payload", b"HFLPEND\n": "pending", b"HFLOPEN\n": "intents"}[raw[:8]]
    own, at = raw[18:35], 47
    def opened(stream, entry, at_ms, sealed):
        number = int.from_bytes(stream[1:], "big")
        folder = text_id(number) if stream[0] else "installation"
        key = master.derive("ledger payload").derive(f"ledger payload {folder} {entry >> 20}")
        aad = b"holdfast ledger payload 1\0" + stream + struct.pack(">Qq", entry, at_ms)
        scan.open("ledger", f"{where} entry {entry}", lambda: key.open(aad, sealed))
    while at + 12 <= len(raw) and raw[at:at + 4] == b"hfLF":
        length = struct.unpack_from(">I", raw, at + 8)[0]
        body = raw[at + 12:at + 12 + length]; at += 12 + length
        if len(body) < length: break
        if kind == "payload":
            entry, at_ms = struct.unpack_from(">Qq", body)
            opened(own, entry, at_ms, body[16:])
        elif kind == "intents":
            entry, at_ms = struct.unpack_from(">Qq", body)
            opened(body[16:33], entry, at_ms, body[66:])
        else:
            first, count = struct.unpack_from(">QI", body); inner = 12
            for index in range(count):
                stream = body[inner + 33:inner + 50]
                at_ms, size = struct.unpack_from(">qI", body, inner + 50); inner += 62
                opened(stream, first + index, at_ms, body[inner:inner + size]); inner += size


# Every kind of file there can be under DATA, and what is done to it beside looking at it as it lies. `None`: nothing in it is sealed.
FAMILIES = [
    ("installation", None), ("holdfast.lock", None), ("demo", None), ("demo-master.key", None),
    ("control.db", "control"), ("people.db", "people"), ("control.db-wal", None), ("control.db-shm", None),
    ("people.db-wal", None), ("people.db-shm", None), ("purges", "purges"),
    ("journal/*.log", "journal"), ("journal/synced", None),
    ("dedup/manifest", None), ("dedup/*.run", None),
    ("store/ws_*/manifest", "manifest"), ("store/ws_*/removed", None), ("store/ws_*/*/*.hfc", "chunk"),
    ("tail/*.hft", "tail"), ("quarantine/ws_*/*.hfq", "quarantine"),
    ("ledger/checkpoint", None), ("ledger/checkpoints", None), ("ledger/lock", None), ("ledger/tile/**", None),
    ("ledger/intents", "ledger"), ("ledger/pending/*.log", "ledger"), ("ledger/payload/*/*.payload", "ledger"),
    ("tls/*.pem", None), ("tls/account.json", None),
]


def matches(path, pattern):
    parts, wanted = path.split("/"), pattern.split("/")
    if wanted[-1] == "**": return parts[:len(wanted) - 1] == wanted[:-1] and len(parts) >= len(wanted)
    return len(parts) == len(wanted) and all(fnmatch.fnmatchcase(*pair) for pair in zip(parts, wanted))


def family(path):
    return next(((pattern, what) for pattern, what in FAMILIES if matches(path, pattern)), None)


def every_file(data):
    for folder, _, names in os.walk(data):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not stat.S_ISSOCK(os.lstat(path).st_mode): yield os.path.relpath(path, data), path


def master_key(arguments):
    if arguments.key: return Key(bytes.fromhex(arguments.key))
    raw = read(arguments.key_file)
    assert raw[:8] == b"HFMASTER" and len(raw) == 50, "no master key file"
    return Key(raw[18:])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--key"); which.add_argument("--key-file")
    parser.add_argument("data"); parser.add_argument("text")
    parser.add_argument("--expect-none", action="store_true"); parser.add_argument("--expect-some", action="store_true")
    arguments = parser.parse_args()
    data, scan, master = arguments.data, Scan(arguments.text), master_key(arguments)
    if not scan.needles: raise SystemExit("the text must have at least six bytes")
    known = os.path.join(data, "installation")
    identity = json.loads(read(known)) if os.path.exists(known) else {"id": "test"}
    installation = identity["id"].encode()
    # Everything follows from the root, which the master key wraps; an older installation has its master key as its root.
    if identity.get("root"): master = master.unwrap(bytes.fromhex(identity["root"]), b"root of " + installation)
    keys = workspaces(data, master)
    unknown = []
    for name, path in every_file(data):
        found = family(name)
        if found is None:
            unknown.append(name)
            continue
        what, folder = found[1], os.path.basename(os.path.dirname(path))
        try:
            if what == "chunk": chunk(path, keys, scan)
            elif what == "manifest":
                number = next((n for n in keys if text_id(n) == folder), None)
                if number is None: scan.locked["archive"] = scan.locked.get("archive", 0) + 1
                else: manifest(path, number, keys, scan)
            elif what == "tail": tail(path, keys, scan)
            elif what == "quarantine": quarantine(path, keys, scan)
            elif what == "ledger": ledger(path, master, scan)
            elif what == "purges": purges(path, master, installation, scan)
        except Exception as error: scan.unopened.append(f"{name}: {type(error).__name__}")
        scan.see("as it lies", read(path), name)
    journal(data, keys, scan)
    people(data, keys, scan)
    control(data, master, keys, installation, scan)
    hits = 0
    for kind, (pieces, size, found) in sorted(scan.kinds.items()):
        print(f"{kind}: {pieces} pieces, {size} bytes, {found} hits"); hits += found
    for kind, pieces in sorted(scan.locked.items()): print(f"{kind}: {pieces} pieces of deleted workspaces, which open for nobody")
    for line in scan.unopened[:100]: print(f"not opened: {line}")
    for name in unknown: print(f"of no known kind: {name}")
    print(f"{hits} hits")
    if unknown: sys.exit(2)
    if scan.unopened: sys.exit(3)
    if arguments.expect_none and hits or arguments.expect_some and not hits: sys.exit(1)


if __name__ == "__main__":
    main()
