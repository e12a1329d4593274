"""A patient's course: latent risk and response, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from LWCTRLogic.phantom.disease import Disease, Lesion, draw_tumours
from LWCTRLogic.phantom.traits import Traits

MEDIAN_SURVIVAL = 12.9  # months at average risk
RISK_EFFECT = 0.85  # on the logarithm of time, for one standard deviation of the risk
SURVIVAL_SHAPE = 3.0  # of the Weibull distribution: how little chance adds to the risk
SOONEST_DEATH = 2.2  # months: everyone in the cohort lived to the follow-up scan


@dataclass(frozen=True)
class Latent:
    """What drives a simulated patient; both are standard normal over a cohort.

    Attributes
    ----------
    baseline : float
        Higher is a worse disease before treatment.
    resistance : float
        Higher is a worse response to treatment.
    """

    baseline: float
    resistance: float

    @property
    def risk(self) -> float:
        """The overall risk, standard normal over a cohort."""
        return 0.6 * self.baseline + 0.8 * self.resistance


@dataclass(frozen=True)
class Outcome:
    """Times from the first dose in months; an event of 1 is death, or progression or death."""

    mrecist: str
    os_months: float
    os_event: int
    pfs_months: float
    pfs_event: int


@dataclass(frozen=True)
class Change:
    """How the tumours answered: diameters over baseline, loss of enhancement, new lesions."""

    diameter: float
    viability: float
    new_lesions: int


def draw_latent(rng: np.random.Generator) -> Latent:
    """Draw a patient's latent risk."""
    return Latent(float(rng.standard_normal()), float(rng.standard_normal()))


def draw_baseline(rng: np.random.Generator, latent: Latent) -> Disease:
    """Draw the liver's disease before treatment: burden, thrombus and raggedness grow with the risk."""
    load = float(np.clip(np.exp(rng.normal(-2.3, 0.8) + 0.65 * latent.baseline), 0.004, 0.6))
    lesions = []
    embolised = rng.random() < 0.15  # patients, not lesions, had lipiodol put in
    for lesion in draw_tumours(rng, load):
        rough = float(np.clip(0.16 + 0.06 * latent.baseline + rng.normal(0, 0.03), 0.04, 0.4))
        dead = float(np.clip(0.25 + 0.12 * latent.baseline + rng.normal(0, 0.15), 0, 0.7))
        necrosis = dead if lesion.radius > 12 else 0.0
        lesions.append(replace(lesion, ragged=rough, necrosis=necrosis, lipiodol=_uptake(lesion, embolised)))
    if rng.random() < 0.12:
        lesions.append(Lesion(int(rng.integers(2**31)), rng.uniform(9, 18), "ablation", ragged=0.1))
    if rng.random() < 0.25:
        lesions.append(Lesion(int(rng.integers(2**31)), rng.uniform(4, 12), "cyst", ragged=0.05))
    thrombus = "none"
    if rng.random() < _logistic(-0.6 + 1.1 * latent.baseline):
        thrombus = str(rng.choice(["right", "left", "main"], p=[0.45, 0.25, 0.3]))
    return Disease(tuple(lesions), thrombus, bool(rng.random() < 0.05))


def _uptake(lesion: Lesion, embolised: bool) -> float:
    """Return the share of a lesion that holds lipiodol: patchy, and in a patient who was embolised."""
    return 0.5 * lesion.lipiodol + 0.1 if embolised and lesion.radius > 8 else 0.0


def draw_change(rng: np.random.Generator, latent: Latent) -> Change:
    """Draw the change between the scans; about a fifth shrink by 30 %, about a sixth grow by 20 %."""
    diameter = float(np.exp(np.clip(-0.07 + 0.18 * latent.resistance + rng.normal(0, 0.08), -1.0, 0.6)))
    viability = float(np.clip(0.6 + 0.17 * latent.resistance + rng.normal(0, 0.08), 0.05, 1.2))
    new = int(rng.poisson(1.6)) + 1 if latent.resistance + rng.normal(0, 0.3) > 1.7 else 0
    return Change(diameter, viability, new)


