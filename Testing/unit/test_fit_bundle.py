"""Parts of a bundle made from fits to a cohort in numbers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.models.bundle import MODEL_NAMES, Bundle, Classifier, CoxModel
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.fit_bundle import fit_cox_models, make_classifier, score_measures
from LWCTRLogic.models.fit_score import fit_score, folds
from LWCTRLogic.models.predict import predict
from LWCTRLogic.models.signature import SIGNATURE, model_features
from LWCTRLogic.stats.cox import fit_cox
from Testing.unit import sample_bundle as sample
from Testing.unit.sample_cohort import make_cohort

NAMES = model_features("LWCTR")


@cache
def fitted() -> tuple[TrainingCohort, Classifier, np.ndarray, tuple[CoxModel, ...]]:
    """The LWCTR model of a cohort, its score for each patient from a fit that did not see him, and Cox models of it."""
    cohort = make_cohort()
    x, (label, weight) = cohort.matrix(NAMES), cohort.response()
    fold = folds(label, weight, 5, 0)
    scores = np.empty(len(cohort))
    for number in range(5):
        out = fold == number
        scores[out] = fit_score(x[~out], label[~out], weight[~out], 1).score(x[out])
    measures = score_measures(cohort, scores, seed=1, draws=40)
    classifier = make_classifier("LWCTR", NAMES, x, fit_score(x, label, weight, 1), 0.5, measures)
    return cohort, classifier, scores, fit_cox_models(cohort, scores, seed=1, draws=40)


def test_the_signature_has_the_published_numbers_of_features() -> None:
    assert [len(SIGNATURE[volume]) for volume in VOLUMES] == [5, 4, 9, 9]
    counts = {name: len(model_features(name)) for name in MODEL_NAMES}
    assert list(counts.values()) == [2, 9, 18, 14, 13, 27, 29]


def test_every_feature_of_the_signature_is_one_that_pyradiomics_has() -> None:
    from LWCTRLogic.radiomics.names import FEATURES

    for name in {name for group in SIGNATURE.values() for name in group}:
        _, family, feature = name.rsplit("_", 2)
        assert feature in FEATURES[family], name


def test_a_signal_is_found_and_its_intervals_hold_the_estimates() -> None:
    _, lwctr, _, cox = fitted()
    auc = lwctr.performance[0]
    assert auc.name == "AUC" and 0.7 < auc.estimate <= 1
    for model in (lwctr, *cox):
        for measure in model.performance:
            assert measure.low <= measure.estimate <= measure.high, (model.name, measure)


def test_a_higher_rad_score_and_a_better_response_mean_a_lower_hazard() -> None:
    terms = {(model.name, model.endpoint): model.terms for model in fitted()[3]}
    assert terms["Rad-score", "OS"][0].coefficient < 0 < terms["mRECIST", "OS"][0].coefficient
    assert [term.name for term in terms["Rad-Nomo", "OS"]] == ["rad_score", "mrecist"]


def test_time_before_the_follow_up_scan_is_not_counted_and_progression_there_is_no_risk_of_pfs() -> None:
    cohort, _, scores, cox = fitted()
    rows = (cohort.mrecist != "PD").to_numpy() & (cohort.pfs_months > cohort.landmark)
    time = cohort.pfs_months[rows] - cohort.landmark[rows]
    by_hand = fit_cox(time, cohort.pfs_event[rows], scores[rows][:, None])
    model = next(item for item in cox if (item.name, item.endpoint) == ("Rad-score", "PFS"))
    assert model.patients == rows.sum() < len(cohort)
    assert model.terms[0].coefficient == pytest.approx(float(by_hand.coefficients[0]), rel=1e-12)
    grades = next(item for item in cox if (item.name, item.endpoint) == ("mRECIST", "PFS")).terms[0]
    assert "PD" not in grades.coding


def test_the_bundle_scores_a_patient_as_the_fit_does() -> None:
    cohort, lwctr, _, cox = fitted()
    bundle: Bundle = sample.make_bundle(classifiers=(lwctr,), cox=cox)
    row = cohort.features.iloc[3]
    table = sample.make_features(*VOLUMES).drop(columns=list(sample.COLUMNS))
    for name, value in row.items():
        volume, column = str(name).split(":")
        table.loc[volume, column] = value
    words = {**cohort.clinical.iloc[3], "mrecist": cohort.mrecist.iloc[3]}
    prediction = predict(bundle, table, words)
    x = cohort.matrix(NAMES)[3]
    z = (x - [f.mean for f in lwctr.features]) / [f.sd for f in lwctr.features]
    margin = lwctr.intercept + z @ [f.weight for f in lwctr.features]
    assert prediction.headline().margin == pytest.approx(margin, rel=1e-12)
    assert prediction.warnings == () or all(item.code != "feature-range" for item in prediction.warnings)
