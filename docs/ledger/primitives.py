"""Ed25519, AES-256-GCM and CRC-32C in plain Python, for `verify_ledger.py` beside it: to check, not to keep secrets.

Nothing here runs in constant time; use it where no attacker can measure it.
"""
import functools, hashlib

# --- Ed25519, verification only (RFC 8032) ------------------------------------------------------------------------------
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


@functools.lru_cache(maxsize=4096)
def signature_holds(key, message, signature):
    if len(signature) != 64 or len(key) != 32:
        return False
    a, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = multiply(s, BASE), add(r, multiply(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- AES-256-GCM (FIPS 197, SP 800-38D) ---------------------------------------------------------------------------------
def aes_tables():
    power, log, value = [0] * 255, [0] * 256, 1
    for exponent in range(255):
        power[exponent], log[value] = value, exponent
        value ^= (value << 1) ^ (0x11B if value & 0x80 else 0)
    box = []
    for byte in range(256):
        inverse = power[-log[byte] % 255] if byte else 0
        box.append(functools.reduce(lambda s, r: s ^ (inverse << r | inverse >> 8 - r) & 0xFF, range(5), 0) ^ 0x63)
    double = lambda b: (b << 1) ^ (0x11B if b & 0x80 else 0)
    first = [double(s) << 24 | s << 16 | s << 8 | double(s) ^ s for s in box]
    return box, [[(t >> r | t << 32 - r) & 0xFFFFFFFF for t in first] for r in (0, 8, 16, 24)]


BOX, (T0, T1, T2, T3) = aes_tables()


class Sealed:
    """One AES-256-GCM key."""

    def __init__(self, key):
        words, constant = [int.from_bytes(key[i : i + 4], "big") for i in range(0, 32, 4)], 1
        through_box = lambda w: BOX[w >> 24] << 24 | BOX[w >> 16 & 255] << 16 | BOX[w >> 8 & 255] << 8 | BOX[w & 255]
        for i in range(8, 60):
            word = words[-1]
            if i % 8 == 0:
                word, constant = through_box((word << 8 | word >> 24) & 0xFFFFFFFF) ^ constant << 24, constant << 1
            elif i % 8 == 4:
                word = through_box(word)
            words.append(words[-8] ^ word)
        self.words = words
        value, powers = self.block(0), []
        for _ in range(128):
            powers.append(value)
            value = value >> 1 ^ (0xE1 << 120 if value & 1 else 0)
        self.times = [[0] * 256 for _ in range(16)]
        for place, table in enumerate(self.times):
            for byte in range(1, 256):
                low = byte & -byte
                table[byte] = table[byte ^ low] ^ powers[8 * place + 8 - low.bit_length()]

    def block(self, number):
        w = self.words
        a, b, c, d = (number >> shift & 0xFFFFFFFF ^ key for shift, key in zip((96, 64, 32, 0), w))
        for i in range(4, 56, 4):
            a, b, c, d = (
                T0[a >> 24] ^ T1[b >> 16 & 255] ^ T2[c >> 8 & 255] ^ T3[d & 255] ^ w[i],
                T0[b >> 24] ^ T1[c >> 16 & 255] ^ T2[d >> 8 & 255] ^ T3[a & 255] ^ w[i + 1],
                T0[c >> 24] ^ T1[d >> 16 & 255] ^ T2[a >> 8 & 255] ^ T3[b & 255] ^ w[i + 2],
                T0[d >> 24] ^ T1[a >> 16 & 255] ^ T2[b >> 8 & 255] ^ T3[c & 255] ^ w[i + 3],
            )
        out = 0
        for i, (e, f, g, h) in enumerate(((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c))):
            last = BOX[e >> 24] << 24 | BOX[f >> 16 & 255] << 16 | BOX[g >> 8 & 255] << 8 | BOX[h & 255]
            out = out << 32 | last ^ w[56 + i]
        return out

    def stream(self, nonce, data):
        first = int.from_bytes(nonce + bytes(4), "big")
        blocks = b"".join(self.block(first + 2 + i).to_bytes(16, "big") for i in range(-(-len(data) // 16)))
        return bytes(x ^ y for x, y in zip(data, blocks))

    def tag(self, nonce, aad, cipher):
        padded = aad + bytes(-len(aad) % 16) + cipher + bytes(-len(cipher) % 16)
        padded += (8 * len(aad)).to_bytes(8, "big") + (8 * len(cipher)).to_bytes(8, "big")
        value = 0
        for at in range(0, len(padded), 16):
            value ^= int.from_bytes(padded[at : at + 16], "big")
            product = 0
            for table, byte in zip(self.times, value.to_bytes(16, "big")):
                product ^= table[byte]
            value = product
        return (value ^ self.block(int.from_bytes(nonce + b"\0\0\0\1", "big"))).to_bytes(16, "big")

    def open(self, aad, sealed):
        nonce, cipher, tag = sealed[:12], sealed[12:-16], sealed[-16:]
        return self.stream(nonce, cipher) if len(sealed) >= 28 and self.tag(nonce, aad, cipher) == tag else None


# --- CRC-32C (RFC 3720) -------------------------------------------------------------------------------------------------
def crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


CRC = crc_table()


@functools.lru_cache(maxsize=65536)
def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = CRC[(value ^ byte) & 255] ^ value >> 8
    return value ^ 0xFFFFFFFF
