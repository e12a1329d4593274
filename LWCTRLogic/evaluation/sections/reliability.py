"""Agreement of readers: of the masks, and of every feature computed from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from LWCTRLogic.case import VOLUMES, volume_label
from LWCTRLogic.evaluation.figures import agreement
from LWCTRLogic.evaluation.figures.frame import HEIGHT, WIDTH
from LWCTRLogic.evaluation.metric import Metric, pick
from LWCTRLogic.evaluation.overlap import NAMES, TOPIC
from LWCTRLogic.evaluation.reliability import (
    EXCELLENT,
    FORMS,
    GOOD,
    FeatureAgreement,
    Reliability,
    share_name,
    volume_of,
)
from LWCTRLogic.evaluation.reliability import TOPIC as AGREEMENT
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.sections.tables import pivot
from LWCTRLogic.evaluation.words import interval_words, percent_words
from LWCTRLogic.report.document import Block, Cell, Column, Paragraph, Picture, PictureGrid, Section, Table
from LWCTRLogic.report.text import clean, listed
from LWCTRLogic.stats.estimate import Estimate

_SHOWN = 25
NOTE = (
    "ICC(1,1): other readers for each patient, one-way; ICC(2,1): readers drawn at random, absolute agreement; "
    "ICC(3,1): these very readers, consistency (Shrout and Fleiss 1979). The lower limit of the 95 % interval counts, "
    f"not the estimate: {GOOD:g} or more is good, {EXCELLENT:g} excellent (Koo and Li 2016). Every feature with its "
    "intervals is in icc.csv; the intervals of averages over features are of other patients (jackknife)."
)
AUTO = (
    "Readings that started from the automatic mask agree better than independent ones would: these figures are upper "
    "bounds."
)


def reliability_section(evaluation: Evaluation) -> Section | None:
    """Return the agreement of readers, or ``None`` where nothing was read twice."""
    found, masks = evaluation.material.reliability, pick(evaluation.metrics, topic=TOPIC)
    blocks: list[Block | None] = [_masks(masks)]
    if found is not None:
        blocks.append(_features(pick(evaluation.metrics, topic=AGREEMENT)))
        blocks += [Paragraph(_who(found), "note"), Paragraph(NOTE, "note")]
        blocks.append(Paragraph(AUTO, "note") if "auto" in found.started_from else None)
        blocks += [_curves(found, evaluation.cohort.notice), _of_the_model(found, evaluation)]
    kept = tuple(block for block in blocks if block is not None)
    return Section("reliability", "Agreement of readers", kept) if kept else None


def _masks(metrics: list[Metric]) -> Table | None:
    def words(one: Metric) -> str:
        return interval_words(one.estimate, 3 if one.name == NAMES["dice"] else 1)

    return pivot(
        "Masks: means with 95 % intervals over patients",
        metrics,
        tuple((name[0].upper() + name[1:], _named(name)) for name in NAMES.values()),
        words,
        lambda one: f"{_compared(one.group)}, {one.patients} patients",
        "Compared",
    )


def _features(metrics: list[Metric]) -> Table | None:
    """Return one row a comparison and volume: median ICC and how many features surely agree."""

    def words(one: Metric) -> str:
        return interval_words(one.estimate) if one.name.startswith("median") else percent_words(one.estimate)

    bounds = (GOOD, EXCELLENT)
    columns = [(f"Median ICC({form})", _named(f"median ICC({form})")) for form in FORMS]
    columns += [(f"ICC(2,1) surely \u2265 {bound:g}", _named(share_name("2,1", bound))) for bound in bounds]
    return pivot(
        "Features of each scan: median ICC, and the share of features whose lower limit is so high",
        metrics,
        columns,
        words,
        lambda one: _compared(one.group),
        "Compared",
    )


def _named(name: str) -> Callable[[Metric], bool]:
    return lambda one: one.name == name


def _compared(group: str) -> str:
    what, _, volume = group.rpartition(": ")
    return f"{what[0].upper()}{what[1:]}: {volume_label(volume)}"


def _who(found: Reliability) -> str:
    """Return which readings were compared, of how many patients."""
    told = [
        f"{clean(one.what)}: {clean(listed(list(one.readings)))}, {one.patients} patients"
        for one in found.comparisons
    ]
    words = "; ".join(told)
    started = clean(listed(list(found.started_from)))
    return f"Reader/reading. {words[0].upper()}{words[1:]}. Readings started from: {started}."


def _curves(found: Reliability, notice: str) -> PictureGrid:
    of = np.array([volume_of(name) for name in found.names])
    pictures = []
    for place, one in enumerate(found.comparisons):
        low = one.forms["2,1"].low
        curves = [(volume_label(volume), low[of == volume]) for volume in VOLUMES if (of == volume).any()]
        title = f"Agreement {one.what}"
        draw = partial(agreement.draw_agreement, curves=curves, title=title, bound=GOOD, notice=notice)
        caption = "Share of features whose ICC(2,1) is surely at least the value below."
        pictures.append(Picture(f"icc-{place + 1}", draw, WIDTH, HEIGHT, title, title, caption))
    return PictureGrid(tuple(pictures))


def _of_the_model(found: Reliability, evaluation: Evaluation) -> Block | None:
    """Return ICC(2,1) of the features that the leading model uses."""
    attribution = evaluation.material.attribution
    if attribution is None:
        return None
    place = {name: index for index, name in enumerate(found.names)}
    features = [
        attribution.classifier.features[at] for at in attribution.strongest(len(attribution.values[0]))
    ]
    used = [item for item in features if item.volume]
    rows = tuple(
        (Cell(clean(item.label), "strong"), *(Cell(_icc(one, place[item.name])) for one in found.comparisons))
        for item in used
        if item.name in place
    )
    lacking = [clean(item.label) for item in used if item.name not in place]
    if not rows:
        return None
    caption = f"ICC(2,1) of the features of {clean(attribution.classifier.name)}, strongest first"
    if len(rows) > _SHOWN:
        caption += f" ({_SHOWN} of {len(rows)}; all are in icc.csv)"
    if lacking:
        caption += f" (not read: {listed(lacking)})"
    columns = (
        Column("Feature", 4.0),
        *(Column(clean(one.what).capitalize(), 1.6) for one in found.comparisons),
    )
    return Table(caption, columns, rows[:_SHOWN])


def _icc(one: FeatureAgreement, at: int) -> str:
    icc = one.forms["2,1"]
    return interval_words(Estimate(float(icc.value[at]), float(icc.low[at]), float(icc.high[at])))
