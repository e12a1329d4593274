"""A cohort in numbers only, with a known signal, for tests of the fitting."""

from __future__ import annotations

import numpy as np
import pandas as pd

from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.signature import SIGNATURE


def make_cohort(patients: int = 60, seed: int = 0, signal: float = 1.5) -> TrainingCohort:
    """Patients whose survival and features follow one hidden risk, with about a quarter censored."""
    rng = np.random.default_rng(seed)
    risk = rng.normal(size=patients)
    names = [f"{volume}:{name}" for volume, group in SIGNATURE.items() for name in group]
    scale = rng.uniform(0.1, 1000, len(names))
    sign = rng.choice([-1, 1], len(names))
    noise = rng.normal(size=(patients, len(names))) * 2
    features = pd.DataFrame((signal * risk[:, None] * sign + noise) * scale, columns=names)
    words = np.where(rng.normal(size=(patients, 2)) + signal * risk[:, None] / 2 > 0, "present", "absent")
    clinical = pd.DataFrame(words, columns=["portal_vein_invasion", "extrahepatic_spread"])
    grade = risk + rng.normal(size=patients)
    mrecist = np.select([grade > 1.2, grade > -0.6, grade > -1.8], ["PD", "SD", "PR"], "CR")
    landmark = np.full(patients, 1.75)
    death = landmark + rng.exponential(16 * np.exp(-1.2 * risk))
    progression = np.where(
        mrecist == "PD", landmark, np.minimum(death, landmark + rng.exponential(8, patients))
    )
    end = rng.uniform(20, 60, patients)
    return TrainingCohort(
        features,
        clinical,
        pd.Series(mrecist),
        np.minimum(death, end),
        death <= end,
        np.minimum(progression, end),
        progression <= end,
        landmark,
    )
