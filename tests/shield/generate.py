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


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--side", choices=["dev", "held"], required=True)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--scale", type=float, default=1.0, help="1 makes about 16,000 cases")
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--bytes-max", type=int, help="longer rows and what lies beyond this size are left out")
    arguments.add_argument("--gitleaks", help="gitleaks.toml")
    arguments.add_argument("--trufflehog", help="JSON list of [detector, variable, is_named, pattern]")
    arguments.add_argument("--packages", help="folder with pypi.tsv and npm.tsv")
    given = arguments.parse_args()
    rows = make(given.side, given.seed, given.scale, given.gitleaks, given.trufflehog, benign.packages(given.packages))
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
