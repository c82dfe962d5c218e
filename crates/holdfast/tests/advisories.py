"""Writes advisories.tsv anew from a checkout of the RustSec advisory database (https://github.com/rustsec/advisory-db, CC0).

    python3 crates/holdfast/tests/advisories.py CHECKOUT > crates/holdfast/tests/advisories.tsv

Standard library only. What was withdrawn or says no more than that nobody maintains a crate is left out.
"""

import pathlib
import re
import subprocess
import sys
import tomllib

checkout = pathlib.Path(sys.argv[1])
made = subprocess.run(
    ["git", "-C", checkout, "log", "-1", "--format=%H %cs"], capture_output=True, text=True, check=True
).stdout.split()
rows = []
for file in sorted(checkout.glob("crates/*/RUSTSEC-*.md")):
    front = tomllib.loads(re.search(r"```toml\n(.*?)```", file.read_text(), re.S).group(1))
    advisory, versions = front["advisory"], front.get("versions", {})
    if "withdrawn" in advisory or advisory.get("informational") in ("unmaintained", "notice"):
        continue
    safe = versions.get("patched", []) + versions.get("unaffected", [])
    rows.append("\t".join([advisory["id"], advisory["package"], "; ".join(safe)]))
print(f"# RustSec advisory database, commit {made[0]} of {made[1]}: advisory, crate, versions that are safe")
print("\n".join(sorted(rows)))
