"""Extraction as a whole: checks of the input, order, threads, progress and cancel."""

import math
import warnings

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.errors import BackendError, Cancelled, DependencyError, GeometryError, InputError
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics import backend as backends
from LWCTRLogic.radiomics import compiled
from LWCTRLogic.radiomics.columns import feature_names
from LWCTRLogic.radiomics.extract import extract, warm_up
from LWCTRLogic.radiomics.grid import Grid
from LWCTRLogic.radiomics.preprocess import check_fits, prepare
from LWCTRLogic.radiomics.settings import ExtractionSettings

SMALL = ExtractionSettings(image_types={"Original": {}, "LoG": {"sigma": [1]}, "Wavelet": {}})
ORIGINAL = ExtractionSettings(image_types={"Original": {}})


def volume(array, spacing=(0.8, 0.7, 2.5)):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(spacing)
    return image


@pytest.fixture
def image():
    return volume((np.random.default_rng(0).normal(size=(10, 12, 14)) * 60 + 40).astype(np.int16))


@pytest.fixture
def mask():
    inside = np.zeros((10, 12, 14), np.uint8)
    inside[2:8, 3:10, 2:11] = 1
    inside[4, 5, 5] = 0
    return volume(inside)


class Watcher(Progress):
    def __init__(self, stop_at=None):
        super().__init__()
        self.seen = []
        self.stop_at = stop_at

    def update(self, step, done, total, message=""):
        self.seen.append((step, done, total, message))
        if message == self.stop_at:
            self.cancel()
        self.check_cancelled()


def test_the_features_come_under_the_names_known_beforehand(image, mask):
    values = extract(image, mask, SMALL)
    assert list(values) == feature_names(SMALL)
    assert all(math.isfinite(value) for value in values.values())


def test_one_and_two_threads_give_the_same_bits(image, mask):
    assert extract(image, mask, SMALL, threads=2) == extract(image, mask, SMALL)


def test_simple_values_are_those_of_numpy(image, mask):
    inside = sitk.GetArrayFromImage(image)[sitk.GetArrayFromImage(mask) == 1].astype(float)
    values = extract(image, mask, ORIGINAL)
    assert values["original_firstorder_Mean"] == pytest.approx(inside.mean(), rel=1e-14)
    assert values["original_firstorder_TotalEnergy"] == pytest.approx((inside**2).sum() * 0.8 * 0.7 * 2.5)
    assert values["original_shape_VoxelVolume"] == pytest.approx(inside.size * 0.8 * 0.7 * 2.5)


def test_a_mask_one_voxel_off_changes_all_but_its_shape(image, mask):
    before = extract(image, mask, ORIGINAL)
    for axis in range(3):
        moved = np.roll(sitk.GetArrayFromImage(mask), 1, axis)
        after = extract(image, volume(moved), ORIGINAL)
        changed = {name for name in before if before[name] != after[name]}
        assert len([name for name in changed if "_shape_" not in name]) > 85
        assert after["original_shape_VoxelVolume"] == before["original_shape_VoxelVolume"]


def test_another_label_is_taken_alone(image, mask):
    two = volume(sitk.GetArrayFromImage(mask) * 2)
    settings = ExtractionSettings(image_types={"Original": {}}, label=2)
    assert extract(image, two, settings) == extract(image, mask, ORIGINAL)


@pytest.mark.parametrize("changes", [{}, {"resampled_spacing": (1, 1, 1)}, {"pre_crop": True}])
def test_neither_image_nor_mask_is_written_to(image, mask, changes):
    before = sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(mask)
    prepared = prepare(image, mask, ExtractionSettings(resegment_range=(0, 80), **changes))
    assert prepared.mask.sum() < prepared.shape_mask.sum()
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), before[0])
    np.testing.assert_array_equal(sitk.GetArrayFromImage(mask), before[1])


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32])
@pytest.mark.parametrize("changes", [{}, {"resampled_spacing": (1, 1, 1)}, {"pre_crop": True}])
def test_the_pixel_type_of_the_mask_does_not_matter(image, mask, dtype, changes):
    other = volume(sitk.GetArrayFromImage(mask).astype(dtype) * 3)
    one = prepare(image, mask, ExtractionSettings(**changes))
    three = prepare(image, other, ExtractionSettings(label=3, **changes))
    assert one.region == three.region
    np.testing.assert_array_equal(one.mask, three.mask)
    np.testing.assert_array_equal(one.image, three.image)


def test_progress_names_each_image_type(image, mask):
    watcher = Watcher()
    extract(image, mask, SMALL, watcher)
    features = [entry for entry in watcher.seen if entry[0] == "features"]
    assert features[-1][1:3] == (11, 11)
    assert len({entry[3] for entry in features}) == 11


