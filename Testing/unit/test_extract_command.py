"""`lwctr extract` with --ibsi and --map: the values are those of the functions behind it."""

import json

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

from LWCTRLogic.cli import main
from LWCTRLogic.imaging.masks import write_mask
from LWCTRLogic.imaging.volumes import write_image
from LWCTRLogic.radiomics.step import read_table

KURTOSIS = "original_firstorder_Kurtosis"


@pytest.fixture
def pair(tmp_path):
    """Return the paths of a small CT with soft tissue in air, and of a mask in the tissue."""
    array = np.full((8, 14, 15), -1000, np.int16)
    array[1:7, 2:12, 2:13] = np.random.default_rng(3).normal(60, 30, (6, 10, 11)).astype(np.int16)
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((2.0, 2.0, 5.0))
    inside = np.zeros(array.shape, np.uint8)
    inside[2:6, 4:9, 4:10] = 1
    mask = sitk.GetImageFromArray(inside)
    mask.CopyInformation(image)
    paths = tmp_path / "ct.nrrd", tmp_path / "liver.seg.nrrd"
    write_image(image, paths[0])
    write_mask(mask, paths[1])
    return paths


@pytest.fixture
def settings(tmp_path):
    path = tmp_path / "settings.yaml"
    path.write_text("featureClass: {firstorder: [Kurtosis, Mean]}\nvoxelSetting: {kernelRadius: 2}\n")
    return path


def extract(pair, output, *options):
    return main(["extract", *map(str, pair), "-o", str(output), *map(str, options)])


def test_an_image_that_is_no_ct_is_taken_as_it_is(pair, settings, tmp_path):
    values = np.random.default_rng(4).uniform(0, 1, (8, 14, 15))
    image = sitk.GetImageFromArray(values)
    image.CopyInformation(sitk.ReadImage(str(pair[0])))
    sitk.WriteImage(image, str(tmp_path / "mr.nrrd"))
    assert extract((tmp_path / "mr.nrrd", pair[1]), tmp_path / "mr.csv", "--settings", settings) == 0
    inside = sitk.GetArrayFromImage(sitk.ReadImage(str(pair[1]))) == 1
    table = pd.read_csv(tmp_path / "mr.csv", index_col="volume")
    assert table["original_firstorder_Mean"].item() == pytest.approx(values[inside].mean())


def test_ibsi_gives_the_excess_kurtosis_and_says_so(pair, settings, tmp_path, capsys):
    assert extract(pair, tmp_path / "own.csv", "--settings", settings) == 0
    assert "IBSI" not in capsys.readouterr().out
    assert extract(pair, tmp_path / "ibsi.csv", "--settings", settings, "--ibsi") == 0
    assert "as the IBSI standard defines them" in capsys.readouterr().out
    own, standard = (pd.read_csv(tmp_path / f"{name}.csv", index_col="volume") for name in ("own", "ibsi"))
    assert standard[KURTOSIS].item() == pytest.approx(own[KURTOSIS].item() - 3)
    assert standard["original_firstorder_Mean"].item() == own["original_firstorder_Mean"].item()


def test_a_table_of_the_standard_names_its_definition(pair, settings, tmp_path, capsys):
    table = tmp_path / "ibsi.parquet"
    assert extract(pair, table, "--settings", settings, "--ibsi", "--progress", "json") == 0
    assert "IBSI" in read_table(table).origin["backend"]
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["definition"] == "IBSI"


@pytest.mark.parametrize(("options", "radius"), [((), 2), (("--kernel-radius", 1), 1)])
def test_a_map_holds_the_mean_of_the_masked_kernel(pair, settings, tmp_path, capsys, options, radius):
    chosen = ("--map", "original_firstorder_Mean", "--settings", settings, *options)
    assert extract(pair, tmp_path / "map.nrrd", *chosen) == 0
    assert f"kernel radius {radius}" in capsys.readouterr().out
    volume, image, mask = (sitk.ReadImage(str(path)) for path in (tmp_path / "map.nrrd", *pair))
    assert volume.GetSpacing() == image.GetSpacing()
    values, inside = sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(mask) == 1
    around = tuple(slice(p - radius, p + radius + 1) for p in (3, 6, 6))
    expected = values[around][inside[around]].mean()
    assert volume[6, 6, 3] == pytest.approx(expected)
    assert (sitk.GetArrayFromImage(volume)[~inside] == 0).all()


@pytest.mark.parametrize(
    "options",
    [
        ("--ibsi", "--map", "original_firstorder_Mean"),
        ("--ibsi", "--backend", "pyradiomics"),
        ("--kernel-radius", "1"),
        ("--map", "original_firstorder_Mean", "--kernel-radius", "0"),
        ("--map", "original_firstorder_Mean"),
    ],
)
def test_options_that_do_not_go_together_are_refused(pair, tmp_path, options):
    assert extract(pair, tmp_path / "features.csv", *options) == 2
    assert not (tmp_path / "features.csv").exists()


def test_a_case_has_no_table_of_the_standard(tmp_path, capsys):
    assert main(["extract", str(tmp_path), "--ibsi"]) == 2
    assert "case" in capsys.readouterr().err


def test_a_feature_without_a_map_is_refused(pair, tmp_path, capsys):
    assert extract(pair, tmp_path / "map.nrrd", "--map", "original_shape_Sphericity") == 3
    assert "class shape" in capsys.readouterr().err
