"""Our statistics of training against the plain way, in one run on one core; writes ``build/bench/statistics.json``.

    python Testing/benchmarks/bench_statistics.py            # a few minutes
    python Testing/benchmarks/bench_statistics.py --full     # scikit-learn's elimination from all 5,264 features too

Times are CPU seconds of this process. The plain elimination is measured on its first, middle and last steps and
summed up, unless ``--full`` is given; the plain LASSO (saga) on as many λ as it takes to compare.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_selection import RFE
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from LWCTRLogic import files
from LWCTRLogic.models.fit_score import fit_score
from LWCTRLogic.stats.icc import intraclass_correlation
from LWCTRLogic.training.elimination import eliminate_features
from LWCTRLogic.training.lasso import lasso_cv, lasso_path

OUT = Path("build/bench/statistics.json")
PATIENTS, FEATURES = 252, 5264
C = 1.0


def cpu(function: Callable[[], Any], best_of: int = 1) -> tuple[float, Any]:
    """Return the CPU seconds of a call (the least of several), and its result."""
    times, result = [], None
    for _ in range(best_of):
        start = time.process_time()
        result = function()
        times.append(time.process_time() - start)
    return min(times), result


def make_data(patients: int = PATIENTS, features: int = FEATURES) -> tuple[np.ndarray, np.ndarray]:
    """Features in correlated families, and a class that some of them show."""
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(patients, 40))
    loading = rng.normal(size=(40, features)) * (rng.random((40, features)) < 0.08)
    x = factors @ loading + 0.53 * rng.normal(size=(patients, features))
    label = factors[:, 0] + factors[:, 1] / 2 + rng.normal(size=patients) > 0
    return (x - x.mean(axis=0)) / x.std(axis=0), label


def bench_icc() -> dict[str, Any]:
    """ICC(2,1) of 5,264 features × 50 × 3: together, and in a loop of two-way tables."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(FEATURES, 50, 1)) + 0.3 * rng.normal(size=(FEATURES, 50, 3))

    def plain() -> np.ndarray:
        found = []
        for table in values:
            n, k = table.shape
            grand = table.mean()
            rows = k * ((table.mean(axis=1) - grand) ** 2).sum() / (n - 1)
            columns = n * ((table.mean(axis=0) - grand) ** 2).sum() / (k - 1)
            rest = ((table - grand) ** 2).sum() - rows * (n - 1) - columns * (k - 1)
            error = rest / ((n - 1) * (k - 1))
            found.append((rows - error) / (rows + (k - 1) * error + k * (columns - error) / n))
        return np.array(found)

    intraclass_correlation(values[:5])
    ours, found = cpu(lambda: intraclass_correlation(values), 3)
    loop, expected = cpu(plain)
    return {
        "ours_s": ours,
        "plain_loop_s": loop,
        "largest_difference": float(np.abs(found.value - expected).max()),
        "ours_with_intervals": True,
    }


def bench_elimination(full: bool) -> dict[str, Any]:
    """Elimination from 5,264 features, one a step; the same order as scikit-learn's on a part that both finish."""
    x, label = make_data()
    bound = np.full(PATIENTS, C)
    eliminate_features(x[:, :40], label, bound)
    ours, found = cpu(lambda: eliminate_features(x, label, bound))

    def machine() -> SVC:
        return SVC(kernel="linear", C=C, tol=1e-3)

    result: dict[str, Any] = {"ours_s": ours, "features": FEATURES}
    if full:
        theirs, fitted = cpu(lambda: RFE(machine(), n_features_to_select=1, step=1).fit(x, label))
        result |= {"sklearn_s": theirs, "sklearn": "measured"}
        del fitted
    else:
        left = [found.order[position:] for position in np.linspace(0, FEATURES - 30, 12).astype(int)]
        steps = [cpu(lambda rows=rows: machine().fit(x[:, rows], label))[0] for rows in left]
        sizes = [len(rows) for rows in left]
        every = np.arange(1, FEATURES + 1)
        result |= {
            "sklearn_s": float(np.interp(every, sizes[::-1], steps[::-1]).sum()),
            "sklearn": "12 of 5,264 fits measured, the rest interpolated; without RFE's own overhead",
        }
    result["times_faster"] = result["sklearn_s"] / ours
    part, bound = x[:120, :300], np.full(120, 0.1)
    tight = eliminate_features(part, label[:120], bound, tolerance=1e-8)
    reference = RFE(SVC(kernel="linear", C=0.1, tol=1e-8), n_features_to_select=1, step=1)
    reference.fit(part, label[:120])
    rank = np.empty(300, dtype=int)
    rank[tight.order] = np.arange(300, 0, -1)
    result["same_order_on_120_x_300"] = bool((rank == reference.ranking_).all())
    return result


