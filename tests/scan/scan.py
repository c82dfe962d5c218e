#!/usr/bin/env python3
"""Looks for strings that must be nowhere, in every byte of files and folders, through encodings and compression.

usage: scan.py NEEDLES PATH [PATH ...]

NEEDLES is a file with one JSON string a line (or a JSON list). Every needle of at least 6 bytes is looked for as it is, in
UTF-16, base64 (at each of the three alignments), hex, percent-encoded, JSON-escaped and reversed; in each file as it lies, and in whatever
gzip, zlib, raw deflate (behind a zip header), bzip2, xz and zstd streams are found inside it, two layers deep. Prints one line a hit: file, layer, encoding
and the needle's number, never the needle. Ends with `N files, N bytes, N needles, N hits`; exit 1 if there was a hit.

Python's standard library and GNU grep (which matches many fixed strings in one pass) only; zstd streams need the zstd program.
"""
import base64, bz2, json, lzma, os, shutil, subprocess, sys, tempfile, urllib.parse, zlib

MAGICS = {b"\x1f\x8b\x08": "gzip", b"\x78\x01": "zlib", b"\x78\x9c": "zlib", b"\x78\xda": "zlib", b"BZh": "bzip2",
          b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
INSIDE_BYTES_MAX = 64 << 20
STREAMS_MAX = 20_000


def variants(needle):
    raw = needle.encode()
    yield "plain", raw
    yield "utf-16", needle.encode("utf-16-le")
    for cut in range(3):
        # Only the letters that do not depend on what stands before and after.
        text = base64.b64encode(b"\0" * cut + raw)
        text = text[(0, 2, 3)[cut]:]
        text = text.rstrip(b"=")
        text = text[:-1] if (cut + len(raw)) % 3 else text
        if len(text) >= 8:
            yield f"base64+{cut}", text
            yield f"base64url+{cut}", text.replace(b"+", b"-").replace(b"/", b"_")
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    yield "percent", urllib.parse.quote(needle, safe="").encode()
    yield "json", json.dumps(needle)[1:-1].encode()
    yield "reversed", raw[::-1]


class Patterns:
    """All variants of all needles: those without NUL or newline go to grep, the rest is found one by one."""

    def __init__(self, needles, folder):
        self.by_bytes = {}
        for number, needle in enumerate(needles):
            for encoding, text in variants(needle):
                self.by_bytes.setdefault(text, (encoding, number))
        self.odd = [text for text in self.by_bytes if b"\0" in text or b"\n" in text]
        self.file = os.path.join(folder, "patterns")
        with open(self.file, "wb") as out:
            for text in self.by_bytes:
                if b"\0" not in text and b"\n" not in text:
                    out.write(text + b"\n")

    def find(self, path, content):
        run = subprocess.run(["grep", "-aoFf", self.file, path], capture_output=True, env={"LC_ALL": "C", "PATH": os.environ["PATH"]})
        if run.returncode > 1:
            raise SystemExit("grep failed: " + run.stderr.decode(errors="replace"))
        found = set(run.stdout.split(b"\n")) - {b""}
        # UTF-16 of ASCII text: drop every second byte and look again, which finds all of them in one pass.
        if content.count(0) > len(content) // 64:
            found |= {text for text in self.odd if text in content}
        return [self.by_bytes[text] for text in found if text in self.by_bytes]


PIECE = 1 << 16
PROBE = 256


def unpack(kind, content, at):
    """What the stream at `at` holds. Piece by piece: nearly every magic in encrypted bytes is chance, and ends at once."""
    makers = {"gzip": lambda: zlib.decompressobj(31), "zlib": lambda: zlib.decompressobj(15), "bzip2": bz2.BZ2Decompressor,
              "xz": lzma.LZMADecompressor}
    if kind == "zstd":
        if not shutil.which("zstd"):
            return b""
        piece = bytes(content[at:at + INSIDE_BYTES_MAX])
        return subprocess.run(["zstd", "-dcq"], input=piece, capture_output=True).stdout
    out, size, machine = [], 0, makers[kind]()
    try:
        while at < len(content) and size < INSIDE_BYTES_MAX and not machine.eof:
            step = PIECE if out else PROBE
            got = machine.decompress(content[at:at + step])
            at += step
            if got:
                out.append(got)
                size += len(got)
    except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError):
        pass
    return b"".join(out)


def streams(content):
    count, view = 0, memoryview(content)
    for magic, kind in MAGICS.items():
        at = content.find(magic)
        while at >= 0 and count < STREAMS_MAX:
            inside = unpack(kind, view, at)
            if len(inside) >= 16:
                count += 1
                yield f"{kind}@{at}", inside
            at = content.find(magic, at + 1)


def scan(patterns, path, content, layer, depth, hits, folder):
    for encoding, number in patterns.find(path, content):
        hits.append((layer, encoding, number))
    if depth == 0:
        return
    for name, inside in streams(content):
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as out:
            out.write(inside)
        scan(patterns, out.name, inside, f"{layer}>{name}", depth - 1, hits, folder)
        os.unlink(out.name)


def files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for root, _, names in os.walk(path):
            for name in sorted(names):
                full = os.path.join(root, name)
                if os.path.isfile(full):
                    yield full


def main():
    text = open(sys.argv[1], encoding="utf-8").read()
    needles = json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines() if line]
    needles = sorted({needle for needle in needles if len(needle.encode()) >= 6})
    hits, count, size = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        patterns = Patterns(needles, folder)
        for path in files(sys.argv[2:]):
            content = open(path, "rb").read()
            found = []
            scan(patterns, path, content, "file", 2, found, folder)
            for layer, encoding, number in found:
                print(f"{path}: needle {number} as {encoding} in {layer}")
            hits, count, size = hits + len(found), count + 1, size + len(content)
    print(f"{count} files, {size} bytes, {len(needles)} needles, {hits} hits")
    sys.exit(1 if hits else 0)


main()
