"""Hazard ratios with intervals, and the tests of a Cox model: likelihood ratio, Wald, score, interaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.cox import CoxFit, fit_cox
from LWCTRLogic.stats.estimate import Estimate, Significance, wald, wald_test
from LWCTRLogic.stats.steps import Floats


@dataclass(frozen=True)
class HazardRatio:
    """Of one covariate.

    Attributes
    ----------
    ratio : Estimate
        exp(β) and the exponentials of the limits of β; its ``se`` is exp(β) · se(β), by the delta method.
    log_ratio : Estimate
        β with its Wald interval.
    test : Significance
        Wald test that the ratio is 1.
    """

    ratio: Estimate
    log_ratio: Estimate
    test: Significance


@dataclass(frozen=True)
class ModelTests:
    """Three tests that all coefficients are 0."""

    likelihood_ratio: Significance
    wald: Significance
    score: Significance


@dataclass(frozen=True)
class Interaction:
    """Whether a hazard ratio differs between groups.

    Attributes
    ----------
    test : Significance
        Likelihood ratio of the model with a hazard ratio a group against the one with a common one.
    groups : tuple
        The groups, sorted.
    ratios : tuple of HazardRatio
        Of the covariate in each group, from one model with the groups' own levels and a common baseline.
    """

    test: Significance
    groups: tuple[object, ...]
    ratios: tuple[HazardRatio, ...]


def hazard_ratios(fit: CoxFit, *, per: ArrayLike = 1.0, level: float = 0.95) -> list[HazardRatio]:
    """Return the hazard ratio of each covariate for a rise by ``per`` (a number, or one a covariate)."""
    step = np.broadcast_to(np.asarray(per, dtype=float), fit.coefficients.shape)
    errors = np.sqrt(np.diag(fit.covariance)) * np.abs(step)
    return [
        _ratio(float(beta), float(error), level)
        for beta, error in zip(fit.coefficients * step, errors, strict=True)
    ]


def model_tests(fit: CoxFit) -> ModelTests:
    """Return the likelihood ratio, Wald and score tests of a model that was fitted without ridge penalty."""
    df = fit.coefficients.size
    information = np.linalg.solve(fit.covariance, fit.coefficients)
    return ModelTests(
        _chi_square(2 * (fit.log_likelihood - fit.log_likelihood_null), df),
        _chi_square(float(fit.coefficients @ information), df),
        _chi_square(fit.score, df),
    )


def nested_test(smaller: CoxFit, larger: CoxFit) -> Significance:
    """Return the likelihood ratio test of a model against one with more covariates, on the same patients.

    Raises
    ------
    InputError
        When the two were fitted on different patients, or the larger has no more covariates.
    """
    df = larger.coefficients.size - smaller.coefficients.size
    same = (smaller.patients, smaller.events) == (larger.patients, larger.events)
    if df < 1 or not same:
        raise InputError(
            f"models of {smaller.coefficients.size} and {larger.coefficients.size} covariates on {smaller.patients} "
            f"and {larger.patients} patients",
            "the same patients, and more covariates in the second",
        )
    return _chi_square(2 * (larger.log_likelihood - smaller.log_likelihood), df)


def interaction(
    time: ArrayLike,
    event: ArrayLike,
    covariate: ArrayLike,
    group: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    level: float = 0.95,
) -> Interaction:
    """Return the hazard ratio of a covariate in each group and the test that they are one.

    Parameters
    ----------
    time, event, covariate, group : (n,)
        Follow-up, a continuous or 0/1 covariate, and the group of each patient.
    strata : (n,), optional
        As for :func:`LWCTRLogic.stats.cox.fit_cox`.

    Raises
    ------
    InputError
        With fewer than two groups, or when a model does not settle (a group without events).
    """
    x, names, member = np.asarray(covariate, dtype=float), *_membership(group)
    common = fit_cox(time, event, np.column_stack([x, member[:, 1:]]), strata=strata)
    own = fit_cox(time, event, np.column_stack([x[:, None] * member, member[:, 1:]]), strata=strata)
    ratios = hazard_ratios(own, level=level)[: len(names)]
    return Interaction(nested_test(common, own), names, tuple(ratios))


def _membership(group: ArrayLike) -> tuple[tuple[object, ...], Floats]:
    names, index = np.unique(np.asarray(group), return_inverse=True)
    if names.size < 2:
        raise InputError(f"one group, {names[0]}" if names.size else "no patient", "two groups at least")
    return tuple(names.tolist()), np.eye(names.size)[index]


def _ratio(beta: float, error: float, level: float) -> HazardRatio:
    log_ratio = wald(beta, error, level=level)
    with np.errstate(over="ignore"):  # of groups that hardly overlap a limit is beyond all numbers
        value, low, high = (float(np.exp(limit)) for limit in (beta, log_ratio.low, log_ratio.high))
    return HazardRatio(Estimate(value, low, high, value * error, level), log_ratio, wald_test(beta, error))


def _chi_square(statistic: float, df: int) -> Significance:
    return Significance(statistic, float(chdtrc(df, max(statistic, 0.0))), float(df))
