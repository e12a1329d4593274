"""The feature table of a case, and the command that writes it."""

import json

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.cli import main
from LWCTRLogic.errors import BackendError, InputError
from LWCTRLogic.imaging.masks import write_mask
from LWCTRLogic.imaging.volumes import write_image
from LWCTRLogic.radiomics.columns import feature_names
from LWCTRLogic.radiomics.extract import extract
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.step import extract_case, read_table

SETTINGS = ExtractionSettings(image_types={"Original": {}}, feature_classes={"firstorder": (), "shape": ()})


def ct(seed):
    """A small CT: soft tissue with noise in air, some bone."""
    array = np.full((12, 20, 22), -1000, np.int16)
    array[1:11, 2:18, 2:20] = np.random.default_rng(seed).normal(60, 30, (10, 16, 18)).astype(np.int16)
    array[5, 3, 3:9] = 700
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((2.0, 2.0, 5.0))
    return image


def liver(image):
    array = np.zeros((12, 20, 22), np.uint8)
    array[3:9, 6:15, 6:16] = 1
    mask = sitk.GetImageFromArray(array)
    mask.CopyInformation(image)
    return mask


def add_mask(case, volume, mask):
    path = case.new_mask_path(volume, "auto")
    write_mask(mask, path)
    case.set_current_mask(volume, path)


@pytest.fixture
def case(case_folder):
    made = Case.create(case_folder, CaseInfo("p1", {"post_V": Scan(), "pre_A": Scan()}))
    for seed, volume in enumerate(("pre_A", "post_V")):
        image = ct(seed)
        write_image(image, made.image_path(volume))
        add_mask(made, volume, liver(image))
    return made


class Counting:
    """The native engine, counting the volumes that it is given."""

    name, version = "native", "test"

    def __init__(self, fail_at=0):
        self.calls = 0
        self.fail_at = fail_at

    def extract(self, image, mask, settings, progress, threads):
        self.calls += 1
        if self.calls == self.fail_at:
            raise BackendError("the engine stopped")
        return extract(image, mask, settings, progress, threads)


def test_the_table_has_one_row_a_volume_in_the_fixed_order(case):
    path = extract_case(case, SETTINGS, Counting())
    frame = pd.read_parquet(path)
    assert frame.index.name == "volume"
    assert list(frame.index) == ["pre_A", "post_V"]
    assert list(frame.columns) == feature_names(SETTINGS)


def test_the_csv_gives_back_every_bit(case):
    path = extract_case(case, SETTINGS, Counting())
    text = pd.read_csv(path.with_suffix(".csv"), index_col="volume", float_precision="round_trip")
    pd.testing.assert_frame_equal(text, pd.read_parquet(path), check_exact=True)


def test_the_same_case_gives_the_same_bytes(case):
    path = extract_case(case, SETTINGS, Counting())
    first = [path.read_bytes(), path.with_suffix(".csv").read_bytes()]
    path.unlink()
    extract_case(case, SETTINGS, Counting(), threads=2)
    assert [path.read_bytes(), path.with_suffix(".csv").read_bytes()] == first


def test_the_table_says_what_it_was_made_from(case):
    origin = read_table(extract_case(case, SETTINGS, Counting())).origin
    assert origin["settings_hash"] == SETTINGS.hash
    assert ExtractionSettings.from_dict(origin["settings"]) == SETTINGS
    assert origin["backend"] == "native"
    assert set(origin["inputs"]) == {"pre_A", "post_V"}
    assert len(origin["inputs"]["pre_A"]["mask"]) == 64


def test_a_second_run_computes_nothing(case):
    extract_case(case, SETTINGS, Counting())
    backend = Counting()
    extract_case(case, SETTINGS, backend)
    assert backend.calls == 0


def test_a_new_mask_recomputes_its_volume_alone(case):
    before = read_table(extract_case(case, SETTINGS, Counting())).rows
    mask = liver(ct(0))
    mask[8, 8, 4] = 0
    add_mask(case, "pre_A", mask)
    backend = Counting()
    after = read_table(extract_case(case, SETTINGS, backend)).rows
    assert backend.calls == 1
    assert after["post_V"] == before["post_V"]
    assert after["pre_A"] != before["pre_A"]


def test_other_settings_recompute_everything(case):
    extract_case(case, SETTINGS, Counting())
    backend = Counting()
    extract_case(case, ExtractionSettings(image_types={"Original": {}}, bin_width=10), backend)
    assert backend.calls == 2


def test_an_interrupted_run_goes_on_where_it_stopped(case):
    with pytest.raises(BackendError, match="post_V: the engine stopped"):
        extract_case(case, SETTINGS, Counting(fail_at=2))
    backend = Counting()
    extract_case(case, SETTINGS, backend)
    assert backend.calls == 1


