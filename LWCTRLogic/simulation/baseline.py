"""Clinical values of virtual patients, with the published marginals and the logic of the stages.

Two hidden numbers drive them: the prognosis (higher is worse) and the patient's own spread of each variable. Portal
invasion, extrahepatic spread and performance status share a factor, so that the stage comes out at its published
frequency: BCLC C is portal invasion, extrahepatic spread or ECOG 1, and B is none of them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from LWCTRLogic.stats.steps import Floats

PORTAL_INVASION, SPREAD, ECOG_1, CHILD_PUGH_B = 0.716, 0.382, 0.357, 0.152
MALE, HBV, CIRRHOSIS, TKI = 0.871, 0.762, 0.765, 0.701
AFP_CUTS = ((20.0, 0.271), (400.0, 0.582))
"""ng/mL, and the share of patients below."""
SINGLE = 0.3
_STAGE = 0.40
"""Loading of portal invasion, spread and performance status on what they share: 15.4 % have none of them."""


def draw_baseline(prognosis: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the clinical values (n rows) in the words of :mod:`LWCTRLogic.clinical`.

    Parameters
    ----------
    prognosis : (n,)
        Standard normal; higher is worse.
    rng : Generator

    Returns
    -------
    DataFrame
        One column a variable. The share within the up-to-seven criteria follows from size and number: the published
        one, 62 %, contradicts the published tumour sizes.
    """
    n = len(prognosis)
    shared = rng.standard_normal(n)

    def hidden(stage: float, outlook: float) -> Floats:
        own = np.sqrt(1 - stage**2 - outlook**2)
        return np.asarray(stage * shared + outlook * prognosis + own * rng.standard_normal(n))

    def worst(share: float, stage: float = 0.0, outlook: float = 0.0) -> np.ndarray:
        return hidden(stage, outlook) > norm.isf(share)

    invasion = worst(PORTAL_INVASION, _STAGE, 0.30)
    spread = worst(SPREAD, _STAGE, 0.28)
    ecog = worst(ECOG_1, _STAGE, 0.12)
    diameter = _diameter(hidden(0.3, 0.15))
    single = rng.random(n) < SINGLE
    count = np.where(single, 1, 2 + rng.poisson(1.5, n))
    return pd.DataFrame(
        {
            "age": np.clip(np.rint(57.5 + 10.7 * rng.standard_normal(n)), 18, 90).astype(int),
            "sex": np.where(rng.random(n) < MALE, "male", "female"),
            "etiology": _etiology(rng, n),
            "cirrhosis": _present(worst(CIRRHOSIS)),
            "child_pugh": np.where(worst(CHILD_PUGH_B, 0.0, 0.10), "B", "A"),
            "ecog": np.where(ecog, "1", "0"),
            "bclc": np.where(invasion | spread | ecog, "C", "B"),
            "afp": _afp(hidden(0.0, 0.10)),
            "up_to_seven": np.where(diameter + count <= 7, "within", "beyond"),
            "tumour_diameter": diameter,
            "tumour_number": np.where(single, "single", "multiple"),
            "portal_vein_invasion": _present(invasion),
            "extrahepatic_spread": _present(spread),
            "treatment": np.where(rng.random(n) < TKI, "ICI + TKI", "ICI + anti-VEGF"),
        }
    )


def _present(where: np.ndarray) -> np.ndarray:
    return np.where(where, "present", "absent")


def _diameter(hidden: Floats) -> Floats:
    """Return cm: median 8.2, quartiles 5.5 and 11.5."""
    return np.asarray(np.clip(np.round(8.2 * np.exp(0.54 * hidden), 1), 1.0, 30.0))


def _etiology(rng: np.random.Generator, n: int) -> np.ndarray:
    rest = (1 - HBV) / 3
    return rng.choice(["HBV", "HCV", "alcohol", "other"], size=n, p=[HBV, rest, rest, rest])


def _afp(hidden: Floats) -> Floats:
    """Return ng/mL: log-normal through the two published shares."""
    (low, below_low), (high, below_high) = AFP_CUTS
    sd = np.log(high / low) / (norm.ppf(below_high) - norm.ppf(below_low))
    mean = np.log(low) - sd * norm.ppf(below_low)
    return np.asarray(np.clip(np.round(np.exp(mean + sd * hidden), 1), 1.0, 1e6))
