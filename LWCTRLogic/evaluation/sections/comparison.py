"""Comparisons: pairs of scores, subgroups, and the score beside mRECIST."""

from __future__ import annotations

from collections.abc import Callable

from LWCTRLogic.evaluation import pictures
from LWCTRLogic.evaluation.metric import Metric, pick
from LWCTRLogic.evaluation.reclassification import TOPIC as RECLASSIFICATION
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.scored import MRECIST
from LWCTRLogic.evaluation.sections.tables import dash_note, pivot
from LWCTRLogic.evaluation.subgroups import TOPIC as SUBGROUP
from LWCTRLogic.evaluation.survival import NON_RESPONDERS, RESPONDERS
from LWCTRLogic.evaluation.words import interval_words, p_words, percent_words
from LWCTRLogic.report.document import Block, Paragraph, Section, Table


def comparison_section(evaluation: Evaluation) -> Section | None:
    """Return the leading score against each other one."""
    own = pick(evaluation.metrics, topic="comparison")
    if not own:
        return None

    def words(one: Metric) -> str:
        return ", ".join(filter(None, (interval_words(one.estimate, 3), p_words(one.p))))

    def of(endpoint: str, name: str) -> Callable[[Metric], bool]:
        return lambda one: one.endpoint == endpoint and one.name == name

    table = pivot(
        "Differences on the same patients, first − other (95 % intervals, two-sided p)",
        own,
        (
            ("AUC of the response", of("response", "difference of AUC")),
            ("Same, censored left out (DeLong)", of("response", "difference of AUC, censored left out")),
            ("Harrell's C, OS", of("OS", "difference of Harrell's C")),
            ("Harrell's C, PFS", of("PFS", "difference of Harrell's C")),
        ),
        words,
        lambda one: f"{one.score} − {one.versus}",
        "Pair",
    )
    if table is None:
        return None
    note = "The p-values are not adjusted for their number. Time-dependent differences stand in metrics.json."
    blocks = (table, _unpaired(own, words), Paragraph(note, "note"), dash_note(own))
    return Section("comparison", "Comparison of scores", tuple(one for one in blocks if one is not None))


def _unpaired(own: list[Metric], words: Callable[[Metric], str]) -> Table | None:
    """Return each score's AUC here against that of other patients."""
    found = [one for one in own if not one.versus]
    if not found:
        return None
    title = found[0].name.partition(", ")[2]
    caption = f"The same score on different patients: {title} (unpaired DeLong test, censored left out)"
    return pivot(caption, found, (("Difference of AUC", lambda one: True),), words)


def subgroup_section(evaluation: Evaluation) -> Section | None:
    """Return AUC and hazard ratio in subgroups, with tests of difference."""
    cohort, own = evaluation.cohort, pick(evaluation.metrics, topic=SUBGROUP)
    levels = [metric for metric in own if ": " in metric.group]
    areas = pivot(
        f"AUC of {cohort.scores[0].name} in subgroups",
        levels,
        (("AUC (95 % CI)", lambda one: one.name == "AUC"),),
        lambda one: f"{interval_words(one.estimate)}, n = {one.patients}",
        lambda one: one.group,
        "Subgroup",
    )
    if areas is None:
        return None
    tests = [
        f"{metric.group}: {p_words(metric.p)}"
        for metric in own
        if metric.name.startswith("heterogeneity") and metric.p
    ]
    picture = pictures.forest_picture(cohort, cohort.scores[0], own)
    blocks: list[Block | None] = [
        picture,
        areas,
        Paragraph(f"Do the AUCs differ by more than chance (Cochran's Q)? {'; '.join(tests)}.", "note")
        if tests
        else None,
        dash_note(own),
    ]
    return Section("subgroups", "Subgroups", tuple(block for block in blocks if block is not None))


def reclassification_section(evaluation: Evaluation) -> Section | None:
    """Return the table of mRECIST against the leading score."""
    lead = evaluation.cohort.scores[0].name
    own = pick(evaluation.metrics, topic=RECLASSIFICATION, score=lead)
    columns = []
    for group, title in ((RESPONDERS, "responders"), (NON_RESPONDERS, "non-responders")):
        for name, words in (
            ("patients", "patients"),
            ("median months", "median OS"),
            ("alive", "alive at 12 months"),
        ):
            columns.append((f"{title}: {words}", _cell(name, group)))

    def written(one: Metric) -> str:
        if one.name == "patients":
            return f"{one.estimate.value:.0f}"
        return percent_words(one.estimate) if one.name == "alive" else interval_words(one.estimate, 1)

    table = pivot(
        f"mRECIST against {lead}: patients and their survival from the follow-up scan",
        own,
        columns,
        written,
        lambda one: one.group.partition(",")[0],
        "mRECIST",
    )
    if table is None or not any(metric.estimate.value for metric in own if metric.name == "patients"):
        return None
    order = {word: place for place, word in enumerate(MRECIST)}
    note = (
        "Progression by mRECIST with a responder's score may be pseudoprogression; stable disease, which counts as "
        "response by mRECIST, with a non-responder's score is where a score may warn early. Small cells prove neither."
    )
    rows = tuple(sorted(table.rows, key=lambda row: order.get(row[0].text, 9)))
    return Section(
        "mrecist",
        "Score beside mRECIST",
        (type(table)(table.caption, table.columns, rows), Paragraph(note, "note")),
    )


def _cell(name: str, group: str) -> Callable[[Metric], bool]:
    return lambda one: one.name == name and one.group.endswith(f", {group}")
