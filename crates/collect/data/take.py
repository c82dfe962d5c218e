#!/usr/bin/env python3
"""Writes user_agents.txt from the npm package uap-core: take.py FOLDER VERSION INTEGRITY, with the package unpacked in FOLDER.

Of its patterns those of browsers and systems are taken, in their order, a line each: the pattern, the name, the first part of the version.
"""

import sys
from pathlib import Path

import yaml

folder, version, integrity = sys.argv[1:]
rules = yaml.safe_load((Path(folder) / "regexes.yaml").read_text())
lines = [f"# uap-core {version} (npm), Apache-2.0, {integrity}"]
for section, name, major in [
    ("user_agent_parsers", "family_replacement", "v1_replacement"),
    ("os_parsers", "os_replacement", "os_v1_replacement"),
]:
    lines.append(f"[{section}]")
    for rule in rules[section]:
        parts = [rule["regex"], rule.get(name, ""), rule.get(major, "")]
        assert not any(sign in part for part in parts for sign in "\t\n"), parts
        lines.append("\t".join(parts).rstrip("\t"))
Path(__file__).with_name("user_agents.txt").write_text("\n".join(lines) + "\n")
