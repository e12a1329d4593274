"""The step of a case, with a fake backend."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.errors import BackendError, GeometryError, InputError
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.imaging.volumes import write_image
from LWCTRLogic.progress import Progress
from LWCTRLogic.provenance import Manifest
from LWCTRLogic.segment import step
from LWCTRLogic.segment.step import check_case_masks, propagate_volume, segment_step, segment_volume


def body(liver_radius_mm=75.0, shift_mm=0.0):
    """A CT of air, body, bone and a ball for a liver (1,767 mL), and its mask."""
    z, y, x = np.indices((36, 48, 56))
    mm = np.stack([(x - 28) * 6.0, (y - 24) * 6.0, (z - 18) * 6.0])
    hu = np.full(z.shape, -1000)
    hu[(mm[0] / 160) ** 2 + (mm[1] / 130) ** 2 <= 1] = 30
    hu[mm[0] ** 2 + (mm[1] - 105) ** 2 <= 15**2] = 500
    liver = (mm[0] + 40 - shift_mm) ** 2 + mm[1] ** 2 + mm[2] ** 2 <= liver_radius_mm**2
    hu[liver] = 100
    images = [sitk.GetImageFromArray(array) for array in (hu.astype(np.int16), liver.astype(np.uint8))]
    for image in images:
        image.SetSpacing((6.0, 6.0, 6.0))
    return images


class FakeBackend:
    """Calls bright voxels liver."""

    name = "nnunet"

    def __init__(self, low=80, high=200):
        self.low, self.high = low, high
        self.calls = 0

    def describe(self):
        return {"backend": self.name, "low": self.low}

    def segment(self, image, progress):
        self.calls += 1
        progress.check_cancelled()
        mask = sitk.BinaryThreshold(image, self.low, self.high)
        return sitk.Cast(mask, sitk.sitkUInt8)


@pytest.fixture
def case(case_folder):
    case = Case.create(case_folder, CaseInfo("p01", {"pre_A": Scan(), "pre_V": Scan()}))
    write_image(body()[0], case.image_path("pre_A"))
    write_image(body(shift_mm=12.0)[0], case.image_path("pre_V"))
    return case


def test_a_segmented_volume_has_a_current_mask_and_a_reading(case):
    path = segment_volume(case, "pre_A", FakeBackend())
    assert path == case.current_mask("pre_A")
    assert path.name == "v0001_auto.seg.nrrd"
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_mask(path)), sitk.GetArrayFromImage(body()[1]))
    row = case.readings()[0]
    assert (row["volume"], row["reader"], row["start"], row["version"]) == (
        "pre_A",
        "auto",
        "auto",
        path.name,
    )


def test_the_same_input_gives_the_same_bytes(case):
    first = segment_volume(case, "pre_A", FakeBackend())
    second = segment_volume(case, "pre_A", FakeBackend())
    assert second.name == "v0002_auto.seg.nrrd"
    assert first.read_bytes() == second.read_bytes()


def test_an_empty_mask_is_refused_and_nothing_is_left(case):
    with pytest.raises(InputError, match="pre_A is empty"):
        segment_volume(case, "pre_A", FakeBackend(low=3000, high=3001))
    assert case.current_mask("pre_A") is None
    assert not case.mask_folder("pre_A").exists()
    assert case.readings() == []


def test_a_backend_that_fails_leaves_nothing(case):
    class Failing(FakeBackend):
        def segment(self, image, progress):
            raise BackendError("no")

    with pytest.raises(BackendError):
        segment_volume(case, "pre_A", Failing())
    assert not case.mask_folder("pre_A").exists()


def test_a_mask_named_in_the_case_is_taken_instead(case):
    sitk.WriteImage(body(liver_radius_mm=80.0)[1], str(case.folder / "drawn.nii.gz"))
    case.update_scan("pre_A", mask="drawn.nii.gz")
    backend = FakeBackend()
    path = segment_volume(case, "pre_A", backend)
    assert backend.calls == 0
    assert path.name == "v0001_existing.seg.nrrd"
    wanted = sitk.GetArrayFromImage(body(liver_radius_mm=80.0)[1])
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_mask(path)), wanted)


def test_a_missing_image_says_where_it_was_looked_for(case):
    case.image_path("pre_V").unlink()
    with pytest.raises(InputError, match="no image of pre_V"):
        segment_volume(case, "pre_V", FakeBackend())


def test_the_step_is_current_once_it_has_run_and_not_after_a_change(case):
    backend = FakeBackend()
    assert Manifest(case).run(segment_step(case, "pre_A", backend))
    assert not Manifest(case).run(segment_step(case, "pre_A", backend))
    assert backend.calls == 1
    assert not Manifest(case).is_current(segment_step(case, "pre_A", FakeBackend(low=60)))
    write_image(body(liver_radius_mm=80.0)[0], case.image_path("pre_A"))
    assert not Manifest(case).is_current(segment_step(case, "pre_A", backend))


def test_a_propagated_mask_is_marked_to_be_reviewed(case):
    segment_volume(case, "pre_A", FakeBackend())
    path = propagate_volume(case, "pre_A", "pre_V")
    assert path.name == "v0001_propagated.seg.nrrd"
    assert case.readings()[-1]["start"] == "propagated"
    findings = [one for one in check_case_masks(case) if one.volume == "pre_V"]
    assert [one.code for one in findings] == ["mask-review"]
    a, b = sitk.GetArrayFromImage(read_mask(path)), sitk.GetArrayFromImage(body(shift_mm=12.0)[1])
    assert 2 * (a & b).sum() / (a.sum() + b.sum()) > 0.95


def test_nothing_can_be_propagated_from_a_volume_without_mask(case):
    with pytest.raises(InputError, match="no mask to propagate"):
        propagate_volume(case, "pre_A", "pre_V")


def test_findings_carry_the_reason_by_which_a_reader_accepted_them(case):
    segment_volume(case, "pre_A", FakeBackend())
    write_image(body(liver_radius_mm=100.0)[0], case.image_path("pre_V"))
    segment_volume(case, "pre_V", FakeBackend())
    case.update_scan("pre_V", accepted={"phase-volume": "known shunt", "mask-volume": "hepatomegaly"})
    findings = {one.code: one for one in check_case_masks(case)}
    assert findings["phase-volume"].accepted == "known shunt"
    assert findings["mask-volume"].accepted == "hepatomegaly"
    assert findings["phase-overlap"].accepted == ""


def test_a_current_mask_off_its_images_grid_is_refused(case):
    segment_volume(case, "pre_A", FakeBackend())
    image = body()[0]
    image.SetSpacing((6.0, 6.0, 5.0))
    write_image(image, case.image_path("pre_A"))
    with pytest.raises(GeometryError, match="spacing"):
        check_case_masks(case)


def test_progress_is_told_of_every_mask(case):
    seen = []

    class Ear(Progress):
        def update(self, name, done, total, message=""):
            seen.append((name, message))

    segment_volume(case, "pre_A", FakeBackend())
    check_case_masks(case, progress=Ear())
    assert ("check masks", "pre_A") in seen
    assert step.AUTO == "auto"
