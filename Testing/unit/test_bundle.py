"""A bundle is valid once constructed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import Bundle, Classifier, Feature, Range, Term
from Testing.unit import sample_bundle as sample


def test_the_documents_give_back_the_same_bundle() -> None:
    bundle = sample.make_bundle()
    assert Bundle.from_documents(bundle.to_documents()) == bundle


def test_the_score_is_the_logistic_of_the_calibrated_margin() -> None:
    model = sample.classifier("Clinical")
    assert model.score(0.125) == pytest.approx(0.5, abs=1e-15)  # 2 · 0.125 − 0.25 = 0
    assert model.score(1.0) == pytest.approx(1 / (1 + math.exp(-1.75)), rel=1e-15)
    assert model.score(-1.0) == pytest.approx(1 / (1 + math.exp(2.25)), rel=1e-15)


def test_a_huge_margin_gives_a_probability_and_no_overflow() -> None:
    model = sample.classifier("Clinical")
    assert (model.score(-1e6), model.score(1e6)) == (0.0, 1.0)


def test_a_feature_knows_its_volume_its_column_and_its_words() -> None:
    feature = sample.image_feature("post_V", "log-sigma-2-mm-3D_gldm_DependenceNonUniformity", 1.0)
    assert (feature.volume, feature.column) == ("post_V", "log-sigma-2-mm-3D_gldm_DependenceNonUniformity")
    assert feature.label == "follow-up, portal venous: log-sigma-2-mm-3D_gldm_DependenceNonUniformity"
    assert sample.clinical_features()[0].label == "Macroscopic portal vein invasion"


SEEN = Range(0.0, 0.0, 0.5, 1.0, 1.0)


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (lambda: Range(0.0, 2.0, 1.0, 3.0, 4.0), "not in order"),
        (lambda: Feature("pre_A:x", 0.0, 0.0, 1.0, 0.0, SEEN, {}), "more than 0"),
        (lambda: Feature("pre_B:x", 0.0, 1.0, 1.0, 0.0, SEEN, {}), "pre_B"),
        (lambda: Feature("bilirubin", 0.0, 1.0, 1.0, 0.0, SEEN, {}), "bilirubin"),
        (lambda: Feature("sex", 0.0, 1.0, 1.0, 0.0, SEEN, {"man": 1.0}), "coding of sex"),
        (lambda: Feature("sex", 0.0, 1.0, 1.0, 0.0, SEEN, {}), "coding of sex"),
        (lambda: Feature("age", 0.0, 1.0, 1.0, 0.0, SEEN, {"old": 1.0}), "no coding"),
        (lambda: Classifier("Best", (), 0.0, 1.0, 0.0, 0.5), "Best"),
        (lambda: Classifier("LWCTR", sample.clinical_features() * 2, 0.0, 1.0, 0.0, 0.5), "twice"),
        (lambda: Term("age", "Age", 1.0, 0.0, {}), "age"),
        (lambda: Term("mrecist", "mRECIST", 1.0, 0.0, {}), "a coding for mrecist"),
        (lambda: replace(sample.cox("Rad-score", "OS"), endpoint="CSS"), "CSS"),
        (lambda: replace(sample.cox("Rad-score", "OS"), times=(5.0, 5.0, 20.0)), "step function"),
        (lambda: replace(sample.cox("Rad-score", "OS"), hazard=(0.5, 0.25, 1.0)), "step function"),
        (lambda: replace(sample.cox("Rad-score", "OS"), variance=(0.0,)), "step function"),
        (lambda: replace(sample.cox("Rad-Nomo", "OS"), covariance=((1.0,),)), "covariance"),
        (lambda: sample.make_bundle(notice=""), "no notice"),
        (lambda: sample.make_bundle(settings={"setting": {"binWidth": 10}}), "as it says itself"),
        (lambda: sample.make_bundle(classifiers=(sample.classifier("LWCTR"),) * 2), "each once"),
    ],
)
def test_values_that_make_no_sense_are_refused(build: object, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        build()  # type: ignore[operator]
