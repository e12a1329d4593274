"""How a centre scans: noise, reconstruction kernel and contrast timing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scanner:
    """The habits of one centre's CT.

    Attributes
    ----------
    noise : (low, high)
        Standard deviation of the noise in HU; drawn between them for every scan.
    grain, blur : float
        Width of the noise grain and of the point spread function, mm.
    blood : float
        Enhancement of the arteries over the usual one.
    arterial_lag, venous_lag : float
        Mean share of the way to the other phase at which arterial and venous scans are taken, 0 to 1.
    """

    noise: tuple[float, float] = (10.0, 11.5)
    grain: float = 1.0
    blur: float = 1.1
    blood: float = 1.0
    arterial_lag: float = 0.0
    venous_lag: float = 0.0


USUAL = Scanner()
"""The centre of the demonstration's training patients."""

OTHER = Scanner(noise=(11.0, 13.0), grain=0.9, blur=1.0, blood=0.9, arterial_lag=0.08, venous_lag=0.05)
"""Another centre: a sharper kernel with more noise, a later arterial and an earlier venous phase."""

THIRD = Scanner(noise=(8.0, 10.0), grain=1.2, blur=1.3, blood=1.05, arterial_lag=0.03, venous_lag=0.0)
"""A third centre: a smoother kernel with less noise."""
