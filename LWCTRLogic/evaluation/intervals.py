"""Which interval each number of an evaluation has, or why it has none: told here once, for every number."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from LWCTRLogic.stats.estimate import Estimate

ROUNDING = 1e-12
"""A standard error or a width below it is none."""
NONE = "none: "
"""What the words begin with where a number has no interval."""
_TEST = NONE + "the statistic of a test; its p stands beside it"
_COUNT = NONE + "a count of these very patients"
_AREA = "Wald, influence functions; on the logit where that would leave 0 to 1; Newcombe's score interval at 0 and 1"
_WALD = "Wald, influence functions"
_COURSE = "Greenwood on log(−log S); Wilson where all or none had the event"
_MEDIAN = "Brookmeyer and Crowley, from log(−log S) limits"
_RATIO = "Wald on the logarithm"
_JACKKNIFE = "jackknife over patients, Student's t"
_FEW = NONE + "one patient only"
_NO_SPREAD = NONE + "no patient differs from another in it, and an error follows from how they differ"


@dataclass(frozen=True)
class Rule:
    """Numbers of a topic, by a pattern of their names: how their interval is made, and why it may be missing."""

    topic: str
    name: str
    method: str
    lacking: str = NONE + "too few patients for one"


RULES = (
    Rule("cohort", "survival at the horizon", _COURSE),
    Rule("cohort", ".*", _COUNT),
    Rule("discrimination", "AUC, bootstrap interval", "percentiles of a bootstrap of patients",
         NONE + "all draws of patients have this value, as all are drawn from those seen here"),
    Rule(
        "discrimination",
        "AUC, censored left out",
        "Wald, DeLong; on the logit where that would leave 0 to 1; Newcombe's score interval at 0 and 1",
    ),
    Rule(
        "discrimination",
        "Harrell's C|Uno's C",
        "Wald, infinitesimal jackknife; on the logit where that would leave 0 to 1",
    ),
    Rule("discrimination", r"AUC|AUC\(t\)", _AREA),
    Rule("prediction error", ".*", _WALD),
    Rule("calibration", "calibration (slope|intercept|in the large)", "Wald, sandwich with censoring weights"),
    Rule("calibration", "observed survival", _COURSE),
    Rule("calibration", "mean predicted survival", "Student's t over patients"),
    Rule("calibration", "observed over expected risk", "that of the observed risk, over the expected"),
    Rule(
        "calibration",
        "integrated calibration index|E90",
        "percentiles of a bootstrap of patients",
        NONE + "too few patients for a curve of each draw, or more than 5,000",
    ),
    Rule("classification", "cut-off", NONE + "part of the score, not estimated here"),
    Rule("classification", "called responders", "Wilson"),
    Rule("classification", "sensitivity|specificity|PPV|NPV|accuracy",
         "Wald on the logit, influence functions; Wilson at 0 and 1"),
    Rule("classification", "Youden's J", _WALD),
    Rule("classification", "net benefit, everybody", "that of the observed risk, Greenwood on log(−log S)"),
    Rule("classification", "net benefit.*", "Wald", NONE + "nobody's predicted risk reaches the threshold"),
    Rule("classification", "continuous NRI|IDI", "Wald"),
    Rule("course", "median months", _MEDIAN),
    Rule("course", "free of event", _COURSE),
    Rule("hazard|groups|subgroup|reclassification", "hazard ratio.*", _RATIO),
    Rule("hazard|groups|subgroup|competing risks", ".*(χ²|, Q)", _TEST),
    Rule("groups|reclassification", "median months", _MEDIAN),
    Rule("groups", ".*restricted mean.*", "Wald"),
    Rule("competing risks", "cumulative incidence", "delta method on log(−log F); Wilson at 0 and 1"),
    Rule("competing risks", "cause-specific hazard ratio.*", _RATIO),
    Rule("comparison", "AUC (here|there)",
         "Wald, DeLong; on the logit where that would leave 0 to 1; Newcombe's score interval at 0 and 1"),
    Rule("comparison", ".*", "Wald, paired by patients; of different patients by Student's t"),
    Rule("subgroup", "AUC", _AREA),
    Rule("reclassification", "patients", _COUNT),
    Rule("reclassification", "share.*", "Wilson"),
    Rule("reclassification", "alive", _COURSE),
    Rule("reclassification", "Cohen's kappa", "Wald, Fleiss, Cohen and Everitt"),
    Rule("agreement", ".*", _JACKKNIFE, NONE + "one patient, a share of fewer than 50 features, or no spread"),
    Rule("overlap", ".*", "percentiles of a bootstrap of patients", _FEW),
    Rule("attribution", ".*", "Student's t over patients", _FEW),
    Rule("sample size", ".*", NONE + "a plan, rounded up, that follows from the numbers above"),
)  # fmt: skip


LACKING = frozenset({_NO_SPREAD, *(rule.lacking for rule in RULES)})
"""Why a number has no interval that others of its kind have: what a reader of its table must be told."""


def interval_of(topic: str, name: str, one: Estimate) -> str:
    """Return how the interval of a number was made, or "none: " and why it has none.

    A limit of a median that was not reached leaves the interval open on that side.

    Raises
    ------
    LookupError
        When no rule knows the number.
    """
    rule = next(
        (one for one in RULES if re.fullmatch(one.topic, topic) and re.fullmatch(one.name, name)), None
    )
    if rule is None:
        raise LookupError(f"no rule says which interval {topic}: {name} has")
    if math.isnan(one.value):
        return NONE + "no value"
    if rule.method.startswith(NONE) or not (math.isnan(one.low) and math.isnan(one.high)):
        return rule.method
    return _NO_SPREAD if abs(one.se) < ROUNDING else rule.lacking


def spread(one: Estimate) -> Estimate:
    """Return the estimate, without limits where the two are one: they would say that it is known for certain."""
    if abs(one.high - one.low) <= ROUNDING * max(1.0, abs(one.value)):
        return replace(one, low=math.nan, high=math.nan)
    return one
