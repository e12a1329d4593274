"""From labels to HU: every tissue gets a random mean, texture and variety, plausible or wild."""

from __future__ import annotations

import numpy as np
import torch

from LWCTRLogic.phantom.labels import LABELS

from .randomness import Dice
from .tissues import LIVER, PHASES, TISSUES

WILD = 0.2
"""Share of scans whose soft tissues have any HU rather than a plausible one."""
CAMOUFLAGE = 0.35
"""Share of scans in which some other organs are as bright as the liver."""
VARIETY = {
    "stomach_content": 45.0, "stomach_wall": 15.0, "bowel_content": 60.0, "bowel_wall": 25.0, "stool": 60.0,
    "muscle": 10.0, "heart_blood": 30.0, "tumour": 28.0, "visceral_fat": 7.0, "pancreas": 14.0,
    "lipiodol": 200.0, "spleen": 6.0, "vein": 25.0, "ablation_cavity": 15.0,
}  # fmt: skip
"""Difference between one loop, chamber or nodule and the next, HU."""
CONTRAST_MEAL = 0.2
"""Share of scans after positive oral contrast."""
_CODES = 256


def draw_means(dice: Dice) -> dict[str, float]:
    """Draw the HU of each tissue for one scan."""
    rng = dice.scalars
    phase, weight = int(rng.integers(len(PHASES))), rng.random() ** 2
    other = min(phase + 1, len(PHASES) - 1)
    dose = float(np.clip(rng.normal(1.0, 0.25), 0.4, 1.6))
    means = {}
    for name, tissue in TISSUES.items():
        plain = tissue.means[0]
        enhanced = (1 - weight) * tissue.means[phase] + weight * tissue.means[other]
        means[name] = plain + dose * (enhanced - plain) + rng.normal(0, tissue.spread)
    if dice.chance(0.15):
        means[LIVER] -= dice.between(10, 55)  # steatosis
    means["tumour"] = means[LIVER] + dice.between(-55, 65)
    if dice.chance(CONTRAST_MEAL):
        means["stomach_content"] = means["bowel_content"] = dice.between(100, 450)
    if dice.chance(WILD):
        _make_wild(means, dice)
    if dice.chance(CAMOUFLAGE):
        _hide_liver(means, dice)
    return means


def _make_wild(means: dict[str, float], dice: Dice) -> None:
    for name, tissue in TISSUES.items():
        if tissue.free and dice.chance(0.6):
            means[name] = dice.between(-10, 210)
    means[LIVER] = dice.between(15, 180)


def _hide_liver(means: dict[str, float], dice: Dice) -> None:
    """Give a few tissues the liver's HU, so that place and shape must tell them apart."""
    names = [name for name, tissue in TISSUES.items() if tissue.free and name != LIVER]
    for name in dice.scalars.choice(names, size=int(dice.scalars.integers(2, 9)), replace=False):
        means[str(name)] = means[LIVER] + dice.scalars.normal(0, 7)


def _table(values: dict[str, float], device: torch.device) -> torch.Tensor:
    table = np.zeros(_CODES, np.float32)
    for name, value in values.items():
        table[LABELS[name]] = value
    return torch.from_numpy(table).to(device)


def paint_hu(labels: torch.Tensor, dice: Dice) -> torch.Tensor:
    """Return a noiseless scan of an anatomy.

    Parameters
    ----------
    labels : torch.Tensor
        int64 labels by (z, y, x).
    dice : Dice
        Source of randomness.

    Returns
    -------
    torch.Tensor
        HU as float32 by (z, y, x).
    """
    shape = labels.shape
    means = draw_means(dice)
    strength = dice.between(0.3, 1.8)
    texture = {name: tissue.texture * strength * dice.between(0.4, 1.6) for name, tissue in TISSUES.items()}
    variety = {name: step * dice.between(0.2, 1.6) for name, step in VARIETY.items()}
    grain = dice.smooth(shape, dice.between(1.3, 3)) * 0.7 + dice.smooth(shape, dice.between(4, 12)) * 0.7
    pieces = dice.smooth(shape, dice.between(5, 12)).mul_(1.3).round_()
    hu = _table(means, dice.device)[labels]
    hu += _table(texture, dice.device)[labels] * grain
    hu += _table(variety, dice.device)[labels] * pieces
    if dice.chance(0.35):
        _clutter_fat(hu, labels, dice)
    return hu


def _clutter_fat(hu: torch.Tensor, labels: torch.Tensor, dice: Dice) -> None:
    """Put soft things of any HU into the fat between the organs: vessels, nodes, folded bowel."""
    field = dice.smooth(hu.shape, dice.between(2.5, 7))
    blobs = (labels == LABELS["visceral_fat"]) & (field > dice.between(0.4, 1.6))
    value = dice.between(0, 140) + 20 * dice.smooth(hu.shape, 6)
    torch.where(blobs, value, hu, out=hu)
