#!/usr/bin/env python3
"""Opens every encrypted file of a data folder with the master key, by docs/formats alone, and looks for a text.

usage: opened.py --key HEX DATA TEXT [--expect-none | --expect-some]

Reads control.db (workspaces' keys, sealed purges), journal files (every frame), the archive (every block of every chunk,
dictionaries and directories included), tail files, people.db (plain rows, sealed values, identifiers, groups) and every other
file as it lies. In each it looks for the text as it is, percent-encoded, JSON-escaped and in base64 at three alignments. Prints a
line for each kind of file: how many files, sealed pieces opened, bytes of plain text, hits; never the text.

An implementation of its own: Python, `cryptography` for AES-GCM and HKDF, `zstandard` (or the zstd program) and an own LZ4.
It shares no code with the server. Exit 1 when what was expected is not so.
"""
import argparse, base64, hashlib, json, os, sqlite3, struct, subprocess, sys, tempfile, urllib.parse, shutil
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


class Scan:
    def __init__(self, text):
        self.needles, self.kinds = variants(text), {}
    def see(self, kind, plain, where):
        row = self.kinds.setdefault(kind, [0, 0, 0])
        row[0] += 1; row[1] += len(plain)
        for needle in self.needles:
            if needle in plain:
                row[2] += 1
                if row[2] <= 5: print(f"hit: {kind} {where}")
                break


def unpack(packed):
    tag, size = packed[0], struct.unpack_from("<I", packed, 1)[0]
    body = packed[5:]
    return body if tag == 0 else unlz4(body, size) if tag == 1 else unzstd(body, size)


def workspaces(data, master):
    db = sqlite3.connect(f"file:{data}/control.db?mode=ro", uri=True)
    keys = {}
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


def journal(data, keys, scan):
    folder = os.path.join(data, "journal")
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".log"): continue
        with open(os.path.join(folder, name), "rb") as file: raw = file.read()
        assert raw[:8] == b"HFJOURNL"
        file_id, at, slots = raw[12:28], 48, {}
        while at + 36 <= len(raw):
            length, _, _, count, slot, _, _ = struct.unpack_from("<IIQIIQI", raw, at)
            body = raw[at + 36:at + 36 + length]; at += 36 + length
            if len(body) < length: break
            if count == 0:
                workspace = body[:16]
                number = int.from_bytes(workspace, "little")
                slots[slot] = keys[number].unwrap(body[16:], b"holdfast journal file key 1\0" + file_id + workspace)
            else:
                aad = b"holdfast journal 1\0" + file_id + struct.pack("<II", slot, count)
                scan.see("journal", slots[slot].open(aad, body), f"{name} at {at}")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]; at += 1
        value |= (byte & 127) << shift; shift += 7
        if byte < 128: return value, at


def chunk(path, keys, scan):
    with open(path, "rb") as file: raw = file.read()
    assert raw[:8] == b"HFCHUNK\0"
    size = struct.unpack_from("<H", raw, 18)[0]
    at = 20 + size
    chunk_id, workspace = raw[at:at + 16], raw[at + 16:at + 32]
    directory_bytes, blocks_bytes = struct.unpack_from("<IQ", raw, at + 52)
    head_end = at + 52 + 12 + 4
    key = keys[int.from_bytes(workspace, "little")].unwrap(raw[20:20 + size], b"holdfast chunk 1\0" + workspace + chunk_id)
    name = os.path.basename(path)
    directory = unpack(key.open(raw[:head_end], raw[head_end:head_end + directory_bytes]))
    scan.see("archive", directory, f"{name} directory")
    # The blocks lie one behind the other in the order of their numbers; the directory says where each ends.
    begin = head_end + directory_bytes
    for number, offset, length in blocks(directory, blocks_bytes):
        aad = chunk_id + struct.pack("<I", number)
        scan.see("archive", unpack(key.open(aad, raw[begin + offset:begin + offset + length])), f"{name} block {number}")


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
    with open(path, "rb") as file: raw = file.read()
    number = workspace.to_bytes(16, "little")
    plain = keys[workspace].open(b"holdfast manifest 1\0" + number, raw[26:-4])
    scan.see("archive", plain, "manifest")


def tail(path, keys, scan):
    with open(path, "rb") as file: raw = file.read()
    generation = struct.unpack_from("<Q", raw, 18)[0]
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
            if size: wrapped[workspace] = keys[int.from_bytes(workspace, "little")].unwrap(frame[inner:inner + size], aad)
            inner += size
            size = struct.unpack_from("<I", frame, inner)[0]; inner += 4
            scan.see("tail", wrapped[workspace].open(aad + position, frame[inner:inner + size]), os.path.basename(path))
            inner += size


def people(data, keys, scan):
    path = os.path.join(data, "people.db")
    if not os.path.exists(path): return
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    spaces = {no: int.from_bytes(w, "big") for no, w in db.execute("select no, workspace from space")}
    subjects = {}
    for workspace, person, wrapped in db.execute("select workspace, person, wrapped from subject_key"):
        binding = b"subject key 1\0" + workspace + struct.pack(">I", person)
        subjects[workspace, person] = keys[int.from_bytes(workspace, "big")].unwrap(wrapped, binding)
    def bound(workspace, person, form, name, cls):
        return b"sealed value 1\0" + workspace + struct.pack(">I", person) + form + b"\0" + cls.encode() + b"\0" + name.encode()
    for workspace, person, name, cls, sealed in db.execute("select workspace, person, name, class, sealed from sealed_value"):
        scan.see("people, sealed", subjects[workspace, person].open(bound(workspace, person, b"value", name, cls), sealed), "a value")
    for table, purpose in (("identifier", None), ("membership", "group_id")):
        kind = "kind" if purpose is None else "0"
        for space, origin, kind_, sealed in db.execute(f"select space, origin, {kind}, sealed from {table}"):
            workspace = spaces[space].to_bytes(16, "big")
            name = purpose or ("user_id", "anonymous_id")[kind_]
            scan.see("people, sealed", subjects[workspace, origin].open(bound(workspace, origin, b"apart", name, ""), sealed), table)
    for (table,) in list(db.execute("select name from sqlite_schema where type = 'table'")):
        for row in db.execute(f"select * from {table}"):
            text = "\n".join(str(cell) for cell in row if isinstance(cell, str))
            if text: scan.see("people, plain", text.encode(), table)
    db.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--key", required=True); parser.add_argument("data"); parser.add_argument("text")
    parser.add_argument("--expect-none", action="store_true"); parser.add_argument("--expect-some", action="store_true")
    arguments = parser.parse_args()
    data, scan = arguments.data, Scan(arguments.text)
    keys = workspaces(data, Key(bytes.fromhex(arguments.key)))
    journal(data, keys, scan)
    store = os.path.join(data, "store")
    for folder, _, names in os.walk(store):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith(".hfc"): chunk(path, keys, scan)
            elif name == "manifest":
                number = next(n for n in keys if text_id(n) == os.path.basename(folder))
                manifest(path, number, keys, scan)
    for name in sorted(os.listdir(os.path.join(data, "tail"))): tail(os.path.join(data, "tail", name), keys, scan)
    people(data, keys, scan)
    for folder, _, names in os.walk(data):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file: scan.see("as it lies", file.read(), name)
    hits = 0
    for kind, (pieces, size, found) in sorted(scan.kinds.items()):
        print(f"{kind}: {pieces} pieces, {size} bytes, {found} hits"); hits += found
    print(f"{hits} hits")
    if arguments.expect_none and hits or arguments.expect_some and not hits: sys.exit(1)


if __name__ == "__main__":
    main()
