"""Our statistics of training against the plain way, in one run on one core; writes ``build/bench/statistics.json``.

    python Testing/benchmarks/bench_statistics.py                 # a few minutes
    python Testing/benchmarks/bench_statistics.py --only icc lasso
    python Testing/benchmarks/bench_statistics.py --full          # the plain ways to their end: an hour

Times are CPU seconds of this process. The plain elimination is measured on its first, middle and last steps and
summed up, and its order compared on 120 × 300; with ``--full`` it runs from all 5,264 features, and the order is
compared on 395 × 1,500. The plain LASSO (saga) follows as many λ as it takes to compare. pingouin (GPL, so only here)
is measured on some features where it is installed.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_selection import RFE
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from LWCTRLogic import files
from LWCTRLogic.evaluation.attribution import attribution_of
from LWCTRLogic.explain.linear import linear_margin
from LWCTRLogic.models.bundle_files import load_bundle
from LWCTRLogic.models.fit_score import fit_score
from LWCTRLogic.stats.icc import intraclass_correlation
from LWCTRLogic.training.elimination import eliminate_features
from LWCTRLogic.training.lasso import lasso_cv, lasso_path

OUT = Path("build/bench/statistics.json")
PATIENTS, FEATURES = 252, 5264
C = 1.0
_FOR_PINGOUIN = 100


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


def bench_icc(full: bool) -> dict[str, Any]:
    """ICC(2,1) of 5,264 features × 50 × 3: together, in a loop of two-way tables, and by pingouin."""
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
        **_pingouin(values if full else values[:_FOR_PINGOUIN], found.value),
    }


def _pingouin(values: np.ndarray, ours: np.ndarray) -> dict[str, Any]:
    """The same by pingouin, a table of 150 rows a feature."""
    if find_spec("pingouin") is None:
        return {"pingouin": "not installed"}
    import pingouin

    subjects, readers = values.shape[1:]
    table = pd.DataFrame(
        {"subject": np.repeat(np.arange(subjects), readers), "reader": np.tile(np.arange(readers), subjects)}
    )

    def plain() -> list[float]:
        found = []
        for feature in values:
            rows = pingouin.intraclass_corr(
                table.assign(value=feature.ravel()), targets="subject", raters="reader", ratings="value"
            )
            # the second row is ICC(2,1), called ICC2 or ICC(A,1) by its versions
            found.append(float(rows["ICC"].iloc[1]))
        return found

    plain_s, found = cpu(plain)
    return {
        "pingouin": pingouin.__version__,
        "pingouin_features": len(values),
        "pingouin_s_for_all": plain_s * FEATURES / len(values),
        "largest_difference_from_pingouin": float(np.abs(np.array(found) - ours[: len(found)]).max()),
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
    return result | same_order(*((395, 1500) if full else (120, 300)))


def same_order(patients: int, features: int) -> dict[str, Any]:
    """Both orders of elimination, with machines solved closely; and how many steps are equal before they part."""
    x, label = make_data(patients, features)
    seconds, tight = cpu(lambda: eliminate_features(x, label, np.full(patients, 0.1), tolerance=1e-8))
    machine = SVC(kernel="linear", C=0.1, tol=1e-8)
    plain, fitted = cpu(lambda: RFE(machine, n_features_to_select=1, step=1).fit(x, label))
    theirs = np.argsort(-fitted.ranking_)
    differs = np.flatnonzero(tight.order != theirs)
    return {
        "order_compared_on": f"{patients} × {features}",
        "same_order": bool(differs.size == 0),
        "steps_before_they_part": int(differs[0]) if differs.size else features,
        "ours_closely_s": seconds,
        "sklearn_closely_s": plain,
    }


def bench_lasso(full: bool) -> dict[str, Any]:
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


def bench_score(full: bool) -> dict[str, Any]:
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


def bench_attribution(full: bool) -> dict[str, Any]:
    """Attributions of the demonstration bundle's largest model for 10,000 patients, as an evaluation asks for them."""
    model = max(load_bundle().classifiers, key=lambda one: len(one.features))
    rng = np.random.default_rng(3)
    images = [item for item in model.features if item.volume]
    ids = pd.Index([f"p{number}" for number in range(10_000)], name="case_id")
    features = pd.DataFrame(
        {item.name: item.mean + item.sd * rng.normal(size=len(ids)) for item in images}, index=ids
    )
    words = {item.name: rng.choice(list(item.coding), len(ids)) for item in model.features if not item.volume}
    seconds, found = cpu(lambda: attribution_of(model, features, pd.DataFrame(words, index=ids)), 3)
    first = {item.name: float(value) for item, value in zip(model.features, found.values[0], strict=True)}
    return {
        "ms_a_patient": 1000 * seconds / len(ids),
        "features": len(model.features),
        "largest_error_of_the_sum": abs(float(found.margins[0]) - linear_margin(model, first)),
    }


BENCHES = {
    "icc": bench_icc,
    "elimination": bench_elimination,
    "lasso": bench_lasso,
    "score": bench_score,
    "attribution": bench_attribution,
}


def main() -> int:
    """Run the bench; what was measured before and is not asked for stays in the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="run the plain ways to their end")
    parser.add_argument("--only", nargs="+", choices=list(BENCHES), default=list(BENCHES))
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    results = files.read_json(args.out) if args.out.is_file() else {}
    with threadpool_limits(1):
        for name in args.only:
            results[name] = BENCHES[name](args.full)
            print(name, {key: round(v, 5) if isinstance(v, float) else v for key, v in results[name].items()})
            files.write_json(args.out, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
