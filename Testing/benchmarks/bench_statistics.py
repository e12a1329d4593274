"""Our statistics of training against the plain way, in one run on one core; writes ``build/bench/statistics.json``.

    python Testing/benchmarks/bench_statistics.py                 # several minutes; ends with a Markdown table
    python Testing/benchmarks/bench_statistics.py --only icc lasso
    python Testing/benchmarks/bench_statistics.py --full          # the plain ways to their end: an hour
    python Testing/benchmarks/bench_statistics.py --features 200 --order 60 40       # to try it

Times are CPU seconds of this process. The plain elimination is measured on its first, middle and last steps and
summed up; with ``--full`` it runs from all features. Its order is compared on 395 × 1,500, both ways to their end.
The plain LASSO is saga with scikit-learn's own tolerance and limit of rounds, of one fold, where it stops short of the
solution; coefficients are compared on 80 × 40 with both solved closely. pingouin (GPL, so only here) is measured
on 100 features where it is installed, with ``--full`` on all.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
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
ORDER = (395, 1500)
C = 1.0
_FOR_PINGOUIN = 100


@dataclass(frozen=True)
class Size:
    """How much is measured: features, whether the plain ways run to their end, and where orders are compared."""

    features: int
    full: bool
    order: tuple[int, int]


def cpu(function: Callable[[], Any], best_of: int = 1) -> tuple[float, Any]:
    """Return the CPU seconds of a call (the least of several), and its result."""
    times, result = [], None
    for _ in range(best_of):
        start = time.process_time()
        result = function()
        times.append(time.process_time() - start)
    return min(times), result


def make_data(patients: int, features: int) -> tuple[np.ndarray, np.ndarray]:
    """Features in correlated families, and a class that some of them show."""
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(patients, 40))
    loading = rng.normal(size=(40, features)) * (rng.random((40, features)) < 0.08)
    x = factors @ loading + 0.53 * rng.normal(size=(patients, features))
    label = factors[:, 0] + factors[:, 1] / 2 + rng.normal(size=patients) > 0
    return (x - x.mean(axis=0)) / x.std(axis=0), label


def bench_icc(size: Size) -> dict[str, Any]:
    """ICC(2,1) of 5,264 features × 50 × 3: together, in a loop of two-way tables, and by pingouin."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(size.features, 50, 1)) + 0.3 * rng.normal(size=(size.features, 50, 3))

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
        **_pingouin(values, len(values) if size.full else _FOR_PINGOUIN, found.value),
    }


def _pingouin(every: np.ndarray, count: int, ours: np.ndarray) -> dict[str, Any]:
    """The same by pingouin of ``count`` features, a table of 150 rows each."""
    if find_spec("pingouin") is None:
        return {"pingouin": "not installed"}
    import pingouin

    values = every[:count]
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
        "pingouin_s_for_all": plain_s * len(every) / len(values),
        "largest_difference_from_pingouin": float(np.abs(np.array(found) - ours[: len(found)]).max()),
    }


def bench_elimination(size: Size) -> dict[str, Any]:
    """Elimination from all features, one a step; the same order as scikit-learn's on a part that both finish."""
    x, label = make_data(PATIENTS, size.features)
    bound = np.full(PATIENTS, C)
    for patients, features in ((PATIENTS, 40), (40, 80)):  # each way is compiled before it is measured
        eliminate_features(x[:patients, :features], label[:patients], bound[:patients])
    ours, found = cpu(lambda: eliminate_features(x, label, bound))

    def machine() -> SVC:
        return SVC(kernel="linear", C=C, tol=1e-3)

    result: dict[str, Any] = {"ours_s": ours, "features": size.features}
    if size.full:
        theirs, fitted = cpu(lambda: RFE(machine(), n_features_to_select=1, step=1).fit(x, label))
        result |= {"sklearn_s": theirs, "sklearn": "measured"}
        del fitted
    else:
        left = [found.order[position:] for position in np.linspace(0, size.features - 30, 12).astype(int)]
        steps = [cpu(lambda rows=rows: machine().fit(x[:, rows], label))[0] for rows in left]
        sizes = [len(rows) for rows in left]
        every = np.arange(1, size.features + 1)
        result |= {
            "sklearn_s": float(np.interp(every, sizes[::-1], steps[::-1]).sum()),
            "sklearn": "12 fits measured, the rest interpolated; without RFE's own overhead",
        }
    result["times_faster"] = result["sklearn_s"] / ours
    return result | same_order(*size.order)


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


def bench_lasso(size: Size) -> dict[str, Any]:
    """Ten folds along the path; the plain way is saga, fold by fold and λ by λ, started from the λ before."""
    x, label = make_data(PATIENTS, size.features)
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


def bench_score(size: Size) -> dict[str, Any]:
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


def bench_attribution(size: Size) -> dict[str, Any]:
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


def table(results: dict[str, Any]) -> str:
    """Return what was measured as a Markdown table."""
    icc, elimination, lasso = (results.get(name, {}) for name in ("icc", "elimination", "lasso"))
    score, attribution = results.get("score", {}), results.get("attribution", {})
    lines = ["| what | ours, CPU s | the plain way, CPU s | times | same result |", "|---|---|---|---|---|"]
    if icc:
        plain = icc.get("pingouin_s_for_all", icc["plain_loop_s"])
        worst = icc.get("largest_difference_from_pingouin", icc["largest_difference"])
        lines.append(_line("ICC with limits", icc["ours_s"], plain, f"differs by {worst:.0e} at most"))
    if elimination:
        words = f"{elimination['steps_before_they_part']} steps of {elimination['order_compared_on']} alike"
        words += ", the same order" if elimination["same_order"] else ""
        lines.append(_line("elimination one by one", elimination["ours_s"], elimination["sklearn_s"], words))
    if lasso:
        words = f"coefficients differ by {lasso['largest_difference_of_coefficients_on_80_x_40']:.0e} at most"
        ours, plain = lasso["ours_ten_folds_to_the_minimum_s"], 10 * lasso["saga_one_fold_to_the_minimum_s"]
        lines.append(_line("LASSO path, ten folds (saga: one fold times ten, capped)", ours, plain, words))
    if score:
        lines.append(_line("calibrated SVM, 29 features", score["ours_s"], score["libsvm_s"], ""))
    if attribution:
        seconds, error = attribution["ms_a_patient"] / 1000, attribution["largest_error_of_the_sum"]
        lines.append(
            f"| attribution of one patient | {seconds:.1e} | – | – | they add up to the margin, to {error:.0e} |"
        )
    return "\n".join(lines)


def _line(what: str, ours: float, plain: float, same: str) -> str:
    return f"| {what} | {ours:.2f} | {plain:.1f} | {plain / ours:.1f} | {same} |"


def main() -> int:
    """Run the bench; what was measured before and is not asked for stays in the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="run the plain ways to their end")
    parser.add_argument("--only", nargs="+", choices=list(BENCHES), default=list(BENCHES))
    parser.add_argument("--features", type=int, default=FEATURES, help="how many to choose from")
    parser.add_argument("--order", type=int, nargs=2, default=ORDER, metavar=("PATIENTS", "FEATURES"))
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    size = Size(args.features, args.full, (args.order[0], args.order[1]))
    results = files.read_json(args.out) if args.out.is_file() else {}
    with threadpool_limits(1):
        for name in args.only:
            results[name] = BENCHES[name](size)
            print(name, {key: round(v, 5) if isinstance(v, float) else v for key, v in results[name].items()})
            files.write_json(args.out, results)
    print(table({name: results[name] for name in args.only}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
