"""The interpolators that ITK computes: their values, and a cancel in the middle."""

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import Cancelled
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.grid import Grid
from LWCTRLogic.radiomics.itk_resampling import resample_by_itk
from LWCTRLogic.radiomics.preprocess import prepare
from LWCTRLogic.radiomics.settings import ExtractionSettings

ROUND = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


class Stopping(Progress):
    """Cancels itself from a share of the resampling on; not at all unless given."""

    def __init__(self, share=2.0):
        super().__init__()
        self.seen = []
        self.share = share

    def update(self, step, done, total, message=""):
        if step == "resampling":
            self.seen.append(done / total)
            if done / total >= self.share:
                self.cancel()
        super().update(step, done, total, message)


@pytest.fixture
def image():
    return sitk.GetImageFromArray(np.random.default_rng(1).normal(size=(20, 21, 22)).astype(np.float32))


@pytest.mark.parametrize("threads", [1, 2])
def test_linear_values_are_the_means_of_two_voxels_half_way(image, threads):
    new = Grid((21, 21, 20), (1.0, 1.0, 1.0), (0.5, 0.0, 0.0), ROUND)
    progress = Stopping()
    found = resample_by_itk(image, new, "sitkLinear", sitk.sitkFloat32, threads, progress)
    values = sitk.GetArrayFromImage(image)
    np.testing.assert_allclose(found, (values[:, :, 1:] + values[:, :, :-1]) / 2, atol=1e-6)
    assert progress.seen == sorted(progress.seen)
    assert progress.seen[-1] == 1


@pytest.mark.parametrize("threads", [1, 2])
def test_a_cancel_ends_it_in_the_middle(image, threads):
    new = Grid((60, 60, 60), (0.3, 0.3, 0.3), (0.0, 0.0, 0.0), ROUND)
    with pytest.raises(Cancelled) as stopped:
        resample_by_itk(image, new, "sitkLinear", sitk.sitkFloat32, threads, Stopping(share=0.0))
    assert "Abort" in str(stopped.value.__context__)  # ITK's own word for it


def test_a_cancel_before_it_begins_nothing(image):
    progress = Stopping()
    progress.cancel()
    with pytest.raises(Cancelled):
        resample_by_itk(image, Grid.of(image), "sitkLinear", sitk.sitkFloat32, 1, progress)
    assert progress.seen == []


def test_the_extraction_tells_how_far_it_is(image):
    mask = sitk.Image(image.GetSize(), sitk.sitkUInt8)
    mask[5:15, 5:15, 5:15] = 1
    progress = Stopping()
    settings = ExtractionSettings(resampled_spacing=(0.5, 0.5, 0.5), interpolator="sitkLinear")
    prepared = prepare(image, mask, settings, progress=progress)
    assert prepared.mask.sum() == 8 * 1000
    assert progress.seen[-1] == 1
