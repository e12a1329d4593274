"""What the checklists are told of selection and extraction."""

from LWCTRLogic.evaluation.checklists import fill_checklist
from LWCTRLogic.evaluation.facts import extraction_facts, known_facts, selection_fact
from LWCTRLogic.evaluation.material import Material
from LWCTRLogic.evaluation.results import evaluate_cohort
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.training.plan import Plan
from Testing.unit.scored_cohorts import scored_cohort


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


def test_of_somebody_elses_scores_the_extraction_software_is_left_to_the_authors():
    found = evaluate_cohort(scored_cohort(90), draws=20)
    facts = known_facts(found)
    assert facts["software"].startswith("LWCTR") and "own_software" not in facts
    clear = {item.number: item for item in fill_checklist("clear", facts).items}
    assert all(clear[number].is_open for number in ("25", "56", "58"))
    assert {item.number: item for item in fill_checklist("metrics", facts).items}["12"].is_open
    assert "external" not in facts
    beside = Material(other=scored_cohort(80, seed=9))
    facts = known_facts(evaluate_cohort(scored_cohort(90), draws=20, material=beside))
    assert facts["external"].startswith(
        "80 other patients (simulated patients), in the section on comparison"
    )
    assert facts["baselines"] == "compared with noise and mRECIST"
