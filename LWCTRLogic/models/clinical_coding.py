"""How clinical words become numbers in a model, and which variables a model may choose from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from LWCTRLogic.models.signature import CLINICAL_CODINGS
from LWCTRLogic.stats.steps import Floats

CODINGS: dict[str, dict[str, float]] = {
    "age": {},
    "sex": {"female": 0.0, "male": 1.0},
    "etiology": {"HBV": 1.0, "HCV": 0.0, "alcohol": 0.0, "other": 0.0},
    "cirrhosis": {"absent": 0.0, "present": 1.0},
    "child_pugh": {"A": 0.0, "B": 1.0},
    "ecog": {"0": 0.0, "1": 1.0},
    "bclc": {"B": 0.0, "C": 1.0},
    "up_to_seven": {"within": 0.0, "beyond": 1.0},
    "tumour_diameter": {},
    "tumour_number": {"single": 0.0, "multiple": 1.0},
    **CLINICAL_CODINGS,
}
"""Candidates and their codings; numbers have none.

Left out: mRECIST, which is known only at the follow-up scan and has Cox models of its own; the treatment, which is a
choice and no finding; alpha-fetoprotein, whose values span six powers of ten, so that one patient would steer a
linear model.
"""


def coded(words: pd.Series[str], coding: Mapping[str, float]) -> Floats:
    """Return the values (n,) of a clinical variable in numbers; NaN where it is not known."""
    values = words.map(coding) if coding else pd.to_numeric(words)
    return np.asarray(values, dtype=np.float64)
