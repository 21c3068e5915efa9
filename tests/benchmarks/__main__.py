"""Runs one benchmark and prints its table: python -m tests.benchmarks NAME [--quick] [--json]."""

import argparse
import importlib
import json
import os
import platform
from pathlib import Path

NAMES = sorted(
    path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_") and path.stem != "timing"
)
COLUMNS = ("work", "ours", "peer", "unit", "ratio", "bar", "met")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, under a minute")
    parser.add_argument("--json", action="store_true", help="print a list of objects instead of a table")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    rows = importlib.import_module(f"tests.benchmarks.{arguments.name}").run(arguments.quick)
    if arguments.json:
        print(json.dumps(rows))
        return
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    texts = [[_text(row[column]) for column in COLUMNS] for row in rows]
    widths = [max(len(line[k]) for line in [list(COLUMNS), *texts]) for k in range(len(COLUMNS))]
    for line in [list(COLUMNS), *texts]:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":  # workers of a cluster import this module anew
    main()
