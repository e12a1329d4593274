from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic import files
from LWCTRLogic.case import CaseInfo, Scan
from LWCTRLogic.errors import GeometryError, InputError
from LWCTRLogic.findings import Finding
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.step import FeatureTable, write_table
from LWCTRLogic.report.gather import gather, liver_ml, merged_findings
from LWCTRLogic.report.provenance import read_provenance
from Testing.report_cases import full_case, full_prediction, make_case, save_prediction, venous_case


def test_the_volume_of_a_mask_is_its_voxels_times_their_size():
    array = np.zeros((4, 5, 6), np.uint8)
    array[1:3, 1:4, 2:4] = 1  # 2 × 3 × 2 voxels
    mask = sitk.GetImageFromArray(array)
    mask.SetSpacing((0.5, 2.0, 10.0))
    assert liver_ml(mask) == pytest.approx(12 * 10 / 1000)


def test_each_volume_is_told_with_its_mask_and_its_maker(case_folder):
    data = gather(full_case(case_folder), (), Progress())
    assert list(data.volumes) == ["pre_A", "pre_V", "post_A", "post_V"]
    facts = data.volumes["pre_V"]
    assert facts.spacing == pytest.approx((3.0, 3.0, 6.0))
    assert facts.slices == 40
    assert facts.mask.maker == "reader-1"
    assert facts.reading["reader"] == "reader 1"
    assert data.volumes["pre_A"].reading == {}
    ellipsoid = 4 / 3 * np.pi * 26 * 20 * 13 * 3 * 3 * 6 / 1000
    assert facts.liver_ml == pytest.approx(ellipsoid, rel=0.02)


def test_a_case_without_prediction_is_refused_with_what_to_do(case_folder):
    with pytest.raises(InputError, match=r"holds no prediction\.json.*lwctr predict"):
        gather(make_case(case_folder, ("pre_V",)), (), Progress())


@pytest.mark.parametrize("content", ["[]", '{"schema_version": 1}', '{"schema_version": 1, "bundle": 3}'])
def test_half_a_prediction_is_refused_by_name(case_folder, content):
    case = make_case(case_folder, ("pre_V",))
    case.prediction_path.write_text(content, encoding="utf-8")
    with pytest.raises(
        InputError, match=r"prediction\.json (is not a whole prediction|holds no JSON object)"
    ):
        gather(case, (), Progress())


def test_the_prediction_of_another_case_is_refused(case_folder):
    case = make_case(case_folder, ("pre_V",))
    save_prediction(case, replace(full_prediction(), case_id="LWCTR-0043"))
    with pytest.raises(InputError, match="LWCTR-0043.*LWCTR-0042"):
        gather(case, (), Progress())


def test_a_mask_off_the_grid_of_its_image_is_refused(case_folder):
    case = venous_case(case_folder)
    path = case.current_mask("pre_V")
    mask = sitk.ReadImage(str(path))
    mask.SetOrigin((0.0, 0.0, 0.0))
    sitk.WriteImage(mask, str(path))
    with pytest.raises(GeometryError):
        gather(case, (), Progress())


def test_a_scan_without_image_or_mask_is_told_as_missing(case_folder):
    case = make_case(case_folder, ("pre_A", "pre_V"), masks=False)
    case.image_path("pre_A").unlink()
    data = gather(save_prediction(case, full_prediction()), (), Progress())
    assert list(data.volumes) == ["pre_V"]
    assert data.volumes["pre_V"].liver_ml is None
    assert data.volumes["pre_V"].mask is None


def test_findings_are_told_once_with_the_reason_of_acceptance():
    scans = {"pre_A": Scan(accepted={"mask-pieces": "two real pieces"})}
    info = CaseInfo("x", scans, accepted={"window": "seen late"})
    found = [
        Finding("mask-pieces", "3 pieces", "pre_A"),
        Finding("mask-pieces", "3 pieces", "pre_A"),
        Finding("mask-pieces", "2 pieces", "pre_V"),
        Finding("window", "70 days"),
    ]
    merged = merged_findings(info, found)
    assert [finding.accepted for finding in merged] == ["two real pieces", "", "seen late"]


@pytest.mark.parametrize(
    ("demonstration", "notice", "expected"),
    [
        (True, "made of simulated patients", "Made of simulated patients."),
        (True, "", "Demonstration model, simulated patients, not for clinical use."),
        (False, "", ""),
    ],
)
def test_a_demonstration_never_goes_without_its_notice(case_folder, demonstration, notice, expected):
    case = venous_case(case_folder)
    prediction = full_prediction()
    bundle = replace(prediction.bundle, demonstration=demonstration, notice=notice)
    save_prediction(case, replace(prediction, bundle=bundle))
    assert gather(case, (), Progress()).notice == expected


def write_features(case, **origin):
    """Write a feature table of one column with ``origin`` as the extraction writes it."""
    table = FeatureTable({"pre_V": {"original_shape_MeshVolume": 1.0}}, origin)
    write_table(table, case.features_path)


def test_the_provenance_names_settings_and_backend_of_the_features(case_folder):
    case = venous_case(case_folder)
    setting = {"binWidth": 25, "resampledPixelSpacing": [2.0, 2.0, 2.0]}
    write_features(
        case, backend="native", version="0.1.0", settings_hash="ef" * 32, settings={"setting": setting}
    )
    source = read_provenance(case, full_prediction())
    facts = dict(source.facts)
    assert facts["Feature backend"] == "native 0.1.0"
    assert facts["Settings hash of the features"] == "ef" * 32
    assert facts["Resampling (assumed, not published)"] == "2 × 2 × 2 mm"
    assert facts["Bin width (assumed, not published)"] == "25 HU"
    assert facts["Bundle SHA-256"] == "ab" * 32
    assert dict(source.versions)["lwctr"]
    assert [name for name, _ in source.hashes] == [
        "images/pre_V.nii.gz",
        "masks/pre_V/v0001_reader-1.seg.nrrd",
        "features.parquet",
        "prediction.json",
    ]


def test_features_without_resampling_say_none(case_folder):
    case = venous_case(case_folder)
    write_features(case, settings={"setting": {"binWidth": 25, "resampledPixelSpacing": None}})
    assert (
        dict(read_provenance(case, full_prediction()).facts)["Resampling (assumed, not published)"] == "none"
    )


def test_a_mask_changed_after_the_extraction_is_warned_of(case_folder):
    case = venous_case(case_folder)
    digest = files.sha256(case.current_mask("pre_V"))
    write_features(case, inputs={"pre_V": {"mask": digest}})
    assert gather(case, (), Progress()).findings == ()
    write_features(case, inputs={"pre_V": {"mask": "0" * 64}})
    (finding,) = gather(case, (), Progress()).findings
    assert (finding.code, finding.volume) == ("report-stale-mask", "pre_V")
    assert "v0001_reader-1.seg.nrrd" in finding.text


def test_a_truncated_feature_table_is_refused(case_folder):
    case = venous_case(case_folder)
    case.features_path.write_bytes(b"PAR1")
    with pytest.raises(InputError, match="is no feature table"):
        gather(case, (), Progress())
