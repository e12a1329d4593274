"""How the models were trained: the strict and the published way side by side, controls, stability, learning curve."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from LWCTRLogic.case import volume_label
from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.evaluation.figures import bars, over_time
from LWCTRLogic.evaluation.figures.frame import HEIGHT, WIDE, WIDTH
from LWCTRLogic.evaluation.intervals import spread
from LWCTRLogic.evaluation.palette import line_places
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.sections.missing import cohort_notes, missing_blocks
from LWCTRLogic.evaluation.sections.tables import fitted_table
from LWCTRLogic.evaluation.words import interval_words, p_words
from LWCTRLogic.models.bundle import RAD_SCORE
from LWCTRLogic.report.document import Block, Callout, Cell, Column, Paragraph, Picture, Section, Table
from LWCTRLogic.report.text import DASH, NOTHING, clean, number
from LWCTRLogic.stats.estimate import Estimate

_SHOWN = 25


BARE = (
    "Without an interval: the optimism-corrected AUC, since draws of one cohort cannot tell how the next one differs; "
    "ranges of shuffles; and an AUC of a model that kept no feature, whose score is the same for everybody."
)


def training_section(evaluation: Evaluation) -> Section | None:
    """Return the chapter on the training, or ``None`` for scores that were not trained here."""
    training = evaluation.training
    if not training:
        return None
    models: Mapping[str, Any] = training["models"]
    lead = evaluation.cohort.scores[0].name
    verdicts = tuple(
        f"{text[0].upper()}{_signed(text[1:])}." for text in training.get("verdicts", {}).values()
    )
    blocks: list[Block | None] = [
        Callout("warning", "Against the controls", verdicts) if verdicts else None,
        _side_by_side(models),
        Paragraph(training["estimand"], "note"),
        Paragraph(f"{training['intervals']} {BARE}", "note"),
        cohort_notes(training),
        _size(training, lead),
        _controls(models),
        Paragraph(_absent(models), "note") if _absent(models) else None,
        _cox(training),
        *missing_blocks(training),
        _centres(training["leave_one_centre_out"]),
        _learning_curve(models, evaluation.cohort.notice),
        _stability(models.get(lead, {}), lead, evaluation.cohort.notice),
    ]
    title = "Training: the strict and the published way"
    return Section("training", title, tuple(block for block in blocks if block is not None))


def _estimate(content: Mapping[str, Any] | None) -> Estimate:
    if not content:
        return Estimate(math.nan)
    value = content.get("estimate", content.get("value", content.get("auc")))
    return spread(
        Estimate(
            *(math.nan if one is None else float(one) for one in (value, content["low"], content["high"]))
        )
    )


def _side_by_side(models: Mapping[str, Any]) -> Table:
    rows = []
    for name, model in models.items():
        strict, paper, optimism = model["strict"], model["paper"], model["optimism"]
        measures = strict["measures"]
        rows.append(
            (
                Cell(clean(name), "strong"),
                Cell(f"{len(strict['chosen'])} of {strict['candidates']}"),
                Cell(interval_words(_estimate(measures.get("AUC")), 3)),
                Cell(interval_words(_estimate(paper["auc"]), 3)),
                Cell(NOTHING if optimism is None else number(optimism["plus"], 3)),
                Cell(interval_words(_estimate(measures.get("calibration slope")))),
            )
        )
    titles = (
        "Model", "Features kept", "Strict AUC", "As published", "Optimism-corrected (.632+)", "Slope, strict",
    )  # fmt: skip
    caption = (
        "AUC for being alive at 12 months: strict (out of fold) and as published (on the training patients)"
    )
    return fitted_table(caption, titles, rows, whole=True)


def _controls(models: Mapping[str, Any]) -> Table:
    rows = []
    for name, model in models.items():
        controls = model["controls"]
        shuffled = [value for value in controls["shuffled_outcomes"]["aucs"] if value is not None]
        p = controls["shuffled_outcomes"]["p"]
        text = (
            NOTHING
            if not shuffled
            else f"{np.mean(shuffled):.2f} ({min(shuffled):.2f}{DASH}{max(shuffled):.2f})"
        )
        rows.append(
            (
                Cell(clean(name), "strong"),
                Cell(text if p is None else f"{text}, {p_words(p)}"),
                *(
                    Cell(_control(controls[kind]))
                    for kind in ("volume_only", "clinical_only", "shuffled_voxels")
                ),
                Cell(_not_beaten(controls, bool(shuffled)), "warning" if controls["not_beaten"] else ""),
            )
        )
    titles = (
        "Model", "Shuffled outcomes: mean (range)", "Liver volume alone", "Clinical alone", "Shuffled voxels",
        "Not beaten",
    )  # fmt: skip
    return fitted_table("Negative controls: AUC by the same procedure", titles, rows, whole=True)


def _not_beaten(controls: Mapping[str, Any], shuffled: bool) -> str:
    """Return the controls that a model does not beat; a control that was not run is never counted as beaten."""
    lost = list(controls["not_beaten"]) + ([] if shuffled else ["outcomes were not shuffled"])
    return _signed(", ".join(lost)) or "none"


def _signed(text: str) -> str:
    """Return a text whose negative numbers have a minus, not a hyphen, and whose p stays on one line."""
    return re.sub(r"(?<!\S)-(?=\d)", "\u2212", text).replace("p = ", "p\u00a0=\u00a0")


def _control(content: Mapping[str, Any] | None) -> str:
    return NOTHING if content is None else interval_words(_estimate(content))


_WHY = {
    "shuffled_outcomes": "outcomes were not shuffled (--permutations 0)",
    "volume_only": "liver volume alone needs original_shape_VoxelVolume of the model's scans among the features",
    "clinical_only": "the Clinical model is not compared with itself, and needs to be there",
    "shuffled_voxels": "shuffled voxels need features of such scans (lwctr train --shuffled-voxels)",
}


def _absent(models: Mapping[str, Any]) -> str:
    """Return why the table of controls has dashes."""
    told = []
    for kind, why in _WHY.items():
        found = [model["controls"][kind] for model in models.values()]
        if any(one is None or one == {"aucs": [], "p": None} for one in found):
            told.append(why)
    return f"A dash, not run: {'; '.join(told)}." if told else ""


def _size(training: Mapping[str, Any], lead: str) -> Paragraph | None:
    """Return how many patients Riley's criteria ask for."""
    needed = training["models"].get(lead, {}).get("strict", {}).get("sample_size")
    if needed is None:
        return None
    kept, candidates = needed["kept"], needed["candidates"]
    words = f"{candidates['patients_needed']} for the {candidates['parameters']} that it chose from"
    if kept != candidates:
        words = f"{kept['patients_needed']} for the {kept['parameters']} features that {lead} kept, {words}"
    else:
        words = f"{kept['patients_needed']} for the {kept['parameters']} features of {lead}"
    return Paragraph(
        f"Sample size (Riley 2019, with 15 % of the largest possible R²): {words}; there were {needed['patients']}. "
        "Events per variable alone are no criterion.",
        "note",
    )


