#!/usr/bin/env python3
"""Makes labelled cases for the shield, in the form of crates/shield/tests/data/shield-sample.jsonl.

    generate.py --side dev  --seed 1 --out dev.jsonl
    generate.py --side held --seed 2 --out held.jsonl

Rules are worked on with the side `dev`; `held` has other providers, countries, languages and words and is for
reporting alone. `--gitleaks`, `--trufflehog` and `--packages` add published formats and names, see README.md.
"""
import argparse
import json

from cases import benign, personal, secrets, tokens
from cases.base import Maker
from cases.fresh import benign as fresh_benign
from cases.fresh import numbers as fresh_numbers
from cases.fresh import personal as fresh_personal
from cases.fresh import secrets as fresh_secrets
from cases.fresh import tokens as fresh_tokens
from cases import fourth, third
from cases.third import benign as third_benign
from cases.third import personal as third_personal
from cases.third import secrets as third_secrets


def make(side, seed, scale, gitleaks=None, trufflehog=None, listed=()):
    maker = Maker(f"{side}:{seed}", side)

    def n(count):
        return max(1, round(count * scale))
    secrets.add_passwords(maker, keyed=n(480), foreign=n(420), sibling=n(260), embedded=n(150))
    tokens.add_tokens(maker, keyed=n(820), foreign=n(90), neutral=n(220), embedded=n(240), gitleaks=gitleaks, trufflehog=trufflehog)
    secrets.add_private_keys(maker, neutral=n(130), keyed=n(40))
    secrets.add_sessions(maker, keyed=n(90), neutral=n(60), embedded=n(140))
    secrets.add_urls(maker, neutral=n(200), embedded=n(90))
    secrets.add_codes(maker, keyed=n(100), foreign=n(90), sibling=n(80), neutral=n(30), embedded=n(110))
    personal.add_cards(maker, keyed=n(90), foreign=n(60), neutral=n(120), embedded=n(220), sibling=n(50), numeric=n(60))
    personal.add_ibans(maker, keyed=n(90), neutral=n(90), embedded=n(60))
    personal.add_national(maker, keyed=n(360), sibling=n(90), embedded=n(100))
    personal.add_emails(maker, keyed=n(120), neutral=n(100), embedded=n(140))
    personal.add_phones(maker, keyed=n(200), neutral=n(100), embedded=n(110), sibling=n(50), numeric=n(50))
    benign.plain(maker, n(6600), listed)
    benign.lookalike_keys(maker, n(700))
    benign.lookalike_values(maker, n(2400))
    benign.lookalike_texts(maker, n(1300), listed)
    maker.chance.shuffle(maker.rows)
    return maker.rows


def make_fresh(side, seed, scale):
    """Cases of families none of which is in `make`: about 16,000 at scale 1."""
    maker = Maker(f"{side}:{seed}", side)

    def n(count):
        return max(1, round(count * scale))
    fresh_secrets.add_passwords(maker, keyed=n(420), foreign=n(240), sibling=n(210), embedded=n(120))
    fresh_tokens.add_tokens(maker, keyed=n(740), foreign=n(90), neutral=n(170), embedded=n(210), sibling=n(60))
    fresh_secrets.add_private_keys(maker, neutral=n(110), keyed=n(50), embedded=n(20))
    fresh_secrets.add_sessions(maker, keyed=n(80), neutral=n(50), embedded=n(140), sibling=n(30))
    fresh_secrets.add_urls(maker, neutral=n(180), embedded=n(80))
    fresh_secrets.add_codes(maker, keyed=n(100), foreign=n(90), sibling=n(80), neutral=n(30), embedded=n(110), numeric=n(30))
    fresh_personal.add_cards(maker, keyed=n(60), foreign=n(60), neutral=n(90), embedded=n(220), sibling=n(50), numeric=n(50))
    fresh_personal.add_ibans(maker, keyed=n(80), foreign=n(40), neutral=n(80), embedded=n(60), sibling=n(20))
    fresh_numbers.add_national(maker, keyed=n(460), sibling=n(90), embedded=n(90), numeric=n(40))
    fresh_personal.add_emails(maker, keyed=n(90), foreign=n(50), neutral=n(90), embedded=n(140), sibling=n(20))
    fresh_personal.add_phones(maker, keyed=n(140), foreign=n(70), neutral=n(90), embedded=n(110), sibling=n(50), numeric=n(40))
    fresh_benign.add_plain(maker, n(6600))
    fresh_benign.add_keys(maker, n(500))
    fresh_benign.add_values(maker, n(3200))
    fresh_benign.add_texts(maker, n(700))
    maker.chance.shuffle(maker.rows)
    return maker.rows


