"""What every kind of case needs: chance, casings of names, wrappers, the split into two sides.

A family is a provider, a country, a language or a word. Its side is fixed by its name, so that nothing a rule
was written against is in the held-out set: `dev` for working, `held` for reporting.
"""
import random
import re
import string
import zlib

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
HEX = DIGITS + "abcdef"
ALNUM = LOWER + UPPER + DIGITS
BASE64 = ALNUM + "+/"
URLSAFE = ALNUM + "-_"
BASE32 = UPPER + "234567"


# The sides of the two stocks of families: those of `cases`, and those of `cases.fresh`, written when the rules were there.
SIDES = {"dev": ("dev", "held"), "held": ("dev", "held"), "fresh": ("fresh", "later"), "later": ("fresh", "later")}


# Stocks that are one side as a whole.
WHOLE = ("third", "fourth")


def side_of(family, sides=SIDES["dev"]):
    return sides[zlib.crc32(("shield:" + family).encode()) % 2]


class Chance(random.Random):
    """Chance with the few things that are asked of it everywhere."""

    def text(self, alphabet, length):
        return "".join(self.choice(alphabet) for _ in range(length))

    def one_in(self, n):
        return self.randrange(n) == 0


class Maker:
    """Collects cases for one side."""

    def __init__(self, seed, side, stock=None):
        self.chance, self.side, self.rows, self.stock = Chance(seed), side, [], stock

    def mine(self, families, name=str):
        """The families of this side; of very few, all."""
        if self.side in WHOLE:
            return list(families)
        chosen = [f for f in families if side_of(name(f), SIDES[self.side]) == self.side]
        return chosen if len(chosen) >= 2 else list(families)

    def add(self, label, ctx, key, value, sib=None, lang="en", family=""):
        c = self.chance
        event = c.choice(EVENTS)
        place = c.choice(PLACES).replace("N", str(c.randrange(10)))
        row = {"id": f"{self.side[0]}{len(self.rows):05}", "label": label, "event": event,
               "path": f"{place}.{key}", "key": key, "value": value, "ctx": ctx, "lang": lang, "family": family}
        if sib:
            row["sib"] = sib
        self.rows.append(row)

    def name(self, words):
        """A name in one of the casings and wrappers forms and programs use."""
        c = self.chance
        parts = words.split(" ") if " " in words else re.split(r"[_\-]", words)
        style = c.randrange(9)
        if style <= 2:
            name = "_".join(parts)
        elif style == 3:
            name = "-".join(parts)
        elif style == 4:
            name = parts[0].lower() + "".join(p[:1].upper() + p[1:] for p in parts[1:])
        elif style == 5:
            name = "_".join(parts).upper()
        elif style == 6:
            name = " ".join(p[:1].upper() + p[1:] for p in parts)
        elif style == 7:
            name = "".join(p[:1].upper() + p[1:] for p in parts)
        else:
            name = "_".join(parts)
        wrap = c.randrange(9)
        if wrap == 0:
            return f"{c.choice(['form', 'user', 'profile', 'register', 'checkout', 'account', 'customer', 'data'])}[{name}]"
        if wrap == 1:
            return f"{c.choice(['form', 'user', 'signup', 'input', 'customer', 'billing', 'my', 'field', 'txt'])}_{name}"
        return name


EVENTS = ["Page Viewed", "Signed Up", "Form Submitted", "Payment Failed", "identify", "track", "$autocapture", "Input Changed",
          "API Called", "Login Attempted", "Order Completed", "Support Ticket Created", "Error Shown", "Settings Saved"]
PLACES = ["properties", "properties", "traits", "context", "properties.form", "properties.fields[N]", "properties.payload.body",
          "properties.request", "context.page", "traits.extra"]
NEUTRAL = ["value", "text", "data", "input", "content", "note", "extra", "label", "item", "q", "v", "prop", "field_3", "attr_7",
           "custom_1", "param1", "entry", "raw", "body", "message", "answer", "$el_text", "meta.info", "field_value", "comment",
           "description", "payload", "details", "other", "a", "d", "info", "subject", "line", "remark"]
VALUE_NAMES = ["value", "$el_value", "attr__value", "field_value", "v", "text", "input_value", "val", "current_value"]


def around(c, text, kind="any"):
    """A text with other text around it, as people and programs put it."""
    return c.choice([
        f"note: {text} (from call)", f"Fwd: {text} / urgent", f"<{text}>", f"[{text}]", f"my details are {text} thanks",
        f"user said \"{text}\" twice", f"customer wrote: {text}", f"copied: {text}", f"pls use {text} for the booking",
        f"error while processing {text} in step 2", f"Hi, {text} please update", f"{text}.", f"({text})",
        f"line 1\nline 2 {text}\nline 3", f"see: {text}; thanks", f"{text} - is that right?", f"bitte {text} verwenden",
        f"merci d'utiliser {text}", f"» {text} «", f"value={text};next=1" if kind == "token" else f"Re: {text}"])
