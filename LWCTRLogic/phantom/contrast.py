"""How bright each tissue is in a contrast phase, in HU."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.phantom.labels import Label

_SAME: dict[Label, float] = {
    Label.AIR: -1000,
    Label.SKIN: 10,
    Label.FAT: -105,
    Label.BONE_CORTEX: 520,
    Label.BONE_MARROW: 190,
    Label.CARTILAGE: 105,
    Label.SPINAL_CANAL: 30,
    Label.DISC: 85,
    Label.LUNG: -850,
    Label.PLEURAL_EFFUSION: 10,
    Label.VISCERAL_FAT: -100,
    Label.STOMACH_CONTENT: 15,
    Label.GAS: -950,
    Label.BOWEL_CONTENT: 22,
    Label.STOOL: 35,
    Label.KIDNEY_PELVIS: 8,
    Label.GALLBLADDER: 8,
    Label.GALLSTONE: 180,
    Label.BILE_DUCT: 8,
    Label.ASCITES: 8,
    Label.TABLE: 80,
    Label.ABLATION_OUTSIDE: 25,
    Label.LIVER_CYST: 5,
    Label.NECROSIS: 28,
    Label.LIPIODOL: 750,
    Label.ABLATION_CAVITY: 25,
    Label.DILATED_BILE_DUCT: 8,
}

# (arterial, venous): late arterial at about 35 s and portal venous at about 70 s after the injection
_PHASES: dict[Label, tuple[float, float]] = {
    Label.MUSCLE: (58, 64),
    Label.LUNG_VESSEL: (170, 120),
    Label.HEART_WALL: (105, 105),
    Label.HEART_BLOOD: (240, 155),
    Label.OESOPHAGUS: (55, 65),
    Label.SPLEEN: (125, 122),
    Label.STOMACH_WALL: (85, 85),
    Label.BOWEL_WALL: (90, 95),
    Label.PANCREAS: (105, 95),
    Label.ADRENAL: (75, 75),
    Label.KIDNEY_CORTEX: (190, 190),
    Label.KIDNEY_MEDULLA: (75, 165),
    Label.AORTA: (315, 165),
    Label.ARTERY: (290, 155),
    Label.VENA_CAVA: (85, 130),
    Label.PORTAL_VEIN: (105, 168),
    Label.VEIN: (95, 160),
    Label.GALLBLADDER_WALL: (60, 65),
    Label.LYMPH_NODE: (70, 85),
    Label.LIVER: (68, 110),
    Label.HEPATIC_VEIN: (68, 152),
    Label.PORTAL_VEIN_INSIDE: (100, 162),
    Label.TUMOUR: (68, 88),
    Label.TUMOUR_CAPSULE: (70, 118),
    Label.PORTAL_THROMBUS: (75, 70),
    Label.PORTAL_THROMBUS_OUTSIDE: (75, 70),
}

_BLOOD = (Label.AORTA, Label.ARTERY, Label.HEART_BLOOD, Label.LUNG_VESSEL)
_VISCERA = (Label.LIVER, Label.HEPATIC_VEIN, Label.PORTAL_VEIN, Label.PORTAL_VEIN_INSIDE, Label.VEIN)


@dataclass(frozen=True)
class Enhancement:
    """What a person, an injection and a disease do to the HU.

    Attributes
    ----------
    phase : str
        ``"A"`` arterial or ``"V"`` portal venous.
    lag : float
        How far an arterial scan is on its way to the venous phase, or a venous scan back to the arterial one, 0 to 1.
    blood : float
        Enhancement of the arteries over the usual one.
    liver : float
        HU added to the liver (a fatty one is darker).
    wash_in : float
        HU that a viable tumour gains in the arterial phase.
    wash_out : float
        HU by which it lies below the liver in the venous phase.
    """

    phase: str
    blood: float = 1.0
    liver: float = 0.0
    wash_in: float = 40.0
    wash_out: float = 25.0
    lag: float = 0.0

    @property
    def venous(self) -> float:
        """How venous the scan is: 0 arterial … 1 portal venous."""
        return self.lag if self.phase == "A" else 1.0 - self.lag


def hu_table(enhancement: Enhancement) -> NDArray[np.float32]:
    """Return the mean HU of each label value, shape (256,)."""
    venous = enhancement.venous
    table = np.zeros(256, dtype=np.float32)
    for label, value in _SAME.items():
        table[label] = value
    for label, values in _PHASES.items():
        table[label] = (1 - venous) * values[0] + venous * values[1]
    for label in _BLOOD:
        table[label] = 45 + (table[label] - 45) * enhancement.blood
    for label in _VISCERA:
        table[label] += enhancement.liver
    contrast = (1 - venous) * enhancement.wash_in - venous * enhancement.wash_out
    table[Label.TUMOUR] = table[Label.LIVER] + contrast
    table[Label.PORTAL_THROMBUS] = 45 + (0.7 - 0.1 * venous) * enhancement.wash_in
    table[Label.PORTAL_THROMBUS_OUTSIDE] = table[Label.PORTAL_THROMBUS]
    return table