def test_an_unreadable_table_is_made_anew(case):
    case.features_path.write_bytes(b"PAR1 half a file")
    backend = Counting()
    extract_case(case, SETTINGS, backend)
    assert backend.calls == 2


def test_a_volume_without_a_mask_is_named(case):
    case.update_scan("pre_V")
    with pytest.raises(InputError, match="pre_V has no image"):
        extract_case(case, SETTINGS, Counting())
    write_image(ct(2), case.image_path("pre_V"))
    with pytest.raises(InputError, match="pre_V has no mask"):
        extract_case(case, SETTINGS, Counting())


def test_a_refused_volume_is_named(case):
    empty = liver(ct(0)) * 0
    add_mask(case, "post_V", empty)
    with pytest.raises(InputError, match="post_V: label 1 is not in the mask"):
        extract_case(case, SETTINGS, Counting())


def test_the_command_writes_the_table_of_one_image(case, tmp_path, capsys):
    settings = tmp_path / "settings.yaml"
    settings.write_text("featureClass: {firstorder: [Mean], shape: [VoxelVolume]}\n", encoding="utf-8")
    image, mask, table = case.image_path("pre_A"), case.current_mask("pre_A"), tmp_path / "features.csv"
    line = [
        "extract",
        str(image),
        str(mask),
        "-o",
        str(table),
        "--settings",
        str(settings),
        "--progress",
        "json",
    ]
    assert main(line) == 0
    frame = pd.read_csv(table, index_col="volume")
    assert list(frame.columns) == ["original_shape_VoxelVolume", "original_firstorder_Mean"]
    assert frame.iloc[0, 0] == 6 * 9 * 10 * 20
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["features"] == 2


def test_the_command_refuses_half_of_what_it_needs(case, capsys):
    image = str(case.image_path("pre_A"))
    assert main(["extract", image, str(case.current_mask("pre_A"))]) == 2
    assert main(["extract", str(case.folder), "-j", "0"]) == 2
    assert "IMAGE MASK -o" in capsys.readouterr().err


def test_the_command_writes_the_table_of_a_case(case, tmp_path, capsys):
    settings = tmp_path / "settings.yaml"
    settings.write_text("featureClass: {firstorder: [Mean]}\n", encoding="utf-8")
    assert (
        main(["extract", str(case.folder), "--settings", str(settings), "--volume", "post_V", "-j", "2"]) == 0
    )
    assert list(read_table(case.features_path).rows) == ["post_V"]
    assert "1 features of 1 volume" in capsys.readouterr().out


@pytest.fixture
def two_scans(case_folder, tmp_path):
    """A case whose follow-up is 10 HU brighter, and a settings file for a few features."""
    made = Case.create(case_folder, CaseInfo("p1", {"pre_V": Scan(), "post_V": Scan(), "pre_A": Scan()}))
    for volume, brighter in (("pre_A", 0), ("pre_V", 0), ("post_V", 10)):
        image = ct(4) + brighter
        write_image(image, made.image_path(volume))
        add_mask(made, volume, liver(image))
    settings = tmp_path / "settings.yaml"
    settings.write_text("featureClass: {firstorder: [Mean, Energy], shape: [VoxelVolume]}\n")
    return made, str(settings)


def test_the_command_writes_the_changes_between_two_scans(two_scans, capsys):
    case, settings = two_scans
    values = sitk.GetArrayFromImage(ct(4))[sitk.GetArrayFromImage(liver(ct(4))) == 1].astype(float)
    more = ((values + 10) ** 2).sum() - (values**2).sum()
    expected = {
        "absolute": ("delta_V", [0, 10, more]),
        "relative": ("relative-delta_V", [0, 10 / values.mean(), more / (values**2).sum()]),
    }
    for kind, (row, changes) in expected.items():
        assert main(["extract", str(case.folder), "--settings", settings, "--delta", kind]) == 0
        assert f"{kind} change of 3 features in 1 phase\n" in capsys.readouterr().out
        frame = pd.read_csv(case.folder / f"features_{row[:-2]}.csv", index_col="volume")
        assert list(frame.index) == [row]
        assert frame.loc[row].tolist() == pytest.approx(changes, rel=1e-12)


def test_changes_need_a_whole_case_with_two_scans_of_a_phase(case, tmp_path, capsys):
    settings = tmp_path / "settings.yaml"
    settings.write_text("featureClass: {firstorder: [Mean]}\n")
    line = ["extract", str(case.folder), "--settings", str(settings), "--delta", "absolute"]
    assert main([*line, "--volume", "pre_A"]) == 2
    assert main([*line, "--shuffle-voxels", "1"]) == 2
    image, mask = case.image_path("pre_A"), case.current_mask("pre_A")
    assert main(["extract", str(image), str(mask), "-o", "f.csv", "--delta", "absolute"]) == 2
    assert main(line) == 3
    assert "the volumes of the table are pre_A, post_V" in capsys.readouterr().err