def make_third(side, seed, scale):
    """Cases of the third or fourth stock, all of it one side: about 12,000 at scale 1."""
    maker = Maker(f"{side}:{seed}", side, {"third": third, "fourth": fourth}[side])

    def n(count):
        return max(1, round(count * scale))
    third_secrets.add_passwords(maker, keyed=n(330), foreign=n(220), sibling=n(130), embedded=n(130))
    third_secrets.add_tokens(maker, keyed=n(600), foreign=n(60), neutral=n(220), embedded=n(180), sibling=n(40))
    third_secrets.add_private_keys(maker, neutral=n(70), keyed=n(40), embedded=n(15))
    third_secrets.add_sessions(maker, keyed=n(70), neutral=n(35), embedded=n(100), sibling=n(20))
    third_secrets.add_urls(maker, neutral=n(130), embedded=n(50))
    third_secrets.add_codes(maker, keyed=n(70), foreign=n(60), sibling=n(50), neutral=n(15), embedded=n(80), numeric=n(15))
    third_personal.add_cards(maker, keyed=n(80), neutral=n(60), embedded=n(150), sibling=n(30), numeric=n(30))
    third_personal.add_ibans(maker, keyed=n(70), neutral=n(60), embedded=n(40), sibling=n(10))
    third_personal.add_national(maker, keyed=n(430), sibling=n(60), embedded=n(70), numeric=n(20))
    third_personal.add_emails(maker, keyed=n(80), neutral=n(65), embedded=n(110), sibling=n(15))
    third_personal.add_phones(maker, keyed=n(140), neutral=n(65), embedded=n(90), sibling=n(30), numeric=n(25))
    third_benign.add_plain(maker, n(4700))
    third_benign.add_keys(maker, n(550))
    third_benign.add_values(maker, n(2500))
    third_benign.add_texts(maker, n(450))
    maker.chance.shuffle(maker.rows)
    return maker.rows


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--side", choices=["dev", "held", "fresh", "later", "third", "fourth"], required=True)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--scale", type=float, default=1.0, help="1 makes about 16,000 cases")
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--half", choices=["looked", "unlooked"], help="of the fourth stock: the half the rules were worked on with, or the other")
    arguments.add_argument("--bytes-max", type=int, help="longer rows and what lies beyond this size are left out")
    arguments.add_argument("--gitleaks", help="gitleaks.toml")
    arguments.add_argument("--trufflehog", help="JSON list of [detector, variable, is_named, pattern]")
    arguments.add_argument("--packages", help="folder with pypi.tsv and npm.tsv")
    given = arguments.parse_args()
    if given.side in ("fresh", "later"):
        rows = make_fresh(given.side, given.seed, given.scale)
    elif given.side in ("third", "fourth"):
        rows = make_third(given.side, given.seed, given.scale)
    else:
        rows = make(given.side, given.seed, given.scale, given.gitleaks, given.trufflehog, benign.packages(given.packages))
    if given.half:
        rows = [row for row in rows if fourth.is_looked_at(row) == (given.half == "looked")]
    written = 0
    with open(given.out, "w", encoding="utf-8") as out:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False) + "\n"
            size = len(line.encode())
            if given.bytes_max and (size > 1200 or written + size > given.bytes_max):
                continue
            written += size
            out.write(line)


if __name__ == "__main__":
    main()
