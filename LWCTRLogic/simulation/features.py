"""Feature values of virtual patients: what a reader's mask, a centre's scanner and the disease make of them.

Every feature is a standard normal mixture of factors that features share, of its own spread, and, in the published
signature, of the score. The 27 signature features carry it jointly: their weighted sum is the score, so a linear model
can reach it, and no single feature comes near. The values have no units: a cohort's features are standardised.

The world (which feature loads on what, its reliability, each centre's shifts) hangs on ``world`` alone, so that two
cohorts drawn with different seeds can be training and test set.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.models.signature import SIGNATURE
from LWCTRLogic.radiomics.columns import feature_names
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.stats.steps import Floats

FACTORS, TELLING = 40, 4
"""Factors that features share, and how many of them tell a little of the score, as texture in general does."""
_TOLD = 0.25
PRE_SHARE = 0.45
"""Correlation of the score before treatment with the whole score; the rest shows only afterwards."""
READINGS = (("reader 1", 1, "auto"), ("reader 1", 2, "auto"), ("reader 2", 1, "empty"))
CHUNK = 2000
Singles = NDArray[np.float32]


def signature_columns() -> tuple[str, ...]:
    """Return the 27 features of the published signature as ``<volume>:<feature>``."""
    return tuple(f"{volume}:{name}" for volume, names in SIGNATURE.items() for name in names)


def all_columns() -> tuple[str, ...]:
    """Return all 4 × 1,316 features as ``<volume>:<feature>``."""
    return tuple(f"{volume}:{name}" for volume in VOLUMES for name in feature_names(ExtractionSettings()))


@dataclass(frozen=True)
class FeatureWorld:
    """How features come about.

    Attributes
    ----------
    columns : tuple of str
        ``<volume>:<feature>``; those of the signature carry the score.
    loadings : (FACTORS, p)
        Weights of the shared factors.
    own : (p,)
        Standard deviation of what is a feature's own.
    weights : (p,)
        Signature: weight of the feature in its timepoint's score; 0 elsewhere.
    reliability : (p,)
        ICC of one reading: share of the variance that does not depend on the reader's mask.
    """

    columns: tuple[str, ...]
    loadings: Singles
    own: Singles
    weights: Singles
    reliability: Singles

    @classmethod
    def build(cls, columns: Sequence[str], world: int = 0) -> FeatureWorld:
        """Return the world of these columns; a column's own part does not depend on which others are made."""
        signed = set(signature_columns())
        loadings = np.empty((FACTORS, len(columns)), dtype=np.float32)
        own, weights, reliability = (np.empty(len(columns), dtype=np.float32) for _ in range(3))
        for number, column in enumerate(columns):
            rng = np.random.default_rng([world, zlib.crc32(column.encode())])
            raw = rng.standard_normal(FACTORS) * (rng.random(FACTORS) < 0.1)
            if not column.startswith("post"):
                raw[:TELLING] = 0.0
            raw /= max(float(np.linalg.norm(raw)), 1e-6)
            shared = rng.uniform(0.4, 0.9)
            loadings[:, number] = raw * shared
            own[number] = np.sqrt(1 - shared**2) if raw.any() else 1.0
            weights[number] = rng.choice((-1.0, 1.0)) if column in signed else 0.0
            reliability[number] = rng.uniform(0.86, 0.99) if column in signed else rng.beta(6, 1.6)
        return cls(tuple(columns), loadings, own, weights, reliability)

    def shift(self, centre: str, world: int = 0) -> tuple[Singles, Singles]:
        """Return the offset and the factor (p,) that a centre's scanner puts on every feature; none for the first."""
        if centre == "centre 1":
            return np.zeros(len(self.columns), np.float32), np.ones(len(self.columns), np.float32)
        rng = np.random.default_rng([world, zlib.crc32(centre.encode()), 7])
        draws = {name: rng.standard_normal(2) for name in all_columns()}
        both = np.array([draws[name] for name in self.columns], dtype=np.float32)
        return 0.25 * both[:, 0], np.exp(0.08 * both[:, 1])


