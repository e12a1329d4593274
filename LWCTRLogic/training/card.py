"""The model card, and the table of both modes that the command prints."""

from __future__ import annotations

import numpy as np

from LWCTRLogic.models.bundle import RAD_SCORE_MODEL, Bundle, Measure
from LWCTRLogic.training.chain import chain_inputs
from LWCTRLogic.training.cross_fit import chosen_share, nogueira_stability
from LWCTRLogic.training.extras import sample_size
from LWCTRLogic.training.imputed import missing_values
from LWCTRLogic.training.numbers import ESTIMAND, INTERVALS
from LWCTRLogic.training.training import Training

_MOST_FEATURES = 15


def first_line(training: Training) -> str:
    """Return what must be said before anything else."""
    said = [f"{name} was not fitted: {reason}" for name, reason in training.skipped.items()]
    said += training.verdicts().values()
    if not said and training.shuffles:
        said.append("Every model beats shuffled outcomes and the simple baselines that it was compared with")
    if not training.shuffles:
        said.append("Outcomes were not shuffled: whether the models beat chance was not tried")
    return ". ".join(said) + "."


def side_by_side(training: Training) -> str:
    """Return the strict and the published way as one text table."""
    head = ("model", "features", "strict AUC (95 %)", "paper AUC (95 %)", "corrected", "beats its controls")
    rows = [head]
    for name, model in training.strict.models.items():
        paper, optimism = training.paper.models[name], training.optimism.get(name)
        strict = next(item for item in model.measures if item.name == "AUC")
        rows.append(
            (
                name,
                f"{len(model.chosen)} / {len(paper.chosen)}",
                _interval(strict),
                _interval(paper.auc),
                "–" if optimism is None else f"{optimism.plus:.3f}",
                _beats(training, name),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _beats(training: Training, name: str) -> str:
    if training.controls[name].not_beaten():
        return "no"
    return "yes" if training.shuffles else "not tried"


def _interval(measure: Measure) -> str:
    return _limits(measure.estimate, measure.low, measure.high)


def _limits(value: float, low: float, high: float) -> str:
    """Return a number with its interval; alone where no patient differs from another, as with one score for all."""
    if low == high:
        return f"{value:.3f}"
    return f"{value:.3f} ({low:.3f}{' to ' if low < 0 else '–'}{high:.3f})"


def model_card(training: Training, bundle: Bundle | None, digest: str) -> str:
    """Return the card as Markdown; its first line says whether the models beat their controls."""
    parts = [
        f"**{first_line(training)}**",
        f"# {bundle.title if bundle else 'No model'}",
        _facts(training, bundle, digest),
        "## Performance, both ways\n\n"
        "Strict: what the procedure does on patients that no fit has seen. Paper: computed as in the article; it "
        "flatters, and stands here for comparison only. Corrected: bootstrap .632+. Features: strict / paper. "
        "Without an interval: the corrected AUC, and one of a score that is the same for everybody.\n\n"
        + _markdown(side_by_side(training)),
        f"What is estimated: {ESTIMAND}\n\n{INTERVALS}",
        "## Controls\n\n" + _controls(training),
        "## What was chosen, and how steadily\n\n" + _chosen(training),
        "## Centres\n\n" + _centres(training),
        "## More patients?\n\n" + _learning(training),
        "## Survival\n\n" + _survival(training),
        "## Missing values\n\n" + _missing(training),
        "## Assumed\n\nThe article does not say these; another choice gives another model.\n\n"
        + _assumed(training),
        "## Limits\n\n" + "\n".join(f"- {limit}" for limit in (bundle.limits if bundle else ())),
    ]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _facts(training: Training, bundle: Bundle | None, digest: str) -> str:
    if bundle is None:
        return f"{len(training.cohort)} patients; there is no bundle." + "".join(
            f"\n- {note}" for note in training.notes
        )
    rows = {
        "name, version": f"{bundle.name} {bundle.version}",
        "SHA-256": f"`{digest}`",
        "intended use": bundle.intended_use,
        "trained on": bundle.trained_on,
        "extraction settings": f"hash `{bundle.settings_hash}`",
        "seed": str(training.plan.seed),
    }
    lines = ["| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in rows.items())]
    notes = [f"- {note}" for note in training.notes]
    notes += [f"- not fitted: {name} ({reason})" for name, reason in training.skipped.items()]
    return "\n".join([*lines, "", *notes])


def _markdown(table: str) -> str:
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in table.splitlines()]
    return _table(rows)


def _table(rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _controls(training: Training) -> str:
    rows = [["model", "shuffled outcomes: p", "volume alone", "clinical alone", "shuffled voxels"]]
    for name, item in training.controls.items():
        cells = []
        for control in (item.volume, item.clinical, item.voxels):
            if control is None:
                cells.append("–")
                continue
            gap = control.difference
            cells.append(
                f"{control.auc.value:.3f}, gain {gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})"
            )
        p = "–" if item.p != item.p else f"{item.p:.2f} ({len(item.shuffled)} shuffles)"
        rows.append([name, p, *cells])
    absent = _absent(training)
    words = f"\n\nA dash: not run, and never counted as beaten. {' '.join(absent)}" if absent else ""
    return _table(rows) + words


def _absent(training: Training) -> list[str]:
    """Return what is not known of any model, since its control was not run."""
    controls = training.controls.values()
    told = [] if training.shuffles else ["Whether the models beat chance was not tried."]
    if all(item.volume is None for item in controls):
        told.append("The features have no liver volume, so it may be all that a model measures.")
    if all(item.clinical is None for item in controls):
        told.append("Without clinical variables nobody knows what the images add to them.")
    if all(item.voxels is None for item in controls):
        told.append(
            "Without features of shuffled voxels, which take another extraction of every scan, nothing is known of "
            "texture, whatever the AUC."
        )
    return told


def _chosen(training: Training) -> str:
    rows = [["model", "chosen", "in the folds: median", "stability (Nogueira)"]]
    for name, model in training.strict.models.items():
        candidates = chain_inputs(name, training.cohort.inputs(), training.plan.chain).shape[1]
        stability = nogueira_stability(model.cross.chosen, candidates)
        median = np.median([len(fit) for fit in model.cross.chosen])
        cells = [str(len(model.chosen)), f"{median:g}", "–" if stability != stability else f"{stability:.2f}"]
        rows.append([name, *cells])
    name, model = list(training.strict.models.items())[-1]
    share = chosen_share(model.cross.chosen)
    lines = [f"- {one}: {share.get(one, 0):.0%} of the fits" for one in model.chosen[:_MOST_FEATURES]]
    more = len(model.chosen) - _MOST_FEATURES
    lines += [f"- and {more} more (selection.csv)"] if more > 0 else []
    return _table(rows) + f"\n\n{name}:\n\n" + ("\n".join(lines) or "- nothing")


def _centres(training: Training) -> str:
    if training.no_centres:
        return f"No centre was left out: {training.no_centres}."
    rows = [["model", "centre left out", "patients", "AUC (95 %)"]]
    for name, found in training.centres.items():
        for row in found:
            auc = f"– ({row.remark})" if row.remark else _limits(row.auc, row.low, row.high)
            rows.append([name, row.centre or "all, within centres", str(row.patients), auc])
    return _table(rows)


def _learning(training: Training) -> str:
    """Return Riley's criteria and the learning curve."""
    needed = [["model", "patients", "needed for the inputs kept", "needed for the inputs chosen from"]]
    inputs = training.cohort.inputs()
    for name, model in training.strict.models.items():
        candidates = chain_inputs(name, inputs, training.plan.chain).shape[1]
        found = sample_size(training.cohort, len(model.chosen), candidates)
        cells = [
            f"{found[key]['patients_needed']} ({found[key]['parameters']})" for key in ("kept", "candidates")
        ]
        needed.append([name, str(found["patients"]), *cells])
    rows = [["model", "patients a fit", "AUC (95 %)"]]
    for name, points in training.learning.items():
        rows += [[name, str(point.patients), _limits(point.auc, point.low, point.high)] for point in points]
    words = (
        "Riley's criteria (pmsampsize), with the number of inputs in brackets and R² at 15 % of the largest possible. "
        "Choosing costs nearly as much as fitting: the truth lies between the two."
    )
    return (
        f"{_table(needed)}\n\n{words}\n\nAUC out of fold when each fit has fewer patients:\n\n{_table(rows)}"
    )


def _survival(training: Training) -> str:
    if not training.strict.cox:
        why = "whose score varies" if RAD_SCORE_MODEL in training.strict.models else "that was fitted"
        return f"No Cox model could be fitted: the Rad-score is that of {RAD_SCORE_MODEL}, and there is none {why}."
    rows = [["endpoint", "model", "patients", "events", "C-index, strict", "C-index, paper"]]
    published = {(item.name, item.endpoint): item for item in training.paper.cox}
    for model in training.strict.cox:
        c = next((item for item in model.performance if item.name == "C-index"), None)
        other = published.get((model.name, model.endpoint))
        paper = "–" if other is None else _interval(other.concordance) + (" *" if other.remark else "")
        cells = [str(model.patients), str(model.events), "–" if c is None else _interval(c), paper]
        rows.append([model.endpoint, model.name, *cells])
    words = (
        "Strict: months from the follow-up scan; each patient is predicted by a Cox model and a score that were fitted "
        "without him; PFS among those without progression at the scan. \\* not to be interpreted: whoever had "
        "progressed at the follow-up scan has had the event."
    )
    left_out = [
        f"Not judged: {one.endpoint} {one.name}, {one.not_done}."
        for one in training.strict.folded
        if one.not_done
    ]
    return "\n\n".join([_table(rows), words, *left_out, _predicted(training)]).rstrip()


def _predicted(training: Training) -> str:
    """Return how good the predicted probabilities are, by month."""
    rows = [
        ["endpoint", "model", "months", "AUC(t)", "Brier score (scaled)", "slope", "calibration in the large"]
    ]
    for one in training.strict.folded:
        found = {item.name: item for item in one.measures}
        for month in one.months:
            names = (
                "AUC",
                "Brier score",
                "scaled Brier score",
                "calibration slope",
                "calibration in the large",
            )
            auc, brier, scaled, slope, large = (found.get(f"{name} at {month:g} months") for name in names)
            gain = "" if scaled is None else f", {scaled.estimate:.0%}"
            cells = ["–" if item is None else _interval(item) for item in (auc, brier, slope, large)]
            rows.append([one.endpoint, one.name, f"{month:g}", cells[0], cells[1] + gain, *cells[2:]])
    if len(rows) == 1:
        return ""
    return (
        _table(rows)
        + "\n\nScaled Brier score: how much better than one curve for everybody (0 %), 100 % being perfect."
    )


def _missing(training: Training) -> str:
    missing, imputed = missing_values(training.cohort), training.strict.imputed
    if not missing:
        return "None among the clinical variables and mRECIST."
    rows = [["variable", "patients without it"], *([name, str(count)] for name, count in missing.items())]
    if imputed is None:
        return _table(rows)
    found = imputed.to_dict()
    terms = [["pooled over " + f"{imputed.sets} data sets", "estimate (95 %)", "information lost"]]
    for kind in ("cox", "calibration"):
        for model, parts in found[kind].items():
            for name, part in parts.items():
                words = f"{part['value']:.2f} ({part['low']:.2f} to {part['high']:.2f})"
                terms.append(
                    [f"{model}: {name.replace('_', ' ')}", words, f"{part['missing_information']:.0%}"]
                )
    return f"{_table(rows)}\n\n{found['method']}\n\n{_table(terms)}"


def _assumed(training: Training) -> str:
    plan = training.plan.to_dict()
    chain = plan.pop("chain")
    told = {name: value for name, value in {**chain, **plan}.items() if value not in (None, "")}
    return "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in told.items())
