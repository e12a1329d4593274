"""Whether a training's figures are honest: whole cohorts simulated, trained on, and compared with the truth.

    python tools/honesty_gates.py --cache build/honesty-gates

Each cohort's numbers go to a file of the cache, so a stopped run goes on where it was. The table is written to
``docs/explanation/honesty-gates.md``, between its two marks.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from LWCTRLogic import files
from LWCTRLogic.models.cohort_data import HORIZON
from LWCTRLogic.progress import Progress, TerminalProgress
from LWCTRLogic.stats.bootstrap import percentile_interval
from LWCTRLogic.stats.calibration import calibration_slope
from LWCTRLogic.stats.cox import fit_cox
from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.stats.time_dependent import time_dependent_auc
from LWCTRLogic.training.censoring_weights import alive_at_given
from LWCTRLogic.training.chain import ChainSettings, fit_chain, make_chain
from LWCTRLogic.training.cross_fit import CrossFit, cross_fit_all, deal_folds
from LWCTRLogic.training.fold_calibration import MarginScale, fit_calibration
from LWCTRLogic.training.judging import folded_auc
from LWCTRLogic.training.outcome import Outcome
from LWCTRLogic.training.parallel import run_all
from LWCTRLogic.training.strict import cross_cutoffs

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "honesty-gates.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
LARGE = 4000
EXTERNAL = 80
Numbers = dict[str, float]


@dataclass(frozen=True)
class Design:
    """One kind of cohort, and how it is judged.

    Attributes
    ----------
    patients, features : int
        Size.
    signal : float
        How strongly the hidden risk shows in the features; 0 for noise.
    folds, repeats : int
        Of the cross-validation.
    cohorts : int
        How many are simulated.
    first : int
        Seed of the first of them.
    """

    patients: int
    features: int
    signal: float
    folds: int
    repeats: int
    cohorts: int
    first: int = 0


@dataclass(frozen=True)
class Patients:
    """Simulated patients; ``alive`` is the truth that censoring hides."""

    x: pd.DataFrame
    outcome: Outcome
    alive: np.ndarray
    mrecist: np.ndarray


DESIGNS = {
    # the interval's factor was chosen on the cohorts 0 to 839 of this kind: it is judged on others
    "noise, small": Design(100, 40, 0.0, 5, 2, 1000, first=1000),
    "noise, full size": Design(252, 5264, 0.0, 10, 1, 20),
    "known truth": Design(252, 60, 0.45, 10, 1, 200),
    "known truth, many features": Design(252, 1500, 0.45, 10, 1, 100),
}
CENSORED = (0.05, 0.15, 0.33)


def draw(rng: np.random.Generator, design: Design, patients: int, censored: float = 0.1) -> Patients:
    """Return patients whose survival hangs on a hidden risk, which ten features show where there is a signal."""
    p = design.features
    world = np.random.default_rng(p)
    factors = rng.normal(size=(patients, 8))
    loading = world.normal(size=(8, p)) * (world.random((8, p)) < 0.3)
    x = 0.6 * factors @ loading + rng.normal(size=(patients, p))
    risk = rng.normal(size=patients)
    x[:, :10] += design.signal * risk[:, None]
    died = np.exp(np.log(HORIZON) - 0.9 * (0.85 * risk + np.sqrt(1 - 0.85**2) * rng.normal(size=patients)))
    mrecist = (0.5 * risk + rng.normal(size=patients) > 1).astype(float)
    # Losses have a constant hazard, so that this share is lost before 12 months among those who live so long.
    lost = (
        rng.exponential(-HORIZON / np.log(1 - censored), patients) if censored else np.full(patients, np.inf)
    )
    end = np.minimum(lost, 60)
    frame = pd.DataFrame(x, columns=[f"pre_A:f{column}" for column in range(p)])
    return Patients(frame, Outcome(np.minimum(died, end), died <= end), died > HORIZON, mrecist)


def judge_cohort(design: Design, seed: int) -> Numbers:
    """Train on one cohort in both ways; return estimates, intervals and, with a signal, the truth."""
    ours = draw(np.random.default_rng([1, seed]), design, design.patients)
    chain = make_chain(ChainSettings(), None, 0)
    fold = deal_folds(ours.outcome, design.folds, design.repeats, seed)
    cross = cross_fit_all({"m": chain}, {"m": ours.x}, ours.outcome, fold)["m"]
    label, weight = ours.outcome.response()
    auc = folded_auc(cross.scores, fold, label, weight)
    low, high = auc.interval()
    published = ours.outcome.months > HORIZON
    paper = fit_chain(chain, ours.x, published, np.ones(len(published)))
    numbers = {
        "strict": auc.value,
        "low": low,
        "high": high,
        "naive_low": auc.value - 1.96 * _fold_error(cross, label, weight),
        "naive_high": auc.value + 1.96 * _fold_error(cross, label, weight),
        "paper": weighted_auc(published, paper.predict_proba(ours.x)[:, 1]),
    }
    if design.signal:
        numbers |= _truth(design, seed, ours, cross)
    return numbers


def _fold_error(cross: CrossFit, label: np.ndarray, weight: np.ndarray) -> float:
    """Return the naive error: the spread of the folds' AUCs by the root of their number."""
    values = []
    for row, groups in zip(cross.scores, cross.fold, strict=True):
        for number in np.unique(groups):
            inside = (groups == number) & (weight > 0)
            if 0 < label[inside].sum() < inside.sum():
                values.append(weighted_auc(label[inside], row[inside], weight[inside]))
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))


