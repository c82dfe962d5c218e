#!/usr/bin/env python3
"""The shield beside other tools on the same labelled cases in the same run.

    compare.py CASES.jsonl --holdfast PATH --gitleaks gitleaks.toml

`CASES` as generate.py writes them. Tools: detect-secrets (its default plugins and filters, on a file of lines `key = "value"`), Presidio's pattern
recognisers (every predefined one that needs no language model, score at least 0.5), gitleaks' rules (its file of
regular expressions with their keywords and entropy floors, in Python) and `holdfast shield classify`. A value
counts as stopped if the tool reports anything; its class is not asked, since each tool has classes of its own.
"""
import argparse
import json
import math
import re
import subprocess
import time
import tomllib
from collections import Counter, defaultdict

CLASSES = ["password", "api_key", "private_key", "credit_card", "iban", "national_id", "email", "phone", "jwt_session", "url_with_credentials", "auth_code"]


def text_of(case):
    value = case["value"]
    return value if isinstance(value, str) else json.dumps(value)


def detect_secrets(cases):
    import tempfile

    from detect_secrets import SecretsCollection
    from detect_secrets.settings import default_settings
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        for case in cases:
            line = text_of(case).replace("\n", "\\n").replace("\r", "\\r").replace("\u2028", " ").replace("\x85", " ")
            file.write(f'{case["key"]} = "{line}"\n')
        file.flush()
        found = SecretsCollection()
        with default_settings():
            found.scan_file(file.name)
        hit = {secret.line_number for _, secret in found}
    return [at + 1 in hit for at in range(len(cases))]


def presidio(cases):
    import inspect

    import presidio_analyzer.predefined_recognizers as predefined
    from presidio_analyzer import PatternRecognizer
    held = []
    for _, cls in inspect.getmembers(predefined, inspect.isclass):
        if issubclass(cls, PatternRecognizer) and cls is not PatternRecognizer:
            try:
                held.append(cls())
            except TypeError:
                continue
    phone = predefined.PhoneRecognizer()

    def found(text):
        for recogniser in held:
            results = recogniser.analyze(text=text, entities=recogniser.supported_entities)
            if any(result.score >= 0.5 and result.entity_type not in ("URL", "DATE_TIME", "IP_ADDRESS", "MAC_ADDRESS", "UUID") for result in results):
                return True
        return any(result.score >= 0.4 for result in phone.analyze(text, phone.supported_entities, None))
    return [found(f'{case["key"]}: {text_of(case)}') for case in cases], len(held) + 1


def entropy(text):
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0


def gitleaks(cases, path):
    with open(path, "rb") as file:
        rules = tomllib.load(file)["rules"]
    compiled = []
    for rule in rules:
        if not rule.get("regex"):  # a rule for names of files
            continue
        pattern = re.sub(r"\(\?-i:", "(?:", rule.get("regex", "")).replace(r"\z", r"\Z")
        flags = re.I if "(?i)" in pattern else 0
        try:
            compiled.append((re.compile(re.sub(r"\(\?i\)", "", pattern), flags), rule.get("keywords", []), rule.get("entropy", 0), rule.get("secretGroup", 0)))
        except re.error:
            continue

    def found(text):
        low = text.lower()
        for pattern, keywords, floor, group in compiled:
            if keywords and not any(word.lower() in low for word in keywords):
                continue
            for match in pattern.finditer(text):
                secret = match.group(group or (1 if match.groups() else 0)) or match.group(0)
                if entropy(secret) >= floor:
                    return True
        return False
    return [found(f'{case["key"]} = "{text_of(case)}"') for case in cases], len(compiled)


def holdfast(lines, binary):
    out = subprocess.run([binary, "shield", "classify", "-"], input="".join(lines), capture_output=True, text=True, check=True).stdout
    return [json.loads(line)["label"] is not None for line in out.splitlines()]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("cases")
    arguments.add_argument("--holdfast", required=True)
    arguments.add_argument("--gitleaks", required=True)
    given = arguments.parse_args()
    with open(given.cases, encoding="utf-8") as file:
        lines = [line for line in file if line.strip()]
    cases = [json.loads(line) for line in lines]
    tools = {}
    for name, run in [("holdfast", lambda: holdfast(lines, given.holdfast)), ("gitleaks rules", lambda: gitleaks(cases, given.gitleaks)),
                      ("detect-secrets", lambda: detect_secrets(cases)), ("Presidio patterns", lambda: presidio(cases))]:
        begun = time.process_time()
        result = run()
        count = ""
        if isinstance(result, tuple):
            result, number = result
            count = f" ({number})"
        tools[name + count] = (result, (time.process_time() - begun) / len(cases))
    print(f"{len(cases)} cases, {sum(case['label'] != 'benign' for case in cases)} sensitive\n")
    print("| | " + " | ".join(tools) + " |\n|---" + "|---" * len(tools) + "|")
    rows = [("stopped", lambda c: c["label"] != "benign"), ("benign hit", lambda c: c["label"] == "benign")]
    rows += [(label, lambda c, label=label: c["label"] == label) for label in CLASSES]
    contexts = defaultdict(int)
    for case in cases:
        contexts[case["ctx"]] += 1
    rows += [(ctx, lambda c, ctx=ctx: c["ctx"] == ctx) for ctx in sorted(contexts)]
    for name, wanted in rows:
        places = [at for at, case in enumerate(cases) if wanted(case)]
        if places:
            print(f"| {name} ({len(places)}) | " + " | ".join(f"{sum(found[at] for at in places) / len(places):.4f}" for found, _ in tools.values()) + " |")
    shown = []
    for found, _ in tools.values():
        hits = [case["label"] != "benign" for case, hit in zip(cases, found) if hit]
        shown.append(f"{sum(hits) / max(1, len(hits)):.4f}")
    print("| precision | " + " | ".join(shown) + " |")


if __name__ == "__main__":
    main()
