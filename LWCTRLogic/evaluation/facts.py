"""What the software knows of a study, by the topics of the checklists."""

from __future__ import annotations

from typing import Any

from LWCTRLogic import __version__
from LWCTRLogic.evaluation.metric import pick
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.survival import rankings
from LWCTRLogic.evaluation.validation_size import TOPIC as SIZE
from LWCTRLogic.report.text import listed

_SOFTWARE = f"LWCTR {__version__}, Apache-2.0"


def known_facts(evaluation: Evaluation) -> dict[str, str]:
    """Return one line a topic; topics that the software cannot know are left out."""
    cohort, metrics = evaluation.cohort, evaluation.metrics
    counts = {metric.name: int(metric.estimate.value) for metric in pick(metrics, topic="cohort")}
    dead, alive = counts["dead by the horizon"], counts["alive at the horizon"]
    facts = {
        "outcome": "overall survival; response is being alive at the horizon",
        "horizon": f"{cohort.horizon:g} months from the first dose",
        "events": f"{len(cohort)} patients, {dead} deaths by {cohort.horizon:g} months, {alive} seen alive then",
        "flow": f"{counts['censored before the horizon']} of {len(cohort)} censored before the horizon",
        "measures": "AUC, AUC(t), C, Brier score, calibration, error rates, net benefit, hazard ratios",
        "intervals": "95 % intervals of every figure: influence functions, bootstrap over patients, Wald, log-log",
        "comparison": "paired differences with intervals and tests, in the section on comparison",
        "performance": "in the sections on response and survival",
        "calibration": "slope, intercept and flexible curve with censoring weights",
        "output": _output(evaluation),
        "software": f"{_SOFTWARE} (evaluation)",
        "checklists": "TRIPOD+AI, CLEAR and METRICS, filled below as far as software can",
    }
    if evaluation.characteristics:
        facts["table_one"] = "in the section on patients"
        missing = {line.variable: line.missing for line in evaluation.characteristics if line.missing}
        unknown = ", ".join(f"{name} {count}" for name, count in missing.items())
        facts["missing"] = f"unknown values: {unknown}" if missing else "no clinical value was missing"
    if rivals := [ranking.name for ranking in rankings(cohort, "OS")[1:]]:
        facts["baselines"] = f"compared with {listed(rivals)}"
    if cohort.outcomes.landmark is not None:
        facts["landmark"] = "survival is counted from the follow-up scan"
    if cohort.groups:
        facts["subgroups"] = f"by {listed(list(cohort.groups))}"
    if "centre" in cohort.groups:
        centres = sorted(set(cohort.groups["centre"].tolist()) - {""})
        facts["centres"] = f"{len(centres)} centres: {', '.join(centres)}"
        facts["centre_effects"] = (
            "performance by centre with tests of difference, in the section on subgroups"
        )
    return facts | _of_training(evaluation) | _of_material(evaluation)


def _of_material(evaluation: Evaluation) -> dict[str, str]:
    """Return what readings, features and the size of the cohort let the software say."""
    material, facts = evaluation.material, {}
    sizes = [
        int(one.estimate.value) for one in pick(evaluation.metrics, topic=SIZE) if one.estimate.value > 0
    ]
    if material.training or material.attribution is not None:  # not for scores that somebody else computed
        facts["own_software"] = _SOFTWARE
    if material.training:
        facts["sample_size"] = "Riley's criteria for the parameters, in the section on training"
    elif sizes:
        facts["sample_size"] = f"Riley's criteria for a validation ask for {max(sizes)} patients"
    if material.reliability is not None:
        facts["reliability"] = (
            "ICC(1,1), (2,1), (3,1) of every feature, in the section on readers and icc.csv"
        )
    if material.overlaps:
        facts["masks"] = "Dice, HD95 and volume between readers and against the automatic mask"
    if material.other is not None:
        facts["external"] = (
            f"{len(material.other)} other patients ({material.other.name}), in the section on comparison; whether they "
            "are external is for the authors to say"
        )
    if material.attribution is not None:
        facts["explanation"] = "exact attributions of the cohort and of three patients"
    return facts


def _of_training(evaluation: Evaluation) -> dict[str, str]:
    """Return what a training says of itself."""
    training = evaluation.training
    if not training:
        return {}
    plan, cohort = training["plan"], training["cohort"]
    dealt = "once" if plan["repeats"] == 1 else f"{plan['repeats']} times"
    folds = f"{plan['folds']} folds dealt {dealt}"
    return {
        "split": f"cross-validation, {folds}; everything that is fitted is fitted inside each fold",
        "validation": f"internal: {folds}, scores of patients whom the fit had not seen",
        "candidates": f"{cohort['features']} image features and {len(cohort['clinical'])} clinical variables",
        "model": "linear support vector machine, its C by cross-validation, calibrated out of fold",
        "preparation": "each feature scaled by mean and standard deviation of the training patients",
        "settings": f"extraction settings with the hash {cohort['settings_hash'][:12]}, in the bundle",
        "selection": selection_fact(plan["chain"]),
        "stability": "how often each feature was kept, in selection.csv of the training",
        "baselines": "clinical variables alone, liver volume alone, shuffled outcomes, mRECIST",
        "full_model": "coefficients, scaling, cut-off and baseline survival in the bundle and its card",
    } | extraction_facts(cohort.get("settings", {}))


def selection_fact(chain: dict[str, Any]) -> str:
    """Return how features are chosen, inside each fold."""
    if chain["selection"] == "published":
        return "none: the features of the published signature"
    steps = [
        f"lower limit of ICC({chain['icc_form']}) at least {chain['icc_smallest']:g} where there are repeat readings",
        "variance",
        f"LASSO with {chain['lasso_folds']} folds",
        f"recursive elimination with {chain['elimination_folds']} folds",
        f"Spearman correlation at most {chain['spearman_largest']:g}",
    ]
    if chain["univariate_p"] is not None:
        steps.insert(2, f"univariate p at most {chain['univariate_p']:g}")
    return f"inside each fold: {', '.join(steps)}"


def extraction_facts(settings: dict[str, Any]) -> dict[str, str]:
    """Return what the settings of the extraction say; a training of before they were kept says nothing."""
    if not settings:
        return {}
    values, classes = settings["setting"], settings["featureClass"]
    spacing, count = values.get("resampledPixelSpacing"), values.get("binCount")
    resampled = "none: the scans' own voxels"
    if spacing is not None:
        resampled = f"to {' × '.join(f'{side:g}' for side in spacing)} mm, {values['interpolator']}"
    return {
        "resampling": resampled,
        "discretisation": f"{count} bins" if count else f"bins of {values['binWidth']:g} HU",
        "image_types": ", ".join(_image_type(name, own) for name, own in settings["imageType"].items()),
        "feature_classes": ", ".join(classes),
    }


def _image_type(name: str, own: dict[str, Any]) -> str:
    told = ", ".join(f"{key} {value}" for key, value in own.items())
    return f"{name} ({told})" if told else name


def _output(evaluation: Evaluation) -> str:
    lead = evaluation.cohort.scores[0]
    kind = (
        f"probability of being alive at {evaluation.cohort.horizon:g} months"
        if lead.is_probability
        else "score"
    )
    return kind if lead.cutoff is None else f"{kind}; responder at or above {lead.cutoff:.3g}"