def test_the_filters_that_take_longest_begin_first_and_the_columns_keep_their_order(image, mask):
    settings = ExtractionSettings(image_types={"Original": {}, "LoG": {"sigma": [1, 3, 2]}})
    watcher = Watcher()
    assert list(extract(image, mask, settings, watcher)) == feature_names(settings)
    begun = [message for step, _, _, message in watcher.seen if step == "features"]
    assert begun == [
        "log-sigma-3-mm-3D",
        "log-sigma-2-mm-3D",
        "log-sigma-1-mm-3D",
        "original",
        "shape",
    ]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_cancel_stops_between_image_types(image, mask, threads):
    with pytest.raises(Cancelled):
        extract(image, mask, SMALL, Watcher(stop_at="original"), threads)


def test_the_kernels_are_made_ready_once_a_process(image, mask):
    watcher = Watcher()
    warm_up(np.int16)
    assert warm_up(np.int16, watcher) == 0
    assert watcher.seen == []


def test_making_kernels_ready_is_a_step_of_its_own_before_the_work(image, mask, monkeypatch):
    monkeypatch.setattr(compiled, "_ready", set())
    watcher = Watcher()
    settings = ExtractionSettings(image_types={"Original": {}}, resampled_spacing=(1, 1, 1), gldm_a=1)
    extract(image, mask, settings, watcher)
    steps = [entry[0] for entry in watcher.seen]
    assert list(dict.fromkeys(steps)) == ["kernels", "resampling", "features"]
    assert steps.count("kernels") == 4  # begin and end, for resampling and for the features


def test_a_moved_mask_is_refused(image, mask):
    mask.SetOrigin((0.0, 0.0, 0.5))
    with pytest.raises(GeometryError, match="origin"):
        extract(image, mask, ORIGINAL)


def test_a_tiny_difference_of_the_grids_passes(image, mask):
    before = extract(image, mask, ORIGINAL)
    mask.SetOrigin((1e-5, 0.0, 0.0))
    assert extract(image, mask, ORIGINAL) == before


def test_a_voxel_that_is_no_number_is_refused_with_its_place(mask):
    array = np.zeros((10, 12, 14), np.float32)
    array[3, 4, 5] = np.nan
    with pytest.raises(InputError, match=r"1 of 1,680 voxels.*\(3, 4, 5\)"):
        extract(volume(array), mask, ORIGINAL)


def test_a_flat_image_cannot_be_normalised(mask):
    flat = volume(np.full((10, 12, 14), 40, np.int16))
    settings = ExtractionSettings(image_types={"Original": {}}, normalize=True)
    with pytest.raises(InputError, match="1,680 voxels.*between 40 and 40.*standard deviation of 0"):
        extract(flat, mask, settings)


def test_a_label_that_is_not_there_is_refused_with_those_that_are(image, mask):
    with pytest.raises(InputError, match="label 3 is not in the mask; labels there: 1"):
        extract(image, mask, ExtractionSettings(label=3))


def test_a_line_is_refused_unless_the_settings_allow_it(image):
    inside = np.zeros((10, 12, 14), np.uint8)
    inside[5, 5, 3:9] = 1
    with pytest.raises(InputError, match=r"6 × 1 × 1 voxels.*1 of 3 axes"):
        extract(image, volume(inside), ORIGINAL)
    allowed = ExtractionSettings(image_types={"Original": {}}, minimum_roi_dimensions=1)
    assert extract(image, volume(inside), allowed)["original_shape_VoxelVolume"] > 0


def test_a_mask_below_the_wanted_size_is_refused(image, mask):
    with pytest.raises(InputError, match="377 voxels; expected more than 377"):
        extract(image, mask, ExtractionSettings(minimum_roi_size=377))


def test_voxels_without_neighbours_are_too_few_for_glcm(image):
    inside = np.zeros((10, 12, 14), np.uint8)
    inside[2, 2, 2] = inside[2, 6, 6] = inside[6, 6, 2] = 1
    with pytest.raises(InputError, match="none of the 3 voxels.*neighbour"):
        extract(image, volume(inside), ORIGINAL)


def test_a_feature_without_a_finite_value_is_an_error(image, mask, monkeypatch):
    monkeypatch.setattr(
        "LWCTRLogic.radiomics.extract.shape_features", lambda *_: dict.fromkeys(["Flatness"], math.nan)
    )
    settings = ExtractionSettings(image_types={"Original": {}}, feature_classes={"shape": ("Flatness",)})
    with pytest.raises(BackendError, match="1 of 1 features.*original_shape_Flatness"):
        extract(image, mask, settings)


