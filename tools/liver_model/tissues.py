"""What a CT shows of each tissue of the phantom in each contrast phase."""

from __future__ import annotations

from typing import NamedTuple

PHASES = ("plain", "arterial", "portal", "late")


class Tissue(NamedTuple):
    """Appearance of one tissue."""

    means: tuple[float, float, float, float]
    """HU without contrast and in the arterial, portal-venous and late phase."""
    spread: float
    """Standard deviation of the mean between patients, HU."""
    texture: float
    """Amplitude of the texture inside one patient, HU."""
    free: bool = True
    """Whether the randomisation may give it any HU of soft tissue."""


# Typical values of abdominal CT; the spreads are wide on purpose.
TISSUES: dict[str, Tissue] = {
    "air": Tissue((-1000, -1000, -1000, -1000), 8, 6, False),
    "skin": Tissue((15, 20, 25, 25), 25, 20, False),
    "fat": Tissue((-102, -100, -99, -99), 9, 10, False),
    "muscle": Tissue((50, 56, 62, 60), 9, 13),
    "bone_cortex": Tissue((420, 430, 440, 430), 150, 120, False),
    "bone_marrow": Tissue((150, 155, 165, 165), 60, 45, False),
    "cartilage": Tissue((95, 95, 100, 100), 30, 20, False),
    "spinal_canal": Tissue((25, 28, 30, 30), 10, 8),
    "disc": Tissue((75, 75, 80, 80), 15, 10),
    "lung": Tissue((-830, -820, -820, -820), 60, 50, False),
    "lung_vessel": Tissue((30, 150, 110, 90), 50, 30, False),
    "pleural_effusion": Tissue((10, 11, 12, 12), 9, 4),
    "heart_wall": Tissue((45, 85, 100, 90), 18, 12),
    "heart_blood": Tissue((42, 230, 150, 120), 45, 15),
    "oesophagus": Tissue((40, 50, 60, 55), 18, 20),
    "visceral_fat": Tissue((-100, -98, -96, -96), 11, 13, False),
    "spleen": Tissue((48, 120, 122, 102), 17, 7),
    "stomach_wall": Tissue((40, 70, 85, 75), 20, 14),
    "stomach_content": Tissue((25, 25, 25, 25), 30, 20),
    "gas": Tissue((-950, -950, -950, -950), 50, 30, False),
    "bowel_wall": Tissue((40, 75, 92, 80), 22, 14),
    "bowel_content": Tissue((25, 25, 28, 28), 25, 18),
    "stool": Tissue((0, 0, 0, 0), 60, 70),
    "pancreas": Tissue((40, 95, 90, 75), 16, 18),
    "adrenal": Tissue((30, 60, 65, 55), 18, 12),
    "kidney_cortex": Tissue((32, 165, 180, 160), 28, 12),
    "kidney_medulla": Tissue((32, 75, 165, 160), 28, 12),
    "kidney_pelvis": Tissue((8, 10, 30, 200), 40, 20),
    "aorta": Tissue((42, 300, 170, 125), 50, 6),
    "artery": Tissue((42, 280, 160, 120), 50, 8),
    "vena_cava": Tissue((42, 90, 130, 120), 35, 10),
    "portal_vein": Tissue((42, 95, 165, 125), 28, 7),
    "vein": Tissue((42, 80, 150, 120), 30, 8),
    "gallbladder": Tissue((9, 9, 10, 10), 10, 4),
    "gallbladder_wall": Tissue((40, 60, 85, 80), 20, 10),
    "gallstone": Tissue((180, 180, 180, 180), 150, 50, False),
    "bile_duct": Tissue((8, 9, 10, 10), 8, 5),
    "ascites": Tissue((8, 9, 10, 10), 8, 4),
    "lymph_node": Tissue((40, 60, 85, 80), 18, 10),
    "table": Tissue((-300, -300, -300, -300), 300, 60, False),
    "ablation_outside": Tissue((40, 42, 45, 45), 25, 15),
    "portal_thrombus_outside": Tissue((38, 60, 62, 58), 16, 9),
    "liver": Tissue((57, 68, 104, 92), 14, 7),
    "hepatic_vein": Tissue((42, 65, 150, 122), 28, 7),
    "portal_vein_inside": Tissue((42, 90, 160, 122), 28, 7),
    "liver_cyst": Tissue((6, 6, 8, 8), 8, 4),
    "tumour": Tissue((45, 95, 82, 72), 25, 20),
    "tumour_capsule": Tissue((48, 70, 100, 105), 18, 8),
    "necrosis": Tissue((24, 26, 28, 28), 13, 9),
    "lipiodol": Tissue((450, 450, 450, 450), 250, 160, False),
    "ablation_cavity": Tissue((18, 18, 20, 20), 18, 9),
    "portal_thrombus": Tissue((38, 60, 62, 58), 16, 9),
    "dilated_bile_duct": Tissue((8, 9, 10, 10), 8, 5),
}

LIVER = "liver"

REGIONS: dict[str, tuple[str, ...]] = {
    "spleen": ("spleen",),
    "kidney": ("kidney_cortex", "kidney_medulla", "kidney_pelvis"),
    "gut": ("stomach_wall", "stomach_content", "bowel_wall", "bowel_content", "stool", "gallbladder"),
    "heart": ("heart_wall", "heart_blood"),
    "muscle": ("muscle",),
}
"""Organs that the network learns beside the liver, so that it knows what is not liver; dropped at export."""
