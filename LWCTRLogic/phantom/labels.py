"""The label table of the phantom: what each voxel is made of."""

from __future__ import annotations

from enum import IntEnum


class Label(IntEnum):
    """Tissue of a voxel; the values are stored as uint8."""

    AIR = 0
    SKIN = 1
    FAT = 2
    MUSCLE = 3
    BONE_CORTEX = 4
    BONE_MARROW = 5
    CARTILAGE = 6
    SPINAL_CANAL = 7
    DISC = 8
    LUNG = 9
    LUNG_VESSEL = 10
    PLEURAL_EFFUSION = 11
    HEART_WALL = 12
    HEART_BLOOD = 13
    OESOPHAGUS = 14
    VISCERAL_FAT = 15
    SPLEEN = 16
    STOMACH_WALL = 17
    STOMACH_CONTENT = 18
    GAS = 19
    BOWEL_WALL = 20
    BOWEL_CONTENT = 21
    STOOL = 22
    PANCREAS = 23
    ADRENAL = 24
    KIDNEY_CORTEX = 25
    KIDNEY_MEDULLA = 26
    KIDNEY_PELVIS = 27
    AORTA = 28
    ARTERY = 29
    VENA_CAVA = 30
    PORTAL_VEIN = 31
    VEIN = 32
    GALLBLADDER = 33
    GALLBLADDER_WALL = 34
    GALLSTONE = 35
    BILE_DUCT = 36
    ASCITES = 37
    LYMPH_NODE = 38
    TABLE = 39
    ABLATION_OUTSIDE = 40
    PORTAL_THROMBUS_OUTSIDE = 41
    LIVER = 50
    HEPATIC_VEIN = 51
    PORTAL_VEIN_INSIDE = 52
    LIVER_CYST = 53
    TUMOUR = 54
    TUMOUR_CAPSULE = 55
    NECROSIS = 56
    LIPIODOL = 57
    ABLATION_CAVITY = 58
    PORTAL_THROMBUS = 59
    DILATED_BILE_DUCT = 60


LABELS: dict[str, int] = {label.name.lower(): int(label) for label in Label}
"""Name of each tissue in lower case, and its value in the label map."""

LIVER_LABELS: tuple[int, ...] = tuple(int(label) for label in Label if label >= Label.LIVER)
"""What the liver mask holds: parenchyma, tumours, intrahepatic vessels and intrahepatic thrombus."""

TUMOUR_LABELS: tuple[int, ...] = (
    int(Label.TUMOUR),
    int(Label.TUMOUR_CAPSULE),
    int(Label.NECROSIS),
    int(Label.LIPIODOL),
)
"""What the tumour mask holds: the lesions with their capsule, necrosis and lipiodol."""