def bench_lasso() -> dict[str, Any]:
    """Ten folds along the path; the plain way is saga, fold by fold and λ by λ, started from the λ before."""
    x, label = make_data()
    y, weight = label.astype(float), np.ones(PATIENTS)
    fold = np.random.default_rng(2).permutation(np.arange(PATIENTS) % 10)
    lasso_cv(x[:, :50], y, weight, fold, patience=3)
    whole, found = cpu(lambda: lasso_cv(x, y, weight, fold))
    count = found.index("min") + 1
    penalties = found.path.penalties[:count]
    ours, _ = cpu(lambda: lasso_cv(x, y, weight, fold, penalties=penalties))
    rows = fold != 0
    one, _ = cpu(lambda: lasso_path(x[rows], y[rows], weight[rows], penalties=penalties))
    saga = LogisticRegression(l1_ratio=1.0, solver="saga", tol=1e-4, warm_start=True, max_iter=100)

    def plain() -> None:
        for penalty in penalties:
            saga.set_params(C=1 / (penalty * rows.sum())).fit(x[rows], y[rows])

    theirs, _ = cpu(plain)
    small, target = x[:80, :40], y[:80]
    tight = lasso_path(small, target, weight[:80], tolerance=1e-15)
    z = (small - small.mean(axis=0)) / small.std(axis=0)
    position = 30
    exact = LogisticRegression(
        l1_ratio=1.0, C=1 / (tight.penalties[position] * 80), solver="saga", tol=1e-11, max_iter=200_000
    ).fit(z, target)
    return {
        "ours_ten_folds_whole_path_s": whole,
        "ours_ten_folds_to_the_minimum_s": ours,
        "ours_one_fold_to_the_minimum_s": one,
        "saga_one_fold_to_the_minimum_s": theirs,
        "penalties_to_the_minimum": count,
        "times_faster_ten_folds": 10 * theirs / ours,
        "saga": "tolerance 1e-4, 100 rounds at most (the default), so not to the end everywhere",
        "largest_difference_of_coefficients_on_80_x_40": float(
            np.abs(tight.coefficients[position] - exact.coef_[0]).max()
        ),
    }


def bench_score() -> dict[str, Any]:
    """A calibrated SVM of 29 features: the interior-point method, and the same fits by libsvm."""
    x, label = make_data(PATIENTS, 29)
    weight = np.ones(PATIENTS)
    fit_score(x, label, weight, 0)
    ours, _ = cpu(lambda: fit_score(x, label, weight, 0), 3)

    def plain() -> None:
        for penalty in (1e-3, 1e-2, 1e-1, 1.0, 10.0):
            for number in range(5):
                rows = np.arange(PATIENTS) % 5 != number
                SVC(kernel="linear", C=penalty, tol=1e-5).fit(x[rows], label[rows])
        SVC(kernel="linear", C=1.0, tol=1e-5).fit(x, label)

    theirs, _ = cpu(plain)
    return {"ours_s": ours, "libsvm_s": theirs, "times_faster": theirs / ours}


def bench_attribution() -> dict[str, Any]:
    """Exact linear attribution of a cohort: w · (x − background) / sd."""
    rng = np.random.default_rng(3)
    x, weight = rng.normal(size=(10_000, 29)), rng.normal(size=29)
    mean, sd, background = rng.normal(size=29), rng.uniform(0.5, 2, 29), rng.normal(size=29)
    seconds, found = cpu(lambda: weight * (x - background) / sd, 5)
    margin = (x - mean) / sd @ weight
    base = (background - mean) / sd @ weight
    return {
        "ms_a_patient": 1000 * seconds / len(x),
        "largest_error_of_the_sum": float(np.abs(base + found.sum(axis=1) - margin).max()),
    }


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="run scikit-learn's elimination to its end")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    with threadpool_limits(1):
        results = {}
        for name, run in (
            ("icc", bench_icc),
            ("elimination", lambda: bench_elimination(args.full)),
            ("lasso", bench_lasso),
            ("score", bench_score),
            ("attribution", bench_attribution),
        ):
            results[name] = run()
            print(name, {key: round(v, 5) if isinstance(v, float) else v for key, v in results[name].items()})
            files.write_json(args.out, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