def _truth(design: Design, seed: int, ours: Patients, cross: CrossFit) -> Numbers:
    """Return what is true of the fits, on many other patients, and what an external cohort says of the final model."""
    chain = make_chain(ChainSettings(), None, 0)
    others = draw(np.random.default_rng([2, seed]), design, LARGE, censored=0.0)
    label, weight = ours.outcome.response()
    fitted = fit_chain(chain, ours.x, label, weight)
    inside = cross.fold[0] != 0
    part_label, part_weight = ours.outcome.rows(inside).response()
    part = fit_chain(chain, ours.x.loc[inside], part_label, part_weight)
    calibration = fit_calibration(cross.margins, ours.outcome)
    scale = MarginScale.of(fitted.decision_function(ours.x))

    def bundled(patients: Patients) -> np.ndarray:
        return calibration.probability(scale.margins(fitted.decision_function(patients.x)))

    def apparent(patients: Patients) -> np.ndarray:
        return fitted.predict_proba(patients.x)[:, 1]

    scores, fewer = bundled(others), part.decision_function(others.x)
    cutoff, called = cross_cutoffs(cross, label, weight)
    external = draw(np.random.default_rng([3, seed]), design, EXTERNAL)
    outside = bundled(external)
    theirs = time_dependent_auc(external.outcome.months, external.outcome.event, -outside, HORIZON).estimate
    return {
        "true_of_the_procedure": weighted_auc(others.alive, fewer),
        "true_of_the_model": weighted_auc(others.alive, scores),
        "external": theirs.value,
        "external_low": theirs.low,
        "external_high": theirs.high,
        "youden": _youden(called[0], label, weight),
        "true_youden": _youden(scores >= cutoff, others.alive, np.ones(LARGE)),
        **_slopes(ours, cross.scores[0]),
        "true_slope": _slope(others.alive, scores),
        "uncalibrated_slope": _slope(others.alive, apparent(others)),
        "nomogram_slope": _nomogram_slope(ours, cross.scores[0], others, scores),
        "resubstituted_slope": _nomogram_slope(ours, apparent(ours), others, apparent(others)),
    }


def _slopes(ours: Patients, scores: np.ndarray) -> Numbers:
    """Return the calibration slope of out-of-fold scores with its bootstrap interval, as a training gives them."""

    def drawn(rows: np.ndarray) -> float:
        label, weight = ours.outcome.rows(rows).response()
        return calibration_slope(label, scores[rows], weight)[0]

    low, high = percentile_interval(drawn, len(scores), 0, 200)
    return {"slope": drawn(np.arange(len(scores))), "slope_low": low, "slope_high": high}


def _slope(alive: np.ndarray, scores: np.ndarray) -> float:
    return calibration_slope(alive, scores)[0] if np.ptp(scores) > 0 else float("nan")


def _youden(called: np.ndarray, alive: np.ndarray, weight: np.ndarray) -> float:
    sensitivity = np.average(called[alive], weights=weight[alive])
    return float(sensitivity + np.average(~called[~alive], weights=weight[~alive]) - 1)


