"""A training with a reference centre: its bundle adjusts as the training did, and knows whom it cannot adjust."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle_files import load_bundle, save_bundle
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.models.description import describe_bundle
from LWCTRLogic.progress import Progress
from LWCTRLogic.training.centre_reference import check_centres, make_harmonisation
from LWCTRLogic.training.chain import ChainSettings, chain_inputs
from LWCTRLogic.training.cohort_reading import CohortFiles
from LWCTRLogic.training.combat import centre_effects
from LWCTRLogic.training.locked import apply_bundle
from LWCTRLogic.training.output import model_inputs
from LWCTRLogic.training.plan import Plan
from LWCTRLogic.training.training import BundleWords, make_bundle, train
from Testing.unit.training_cohort import make_files

CHAIN = ChainSettings(combat=True, reference_centre="north", lasso_folds=5)
PLAN = Plan(CHAIN, folds=2, repeats=1, bootstraps=0, permutations=0, draws=10, learning_shares=())


def shifted(folder: Path, patients: int = 90) -> CohortFiles:
    """A cohort whose southern scanner shifts and stretches every feature."""
    found = make_files(folder, patients, signal=2.0)
    south = (found.cohort.centre == "south")[:, None]
    features = found.cohort.features
    moved = np.where(south, 3 * features + 2 * features.std().to_numpy(), features)
    return replace(found, readings=None, cohort=replace(found.cohort, features=features * 0 + moved))


def test_the_bundle_scores_each_centre_as_the_training_did(tmp_path: Path) -> None:
    files = shifted(tmp_path / "cohort")
    training = train(files, PLAN, Progress())
    bundle = make_bundle(training, BundleWords("ours"))
    save_bundle(bundle, tmp_path / "ours.zip")
    bundle = load_bundle(tmp_path / "ours.zip")
    assert bundle.harmonisation.reference == "north" and bundle.harmonisation.names == ("north", "south")
    model = training.strict.models["LWCTR"]
    logits = model.chain.decision_function(chain_inputs("LWCTR", files.cohort.inputs(), CHAIN))
    scores = model.calibration.probability((logits - logits.mean()) / logits.std())
    np.testing.assert_allclose(apply_bundle(bundle, files.cohort).scores["LWCTR"], scores, rtol=1e-9)
    name = next(item for item in bundle.classifier("LWCTR").features if item.volume)
    seen = model_inputs(bundle, files.cohort)[name.name]
    assert name.range.low == pytest.approx(seen.min()) and name.range.high == pytest.approx(seen.max())
    assert describe_bundle(bundle)["centres"] == ["north", "south"]
    assert any("brought to 'north' by ComBat" in limit for limit in bundle.limits)
    assert any("no other can be scored" in note for note in training.notes)
    assert training.no_centres.startswith("ComBat cannot adjust")
    without = replace(PLAN, chain=replace(CHAIN, reference_centre=""))
    assert (
        make_bundle(
            replace(training, plan=without, strict=replace(training.strict, models={})), BundleWords("x")
        )
        is None
    )


def test_the_effects_are_those_of_all_features_kept_for_some(tmp_path: Path) -> None:
    cohort = shifted(tmp_path / "cohort").cohort
    columns = list(cohort.features.columns[[7, 2]])
    found = make_harmonisation(cohort, "north", columns)
    whole = centre_effects(cohort.features.to_numpy(), cohort.centre, "north")
    expected = whole.adjust(cohort.features.to_numpy(), cohort.centre)[:, [7, 2]]
    adjusted = found.adjust(cohort.features, cohort.centre, "x")[columns]
    np.testing.assert_allclose(adjusted, expected, rtol=1e-9)
    south = cohort.centre == "south"
    assert adjusted[south].std().to_numpy() == pytest.approx(adjusted[~south].std().to_numpy(), rel=0.4)


def test_centres_that_cannot_be_estimated_are_refused_before_anything_runs(tmp_path: Path) -> None:
    cohort: TrainingCohort = shifted(tmp_path / "cohort").cohort
    assert "there is no bundle" in check_centres(cohort, "")
    with pytest.raises(
        InputError, match="reference centre 'east' has no patients; expected one of north, south"
    ):
        check_centres(cohort, "east")
    with pytest.raises(InputError, match="north 45, south 5; expected two centres.*10 patients in each"):
        check_centres(cohort.rows((cohort.centre == "north") | (np.arange(90) < 10)), "north")
    with pytest.raises(InputError, match="unnamed 90"):
        check_centres(replace(cohort, centre=None), "north")
    elsewhere = replace(cohort, centre=np.full(90, "west"))
    with pytest.raises(InputError, match="test cohort has patients of 'west'.*add-centre"):
        check_centres(cohort, "north", elsewhere)
    with pytest.raises(InputError, match="unnamed centres"):
        check_centres(cohort, "north", replace(cohort, centre=None))