def test_normalising_gives_the_same_bits_on_one_and_two_threads(image, mask):
    settings = ExtractionSettings(
        image_types={"Gradient": {}}, normalize=True, remove_outliers=2.0, bin_width=0.2
    )
    assert extract(image, mask, settings, threads=2) == extract(image, mask, settings)


def test_resegmenting_away_every_voxel_is_refused(image, mask):
    settings = ExtractionSettings(image_types={"Original": {}}, resegment_range=(5000, 6000))
    with pytest.raises(InputError, match="left 0 of 377 voxels"):
        extract(image, mask, settings)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32])
def test_a_relative_range_may_lie_outside_of_the_pixel_type(mask, dtype):
    values = np.random.default_rng(0).integers(0, 200, (10, 12, 14)).astype(dtype)
    settings = ExtractionSettings(resegment_range=(-1, 2), resegment_mode="relative")
    assert np.array_equal(
        prepare(volume(values), mask, settings).mask, sitk.GetArrayFromImage(mask)[2:8, 3:10, 2:11]
    )


def test_resegmenting_leaves_the_shape_of_the_whole_mask(image, mask):
    settings = ExtractionSettings(image_types={"Original": {}}, resegment_range=(30,))
    whole, part = extract(image, mask, ORIGINAL), extract(image, mask, settings)
    assert part["original_shape_MeshVolume"] == whole["original_shape_MeshVolume"]
    assert part["original_firstorder_Minimum"] >= 30


def test_resampling_keeps_the_corner_of_the_grid(image, mask):
    prepared = prepare(image, mask, ExtractionSettings(resampled_spacing=(1.0, 1.0, 1.0), pad_distance=2))
    assert prepared.spacing == (1.0, 1.0, 1.0)
    # z: mask slices 2 … 7 of 2.5 mm begin at 5 mm, less 2 mm of padding and half an old voxel, rounded down.
    assert prepared.image.shape[0] == math.ceil(7.5 * 2.5 + 2) - math.floor(1.5 * 2.5 - 2) + 1
    volume_mm3 = prepared.mask.sum()
    assert volume_mm3 == pytest.approx(377 * 0.8 * 0.7 * 2.5, rel=0.1)


def test_both_backends_give_the_same_columns_and_values(image, mask):
    pytest.importorskip("radiomics")
    ours, theirs = backends.make_backend("native"), backends.make_backend("pyradiomics")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyRadiomics warns of its own deprecations
        found = theirs.extract(image, mask, SMALL, Progress(), 1)
    expected = ours.extract(image, mask, SMALL, Progress(), 1)
    assert list(found) == list(expected)
    for name, value in found.items():
        assert expected[name] == pytest.approx(value, rel=1e-9, abs=1e-12), name


def test_more_threads_than_cores_are_not_started(image, mask, monkeypatch):
    asked = []
    monkeypatch.setattr(backends, "extract", lambda *arguments: asked.append(arguments[-1]) or {})
    monkeypatch.setattr(backends, "cpu_count", lambda: 2)
    for threads in (1, 2, 64):
        backends.make_backend("native").extract(image, mask, ORIGINAL, Progress(), threads)
    assert asked == [1, 2, 2]


def test_pyradiomics_leaving_features_out_is_an_error(mask):
    pytest.importorskip("radiomics")
    thin = np.zeros((3, 12, 14), np.int16)
    thin[1] = np.arange(14)
    inside = np.ones((3, 12, 14), np.uint8)
    with warnings.catch_warnings(), pytest.raises(BackendError, match="left out 93 of .* log-sigma-1-mm-3D"):
        warnings.simplefilter("ignore")
        backends.make_backend("pyradiomics").extract(volume(thin), volume(inside), SMALL, Progress(), 1)


def test_a_missing_pyradiomics_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "radiomics", None)
    with pytest.raises(DependencyError, match="SlicerRadiomics"):
        backends.make_backend("pyradiomics")


def test_an_unknown_backend_is_refused():
    with pytest.raises(InputError, match="native, pyradiomics"):
        backends.make_backend("fast")


def test_a_resampled_image_that_does_not_fit_is_refused_with_voxels_and_memory(image, mask):
    tiny = ExtractionSettings(resampled_spacing=(1e-4, 1e-4, 1e-4))
    with pytest.raises(
        InputError, match=r"0.0001 × 0.0001 × 0.0001 mm makes .* at most 2,147,483,647 voxels"
    ):
        extract(image, mask, tiny)
    grid = Grid((1000, 1000, 500), (0.5, 0.5, 0.5), (0.0, 0.0, 0.0), image.GetDirection())
    check_fits(grid, 2, None)
    check_fits(grid, 2, 9_000_000_000)
    with pytest.raises(InputError, match=r"about 9.0 GB; expected at most the 8.9 GB that are free.*larger"):
        check_fits(grid, 2, 8_900_000_000)
