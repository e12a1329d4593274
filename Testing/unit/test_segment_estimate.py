"""Needs of a run, told before it starts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.nnunet_model import find_models
from LWCTRLogic.segment.estimate import Estimate, check_memory, estimate
from LWCTRLogic.segment.nnunet import NnunetSettings
from Testing.unit import tiny_nnunet


@pytest.fixture
def model(tmp_path):
    tiny_nnunet.write_json_files(tmp_path / "model")
    return find_models(tmp_path)[0]


def test_tiles_are_counted_as_nnunet_lays_them_out(model):
    # 40 × 40 × 20 voxels of 8 mm, tiles of 16 with half a tile between: 4 × 4 × 2
    need = estimate(model, (40, 40, 20), (8.0, 8.0, 8.0), NnunetSettings())
    assert need.tiles == 4 * 4 * 2


def test_tiles_are_counted_after_resampling_to_the_models_voxels(model):
    fine = estimate(model, (160, 160, 80), (2.0, 2.0, 2.0), NnunetSettings())
    assert fine.tiles == 4 * 4 * 2


def test_a_scan_smaller_than_a_tile_is_one_tile(model):
    assert estimate(model, (3, 3, 3), (8.0, 8.0, 8.0), NnunetSettings()).tiles == 1


def test_the_tile_count_is_that_of_nnunet_itself(model):
    sliding = pytest.importorskip("nnunetv2.inference.sliding_window_prediction")
    for shape in ((40, 41, 55), (16, 90, 33), (17, 16, 64)):
        for step in (0.3, 0.5, 1.0):
            steps = sliding.compute_steps_for_sliding_window(shape, tiny_nnunet.PATCH, step)
            expected = len(steps[0]) * len(steps[1]) * len(steps[2])
            assert estimate(model, shape, (8.0, 8.0, 8.0), NnunetSettings(step_size=step)).tiles == expected


def test_mirroring_takes_eight_times_and_two_threads_half_the_time(model):
    shape, spacing = (40, 40, 40), (8.0, 8.0, 8.0)
    plain = estimate(model, shape, spacing, NnunetSettings(threads=1)).seconds
    assert estimate(model, shape, spacing, NnunetSettings(threads=1, mirroring=True)).seconds == 8 * plain
    assert estimate(model, shape, spacing, NnunetSettings(threads=2)).seconds == plain / 2


def test_memory_grows_with_the_scan_by_at_least_its_single_precision_copy(model):
    shapes = ((64, 256, 256), (128, 256, 256), (256, 256, 256))
    peaks = [estimate(model, shape, (2.0, 2.0, 2.0), NnunetSettings()).peak_bytes for shape in shapes]
    assert peaks[2] - peaks[1] == pytest.approx(2 * (peaks[1] - peaks[0]), rel=1e-3)
    assert peaks[1] - peaks[0] > 4 * 64 * 256 * 256


def test_plans_of_older_releases_without_an_architecture_get_an_estimate_too(model):
    configuration = dict(model.plans["configurations"]["3d_fullres"])
    del configuration["architecture"]
    older = replace(model, plans={**model.plans, "configurations": {"3d_fullres": configuration}})
    plain = estimate(model, (40, 40, 40), (8.0, 8.0, 8.0), NnunetSettings())
    assert estimate(older, (40, 40, 40), (8.0, 8.0, 8.0), NnunetSettings()).seconds > plain.seconds


def test_too_little_memory_is_refused_with_both_numbers():
    with pytest.raises(InputError, match=r"about 5\.0 GB of memory and 2\.0 GB are free"):
        check_memory(Estimate(tiles=1, peak_bytes=5_000_000_000, seconds=1.0), free=2_000_000_000)


def test_enough_memory_passes():
    check_memory(Estimate(tiles=1, peak_bytes=1_000_000_000, seconds=1.0), free=2_000_000_000)


def test_the_estimate_reads_well():
    text = Estimate(tiles=30, peak_bytes=1_540_000_000, seconds=61.0).text()
    assert text == "30 tiles, about 1.5 GB of memory and 2 min on the CPU"
