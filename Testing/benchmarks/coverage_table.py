"""Print how often the 95 % intervals of the statistics hold the truth, on simulated cohorts of a paper's size.

Survival is exponential with a log-normal frailty that the score sees in part; a quarter is censored. The truth comes
from one very large cohort without censoring. ``python Testing/benchmarks/coverage_table.py [cohorts] [patients]``
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from LWCTRLogic.stats.brier import brier_survival  # noqa: E402
from LWCTRLogic.stats.calibration_survival import calibration_survival  # noqa: E402
from LWCTRLogic.stats.concordance import uno_c  # noqa: E402
from LWCTRLogic.stats.cox import fit_cox  # noqa: E402
from LWCTRLogic.stats.decision_curve import decision_curve_survival  # noqa: E402
from LWCTRLogic.stats.delong import auc_delong  # noqa: E402
from LWCTRLogic.stats.estimate import Estimate  # noqa: E402
from LWCTRLogic.stats.hazard_ratios import hazard_ratios  # noqa: E402
from LWCTRLogic.stats.icc import intraclass_correlation  # noqa: E402
from LWCTRLogic.stats.rmst import restricted_mean  # noqa: E402
from LWCTRLogic.stats.survival_curves import survival_curve  # noqa: E402
from LWCTRLogic.stats.threshold import at_threshold_survival  # noqa: E402
from LWCTRLogic.stats.time_dependent import time_dependent_auc  # noqa: E402

HORIZON, TAU = 12.0, 24.0
Cohort = tuple[np.ndarray, np.ndarray, np.ndarray]


def draw(rng: np.random.Generator, patients: int, censored: bool) -> Cohort:
    """Return months, event and predicted survival at the horizon."""
    latent = rng.normal(size=patients)
    score = latent + rng.normal(size=patients)
    death = rng.exponential(16 * np.exp(-latent))
    end = rng.uniform(6, 60, patients) if censored else np.full(patients, np.inf)
    survival = 1 / (1 + np.exp(0.35 + 0.8 * score))
    return np.minimum(death, end), death <= end, survival


def _net_benefit(time: np.ndarray, event: np.ndarray, survival: np.ndarray) -> Estimate:
    curve = decision_curve_survival(time, event, 1 - survival, HORIZON, [0.4])
    return Estimate(curve.model[0], curve.low[0], curve.high[0])


STATISTICS: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], Estimate]] = {
    "AUC(12)": lambda t, e, s: time_dependent_auc(t, e, -s, HORIZON).estimate,
    "Uno's C(24)": lambda t, e, s: uno_c(t, e, -s, tau=TAU).estimate,
    "Brier(12)": lambda t, e, s: brier_survival(t, e, s, HORIZON).estimate,
    "scaled Brier(12)": lambda t, e, s: brier_survival(t, e, s, HORIZON).scaled,
    "calibration slope at 12": lambda t, e, s: calibration_survival(t, e, s, HORIZON).weak.slope,
    "calibration in the large at 12": lambda t, e, s: (
        calibration_survival(t, e, s, HORIZON).weak.in_the_large
    ),
    "sensitivity at 12": lambda t, e, s: at_threshold_survival(t, e, s, 0.45, HORIZON).sensitivity,
    "PPV at 12": lambda t, e, s: at_threshold_survival(t, e, s, 0.45, HORIZON).ppv,
    "net benefit at 40 %": _net_benefit,
    "Kaplan–Meier at 12": lambda t, e, s: survival_curve(t, e).at(HORIZON),
    "median": lambda t, e, s: survival_curve(t, e).median(),
    "restricted mean to 24": lambda t, e, s: restricted_mean(t, e, TAU),
}


def coverage(cohorts: int, patients: int) -> dict[str, tuple[float, float]]:
    """Return of each statistic how often its interval held the truth, and its mean error."""
    truth = {
        name: f(*draw(np.random.default_rng(1), 1_000_000, False)).value for name, f in STATISTICS.items()
    }
    inside, error = dict.fromkeys(STATISTICS, 0), dict.fromkeys(STATISTICS, 0.0)
    for seed in range(cohorts):
        cohort = draw(np.random.default_rng(1000 + seed), patients, True)
        for name, function in STATISTICS.items():
            found = function(*cohort)
            inside[name] += bool(found.low <= truth[name] <= found.high)
            error[name] += (found.value - truth[name]) / cohorts
    return {name: (inside[name] / cohorts, error[name]) for name in STATISTICS}


def known_truth(cohorts: int, patients: int) -> dict[str, tuple[float, float]]:
    """Return the same where the truth is known in closed form: DeLong, Cox, ICC."""
    inside, error = np.zeros((3, cohorts)), np.zeros((3, cohorts))
    truth = (
        0.7602499389065233,
        0.5,
        0.8,
    )  # Φ(1 / √2); log hazard ratio; 0.8 of the variance between subjects
    for seed in range(cohorts):
        rng = np.random.default_rng(seed)
        label = rng.random(patients) < 0.45
        x = rng.normal(size=(patients, 1))
        death, end = rng.exponential(10 * np.exp(-0.5 * x[:, 0])), rng.uniform(3, 40, patients)
        readings = np.sqrt(0.8) * rng.normal(size=(1, 50, 1)) + np.sqrt(0.2) * rng.normal(size=(1, 50, 3))
        icc = intraclass_correlation(readings)
        found = (
            auc_delong(label, rng.normal(size=patients) + label),
            hazard_ratios(fit_cox(np.minimum(death, end), death <= end, x))[0].log_ratio,
            Estimate(icc.value[0], icc.low[0], icc.high[0]),
        )
        inside[:, seed] = [e.low <= t <= e.high for e, t in zip(found, truth, strict=True)]
        error[:, seed] = [e.value - t for e, t in zip(found, truth, strict=True)]
    names = ("AUC, DeLong", "Cox log hazard ratio", "ICC (2,1), 50 × 3")
    return {n: (float(i.mean()), float(e.mean())) for n, i, e in zip(names, inside, error, strict=True)}


def main(cohorts: int = 2000, patients: int = 120) -> int:
    """Print the table in Markdown."""
    print(f"| {cohorts} cohorts of {patients} | coverage | ± | mean error |\n|---|---|---|---|")
    for name, (share, error) in {**known_truth(cohorts, patients), **coverage(cohorts, patients)}.items():
        print(
            f"| {name} | {share:.3f} | {1.96 * np.sqrt(share * (1 - share) / cohorts):.3f} | {error:+.4f} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
