"""What the checklists are told of selection and extraction."""

from LWCTRLogic.evaluation.facts import extraction_facts, selection_fact
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.training.plan import Plan


def test_free_selection_is_told_stage_by_stage_with_its_bounds():
    told = selection_fact(Plan().to_dict()["chain"])
    assert told == (
        "inside each fold: lower limit of ICC(2,1) at least 0.75 where there are repeat readings, variance, "
        "LASSO with 10 folds, recursive elimination with 5 folds, Spearman correlation at most 0.9"
    )


def test_resampling_and_bins_are_told_with_their_sizes():
    told = extraction_facts(ExtractionSettings(resampled_spacing=(2, 2, 2)).to_dict())
    assert told["resampling"] == "to 2 × 2 × 2 mm, sitkBSpline"
    assert told["discretisation"] == "bins of 25 HU"
    assert "Wavelet" in told["image_types"] and "shape" in told["feature_classes"]


def test_settings_that_were_not_kept_fill_nothing():
    assert extraction_facts({}) == {}
