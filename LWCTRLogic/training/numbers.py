"""``training.json``: every number of a training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np

from LWCTRLogic.models.bundle import RAD_SCORE_MODEL, CoxModel, Measure
from LWCTRLogic.models.clinical_coding import CODINGS
from LWCTRLogic.models.cohort_data import HORIZON
from LWCTRLogic.provenance import package_versions
from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.training.censoring_weights import alive_at_given
from LWCTRLogic.training.chain import chain_inputs
from LWCTRLogic.training.controls import Control, ModelControls
from LWCTRLogic.training.cross_fit import chosen_share, nogueira_stability
from LWCTRLogic.training.extras import competing_risks, sample_size
from LWCTRLogic.training.imputed import missing_values
from LWCTRLogic.training.judging import WIDENING, folded_auc
from LWCTRLogic.training.paper import PaperModel
from LWCTRLogic.training.strict import StrictModel
from LWCTRLogic.training.training import Training

SCHEMA_VERSION = 1
ESTIMAND = (
    "Performance on new patients, from where these come from, of the procedure when it is given a sample of this size "
    "less one fold, averaged over such samples. Not that of the one model in the bundle: only patients outside the "
    "cohort can tell that."
)
INTERVALS = (
    "AUC: pairs of patients of one fold, mean of the repeats; 95 % interval from the standard error over patients of "
    f"one repeat (infinitesimal jackknife) times {WIDENING:g}, since fits on overlapping samples share their luck, on "
    "the logit. Other figures: bootstrap over patients of the first repeat's scores, fits taken as given. "
    "Probabilities are calibrated on patients left out, each patient's by those of the other folds and the bundle's by "
    "all: a slope near 1 is what that should give."
)


def training_numbers(training: Training) -> dict[str, Any]:
    """Return everything as JSON values; what is not defined is null."""
    cohort = training.cohort
    label, weight = cohort.response()
    known = weight > 0
    value = {
        "schema_version": SCHEMA_VERSION,
        "versions": package_versions(),
        "estimand": ESTIMAND,
        "intervals": INTERVALS,
        "plan": training.plan.to_dict(),
        "notes": training.notes,
        "verdicts": training.verdicts(),
        "cohort": {
            "patients": len(cohort),
            "deaths": int(cohort.os_event.sum()),
            "alive_at_12_months": int((label & known).sum()),
            "dead_at_12_months": int((~label & known).sum()),
            "unknown_at_12_months": int((~known).sum()),
            "features": cohort.features.shape[1],
            "clinical": [name for name in cohort.clinical if name in CODINGS],
            "settings_hash": cohort.origin.get("settings_hash", ""),
            "settings": cohort.origin.get("settings", {}),
        },
        "skipped_models": dict(training.skipped),
        "models": {name: _model(training, name) for name in training.strict.models},
        "cox": {
            "strict": [_cox(model) for model in training.strict.cox],
            "not_judged": {
                f"{one.endpoint} {one.name}": one.not_done for one in training.strict.folded if one.not_done
            },
            "paper": [asdict(model) for model in training.paper.cox],
        },
        "missing_values": missing_values(cohort),
        "imputation": None if training.strict.imputed is None else training.strict.imputed.to_dict(),
        "competing_risks": _competing(training),
        "leave_one_centre_out": {
            "not_done": training.no_centres,
            "models": {name: [asdict(row) for row in rows] for name, rows in training.centres.items()},
        },
    }
    return _plain(value)  # type: ignore[no-any-return]


def _model(training: Training, name: str) -> dict[str, Any]:
    model, paper = training.strict.models[name], training.paper.models[name]
    optimism = training.optimism.get(name)
    return {
        "strict": _strict(training, name, model),
        "paper": _paper(paper),
        "optimism": None if optimism is None else asdict(optimism),
        "controls": _controls(training.controls[name]),
        "learning_curve": [asdict(point) for point in training.learning.get(name, ())],
    }


def _strict(training: Training, name: str, model: StrictModel) -> dict[str, Any]:
    label, weight = training.cohort.response()
    features = chain_inputs(name, training.cohort.inputs(), training.plan.chain).shape[1]
    turns = range(len(model.cross.scores))
    pooled = np.mean([weighted_auc(label, scores, weight) for scores in model.cross.scores])
    sensitivity = np.average(model.called[:, label], axis=1, weights=weight[label]).mean()
    specificity = np.average(~model.called[:, ~label], axis=1, weights=weight[~label]).mean()
    return {
        "candidates": features,
        "measures": {item.name: _measure(item) for item in model.measures},
        "pooled_auc": pooled,
        "auc_if_losses_depend_on_the_score": np.mean([_auc_given(training, model, turn) for turn in turns]),
        "calibration": {"slope_per_sd": model.calibration.slope, "offset": model.calibration.offset},
        "cutoff": model.cutoff,
        "sensitivity": sensitivity,
        "specificity": specificity,
        "youden": sensitivity + specificity - 1,
        "chosen": model.chosen,
        "chosen_in_the_folds": {
            "median": np.median([len(fit) for fit in model.cross.chosen]),
            "fewest": min(len(fit) for fit in model.cross.chosen),
            "most": max(len(fit) for fit in model.cross.chosen),
        },
        "chosen_share": chosen_share(model.cross.chosen),
        "stability": nogueira_stability(model.cross.chosen, features),
        "sample_size": sample_size(training.cohort, len(model.chosen), features),
        "penalty": model.chain.named_steps["score"].score_.penalty,
    }


def _competing(training: Training) -> dict[str, Any]:
    model = training.strict.models.get(RAD_SCORE_MODEL)
    if model is None:
        return {"not_done": "there is no Rad-score"}
    scores = model.cross.scores[0]
    return competing_risks(training.cohort, scores, model.called[0])


def _auc_given(training: Training, model: StrictModel, turn: int) -> float:
    """Return one repeat's AUC with censoring weights that may depend on the score."""
    cohort, cross = training.cohort, model.cross
    label, weight = alive_at_given(cohort.os_months, cohort.os_event, cross.scores[turn], HORIZON)
    return folded_auc(cross.scores[turn : turn + 1], cross.fold[turn : turn + 1], label, weight).value