def _nomogram_slope(ours: Patients, scores: np.ndarray, others: Patients, theirs: np.ndarray) -> float:
    """Return the calibration slope on others of a Cox model of score and mRECIST fitted to ``scores``."""
    if np.ptp(scores) == 0 or np.ptp(theirs) == 0:
        return float("nan")
    fit = fit_cox(ours.outcome.months, ours.outcome.event, np.column_stack([scores, ours.mrecist]))
    risk = np.column_stack([theirs, others.mrecist]) @ fit.coefficients
    return float(fit_cox(others.outcome.months, others.outcome.event, risk[:, None]).coefficients[0])


def judge_censoring(share: float, by_score: bool, seed: int) -> Numbers:
    """Return the AUC of one large cohort: true, with censoring weights, censored as dead, and dropped."""
    rng = np.random.default_rng([4, seed, round(1000 * share), by_score])
    patients = 20_000
    score = rng.normal(size=patients)
    noise = rng.normal(size=patients)
    died = np.exp(np.log(HORIZON) + 0.9 * (0.85 * score + np.sqrt(1 - 0.85**2) * noise))
    relative = np.exp(0.5 * score) if by_score else np.ones(patients)
    lost = rng.exponential(1.0, patients) / relative
    lost *= HORIZON / np.quantile(lost, share)
    months, event = np.minimum(died, lost), died <= lost
    label, weight = Outcome(months, event).response()
    known = weight > 0
    return {
        "true": weighted_auc(died > HORIZON, score),
        "weighted": weighted_auc(label, score, weight),
        "given": weighted_auc(label, score, alive_at_given(months, event, score, HORIZON)[1]),
        "as_dead": weighted_auc(months > HORIZON, score),
        "dropped": weighted_auc(label[known], score[known]),
    }


# ---- runs and the table -----------------------------------------------------------------------------------
def run_gate(name: str, design: Design, cache: Path, jobs: int, progress: Progress) -> list[Numbers]:
    """Return the numbers of each cohort of a design, from the cache or made now."""
    seeds = range(design.first, design.first + design.cohorts)
    return _cached(name, judge_cohort, [(design, seed) for seed in seeds], cache, jobs, progress)


def _cached(
    name: str,
    function: Callable[..., Numbers],
    tasks: list[tuple[Any, ...]],
    cache: Path,
    jobs: int,
    progress: Progress,
    block: int = 20,
) -> list[Numbers]:
    path = cache / f"{name.replace(' ', '-').replace(',', '')}.json"
    done: list[Numbers] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    while len(done) < len(tasks):
        part = tasks[len(done) : len(done) + block]
        done += run_all(function, part, jobs, progress, f"{name}: {len(done)} of {len(tasks)}")
        files.write_json(path, [{key: _plain(value) for key, value in row.items()} for row in done])
    return done


def _plain(value: float) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def column(rows: Iterable[Numbers], name: str) -> np.ndarray:
    """Return one number of each cohort, without those that are not defined."""
    values = np.array([row[name] for row in rows], dtype=float)
    return values[np.isfinite(values)]


def mean(values: np.ndarray) -> str:
    """Return the mean with its Monte Carlo error."""
    return f"{values.mean():.4f} ± {values.std(ddof=1) / np.sqrt(len(values)):.4f}"


def median(values: np.ndarray) -> str:
    """Return the median with its Monte Carlo error, by the bootstrap."""
    draws = np.random.default_rng(0).choice(values, size=(2000, len(values)))
    return f"{np.median(values):.4f} ± {np.median(draws, axis=1).std(ddof=1):.4f}"


def share(hits: np.ndarray) -> str:
    """Return a share in per cent with its Monte Carlo error (of two more successes and failures)."""
    p = (hits.sum() + 2) / (len(hits) + 4)
    return f"{100 * hits.mean():.1f} % ± {100 * np.sqrt(p * (1 - p) / (len(hits) + 4)):.1f}"


def covered(
    rows: list[Numbers], truth: float | np.ndarray, low: str = "low", high: str = "high"
) -> np.ndarray:
    """Return whether each interval holds the truth."""
    return (column(rows, low) <= truth) & (truth <= column(rows, high))


def noise_lines(name: str, design: Design, rows: list[Numbers]) -> list[str]:
    """Return the table's lines of cohorts without any signal."""
    head = f"{name}: {design.patients} × {design.features}"
    n = len(rows)
    return [
        f"| {head} | strict AUC | 0.5 | {mean(column(rows, 'strict'))} | {n} |",
        f"| {head} | its 95 % interval holds 0.5 | 95 % | {share(covered(rows, 0.5))} | {n} |",
        f"| {head} | naive interval from the folds' spread holds 0.5 | 95 % "
        f"| {share(covered(rows, 0.5, 'naive_low', 'naive_high'))} | {n} |",
        f"| {head} | paper AUC (over-optimistic) | 0.5 | {mean(column(rows, 'paper'))} | {n} |",
    ]