def _cox(training: Mapping[str, Any]) -> Table | None:
    """Return the Cox models fitted on cross-fitted scores, with those as published beside them."""
    published = {(one["name"], one["endpoint"]): one for one in training["cox"]["paper"]}
    rows = []
    for one in training["cox"]["strict"]:
        paper = published.get((one["name"], one["endpoint"]))
        rows.append(
            (
                Cell(f"{one['endpoint']}: {clean(one['name'])}", "strong"),
                Cell(f"{one['patients']} / {one['events']}"),
                Cell("; ".join(_ratio(term) for term in one["terms"])),
                Cell(interval_words(_estimate(one["measures"].get("C-index")), 3)),
                Cell(NOTHING if paper is None else interval_words(_estimate(paper["concordance"]), 3)),
            )
        )
    titles = ("Model", "Patients / events", "Hazard ratios (95 % CI)", "C, strict", "C, as published")
    codings = (
        "for OS PD against the others, for PFS SD against CR and PR"  # models.fit_bundle.MRECIST_CODINGS
    )
    caption = f"Cox models (Rad-score per +10 points, mRECIST: {codings})"
    return fitted_table(caption, titles, rows, whole=True) if rows else None


def _ratio(term: Mapping[str, Any]) -> str:
    """Return a term's hazard ratio: of ten points of the score, or of one step of the coding."""
    unit = 0.1 if term["name"] == RAD_SCORE else 1.0
    middle, half = unit * term["coefficient"], unit * 1.96 * term["se"]
    ends = (math.exp(min(value, 700.0)) for value in (middle, middle - half, middle + half))
    name = "Rad-score" if term["name"] == RAD_SCORE else "mRECIST"
    return f"{name} {interval_words(Estimate(*ends))}"


