"""What makes one phantom patient's anatomy differ from another's, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from LWCTRLogic.phantom.field import Triple


@dataclass(frozen=True)
class Traits:
    """Anatomical traits of one person; lengths in canonical mm, fractions from 0 to 1."""

    scale: Triple  # patient size over canonical size along x, y, z
    warp: float  # amplitude of the whole-body warp
    fat: float  # thickness of the subcutaneous fat
    visceral_fat: float  # 0 lean … 1 much fat between the organs
    wall: float  # thickness of the muscles at the side
    belly: float  # how far the abdominal wall bulges
    dome: float  # height of the right diaphragm above the porta hepatis
    liver_gap: float  # fat or fluid between liver and wall
    right_tip: float  # height of the right lobe's lower tip
    right_size: float  # 1 normal; less when atrophic
    left_end: float  # how far the left lobe reaches to the left
    left_bottom: float  # height of the left lobe's lower edge
    left_depth: float  # how far the left lobe reaches to the back
    caudate: float  # 1 normal; more when hypertrophic
    nodularity: float  # amplitude of the cirrhotic surface
    fissure: float  # half width of the fissure of the ligamentum teres
    resection: str  # "none", "left", "right_posterior"
    gallbladder: str  # "full", "contracted", "stones", "absent"
    spleen: float  # 1 normal; 1.8 splenomegaly
    stomach: float  # 1 normal; 1.5 distended
    stomach_content: str  # "air", "fluid", "food"
    ascites: float  # 0 none … 1 large
    effusion: float  # 0 none … 1 large
    arms: bool  # arms beside the body
    table: str  # "none", "flat", "curved"
    calcified_cartilage: bool


def draw_traits(rng: np.random.Generator) -> Traits:
    """Draw the traits of one person."""
    build = np.clip(rng.normal(1.0, 0.09), 0.78, 1.22)
    if rng.random() < 0.08:
        build = rng.uniform(0.8, 0.88)
    scale = (build * rng.normal(1.0, 0.05), build * rng.normal(1.0, 0.06), build * rng.normal(1.0, 0.06))
    cirrhotic = rng.random() < 0.5
    shrink = rng.uniform(0.2, 1.0) if cirrhotic and rng.random() < 0.6 else 0.0
    ascites = float(rng.choice([0, 0, 0, 0, rng.uniform(0.05, 0.4), rng.uniform(0.4, 1.0)]))
    obesity = rng.beta(1.3, 2.2)
    return Traits(
        scale=(float(scale[0]), float(scale[1]), float(scale[2])),
        warp=rng.uniform(3, 9),
        fat=2.5 + 40 * obesity * rng.uniform(0.5, 1.0),
        visceral_fat=float(np.clip(0.8 * obesity + rng.normal(0.2, 0.2), 0, 1)),
        wall=rng.uniform(10.5, 19),
        belly=30 * obesity * rng.random() + 25 * ascites,
        dome=rng.normal(78, 8),
        liver_gap=rng.uniform(1.5, 4) + 16 * ascites * rng.random(),
        right_tip=rng.normal(-84, 18) + 22 * shrink - (rng.random() < 0.08) * 45,
        right_size=1.0 - 0.22 * shrink * rng.random(),
        left_end=rng.uniform(25, 80) if rng.random() < 0.7 else rng.uniform(75, 125),
        left_bottom=rng.normal(-42, 18),
        left_depth=rng.normal(0, 9) + 8 * shrink,
        caudate=rng.uniform(0.75, 1.2) + 0.5 * shrink * rng.random(),
        nodularity=rng.uniform(0.5, 3.2) if cirrhotic else rng.uniform(0, 0.5),
        fissure=rng.uniform(1.0, 4.0) + 5 * shrink * rng.random(),
        resection=str(rng.choice(["none", "left", "right_posterior"], p=[0.92, 0.04, 0.04])),
        gallbladder=str(rng.choice(["full", "contracted", "stones", "absent"], p=[0.58, 0.15, 0.12, 0.15])),
        spleen=float(np.clip(rng.normal(1.0, 0.13) + (0.45 * rng.random() if cirrhotic else 0), 0.6, 1.7)),
        stomach=float(rng.uniform(0.65, 1.35)),
        stomach_content=str(rng.choice(["air", "fluid", "food"])),
        ascites=ascites,
        effusion=float(rng.choice([0, 0, 0, 0, rng.uniform(0.1, 1.0)])),
        arms=bool(rng.random() < 0.12),
        table=str(rng.choice(["none", "flat", "curved"], p=[0.25, 0.3, 0.45])),
        calcified_cartilage=bool(rng.random() < 0.3),
    )
