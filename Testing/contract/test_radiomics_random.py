"""Small random images: whatever the draw, both engines agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from Testing.contract.images import as_image
from Testing.contract.oracle import disagreements, oracle_features
from Testing.contract.ours import our_features

FEW = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
SIDES = st.integers(4, 9)
STEPS = st.floats(0.3, 6.0).map(lambda value: round(value, 2))


@FEW
@given(
    shape=st.tuples(SIDES, SIDES, SIDES),
    spacing=st.tuples(STEPS, STEPS, STEPS),
    seed=st.integers(0, 2**32 - 1),
    share=st.floats(0.1, 1.0),
    sd=st.sampled_from([3.0, 30.0, 200.0]),
    mean=st.integers(-900, 900),
    kind=st.sampled_from(["int16", "float32", "float64"]),
    width=st.sampled_from([5, 25, 12.5]),
)
def test_random_images_agree(
    shape: tuple[int, int, int],
    spacing: tuple[float, float, float],
    seed: int,
    share: float,
    sd: float,
    mean: int,
    kind: str,
    width: float,
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(mean, sd, shape)
    mask = rng.random(shape) < share
    mask[1, 1, 1] = mask[2, 2, 2] = mask[1, 1, 2] = True
    image = as_image(values, kind, spacing)
    region = as_image(mask.astype(np.uint8), "uint8", spacing)
    parameters = {"setting": {"binWidth": width}, "imageType": {"Original": {}, "Wavelet": {}}}
    expected = oracle_features(image, region, parameters)
    assert disagreements(our_features(image, region, parameters), expected) == []


@FEW
@given(
    seed=st.integers(0, 2**32 - 1),
    levels=st.integers(1, 5),
    share=st.floats(0.03, 0.6),
    distances=st.sampled_from([[1], [2], [1, 2], [1, 2, 3]]),
    alpha=st.integers(0, 2),
    flat=st.sampled_from([None, 0, 1, 2]),
    norm=st.sampled_from([None, "euclidean", "no_weighting"]),
)
def test_random_labels_agree_under_random_texture_settings(
    seed: int,
    levels: int,
    share: float,
    distances: list[int],
    alpha: int,
    flat: int | None,
    norm: str | None,
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, levels, (6, 7, 5)) * 25
    mask = rng.random(values.shape) < share
    mask[2, 2, 2] = mask[2, 3, 2] = mask[3, 3, 3] = True
    setting = {"distances": distances, "gldm_a": alpha, "weightingNorm": norm}
    if norm is None:
        del setting["weightingNorm"]
    if flat is not None:
        setting |= {"force2D": True, "force2Ddimension": flat}
    classes = dict.fromkeys(("firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm"))
    parameters = {"setting": setting, "featureClass": classes}
    image, region = as_image(values), as_image(mask.astype(np.uint8), "uint8")
    expected = oracle_features(image, region, parameters)
    assert disagreements(our_features(image, region, parameters), expected) == []


@pytest.mark.parametrize("seed", range(4))
def test_random_masks_have_the_same_shape_features(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = (rng.random((9, 8, 10)) < (0.1, 0.5, 0.9, 0.02)[seed]).astype(np.uint8)
    mask[0, 0, 0] = mask[8, 7, 9] = 1
    image = as_image(np.zeros(mask.shape), spacing=(0.7, 1.9, 3.3))
    region = as_image(mask, "uint8", (0.7, 1.9, 3.3))
    parameters = {"featureClass": {"shape": None}}
    expected = oracle_features(image, region, parameters)
    assert disagreements(our_features(image, region, parameters), expected) == []
