"""Cohorts with scores for the tests of evaluation: simple, seeded, with a known truth."""

from __future__ import annotations

from typing import Any

import numpy as np

from LWCTRLogic.evaluation.scored import Score, ScoredCohort, SurvivalModel
from LWCTRLogic.outcomes import Outcomes


def scored_cohort(patients: int = 240, seed: int = 4, **changes: Any) -> ScoredCohort:
    """Return patients with exponential survival whose rate a score knows, and a second score that knows nothing."""
    draw = np.random.default_rng(seed)
    latent = draw.normal(size=patients)
    rate = 0.06 * np.exp(-0.9 * latent)
    death, lost = 2 + draw.exponential(1 / rate), draw.uniform(9, 70, patients)
    months, died = np.minimum(death, lost), death <= lost
    progression = np.minimum(death, 2 + draw.exponential(0.5 / rate))
    landmark = draw.uniform(1.4, 1.9, patients)
    cause = np.where(died, np.where(draw.random(patients) < 0.8, "cancer", "other"), "")
    outcomes = Outcomes(
        tuple(f"p{number:04d}" for number in range(patients)),
        months,
        died,
        np.minimum(progression, lost),
        progression <= lost,
        landmark,
        tuple(cause.tolist()),
    )
    alive = np.exp(-rate * 10)  # ten months after the second
    words = np.where(
        draw.random(patients) < 0.15, "PD", draw.choice(["CR", "PR", "SD"], patients, p=[0.05, 0.25, 0.7])
    )
    ahead = np.exp(-rate[:, None] * (np.array([12.0, 24.0, 36.0]) - (2 - landmark[:, None])))
    content: dict[str, Any] = {
        "name": "simulated patients",
        "outcomes": outcomes,
        "scores": (
            Score("knowing", np.clip(alive, 0.001, 0.999), cutoff=0.5, origin="the truth"),
            Score("noise", draw.uniform(0.05, 0.95, patients), cutoff=0.5),
        ),
        "mrecist": words.astype(np.str_),
        "groups": {"centre": draw.choice(["A", "B"], patients).astype(np.str_)},
        "clinical": {
            "age": np.where(
                draw.random(patients) < 0.05, np.nan, draw.normal(56, 9, patients).round().clip(20, 90)
            ),
            "sex": draw.choice(["male", "female", ""], patients, p=[0.7, 0.25, 0.05]).astype(np.str_),
        },
        "survival": (SurvivalModel("Rad-Nomo", "OS", rate, (12.0, 24.0, 36.0), ahead),),
    }
    return ScoredCohort(**{**content, **changes})
