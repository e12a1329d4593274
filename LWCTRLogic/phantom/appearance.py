"""What a patient's hidden state looks like in one scan: texture, infiltrates, enhancement, noise."""

from __future__ import annotations

import numpy as np

from LWCTRLogic.phantom.contrast import Enhancement
from LWCTRLogic.phantom.course import Change, Latent
from LWCTRLogic.phantom.render import Look
from LWCTRLogic.phantom.scanner import Scanner


def appearance(
    seed: int, number: int, latent: Latent, change: Change, scanner: Scanner
) -> tuple[Look, Enhancement]:
    """Return texture, noise and enhancement of one volume.

    Before treatment a scan shows the baseline disease; afterwards it shows the whole risk, since what resisted
    is what is left to see. Neither shows all of it.

    Parameters
    ----------
    seed : int
        The patient's.
    number : int
        Position of the volume in pre_A, pre_V, post_A, post_V.
    """
    person = np.random.default_rng([seed, 300])
    fatty, habit = person.normal(0, 8), person.normal(0, 0.25)
    vascular = person.normal(42, 7) + 5 * latent.baseline
    wash = person.normal(26, 5) + 4 * latent.baseline
    scan = np.random.default_rng([seed, 301, number])
    after = number >= 2
    state = float(np.clip((latent.risk if after else latent.baseline) + habit, -2.0, 2.0))
    viability = change.viability if after else 1.0
    enhancement = Enhancement(
        "A" if number % 2 == 0 else "V",
        blood=scanner.blood * float(scan.normal(1.0, 0.08)),
        liver=float(fatty + scan.normal(0, 3)),
        wash_in=float(np.clip(vascular * viability, 4, 90)),
        wash_out=float(np.clip(wash * (0.6 + 0.4 * viability), 5, 50)),
        lag=float(np.clip(_lag(scanner, number) + scan.normal(0, 0.03), 0, 0.4)),
    )
    return _look(seed, state, number, scanner, scan), enhancement


def _lag(scanner: Scanner, number: int) -> float:
    return scanner.arterial_lag if number % 2 == 0 else scanner.venous_lag


def _look(seed: int, state: float, number: int, scanner: Scanner, scan: np.random.Generator) -> Look:
    """Return the texture of a state: a diseased liver is coarser and holds more small infiltrates."""
    return Look(
        texture_key=seed,
        liver_texture=float(5.0 * np.exp(0.2 * state)),
        fine=float(1 / (1 + np.exp(0.3 - 0.6 * state))),
        mottle=float(14.5 * np.exp(0.48 * state)),
        foci=float(0.05 * np.exp(0.65 * state)),
        foci_hu=30.0 if number % 2 == 0 else -28.0,
        tumour_texture=float(np.clip(13 + 3.0 * state, 4, 26)),
        coarse=float(np.clip(0.5 + 0.12 * state, 0.1, 0.9)),
        noise=float(scan.uniform(*scanner.noise)),
        grain=scanner.grain,
        blur=scanner.blur,
        noise_key=int(scan.integers(2**31)),
    )
