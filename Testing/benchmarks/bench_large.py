"""Scoring and evaluating 100,000 virtual patients: seconds and peak memory of each command, as a Markdown table.

    python Testing/benchmarks/bench_large.py build/bench/large
    python Testing/benchmarks/bench_large.py FOLDER --patients 2000      # to try it

A bundle of the published signature is trained on 300 other patients of the same world first. Each command is a process
of its own; its memory is what the system says of it when it ends (POSIX). Scoring and evaluating together should
take a minute at most and less than 2 GB on two cores; a last line says whether it does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from LWCTRLogic import files

OUT = Path("build/bench/large.json")
LIMIT_S, LIMIT_MB = 60.0, 2000.0


@dataclass(frozen=True)
class Used:
    """What a command used."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def run(*arguments: object) -> Used:
    """Run ``lwctr`` in a process of its own.

    Raises
    ------
    SystemExit
        When it fails.
    """
    before = time.monotonic()
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "LWCTRLogic", *map(str, arguments)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"lwctr {arguments[0]} failed")
    return Used(usage.ru_utime + usage.ru_stime, time.monotonic() - before, usage.ru_maxrss / 1024)


def main() -> int:
    """Run the bench; what a former one left in the folder is replaced."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="for the patients and what is made of them")
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    names = ("small", "large", "trained", "evaluation")
    small, large, trained, evaluation = (args.folder / name for name in names)
    for former in (small, large, trained, evaluation):
        shutil.rmtree(former, ignore_errors=True)
    simulate = ("simulate", "--features", "signature", "--read-again", 0)
    run(*simulate, "--patients", 300, "--seed", 1, "-o", small)
    quick = ("--folds", 5, "--repeats", 1, "--bootstraps", 0, "--permutations", 0, "-j", 1)
    run("train", small, "-o", trained, "--signature", "published", *quick, "--name", "bench")
    bundle = trained / "bench.zip"
    scores = args.folder / "scores.csv"
    judged = "score and evaluate"
    used = {
        "simulate": run(*simulate, "--patients", args.patients, "--seed", 2, "-o", large),
        "score": run("models", "score", bundle, large, "-o", scores, "--overwrite"),
        judged: run("evaluate", "--cohort", large, "--bundle", bundle, "-o", evaluation),
    }
    print(f"| {args.patients:,} patients | CPU s | s | peak memory, MB |\n|---|---|---|---|")
    for name, item in used.items():
        print(f"| {name} | {item.cpu_s:.1f} | {item.wall_s:.1f} | {item.peak_mb:.0f} |")
    files.write_json(args.out, {name: vars(item) for name, item in used.items()})
    within = used[judged].wall_s <= LIMIT_S and used[judged].peak_mb < LIMIT_MB
    print(f"{judged}: {'within' if within else 'not within'} {LIMIT_S:g} s and {LIMIT_MB:g} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
