"""Run the scientific acceptance, one check after another: `make validate`; what is done is not done again."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from checks import Check, Figure, Scale, Skipped

FOLDER = Path(".validate")
"""One file for each check that ran to its end; removing one runs its check again."""

TOPICS = sorted(path.stem for path in Path(__file__).parent.glob("validate_*.py"))


def checks() -> list[Check]:
    """Return every check, T1 first."""
    found = [check for topic in TOPICS for check in import_module(topic).CHECKS]
    return sorted(found, key=lambda check: int(check.code[1:]))


def main() -> int:
    """Run what is not done yet and print the table; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="make validate", description=__doc__)
    parser.add_argument("codes", nargs="*", help="T1 T2 ...; left out: all")
    parser.add_argument("--scale", choices=list(Scale), type=Scale, default=Scale.FULL)
    parser.add_argument("--again", action="store_true", help="run what is done already once more")
    asked = parser.parse_args()
    missed = 0
    for check in checks():
        if not asked.codes or check.code in asked.codes:
            missed += sum(figure["is_met"] is False for figure in _done(check, asked))
    return 1 if missed else 0


def _done(check: Check, asked: argparse.Namespace) -> list[dict[str, object]]:
    kept = FOLDER / asked.scale / f"{check.code}.json"
    if asked.again or not kept.exists():
        begun = time.monotonic()
        try:
            figures = check.run(asked.scale)
        except Skipped as reason:
            sys.stdout.write(f"{check.code:4} {check.title}: skipped, {reason}\n")
            return []
        _keep(kept, figures, time.monotonic() - begun)
    content = json.loads(kept.read_text())
    sys.stdout.write(f"{check.code:4} {check.title} ({content['took_s']:.0f} s)\n")
    for figure in content["figures"]:
        verdict = {True: "met", False: "MISSED", None: ""}[figure["is_met"]]
        sys.stdout.write(
            f"     {figure['name']:58} {figure['value']:10.4g}  {figure['bar']:22} {verdict}\n"
        )
    sys.stdout.flush()
    return list(content["figures"])


def _keep(path: Path, figures: list[Figure], took_s: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps({"took_s": took_s, "figures": [asdict(f) for f in figures]}))
    beside.replace(path)


if __name__ == "__main__":
    sys.exit(main())