def _paper(model: PaperModel) -> dict[str, Any]:
    return {"auc": _measure(model.auc), "cutoff": model.cutoff, "chosen": model.chosen}


def _measure(item: Measure) -> dict[str, Any]:
    return {"estimate": item.estimate, "low": item.low, "high": item.high, "method": item.method}


def _controls(controls: ModelControls) -> dict[str, Any]:
    return {
        "shuffled_outcomes": {"aucs": controls.shuffled, "p": controls.p},
        "volume_only": _control(controls.volume),
        "clinical_only": _control(controls.clinical),
        "shuffled_voxels": _control(controls.voxels),
        "not_beaten": controls.not_beaten(),
    }


def _control(control: Control | None) -> dict[str, Any] | None:
    if control is None:
        return None
    low, high = control.auc.interval()
    return {
        "auc": control.auc.value,
        "low": low,
        "high": high,
        "model_minus_control": asdict(control.difference),
    }


def _cox(model: CoxModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "endpoint": model.endpoint,
        "origin": model.origin,
        "population": model.population,
        "patients": model.patients,
        "events": model.events,
        "terms": [
            {
                "name": term.name,
                "coefficient": term.coefficient,
                "se": math.sqrt(model.covariance[row][row]),
                "hazard_ratio": math.exp(min(term.coefficient, 700)),
            }
            for row, term in enumerate(model.terms)
        ],
        "measures": {item.name: _measure(item) for item in model.performance},
    }


def _plain(value: Any) -> Any:
    """Return JSON values: arrays as lists, numbers that are not finite as null."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