def truth_lines(name: str, design: Design, rows: list[Numbers]) -> list[str]:
    """Return the table's lines of cohorts with a known truth."""
    head = f"{name}: {design.patients} × {design.features}"
    n = len(rows)
    procedure, model = column(rows, "true_of_the_procedure"), column(rows, "true_of_the_model")
    target = procedure.mean()
    lines = [
        ("strict AUC − true AUC of the procedure", "0", mean(column(rows, "strict") - procedure)),
        ("its interval holds the procedure's AUC", "95 %", share(covered(rows, target))),
        ("its interval holds this model's own AUC", "–", share(covered(rows, model))),
        (
            "naive interval holds the procedure's AUC",
            "95 %",
            share(covered(rows, target, "naive_low", "naive_high")),
        ),
        ("paper AUC − true AUC of the model", "0", mean(column(rows, "paper") - model)),
        (
            f"external cohort of {EXTERNAL}: interval holds this model's own AUC",
            "95 %",
            share(covered(rows, model, "external_low", "external_high")),
        ),
        ("Youden's J, cross-fitted − true", "0", mean(column(rows, "youden") - column(rows, "true_youden"))),
        ("calibration slope, strict, median", "1", median(column(rows, "slope"))),
        ("true calibration slope of the model, median", "0.9–1.1", median(column(rows, "true_slope"))),
        (
            "the strict interval holds it",
            "95 %",
            share(covered(rows, column(rows, "true_slope"), "slope_low", "slope_high")),
        ),
        (
            "true slope without calibration on patients left out, median",
            "–",
            median(column(rows, "uncalibrated_slope")),
        ),
        ("Rad-Nomo calibration slope, cross-fitted scores", "0.9–1.1", mean(column(rows, "nomogram_slope"))),
        ("Rad-Nomo calibration slope, resubstituted scores", "–", mean(column(rows, "resubstituted_slope"))),
    ]
    return [f"| {head} | {what} | {wanted} | {found} | {n} |" for what, wanted, found in lines]


def censoring_lines(results: dict[tuple[float, bool], list[Numbers]]) -> list[str]:
    """Return the table's lines of censoring before 12 months."""
    lines = []
    for (censored, by_score), rows in results.items():
        head = f"{censored:.0%} lost before 12 months" + (", more with a higher score" if by_score else "")
        for name, words in (
            ("weighted", "censoring weights"),
            ("given", "censoring weights given the score"),
            ("as_dead", "counted as dead (as published)"),
            ("dropped", "dropped"),
        ):
            gap = column(rows, name) - column(rows, "true")
            wanted = "within 0.01" if name == "given" or (name == "weighted" and not by_score) else "–"
            lines.append(f"| {head} | AUC − true AUC, {words} | {wanted} | {mean(gap)} | {len(rows)} |")
    return lines


def main() -> int:
    """Run the tool."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="folder for the numbers of each cohort")
    parser.add_argument(
        "--share", type=float, default=1.0, help="share of the cohorts of each gate to run (1)"
    )
    parser.add_argument("-j", "--jobs", type=int, default=1)
    parser.add_argument("--page", type=Path, default=PAGE)
    args = parser.parse_args()
    progress = TerminalProgress()
    lines = ["| cohorts | what | wanted | found ± Monte Carlo error | cohorts run |", "|---|---|---|---|---|"]
    for name, design in DESIGNS.items():
        wanted = max(2, round(args.share * design.cohorts))
        rows = run_gate(name, replace(design, cohorts=wanted), args.cache, args.jobs, progress)
        lines += truth_lines(name, design, rows) if design.signal else noise_lines(name, design, rows)
    censoring = {}
    for censored in CENSORED:
        for by_score in (False, True):
            tasks = [(censored, by_score, seed) for seed in range(20)]
            name = f"censored {round(100 * censored)} {'by score' if by_score else 'plain'}"
            censoring[censored, by_score] = _cached(name, judge_censoring, tasks, args.cache, 1, progress)
    lines += censoring_lines(censoring)
    progress.close()
    text = args.page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    files.write_text(args.page, before + BEGIN + "\n" + "\n".join(lines) + "\n" + END + rest.split(END)[1])
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