def draw_features(
    world: FeatureWorld, score: Floats, centres: NDArray[np.str_], seed: int, world_seed: int = 0
) -> Iterator[Singles]:
    """Yield the features of all patients, some thousand rows at a time, (rows, p).

    Parameters
    ----------
    world : FeatureWorld
    score : (n,)
        Standard normal; higher is worse.
    centres : (n,) of str
    seed : int
    """
    shifts = {name: world.shift(str(name), world_seed) for name in np.unique(centres)}
    for number, first in enumerate(range(0, len(score), CHUNK)):
        rows = slice(first, min(first + CHUNK, len(score)))
        rng = np.random.default_rng([seed, 31, number])
        values = _chunk(world, score[rows], rng)
        for name, (offset, factor) in shifts.items():
            where = centres[rows] == name
            values[where] = values[where] * factor + offset
        yield values


def _chunk(world: FeatureWorld, score: Floats, rng: np.random.Generator) -> Singles:
    count = len(score)
    factors = rng.standard_normal((count, FACTORS), dtype=np.float32)
    factors[:, :TELLING] *= np.float32(np.sqrt(1 - _TOLD**2))
    factors[:, :TELLING] += np.float32(_TOLD) * score[:, None].astype(np.float32)
    values = factors @ world.loadings
    values += world.own * rng.standard_normal(values.shape, dtype=np.float32)
    hidden = rng.standard_normal(count)
    before = PRE_SHARE * score + np.sqrt(1 - PRE_SHARE**2) * hidden
    after = (score - PRE_SHARE * before) / np.sqrt(1 - PRE_SHARE**2)
    for prefix, part in (("pre", before), ("post", after)):
        chosen = [
            number
            for number, column in enumerate(world.columns)
            if column.startswith(prefix) and world.weights[number] != 0
        ]
        if chosen:
            values[:, chosen] = _carry(values[:, chosen], world.weights[chosen], part)
    return np.asarray(values, dtype=np.float32)


def _carry(values: Singles, weights: Singles, score: Floats) -> Singles:
    """Return features (n, k) whose mean times the weights, over √k, is the score (n,), and whose rest is their own."""
    direction = weights / np.linalg.norm(weights)
    rest = values - np.outer(values @ direction, direction)
    return np.asarray(rest + np.outer(score, direction), dtype=np.float32)


def draw_readings(world: FeatureWorld, values: Singles, case_ids: Sequence[str], seed: int) -> pd.DataFrame:
    """Return three readings a patient: the first reader twice, the second once.

    The first reading is the cohort's own. The others agree with it as each feature's reliability says, and the second
    reader has a small bias of his own in each.

    Parameters
    ----------
    world : FeatureWorld
    values : (n, p)
        The cohort's features of these patients.
    case_ids : sequence of str
    seed : int

    Returns
    -------
    DataFrame
        ``case_id``, ``reader``, ``reading``, ``started_from`` and the features.
    """
    rng = np.random.default_rng([seed, 32])
    share = world.reliability
    error = np.sqrt(1 - share)
    bias = 0.3 * error * rng.standard_normal(len(share), dtype=np.float32)
    # what any mask would give, drawn to go with the reading that the cohort has
    stable = share * values + np.sqrt(share) * error * rng.standard_normal(values.shape, dtype=np.float32)
    frames = []
    for number, (reader, reading, started) in enumerate(READINGS):
        read: Singles = values
        if number > 0:
            read = np.asarray(
                stable + error * rng.standard_normal(values.shape, dtype=np.float32), dtype=np.float32
            )
        if reader != READINGS[0][0]:
            read = np.asarray(read + bias, dtype=np.float32)
        frame = pd.DataFrame(read.astype(np.float64), columns=list(world.columns))
        frame.insert(0, "started_from", started)
        frame.insert(0, "reading", reading)
        frame.insert(0, "reader", reader)
        frame.insert(0, "case_id", list(case_ids))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