def _centres(content: Mapping[str, Any]) -> Block | None:
    models = content["models"]
    if not any(models.values()):
        return (
            Paragraph(f"Leave-one-centre-out was not done: {content['not_done']}.")
            if content["not_done"]
            else None
        )
    centres = list(dict.fromkeys(row["centre"] for rows in models.values() for row in rows))
    rows = tuple(
        (
            Cell(clean(name), "strong"),
            *(
                Cell(
                    next(
                        (interval_words(_estimate(row)) for row in found if row["centre"] == centre), NOTHING
                    )
                )
                for centre in centres
            ),
        )
        for name, found in models.items()
    )
    columns = (Column("Model", 1.5), *(Column(clean(centre) or "All of them", 1.6) for centre in centres))
    caption = "Leave one centre out: AUC in a centre that training had not seen"
    if any(cell.text == NOTHING for row in rows for cell in row):
        caption += " (a dash: none, since the others gave no model, or one class only; not among all of them)"
    return Table(caption, columns, rows)


def _learning_curve(models: Mapping[str, Any], notice: str) -> Picture | None:
    curves = []
    places = line_places(models)
    for name, model in list(models.items())[::-1]:
        points = [point for point in model["learning_curve"] if point["auc"] is not None]
        if len(points) > 1:
            columns = [
                np.array([point[key] for point in points]) for key in ("patients", "auc", "low", "high")
            ]
            months, value, low, high = columns
            curves.append(over_time.TimeCurve(name, months, value, low, high, places[name]))
    if not curves:
        return None
    title = "Learning curve"
    draw = partial(
        over_time.draw_over_time,
        curves=curves[:4], title=title, quantity="AUC, out of fold", limits=(0.3, 1.0), reference=0.5,
        notice=notice, along="Patients in training",
    )  # fmt: skip
    return Picture(
        "learning", draw, WIDTH, HEIGHT, title, title, "Would more patients help? Bands: 95 % limits."
    )


def feature_label(name: str) -> str:
    """Return a feature as the other chapters name it: "follow-up, arterial: original_shape_Sphericity"."""
    volume, _, column = name.partition(":")
    if column:
        return f"{volume_label(volume)}: {column}"
    return VARIABLES[name].label if name in VARIABLES else clean(name)


def _stability(model: Mapping[str, Any], name: str, notice: str) -> Picture | None:
    shares = sorted(model.get("strict", {}).get("chosen_share", {}).items(), key=lambda item: -item[1])[
        :_SHOWN
    ]
    if not shares or all(share == 1.0 for _, share in shares):
        return None  # nothing was chosen, or the signature was taken as it is
    shares = [(feature_label(feature), share) for feature, share in shares]
    title = f"How often each feature of {name} was kept"
    draw = partial(
        bars.draw_shares, shares=shares, title=title, quantity="fits across folds and repeats", notice=notice
    )
    stability = model["strict"]["stability"]
    note = (
        ""
        if stability is None
        else f"Nogueira's stability {stability:.2f} (1: always the same, 0: as by chance); without an interval, since "
        "the fits share most of their patients."
    )
    return Picture("stability", draw, WIDE, bars.height(len(shares)), title, title, note)
