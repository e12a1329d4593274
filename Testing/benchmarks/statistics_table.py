"""Print the table of docs/explanation/statistics.md: the worst difference between our statistics and R's.

Everything is read from Testing/contract/r_reference, so no R is needed. Differences are absolute, the largest of
all numbers that a row stands for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from LWCTRLogic.stats import agreement, brier, calibration, comparison, concordance, delong  # noqa: E402
from LWCTRLogic.stats import calibration_curve as curves  # noqa: E402
from LWCTRLogic.stats import calibration_survival as under_censoring  # noqa: E402
from LWCTRLogic.stats import competing_risks as competing  # noqa: E402
from LWCTRLogic.stats import decision_curve as decision  # noqa: E402
from LWCTRLogic.stats import hazard_ratios as hazards  # noqa: E402
from LWCTRLogic.stats import proportional_hazards as zph  # noqa: E402
from LWCTRLogic.stats import time_dependent as dependent  # noqa: E402
from LWCTRLogic.stats.censoring import CensoringWeights  # noqa: E402
from LWCTRLogic.stats.cox import fit_cox, survival_probabilities  # noqa: E402
from LWCTRLogic.stats.estimate import Comparison, Estimate, Significance  # noqa: E402
from LWCTRLogic.stats.fisher import fisher_exact  # noqa: E402
from LWCTRLogic.stats.icc import intraclass_correlation  # noqa: E402
from LWCTRLogic.stats.imputation import PooledCoefficients, pool, pool_coefficients  # noqa: E402
from LWCTRLogic.stats.logrank import logrank  # noqa: E402
from LWCTRLogic.stats.proportion import wilson  # noqa: E402
from LWCTRLogic.stats.reclassification import integrated_discrimination, net_reclassification  # noqa: E402
from LWCTRLogic.stats.rmst import restricted_mean, restricted_mean_difference  # noqa: E402
from LWCTRLogic.stats.survival_curves import survival_curve  # noqa: E402
from LWCTRLogic.stats.threshold import at_threshold_survival  # noqa: E402
from Testing.r_reference import r_numbers, r_table  # noqa: E402

Pairs = Iterable[tuple[Any, Any]]
ROWS: dict[str, Callable[[], Pairs]] = {}
DIAGNOSIS, SURVIVAL = r_table("diagnosis"), r_table("survival")
TIME, EVENT, SCORE, RIVAL = (SURVIVAL[name].to_numpy() for name in ("time", "event", "score", "rival"))
UNTIED = TIME + np.arange(len(TIME)) / 1000
COX = SURVIVAL[["age", "arm", "score"]].to_numpy(dtype=float)


def row(name: str) -> Callable[[Callable[[], Pairs]], Callable[[], Pairs]]:
    """Enter a function that yields (ours, R's) under a name."""

    def enter(function: Callable[[], Pairs]) -> Callable[[], Pairs]:
        ROWS[name] = function
        return function

    return enter


def triple(found: Estimate) -> list[float]:
    """Value and limits."""
    return [found.value, found.low, found.high]


def both(found: Comparison | Significance) -> list[float]:
    """Statistic and p of a test."""
    test = found.test if isinstance(found, Comparison) else found
    return [test.statistic, test.p]


@row("ICC (1,1), (2,1), (3,1)")
def _icc() -> Pairs:
    table = r_table("readings")
    names = [name for name in table if name.startswith("f")]
    readings = np.stack([table.pivot(index="subject", columns="reader", values=name) for name in names])
    for form, theirs in r_numbers("icc")["irr"].items():
        ours = intraclass_correlation(readings, form=form)
        yield from ((getattr(ours, key), theirs[key]) for key in ("value", "low", "high"))


@row("AUC, DeLong")
def _delong() -> Pairs:
    r = r_numbers("delong")
    for name, theirs in r["single"].items():
        yield (
            triple(delong.auc_delong(DIAGNOSIS["y"], DIAGNOSIS[name])),
            [theirs[k] for k in ("auc", "low", "high")],
        )
    for pair, theirs in r["paired"].items():
        a, b = (DIAGNOSIS[name] for name in pair.split("_"))
        yield both(delong.delong_paired(DIAGNOSIS["y"], a, b)), [theirs["z"], theirs["p"]]
    north, south = (DIAGNOSIS[DIAGNOSIS["site"] == site] for site in ("north", "south"))
    unpaired = delong.delong_unpaired(north["y"], north["a"], south["y"], south["a"])
    yield [*both(unpaired), unpaired.test.df], [r["unpaired"][k] for k in ("t", "p", "df")]


@row("Cohen's kappa")
def _kappa() -> Pairs:
    table = r_table("response")
    for weights, theirs in r_numbers("agreement")["kappa"].items():
        readers = table["reader1"].tolist(), table["reader2"].tolist()
        found = agreement.cohen_kappa(*readers, categories=[1, 2, 3, 4], weights=weights).kappa  # type: ignore[arg-type]
        yield [found.value, found.se], theirs


@row("Proportions, Wilson")
def _wilson() -> Pairs:
    yield triple(wilson(77, 90)), list(r_numbers("agreement")["wilson"].values())


@row("AUC(t)")
def _auc_t() -> Pairs:
    r = r_numbers("time_dependent")
    for place, (model, t) in enumerate(zip(r["auc"]["model"], r["auc"]["times"], strict=True)):
        found = dependent.time_dependent_auc(TIME, EVENT, SURVIVAL[model], t).estimate
        yield [found.value, found.se], [r["auc"]["AUC"][place], r["auc"]["se"][place]]
    for place, t in enumerate((6, 12, 24)):
        found = dependent.time_dependent_auc(UNTIED, EVENT, SCORE, t).estimate
        yield [found.value, found.se], [r["timeroc"]["auc"][place], r["timeroc"]["se"][place]]
        test = dependent.time_dependent_auc_difference(TIME, EVENT, RIVAL, SCORE, t).test
        yield test.p, r["auc_difference"]["p"][place]


@row("Harrell's and Uno's C")
def _c() -> Pairs:
    r, risk = r_numbers("time_dependent"), np.round(SCORE, 1)
    found = {
        "harrell": concordance.harrell_c(TIME, EVENT, risk),
        "uno": concordance.uno_c(TIME, EVENT, risk),
        "uno20": concordance.uno_c(TIME, EVENT, risk, tau=20),
    }
    for name, ours in found.items():
        yield [ours.estimate.value, ours.estimate.se], [r[name]["c"], r[name]["se"]]


@row("Brier(t)")
def _brier() -> Pairs:
    r = r_numbers("time_dependent")["brier"]
    for place, column in ((1, "risk12"), (2, "rival12")):
        ours = brier.brier_survival(TIME, EVENT, 1 - SURVIVAL[column], 12)
        theirs = [r["Brier"][place], r["se"][place], r["Brier"][0]]
        yield [ours.estimate.value, ours.estimate.se, ours.null], theirs


@row("Calibration slope, intercepts, Spiegelhalter")
def _calibration() -> Pairs:
    r, ours = r_numbers("calibration"), calibration.calibration(DIAGNOSIS["y"], DIAGNOSIS["p"])
    for name in ("slope", "intercept", "in_the_large"):
        yield triple(getattr(ours, name)), r[name][:3]
    yield both(calibration.spiegelhalter(DIAGNOSIS["y"], DIAGNOSIS["p"])), r["spiegelhalter"]


@row("Calibration curve")
def _curve() -> Pairs:
    r, ours = r_numbers("calibration"), curves.calibration_curve(DIAGNOSIS["y"], DIAGNOSIS["p"])
    yield from (
        (getattr(ours, name), theirs) for part in ("curve", "distance") for name, theirs in r[part].items()
    )


@row("Calibration of survival")
def _survival_calibration() -> Pairs:
    logit = np.log((1 - SURVIVAL["risk12"]) / SURVIVAL["risk12"])
    design = np.column_stack([np.ones(len(TIME)), logit])
    coefficients, covariance = under_censoring.weighted_logistic(
        CensoringWeights.of(UNTIED, EVENT), design, 12
    )
    r = r_numbers("calibration")["survival_fit"]
    yield -coefficients, r["coefficients"]
    yield np.sqrt(np.diag(covariance)), r["errors"]


@row("Cut-off under censoring")
def _cutoff() -> Pairs:
    ours = at_threshold_survival(UNTIED, EVENT, 1 - SURVIVAL["risk12"], 0.45, 12)
    r = r_numbers("threshold")["survival"]
    names = ("specificity", "sensitivity", "npv", "ppv")
    theirs = [r[f"event_{name}"] for name in ("sensitivity", "specificity", "ppv", "npv")]
    yield [getattr(ours, name).value for name in names], theirs
    yield [getattr(ours, name).se for name in names], r["se"]


@row("Decision curves")
def _decision() -> Pairs:
    r = r_numbers("threshold")
    limits = r["decision"]["thresholds"]
    plain = decision.decision_curve(DIAGNOSIS["y"], DIAGNOSIS["p"], limits)
    censored = decision.decision_curve_survival(TIME, EVENT, SURVIVAL["risk12"], 12, limits)
    for ours, name in ((plain, "decision"), (censored, "decision_survival")):
        yield from ((ours.model, r[name]["model"]), (ours.treat_all, r[name]["all"]))


@row("NRI, IDI")
def _nri() -> Pairs:
    r, data = r_numbers("threshold"), (DIAGNOSIS["y"], DIAGNOSIS["q"], DIAGNOSIS["p"])
    for name, cutoffs in (("continuous", None), ("categorical", [0.3, 0.6])):
        total = net_reclassification(*data, cutoffs=cutoffs).total.difference
        yield [total.value, total.se], [r[name]["nri"], r[name]["se.nri"]]
    idi = integrated_discrimination(*data).difference
    yield [idi.value, idi.se], [r["continuous"]["idi"], r["continuous"]["se.idi"]]


@row("Kaplan–Meier, median")
def _km() -> Pairs:
    r, ours = r_numbers("survival_curves"), survival_curve(TIME, EVENT)
    yield from ((getattr(ours, name), r["curve"][name]) for name in ("survival", "low", "high", "se"))
    for arm in (0, 1):
        rows = SURVIVAL["arm"] == arm
        theirs = [r["quantiles"][key][arm][1] for key in ("value", "low", "high")]
        yield triple(survival_curve(TIME[rows], EVENT[rows]).median()), theirs


@row("Log-rank, stratified, Peto, trend")
def _logrank() -> Pairs:
    r, stage = r_numbers("survival_curves"), SURVIVAL["stage"]
    yield logrank(TIME, EVENT, stage).test.statistic, r["stage"]["chisq"]
    yield logrank(TIME, EVENT, stage, strata=SURVIVAL["centre"]).test.statistic, r["stage_by_centre"]["chisq"]
    yield logrank(TIME, EVENT, stage, rho=1).test.statistic, r["stage_peto"]["chisq"]
    yield logrank(TIME, EVENT, stage, trend=[0, 1, 2, 3]).test.statistic, r["trend"]


@row("Restricted mean and difference")
def _rmst() -> Pairs:
    r = r_numbers("survival_curves")["rmst"]
    arms = [(TIME[SURVIVAL["arm"] == arm], EVENT[SURVIVAL["arm"] == arm]) for arm in (1, 0)]
    for data, name in zip(arms, ("treated", "control"), strict=True):
        found = restricted_mean(*data, 24)
        yield [found.value, found.se], r[name][:2]
    both_arms = restricted_mean_difference(*arms[0], *arms[1], 24)
    yield [*triple(both_arms.difference), both_arms.test.p], r["difference"]


@row("Cox: coefficients, errors, limits, three tests, strata")
def _cox() -> Pairs:
    for name, strata in (("plain", None), ("stratified", SURVIVAL["centre"])):
        r, fit = r_numbers("cox")[name], fit_cox(TIME, EVENT, COX, strata=strata)
        tests = hazards.model_tests(fit)
        yield from ((fit.coefficients, r["coefficients"]), (np.sqrt(np.diag(fit.covariance)), r["se"]))
        yield [triple(found.ratio) for found in hazards.hazard_ratios(fit)], r["ratio"]
        yield (
            [tests.likelihood_ratio.statistic, tests.score.statistic],
            [r["likelihood_ratio"][0], r["score"][0]],
        )
        yield tests.wald.statistic, r["wald"]


@row("Cox: predicted survival")
def _predicted() -> Pairs:
    fit = fit_cox(TIME, EVENT, COX)
    patients = np.array([[50, 0, -1], [70, 1, 1]]) - fit.centre
    found = survival_probabilities(fit.baseline, fit.coefficients, patients, [3, 9, 18])
    yield found.T, r_numbers("cox")["survival"]


@row("Interaction")
def _interaction() -> Pairs:
    r, ours = r_numbers("cox")["interaction"], hazards.interaction(TIME, EVENT, SCORE, SURVIVAL["stage"])
    yield both(ours.test), [r["chisq"], r["p"]]
    yield [found.log_ratio.value for found in ours.ratios], r["coefficients"]


@row("Proportional hazards")
def _zph() -> Pairs:
    fit, r = fit_cox(TIME, EVENT, COX), r_numbers("cox")["zph"]
    for name in ("km", "rank", "identity", "log"):
        ours = zph.proportional_hazards(fit, TIME, EVENT, COX, transform=name)  # type: ignore[arg-type]
        theirs = r[name]["table"] if name == "km" else r[name]
        yield [both(test) for test in (*ours.covariates, ours.overall)], np.array(theirs)[:, [0, 2]]


@row("Cumulative incidence")
def _incidence() -> Pairs:
    r, cause = r_numbers("competing_risks"), SURVIVAL["cause"]
    for of in (1, 2):
        found = [competing.cumulative_incidence(TIME, cause, of=of).at(t) for t in r["times"]]
        theirs = r["all"]["est"][of - 1], np.sqrt(r["all"]["var"][of - 1])
        yield from (([e.value for e in found], theirs[0]), ([e.se for e in found], theirs[1]))


@row("Gray's test")
def _gray() -> Pairs:
    r, data = r_numbers("competing_risks"), (TIME, SURVIVAL["cause"], SURVIVAL["stage"])
    for of in (1, 2):
        yield competing.gray_test(*data, of=of).statistic, r["stage_test"][of - 1][0]
        strata = SURVIVAL["centre"]
        yield competing.gray_test(*data, of=of, strata=strata).statistic, r["strata_test"][of - 1][0]


@row("t, Mann–Whitney, Kruskal–Wallis, ANOVA, chi-square")
def _groups() -> Pairs:
    r, table = r_numbers("comparison"), r_table("groups")
    two = [rows for _, rows in table.groupby("two")]
    three = [rows for _, rows in table.groupby("group")]
    ours = comparison.t_test(*(rows["normal"] for rows in two))
    yield both(ours), [r["welch"]["t"], r["welch"]["p"]]
    yield both(comparison.mann_whitney(*(rows["skewed"] for rows in two))), list(r["wilcoxon"].values())
    yield both(comparison.kruskal_wallis([rows["skewed"] for rows in three])), list(r["kruskal"].values())
    yield both(comparison.analysis_of_variance([x["normal"] for x in three])), list(r["welch_anova"].values())
    yield both(comparison.chi_square(r["sex"])), list(r["chisq"].values())


@row("Fisher's exact, r × c")
def _fisher() -> Pairs:
    r = r_numbers("comparison")
    yield from ((fisher_exact(table).p, r["fisher"][name]) for name, table in r["tables"].items())


@row("Rubin's rules")
def _rubin() -> Pairs:
    r = r_numbers("sample_size")["pool"]
    ours = pool(r["q"], r["u"], df=117)
    yield [ours.estimate.value, ours.estimate.se**2, ours.test.df], [r["value"], r["total"], r["df"]]


@row("pooled Cox and logistic regression")
def _pooled_regressions() -> Pairs:
    tables = [table for _, table in r_table("completed").groupby(".imp")]
    fits = [fit_cox(table["time"], table["event"], table[["score", "grade"]]) for table in tables]
    found = pool_coefficients(
        [fit.coefficients for fit in fits],
        [fit.covariance for fit in fits],
        df=int(tables[0]["event"].sum()) - 2,
    )
    yield from _pooled(found, "cox")
    designs = [np.column_stack([np.ones(len(table)), table["score"]]) for table in tables]
    both_fits = [
        calibration.fit_logistic(design, table["alive"])
        for design, table in zip(designs, tables, strict=True)
    ]
    errors = [
        calibration.logistic_covariance(design, fit) for design, fit in zip(designs, both_fits, strict=True)
    ]
    yield from _pooled(pool_coefficients(both_fits, errors, df=len(tables[0]) - 2), "logistic")


def _pooled(found: PooledCoefficients, name: str) -> Pairs:
    r = r_numbers("imputation")[name]
    for position, term in enumerate(found.terms):
        ours = [term.estimate.value, term.estimate.se**2, term.test.df, term.missing_information]
        yield ours, [r[key][position] for key in ("estimate", "t", "df", "fmi")]


def worst(pairs: Pairs) -> float:
    """Return the largest absolute difference; what is NaN on both sides is equal."""
    largest = 0.0
    for ours, theirs in pairs:
        a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
        if not np.array_equal(np.isnan(a), np.isnan(b)):
            return float("inf")
        largest = max(largest, float(np.nanmax(np.abs(a - b), initial=0.0)))
    return largest


def main() -> int:
    """Print a row a statistic."""
    print("| statistic | worst difference |\n|---|---|")
    for name, function in ROWS.items():
        print(f"| {name} | {worst(function()):.0e} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
