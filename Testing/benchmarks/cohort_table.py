"""Virtual cohorts beside the published one: the table of docs/how-to/virtual-cohorts.md.

    python Testing/benchmarks/cohort_table.py            # 100,000 patients, and 200 cohorts of 395

Survival and progression are read off Kaplan–Meier curves of what a study would see; AUCs use the true time of death. A
published figure is matched when it lies in the middle 95 % of the cohorts of its own size.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from LWCTRLogic.simulation.cohort import CohortSettings, VirtualPatients, draw_patients  # noqa: E402
from LWCTRLogic.stats.discrimination import weighted_auc  # noqa: E402
from LWCTRLogic.stats.survival_curves import survival_curve  # noqa: E402

N = 395
PUBLISHED = {
    # of all 395 patients where the three cohorts can be added up, else of the 252 trained on
    "overall survival, quartile 1": 7.0,
    "overall survival, median": 12.0,
    "overall survival, quartile 3": 24.0,
    "deaths, %": 100 * 289 / N,
    "progression-free survival, quartile 1": 3.3,
    "progression-free survival, median": 6.1,
    "progression-free survival, quartile 3": 14.0,
    "mRECIST CR, %": 100 * 7 / N,
    "mRECIST PR, %": 100 * 80 / N,
    "mRECIST SD, %": 100 * 241 / N,
    "mRECIST PD, %": 100 * 67 / N,
    "AUC of mRECIST at 12 months": 0.649,
    "AUC of the score at 12 months": 0.88,
    "AUC of score and mRECIST at 12 months": 0.898,
    "AUC of score and mRECIST at 24 months": 0.836,
    "AUC of score and mRECIST at 36 months": 0.806,
    "median age": 57.0,
    "male, %": 100 * 344 / N,
    "hepatitis B, %": 100 * 301 / N,
    "cirrhosis, %": 100 * 302 / N,
    "Child–Pugh B, %": 100 * 60 / N,
    "ECOG 1, %": 100 * 141 / N,
    "BCLC C, %": 100 * 334 / N,
    "AFP below 20, %": 100 * 107 / N,
    "AFP above 400, %": 100 * 165 / N,
    "median tumour size, cm": 8.4,
    "portal vein invasion, %": 100 * 283 / N,
    "extrahepatic spread, %": 100 * 151 / N,
    "ICI + TKI, %": 100 * 277 / N,
    "centre 1, %": 100 * 315 / N,
    "died of another cause, % of the dead": 100 * 6 / 99,
}
_WORDS = {
    "male, %": ("sex", "male"),
    "hepatitis B, %": ("etiology", "HBV"),
    "cirrhosis, %": ("cirrhosis", "present"),
    "Child–Pugh B, %": ("child_pugh", "B"),
    "ECOG 1, %": ("ecog", "1"),
    "BCLC C, %": ("bclc", "C"),
    "portal vein invasion, %": ("portal_vein_invasion", "present"),
    "extrahepatic spread, %": ("extrahepatic_spread", "present"),
    "ICI + TKI, %": ("treatment", "ICI + TKI"),
    "centre 1, %": ("centre", "centre 1"),
} | {f"mRECIST {word}, %": ("mrecist", word) for word in ("CR", "PR", "SD", "PD")}


def figures(patients: VirtualPatients) -> dict[str, float]:
    """Return every figure of :data:`PUBLISHED` for one virtual cohort."""
    table, truth = patients.table, patients.truth
    found = _quartiles("overall survival", table["os_months"], table["os_event"])
    found |= _quartiles("progression-free survival", table["pfs_months"], table["pfs_event"])
    found["deaths, %"] = 100 * float(table["os_event"].mean())
    for name, (column, word) in _WORDS.items():
        found[name] = 100 * float((table[column] == word).mean())
    found["median age"] = float(table["age"].median())
    found["AFP below 20, %"] = 100 * float((table["afp"] < 20).mean())
    found["AFP above 400, %"] = 100 * float((table["afp"] > 400).mean())
    found["median tumour size, cm"] = float(table["tumour_diameter"].median())
    dead = table["os_event"] == 1
    found["died of another cause, % of the dead"] = 100 * float(
        (table.loc[dead, "cause_of_death"] == "other").mean()
    )
    progressed = (table["mrecist"] == "PD").to_numpy(dtype=float)
    found["AUC of mRECIST at 12 months"] = _auc(truth, progressed, 12)
    found["AUC of the score at 12 months"] = _auc(truth, patients.score, 12)
    for months in (12, 24, 36):
        found[f"AUC of score and mRECIST at {months} months"] = _auc(
            truth, patients.score + 0.8 * progressed, months
        )
    return {name: found[name] for name in PUBLISHED}


def _auc(truth: pd.DataFrame, risk: np.ndarray, months: float) -> float:
    dead = truth["death_months"].to_numpy() <= months
    return float(weighted_auc(dead, risk, np.ones(len(dead))))


def _quartiles(name: str, months: pd.Series, event: pd.Series) -> dict[str, float]:
    curve = survival_curve(months.to_numpy(), event.to_numpy() == 1)
    shares = {"quartile 1": 0.25, "median": 0.5, "quartile 3": 0.75}
    return {f"{name}, {word}": curve.quantile(share).value for word, share in shares.items()}


def small_cohorts(count: int) -> pd.DataFrame:
    """Return the figures of ``count`` cohorts of 395, one a row."""
    return pd.DataFrame([figures(draw_patients(CohortSettings(N, seed))) for seed in range(1, count + 1)])


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--cohorts", type=int, default=200)
    args = parser.parse_args()
    large = figures(draw_patients(CohortSettings(args.patients, 1)))
    small = small_cohorts(args.cohorts)
    low, high = small.quantile(0.025), small.quantile(0.975)
    print(
        f"| figure | published | {args.patients:,} virtual patients | "
        f"{args.cohorts} cohorts of {N}: mean (middle 95 %) |"
    )
    print("|---|---|---|---|")
    for name, value in PUBLISHED.items():
        form = ".3f" if name.startswith("AUC") else ".1f"
        mark = "" if low[name] <= value <= high[name] else " **not matched**"
        cells = f"{large[name]:{form}} | {small[name].mean():{form}} ({low[name]:{form}}–{high[name]:{form}}){mark}"
        print(f"| {name} | {value:{form}} | {cells} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