def follow_up(rng: np.random.Generator, disease: Disease, change: Change) -> Disease:
    """Return the disease after treatment; every old lesion keeps its place."""
    lesions = []
    for lesion in disease.lesions:
        if lesion.kind != "tumour":
            lesions.append(lesion)
            continue
        radius = lesion.radius * change.diameter * float(np.exp(rng.normal(0, 0.04)))
        if change.diameter > 1:
            radius = min(radius, lesion.radius + 14)
        necrosis = lesion.necrosis + (0.9 - change.viability) * 0.7 if radius > 8 else 0.0
        # what was put in stays where it was: it does not grow with the tumour
        filled = min(lesion.radius, radius)
        necrosis = float(np.clip(necrosis, 0, 0.85))
        lesions.append(replace(lesion, radius=radius, necrosis=necrosis, filled_radius=filled))
    for _ in range(change.new_lesions):
        lesions.append(Lesion(int(rng.integers(2**31)), rng.uniform(6, 15), ragged=0.2))
    return replace(disease, lesions=tuple(lesions))


def _logistic(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


def survival(latent: Latent, months: float) -> float:
    """Return the true probability of living longer than ``months``: Weibull, median 12.9 at average risk."""
    if months <= SOONEST_DEATH:
        return 1.0
    median = MEDIAN_SURVIVAL * np.exp(-RISK_EFFECT * latent.risk)
    return float(np.exp(-np.log(2) * (months / median) ** SURVIVAL_SHAPE))


def draw_outcome(rng: np.random.Generator, latent: Latent, change: Change) -> Outcome:
    """Draw survival, progression, censoring and mRECIST."""
    spread = (-np.log(1 - rng.random()) / np.log(2)) ** (1 / SURVIVAL_SHAPE)
    death = MEDIAN_SURVIVAL * np.exp(-RISK_EFFECT * latent.risk) * spread
    strain = 0.35 * latent.baseline + 0.95 * latent.resistance
    progression = 8.5 * np.exp(-0.7 * strain) * (-np.log(1 - rng.random()) / np.log(2)) ** (1 / 1.5)
    mrecist = _mrecist(change)
    if mrecist == "PD":
        progression = min(progression, rng.uniform(1.4, 2.1))
    progression = min(progression, death)
    end = rng.uniform(12, 44)
    death, progression = max(death, SOONEST_DEATH), max(progression, 1.4)
    return Outcome(
        mrecist,
        round(float(min(death, end)), 2),
        int(death <= end),
        round(float(min(progression, end)), 2),
        int(progression <= end),
    )


def _mrecist(change: Change) -> str:
    """Return the criterion from the change of the viable, enhancing diameter."""
    viable = change.diameter * (0.35 + 0.65 * min(change.viability / 0.62, 1.3))
    if change.new_lesions or viable >= 1.2:
        return "PD"
    if change.viability < 0.12:
        return "CR"
    return "PR" if viable <= 0.7 else "SD"


def draw_clinical(
    rng: np.random.Generator, latent: Latent, disease: Disease, traits: Traits, mrecist: str
) -> dict[str, str | float]:
    """Return the clinical values in the words of :mod:`LWCTRLogic.clinical`."""
    sizes = [lesion.radius for lesion in disease.lesions if lesion.kind == "tumour"]
    diameter = round(2 * max(sizes) * traits.scale[0] / 10, 1)
    invasion = (disease.thrombus != "none") != (rng.random() < 0.04)
    spread = rng.random() < _logistic(-0.5 + 0.8 * latent.baseline)
    ecog = "1" if rng.random() < _logistic(-0.4 + 0.5 * latent.baseline) else "0"
    cirrhotic = traits.nodularity > 0.5
    child_b = rng.random() < _logistic(-1.9 + 0.5 * latent.baseline + 1.0 * (traits.ascites > 0.05))
    return {
        "age": float(np.clip(np.rint(rng.normal(58, 11)), 24, 86)),
        "sex": "male" if rng.random() < 0.85 else "female",
        "etiology": str(rng.choice(["HBV", "HCV", "alcohol", "other"], p=[0.76, 0.08, 0.07, 0.09])),
        "cirrhosis": "present" if cirrhotic else "absent",
        "child_pugh": "B" if child_b else "A",
        "ecog": ecog,
        "bclc": "C" if invasion or spread or ecog == "1" else "B",
        "afp": round(float(np.exp(rng.normal(5.0, 1.9) + 0.8 * latent.baseline)), 1),
        "up_to_seven": "within" if diameter + len(sizes) <= 7 else "beyond",
        "tumour_diameter": diameter,
        "tumour_number": "single" if len(sizes) == 1 else "multiple",
        "portal_vein_invasion": "present" if invasion else "absent",
        "extrahepatic_spread": "present" if spread else "absent",
        "treatment": str(
            rng.choice(["ICI + TKI", "ICI + anti-VEGF", "ICI + anti-VEGF + TKI"], p=[0.5, 0.35, 0.15])
        ),
        "mrecist": mrecist,
    }
