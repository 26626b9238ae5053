#!/usr/bin/env python3
"""What gcov has to say about sim, as a table by file; tools/coverage.sh calls it.

    coverage_report.py BUILD [--missed FILE...]
"""
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def counted(build):
    """{file: {line: [how often, [how often for each branch]]}} of everything under sim."""
    files = defaultdict(dict)
    for data in sorted(build.rglob("*.gcda")):
        text = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", str(data)],
                              cwd=build, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        for document in text.splitlines():
            for one in json.loads(document)["files"]:
                path = (build / one["file"]).resolve()
                if ROOT / "sim" in path.parents:
                    add(files[str(path.relative_to(ROOT))], one["lines"])
    return files


def add(lines, more):
    """A line that is compiled several times (a template, a header) counts once: what any of them ran is run."""
    for line in more:
        known = lines.setdefault(line["line_number"], [0, []])
        known[0] += line["count"]
        # Edges that an exception would take are the compiler's.
        counts = [branch["count"] for branch in line["branches"] if not branch["throw"]]
        known[1] += [0] * (len(counts) - len(known[1]))
        for i, count in enumerate(counts):
            known[1][i] += count


def share(part, whole):
    return f"{100 * part / whole:5.1f} %" if whole else "      -"


def table(files):
    rows = []
    for path, lines in sorted(files.items()):
        branches = [count for _, counts in lines.values() for count in counts]
        rows.append((path, sum(1 for count, _ in lines.values() if count), len(lines),
                     sum(1 for count in branches if count), len(branches)))
    rows.append(("sim", *(sum(row[i] for row in rows) for i in range(1, 5))))
    print(f"{'file':42} {'lines':>17} {'branches':>17}")
    for path, run, lines, taken, branches in rows:
        print(f"{path:42} {share(run, lines)} {run:4}/{lines:4} {share(taken, branches)} {taken:4}/{branches:4}")


def missed(path, lines):
    source = (ROOT / path).read_text().splitlines()
    print(f"\n{path}")
    for number, (count, branches) in sorted(lines.items()):
        if count == 0:
            print(f"  {number:4} never run:      {source[number - 1].strip()}")
        elif 0 in branches:
            print(f"  {number:4} branches {branches}: {source[number - 1].strip()}")


def main():
    build = Path(sys.argv[1]).resolve()
    files = counted(build)
    table(files)
    for path in sys.argv[3:]:
        missed(path, files[path])


if __name__ == "__main__":
    main()
