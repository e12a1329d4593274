"""Codes of measurements."""

from __future__ import annotations

from LWCTRLogic.export.measurements import feature_code, main_features


def test_a_feature_of_the_standard_has_the_standards_code():
    code = feature_code("original_shape_Maximum3DDiameter")
    assert (code.value, code.scheme, code.meaning) == ("L0JK", "IBSI", "Maximum 3D diameter")


def test_a_feature_that_departs_from_the_standard_has_not_its_code():
    # PyRadiomics' kurtosis is 3 above the standard's excess kurtosis.
    assert feature_code("original_firstorder_Kurtosis").scheme == "99LWCTR"


def test_a_filtered_feature_has_a_code_of_its_own_that_does_not_change():
    first, second = (feature_code(f"wavelet-{band}_firstorder_Mean") for band in ("HHH", "LLL"))
    assert first.scheme == "99LWCTR"
    assert first.meaning == "wavelet-HHH_firstorder_Mean"
    assert first.value != second.value
    assert first == feature_code("wavelet-HHH_firstorder_Mean")


def test_every_code_fits_dicom():
    longest = "wavelet-HHH_glszm_LargeAreaLowGrayLevelEmphasis"
    code = feature_code(longest)
    assert len(code.value) <= 16
    assert len(code.meaning) <= 64


def test_general_features_come_first_with_units_and_each_feature_once():
    row = {
        "original_firstorder_Mean": 90.0,
        "original_shape_MinorAxisLength": 140.0,
        "log-sigma-2-mm-3D_firstorder_Mean": -1.5,
        "original_glcm_Idn": 0.9,
    }
    found = list(main_features(row, ["log-sigma-2-mm-3D_firstorder_Mean", "original_shape_MinorAxisLength"]))
    assert [(one.number, one.unit.value) for one in found] == [
        (140.0, "mm"),
        (90.0, "[hnsf'U]"),
        (-1.5, "1"),
    ]
