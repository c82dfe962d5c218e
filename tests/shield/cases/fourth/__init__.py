"""The fourth stock: families in none of the others, frozen before any rule was run on it.

After its first run the rules were worked on with one half of its families; the rows of the other were not looked at.
"""
import json
import re
import zlib

from . import harmless, numbers, texts, tokens, words

# Families in which each name, or each beginning of a text, is a family of its own for the halves.
MANY = {"password names", "vendor unmarked", "plain key names", "code names", "phone names", "email names", "card names", "iban names", "session names", "totp seeds", "oauth codes", "phone numbers", "code numbers",
        "card numbers", "private key names", "card codes", "code text", "phone text", "card text", "iban text", "carrier password talk", "harmless text", "authorization header", "email text"}


def is_looked_at(row):
    """Whether a row is of the half that the rules were worked on with."""
    family = part = row["family"]
    if family in MANY or family.endswith(" sibling") or family.startswith(("password ", "code ", "key ")) and row["ctx"] == "foreign":
        part = f"{family}|" + re.sub(r"[^\w]", "", row["key"]).lower()
        if family.endswith(("text", "talk", "header")):
            part = f"{family}|" + re.sub(r"[\dA-Za-z]*\d[\dA-Za-z]*", "", str(row["value"]))[:12]
        if family.endswith("sibling"):
            part = f"{family}|" + json.dumps(row.get("sib"), ensure_ascii=False)
    return zlib.crc32(("half:" + part).encode()) % 2 == 1
