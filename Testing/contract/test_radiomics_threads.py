"""The same bytes whatever the number of threads, the order of calls and the settings of the host program."""

from __future__ import annotations

import struct

import pytest
import SimpleITK as sitk

from Testing.contract.cases import ALL_IMAGES
from Testing.contract.images import as_image, blob, texture
from Testing.contract.ours import our_features

EVERY = {kind: {} for kind in ("Square", "SquareRoot", "Logarithm", "Exponential", "Gradient")} | ALL_IMAGES


def _bytes(features: dict[str, float]) -> bytes:
    return b"".join(name.encode() + struct.pack("<d", value) for name, value in features.items())


@pytest.mark.parametrize(
    "setting", [{}, {"resampledPixelSpacing": [1, 1, 1]}, {"distances": [1, 2]}], ids=str
)
def test_one_two_and_three_threads_give_the_same_bytes(setting: dict[str, object]) -> None:
    image, mask = as_image(texture()), as_image(blob(), "uint8")
    parameters = {"setting": setting, "imageType": EVERY}
    once = _bytes(our_features(image, mask, parameters, threads=1))
    assert _bytes(our_features(image, mask, parameters, threads=2)) == once
    assert _bytes(our_features(image, mask, parameters, threads=3)) == once
    assert _bytes(our_features(image, mask, parameters, threads=1)) == once


def test_the_threads_of_simpleitk_change_no_byte_and_are_left_as_they_were() -> None:
    image, mask = as_image(texture()), as_image(blob(), "uint8")
    parameters = {"setting": {"resampledPixelSpacing": [1, 1, 1]}, "imageType": ALL_IMAGES}
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    results = set()
    try:
        for threads in (1, 2, 5):
            sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
            results.add(_bytes(our_features(image, mask, parameters)))
            assert sitk.ProcessObject.GetGlobalDefaultNumberOfThreads() == threads
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)
    assert len(results) == 1
